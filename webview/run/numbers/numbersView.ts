/**
 * The numbers of a run beside its reference: what it is judged by, and figures, places and plots of each result.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import type { NumbersView } from "../../../src/protocol/run/numbersMessages";
import { chaosText } from "../../../src/drawing/run/verdict/chaosTexts";
import { t, tr } from "../../shared/l10n";
import { emptyView, withoutReference } from "../store/emptyView";
import { RunElement } from "../store/runElement";
import type { Store } from "../store/store";
import { figureTable, isWithin } from "./figureTable";
import { errorFigure, pairFigure } from "./densityPlot";
import { placeLists, type ShownPlaces } from "./placeLists";
import { resultFields, toleranceForm } from "./toleranceForm";

/** Holds the numbers shown last, which stay while others are measured. Ends with its element. */
export class NumbersElement extends RunElement {
  static override properties: PropertyDeclarations = { hasAllPlaces: { state: true } };

  /** True where lists of elements are not cut. */
  declare hasAllPlaces: boolean;
  #shown: readonly NumbersView[] | undefined;
  #isStale = false;
  #revision = -1;

  constructor() {
    super();
    this.hasAllPlaces = false;
  }

  protected override fetch(store: Store): void {
    const { view } = store.state;
    if (view === null || view.verdicts.length === 0) return;
    if (view.revision !== this.#revision) this.#shown = undefined;
    this.#revision = view.revision;
    const arrived = store.numbers();
    this.#isStale = arrived === undefined;
    this.#shown = arrived ?? this.#shown;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null) return nothing;
    if (view.verdicts.length === 0) return noReference(store);
    if (store.state.numbersStopped) return stopped(store);
    const chaotic = chaosText(view);
    const places: ShownPlaces = {
      isWhole: this.hasAllPlaces,
      toggle: () => {
        this.hasAllPlaces = !this.hasAllPlaces;
      },
    };
    return html`<div class="numbers-page" aria-busy=${this.#isStale}>
      ${toleranceForm(store, view)}
      ${chaotic === null ? nothing : html`<p class="dim">${tr(chaotic)}</p>`}
      ${
        this.#shown === undefined
          ? html`<p class="dim">${t("Measuring…")}</p>`
          : html`<div class=${this.#isStale ? "stale" : ""}>
              ${this.#shown.map((numbers) => section(store, view, numbers, places))}
              ${this.#shown.length === 0 ? nothingComparable() : nothing}
            </div>`
      }
    </div>`;
  }
}

function noReference(store: Store): TemplateResult {
  const sentence = t("Without a reference there is nothing to measure.");
  return withoutReference(store, "numbers-empty", sentence);
}

function stopped(store: Store): TemplateResult {
  return emptyView("numbers-empty", {
    sentence: t("The measurement was stopped."),
    label: t("Measure again"),
    act: () => {
      store.update({ numbersStopped: false });
    },
  });
}

function nothingComparable(): TemplateResult {
  return html`<p class="dim">
    ${t("No result has a reference of its shape, so there are no differences to measure.")}
  </p>`;
}

function section(
  store: Store,
  view: RunView,
  numbers: NumbersView,
  places: ShownPlaces,
): TemplateResult {
  const { name, figures, errors, pairs, tolerance } = numbers;
  const outside = figures.find(({ id }) => id === "outside");
  const passes = outside === undefined || isWithin(outside);
  return html`<section class="numbers-of" aria-labelledby="numbers-${name}">
    <div class="numbers-head">
      <h2 id="numbers-${name}">
        <code>${name}</code>
        <span class="numbers-verdict ${passes ? "passes" : "fails"}"
          ><span aria-hidden="true">${passes ? "✓" : "✗"}</span> ${
            passes
              ? view.chaos === null
                ? t("passes by this tolerance")
                : t("passes, judged step by step")
              : outside.value === 1
                ? t("one value outside this tolerance")
                : t("{0} values outside this tolerance", grouped(Number(outside.value)))
          }</span
        >
      </h2>
      ${resultFields(store, view, numbers)}
    </div>
    ${placeLists(store, view, numbers, places)}
    <div class="numbers-columns">
      ${figureTable(store, numbers)}
      <div class="numbers-plots">
        ${errorFigure(name, errors, tolerance, view.chaos !== null)} ${pairFigure(name, pairs)}
      </div>
    </div>
  </section>`;
}

customElements.define("unroll-numbers", NumbersElement);
