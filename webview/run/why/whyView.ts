/**
 * Why a run differs: the evidence of the diagnosis, or what there is instead of one.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { t, tr } from "../../shared/l10n";
import { progressMeter } from "../../shared/pageElement";
import { needsReason, type DiagnosisState } from "../store/diagnosis";
import { emptyView, withoutReference } from "../store/emptyView";
import { RunElement } from "../store/runElement";
import type { Store } from "../store/store";
import { mainVerdict } from "../../../src/drawing/run/verdict/mainVerdict";
import { errorSection, fetchErrors, type ShownErrors } from "./errorSection";
import {
  betterTestButton,
  knownSection,
  knownSoFar,
  partText,
  unseenSection,
} from "./factSections";
import { fixSection } from "./fixSection";
import { overTimeSection } from "./overTimeSection";
import "./triedChart";

/** Holds the curves shown last. Ends with its element. */
export class WhyView extends RunElement {
  #errors: ShownErrors | null = null;

  protected override fetch(store: Store): void {
    const { run, diagnosis } = store.state;
    const overTime = diagnosis.kind === "found" ? diagnosis.answer.overTime : null;
    const isShown = diagnosis.kind === "found" || diagnosis.kind === "searching";
    this.#errors = run === null || !isShown ? null : fetchErrors(store, run, overTime);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null) return nothing;
    if (view.verdicts.length === 0) {
      const sentence = t("Without a reference there is nothing to explain.");
      return withoutReference(store, "why-empty", sentence);
    }
    const { diagnosis } = store.state;
    switch (diagnosis.kind) {
      case "none":
        return this.#offer(store, agreement(view), t("Find what it cannot show"));
      case "searching":
        return this.#searching(store, view, diagnosis);
      case "cancelled":
        return this.#offer(store, t("The search for the reason was cancelled."), t("Look again"));
      case "failed":
        return this.#offer(store, tr(diagnosis.problem), t("Look again"));
      case "found":
        return this.#evidence(store, view, diagnosis.answer);
    }
  }

  #offer(store: Store, sentence: string, label: string): TemplateResult {
    return emptyView("why-empty", { sentence, label, act: () => void store.diagnose() });
  }

  /** How far it is stands above the views as well, where it can be seen from each of them. */
  #searching(
    store: Store,
    view: RunView,
    { activity, fraction }: Extract<DiagnosisState, { kind: "searching" }>,
  ): TemplateResult {
    const name = t("Looking for the reason…");
    if (needsReason(view)) {
      return html`<div class="why" aria-busy="true">
        <section class="why-tried" aria-labelledby="why-tried">
          <h2 id="why-tried">${t("What is being tried")}</h2>
          <p class="dim">
            ${t("The run is made again under each known mistake, and compared with the reference.")}
          </p>
          <p>${activity === null ? name : tr(activity)}</p>
        </section>
        <div class="why-errors">
          ${errorSection(store, view, { errors: this.#errors, tolerance: NaN })}
        </div>
        <div class="why-facts">${knownSoFar(store, view)}</div>
      </div>`;
    }
    return html`<div class="why-empty" aria-busy="true">
      <p>${name}</p>
      <p class="search">
        ${progressMeter(fraction, name, () => {
          store.send("diagnosis/cancel", null);
        })}
      </p>
    </div>`;
  }

  #tried(store: Store, view: RunView, answer: DiagnosisView): TemplateResult {
    const reason =
      view.chaos === null
        ? t(
            "Nothing was tried: to make this run again under each mistake would take too long. A smaller test of the same module can be explained.",
          )
        : t("Nothing was tried: from its first steps on, rounding alone moves this run anywhere.");
    return html`<section class="why-tried" aria-labelledby="why-tried">
      <h2 id="why-tried">${t("What was tried")}</h2>
      ${
        answer.tried.length === 0
          ? html`<p>${reason}</p>
              ${betterTestButton(store)}`
          : html`<p class="dim">
                ${t("largest error, the run made again under each mistake")}${partText(answer)}
              </p>
              <unroll-tried .store=${store} .diagnosis=${answer}></unroll-tried>`
      }
    </section>`;
  }

  #evidence(store: Store, view: RunView, answer: DiagnosisView): TemplateResult {
    const isWrong = needsReason(view);
    return html`<div class=${isWrong ? "why" : "why why-agrees"}>
      ${
        isWrong
          ? html`${this.#tried(store, view, answer)}
              <div class="why-errors">
                ${overTimeSection(answer, view)}
                ${errorSection(store, view, { errors: this.#errors, tolerance: Number(answer.tolerance) })}
              </div>
              ${fixSection(store, answer)}`
          : nothing
      }
      <div class="why-facts">
        ${answer.tried.length === 0 ? nothing : unseenSection(store, answer)}
        ${isWrong ? knownSection(store, view, answer) : nothing}
      </div>
    </div>`;
  }
}

/** Of a chaotic run, by what it agrees: most of its values are nothing like the reference's. */
function agreement({ chaos, verdicts }: RunView): string {
  const main = mainVerdict(verdicts);
  return chaos === null || main === undefined
    ? t("This run agrees with its reference.")
    : `${tr(main.sentence)}.`;
}

customElements.define("unroll-why", WhyView);
