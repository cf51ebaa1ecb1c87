/**
 * The choice of the view and of the values in its lanes.
 */
import { html, nothing, type TemplateResult } from "lit";
import { changeMode } from "../store/actions";
import { t } from "../../shared/l10n";
import { MODES, type Mode } from "../../../src/drawing/run/modes";
import { hasCellStates, STATE_NAMES } from "../../../src/drawing/run/state";
import type { Store } from "../store/store";
import { canShow, isUsable, shownMode, shownView, VIEWS } from "../store/views";
import { laneMenu } from "./laneMenu";
import { RunElement } from "../store/runElement";

function modeName(mode: Mode): string {
  switch (mode) {
    case "ours":
      return t("Ours");
    case "reference":
      return t("Reference");
    case "sideBySide":
      return t("Side by side");
    case "delta":
      return t("Δ");
  }
}

/** What a narrow page shows of a name; it begins as the name does. */
function shortName(mode: Mode): string {
  if (mode === "reference") return t("Ref");
  return mode === "sideBySide" ? t("Side") : modeName(mode);
}

export class ViewSwitch extends RunElement {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const view = store?.state.view;
    if (store === undefined || view === undefined || view === null) return nothing;
    const { choices, id: shown } = shownView(store.state);
    const follows = (choice: (typeof choices)[number]): boolean => choices.includes(choice);
    return html`<section class="switch" aria-label=${t("View")}>
      <nav class="tabs" aria-label=${t("Views")}>
        ${VIEWS.map((entry) => this.#tab(store, entry, entry.id === shown))}
      </nav>
      <span class="spacer"></span>
      ${follows("lanes") ? laneMenu(store) : nothing}
      ${follows("state") && hasCellStates(view) ? this.#stateNames(store) : nothing}
      ${follows("mode") ? this.#modes(store, view.verdicts.length > 0) : nothing}
    </section>`;
  }

  #modes(store: Store, hasReference: boolean): TemplateResult {
    return html`<div class="segments" role="group" aria-label=${t("What the lanes show")}>
      ${MODES.map((mode) => this.#mode(store, mode, hasReference))}
    </div>`;
  }

  #tab(store: Store, entry: (typeof VIEWS)[number], isShown: boolean): TemplateResult {
    return html`<button
      type="button"
      class="tab"
      aria-current=${isShown ? "page" : "false"}
      ?disabled=${!isUsable(entry, store.state)}
      @click=${() => {
        store.update({ tab: entry.id });
      }}
    >
      ${entry.title()}
    </button>`;
  }

  #stateNames(store: Store): TemplateResult {
    const titles = { h: t("hidden state h"), c: t("cell state c") };
    return html`<div class="segments" role="group" aria-label=${t("State of the LSTM")}>
      ${STATE_NAMES.map(
        (stateName) =>
          html`<button
            type="button"
            class="segment segment-state"
            aria-pressed=${stateName === store.state.stateName}
            aria-label=${titles[stateName]}
            title=${titles[stateName]}
            @click=${() => {
              store.show(stateName);
            }}
          >
            ${stateName}
          </button>`,
      )}
    </div>`;
  }

  #mode(store: Store, mode: Mode, hasReference: boolean): TemplateResult {
    const canBeShown = canShow(store.state, mode);
    const isPossible = mode === "ours" || (hasReference && canBeShown);
    return html`<button
      type="button"
      class="segment segment-mode"
      data-short=${shortName(mode)}
      aria-label=${modeName(mode)}
      aria-pressed=${mode === shownMode(store.state)}
      ?disabled=${!isPossible}
      title=${
        isPossible
          ? modeName(mode)
          : canBeShown
            ? t("Choose a reference first")
            : t("This view shows one side at a time: Reference, or Δ")
      }
      @click=${() => {
        changeMode(store, mode);
      }}
    >
      ${modeName(mode)}
    </button>`;
  }
}

customElements.define("unroll-view-switch", ViewSwitch);
