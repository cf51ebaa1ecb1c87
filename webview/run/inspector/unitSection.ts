/**
 * The explanation of a unit: update, reference, gates, the chosen sum and the facts of the step.
 */
import { gateOrder } from "../../../src/model/gates";
import { html, nothing, type TemplateResult } from "lit";
import { stateSize } from "../../../src/model/config";
import type { RunView } from "../../../src/protocol/run/messages";
import type { UnitExplanation, UnitSum } from "../../../src/protocol/run/unitMessages";
import { t, tr } from "../../shared/l10n";
import { significant } from "../../../src/drawing/base/exactNumber";
import { unitAsMatrices, type MatrixLibrary } from "../../../src/drawing/run/unit/unitMatrices";
import { unitAsPython } from "../../../src/drawing/run/unit/unitPython";
import { hasTerms, type LayerBelow } from "../../../src/drawing/run/unit/unitTerms";
import type { Store } from "../store/store";
import "../../shared/copyButton";
import { gateList } from "./gateList";
import type { GoTo } from "./differenceOrigin";
import { referenceSection } from "./referenceSection";
import { termList, type TermListOptions } from "./termList";
import { gateTitle, projectionFormula, sumFormula } from "./unitFormula";
import { unitUpdate } from "./unitUpdate";

/** The data of the section, and the actions of its parts. */
export interface UnitSectionOptions extends TermListOptions {
  readonly store: Store;
  readonly view: RunView;
  /** Name of the gate whose sum is shown; the first one where the cell has no such gate. */
  readonly gate: string;
  readonly chooseGate: (gate: string) => void;
  readonly goTo: GoTo;
}

/** Everything about a unit that was computed. */
export function unitSection(
  explanation: UnitExplanation,
  options: UnitSectionOptions,
): TemplateResult {
  const { store, view } = options;
  const { gates, cell, projection } = explanation;
  const isSingle = cell === "RNN" || projection !== null;
  const sum = projection ?? gates.find(({ name }) => name === options.gate) ?? gates[0];
  return html`
    ${mainFormula(explanation, options)} ${projection === null ? origin(explanation) : nothing}
    ${notFinite(explanation, view)} ${referenceSection(explanation, view, options.goTo)}
    <unroll-copy
      .store=${store}
      .label=${t("copy as Python")}
      .read=${() => unitAsPython(explanation, view.options.precision)}
    ></unroll-copy>
    ${copyMatrices(explanation, options, "numpy", "NumPy")}
    ${copyMatrices(explanation, options, "pytorch", "PyTorch")}
    ${
      isSingle || sum === undefined
        ? nothing
        : html`
            <h3>${t("Gates")}</h3>
            ${gateList(explanation, sum.name, options.chooseGate)}
            <h3>${gateTitle(sum.name)}</h3>
            ${sumFormula(explanation, sum)}
          `
    }
    ${sum === undefined ? nothing : contributions(explanation, sum, options)}
    ${stepFacts(explanation, view)} ${shapes(explanation)}
  `;
}

/** What a value that is no number is computed from that is none either. */
function notFinite(
  { value }: UnitExplanation,
  { notFinite: found = [] }: RunView,
): TemplateResult | typeof nothing {
  const [first] = found;
  if (first === undefined || Number.isFinite(value[1])) return nothing;
  return html`<p class="dim not-finite">${tr(first)}</p>`;
}

function copyMatrices(
  explanation: UnitExplanation,
  { store, view }: UnitSectionOptions,
  library: MatrixLibrary,
  name: string,
): TemplateResult {
  return html`<unroll-copy
    .store=${store}
    .label=${t("copy as {0}", name)}
    .read=${() => unitAsMatrices(explanation, view.options.precision, library)}
    title=${t("x @ W.T and W @ x")}
  ></unroll-copy>`;
}

/** The line that gives the value: an RNN's only sum, a projection, or the update from the gates. */
function mainFormula(
  explanation: UnitExplanation,
  { actions }: UnitSectionOptions,
): TemplateResult | typeof nothing {
  const { cell, gates, projection } = explanation;
  if (projection !== null) return projectionFormula(explanation);
  if (cell !== "RNN") return unitUpdate(explanation, actions.follow);
  const [sum] = gates;
  return sum === undefined ? nothing : sumFormula(explanation, sum);
}

function contributions(
  explanation: UnitExplanation,
  sum: UnitSum,
  options: UnitSectionOptions,
): TemplateResult | typeof nothing {
  if (!hasTerms(explanation, sum)) return nothing;
  const { config } = options.view;
  const below: LayerBelow = {
    hiddenSize: config === null ? 0 : stateSize(config),
    bidirectional: config?.bidirectional ?? false,
    reverseOnly: config?.reverseOnly ?? false,
  };
  return html`
    <h3>${t("Largest contributions")}</h3>
    ${termList({ explanation, sum, below }, options)}
  `;
}

function origin(explanation: UnitExplanation): TemplateResult {
  const { previousStep } = explanation;
  const sentence =
    previousStep === null ? initialText(explanation) : t("previous state: t = {0}", previousStep);
  return html`<p class="dim origin">${sentence}</p>`;
}

function initialText({ cell, given }: UnitExplanation): string {
  if (cell !== "LSTM") {
    return given.h0
      ? t("first step of this direction: h0 as given")
      : t("first step of this direction: h0 is zeros");
  }
  if (given.h0) {
    return given.c0
      ? t("first step of this direction: h0 and c0 as given")
      : t("first step of this direction: h0 as given, c0 is zeros");
  }
  return given.c0
    ? t("first step of this direction: h0 is zeros, c0 as given")
    : t("first step of this direction: h0 and c0 are zeros");
}

function stepFacts(explanation: UnitExplanation, view: RunView): TemplateResult {
  const { norm, stateName } = explanation;
  const [length = NaN] = norm;
  return html`
    <h3>${t("This step")}</h3>
    <p class="facts">
      <span>‖${stateName}‖₂ ${significant(length, 4)}</span>
      ${idleUnits(explanation, view.config?.hiddenSize ?? 0)}
    </p>
  `;
}

/** How many units hardly pass a gradient on. */
function idleUnits(
  { cell, nonlinearity, saturated }: UnitExplanation,
  units: number,
): TemplateResult {
  const [idle = 0] = saturated;
  if (cell === "RNN") {
    return nonlinearity === "tanh"
      ? html`<span title=${t("units with |h| > 0.99, where tanh passes almost no gradient")}
          >${t("saturated {0} / {1}", idle, units)}</span
        >`
      : html`<span title=${t("units at 0, where relu passes no gradient")}
          >${t("zero {0} / {1}", idle, units)}</span
        >`;
  }
  return html`<span
    title=${t("units of {0} whose gate is at the end of its range, where it passes almost no gradient", units)}
    >${t("saturated")}${gateOrder[cell].map(
      (name, index) => html` <span class="count">${name} ${saturated[index] ?? 0}</span>`,
    )} <span class="dim">/ ${units}</span></span
  >`;
}

function shapes({ shapes: list }: UnitExplanation): TemplateResult {
  return html`
    <h3>${t("Shapes")}</h3>
    <dl class="shapes">
      ${list.map(
        ({ name, axes, reason }) => html`
          <dt>${name}</dt>
          <dd>
            ${axes} ${reason === null ? nothing : html`<span class="reason">✓ ${tr(reason)}</span>`}
          </dd>
        `,
      )}
    </dl>
  `;
}
