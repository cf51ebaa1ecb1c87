/**
 * Which view is open, what its lanes show and in which colours.
 */
import { html, nothing, type TemplateResult } from "lit";
import { changeMode } from "../store/keys";
import { t } from "../../shared/l10n";
import { isSchemeName, SCHEME_NAMES } from "../../../src/drawing/base/colourScale";
import { MODES, TABS, type Mode, type Tab } from "../../../src/drawing/run/modes";
import { hasCellStates, QUANTITIES } from "../../../src/drawing/run/state";
import { shownTab, type Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { choiceList } from "../../shared/choiceList";

/** The name of a view, as its tab says it. */
export function tabName(tab: Tab): string {
  switch (tab) {
    case "score":
      return t("Score");
    case "flip":
      return t("Flip & concat");
    case "shapes":
      return t("Shapes");
    case "table":
      return t("Table");
  }
}

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

export class ViewSwitch extends RunElement {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const view = store?.state.view;
    if (store === undefined || view === undefined || view === null) return nothing;
    const { colourScheme } = store.state;
    const shown = shownTab(store.state);
    return html`<section class="switch" aria-label=${t("View")}>
      <nav class="tabs" aria-label=${t("Views")}>${TABS.map((tab) => this.#tab(store, tab, shown))}</nav>
      <span class="spacer"></span>
      ${
        shown === "shapes"
          ? nothing
          : html`
              ${shown !== "flip" && hasCellStates(view) ? this.#quantities(store) : nothing}
              <div class="segments" role="group" aria-label=${t("What the lanes show")}>
                ${MODES.map((mode) => this.#mode(store, mode, view.verdicts.length > 0))}
              </div>
              ${choiceList({
                label: t("Colours"),
                value: colourScheme,
                options: SCHEME_NAMES.map((name) => [name, name] as const),
                change: (name) => {
                  if (isSchemeName(name)) store.update({ colourScheme: name });
                },
              })}
            `
      }
    </div>`;
  }

  #tab(store: Store, tab: Tab, shown: Tab): TemplateResult {
    return html`<button
      type="button"
      class="tab"
      aria-current=${tab === shown ? "page" : "false"}
      ?disabled=${tab !== "shapes" && store.state.view?.lanes.length === 0}
      @click=${() => {
        store.update({ tab });
      }}
    >
      ${tabName(tab)}
    </button>`;
  }

  #quantities(store: Store): TemplateResult {
    const titles = { h: t("hidden state h"), c: t("cell state c") };
    return html`<div class="segments" role="group" aria-label=${t("State of the LSTM")}>
      ${QUANTITIES.map(
        (quantity) =>
          html`<button
            type="button"
            class="segment segment-state"
            aria-pressed=${quantity === store.state.quantity}
            aria-label=${titles[quantity]}
            title=${titles[quantity]}
            @click=${() => {
              store.show(quantity);
            }}
          >
            ${quantity}
          </button>`,
      )}
    </div>`;
  }

  #mode(store: Store, mode: Mode, hasReference: boolean): TemplateResult {
    const isPossible = hasReference || mode === "ours";
    return html`<button
      type="button"
      class="segment"
      aria-pressed=${mode === store.state.mode}
      ?disabled=${!isPossible}
      title=${isPossible ? "" : t("Choose a reference first")}
      @click=${() => {
        changeMode(store, mode);
      }}
    >
      ${modeName(mode)}
    </button>`;
  }
}

customElements.define("unroll-view-switch", ViewSwitch);
