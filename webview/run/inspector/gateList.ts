/**
 * The gates of a unit as bars, of which one is chosen.
 */
import { clamp } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { JudgedAs, UnitExplanation, UnitSum } from "../../../src/protocol/run/unitMessages";
import { t } from "../../shared/l10n";
import { isWithin, significant } from "../../../src/drawing/base/exactNumber";
import {
  activationName,
  activationRange,
  sumNumbers,
} from "../../../src/drawing/run/unit/unitNumbers";
import { bar, BAR_WIDTH, type BarFill } from "../../shared/bar";
import { gateTitle } from "./unitFormula";

const GATE_DIGITS = 4;

/** One row a gate, in the order of the weights' blocks. */
export function gateList(
  explanation: UnitExplanation,
  chosen: string,
  choose: (gate: string) => void,
): TemplateResult {
  return html`<div class="gates" role="group" aria-label=${t("Gates")}>
    ${explanation.gates.map((gate, index) => {
      const [expected = NaN, allowed = NaN] = explanation.gateReferences.subarray(2 * index);
      const judgedAs = explanation.gatesJudgedAs[index] ?? "difference";
      return gateRow(explanation, { gate, expected, allowed, judgedAs }, chosen, choose);
    })}
  </div>`;
}

/** A gate beside that of the reference; NaN where the reference has none. */
interface ComparedGate {
  readonly gate: UnitSum;
  readonly expected: number;
  readonly allowed: number;
  readonly judgedAs: JudgedAs;
}

function gateRow(
  explanation: UnitExplanation,
  compared: ComparedGate,
  chosen: string,
  choose: (gate: string) => void,
): TemplateResult {
  const { gate, expected } = compared;
  const { name } = gate;
  const { value } = sumNumbers(gate);
  const number = significant(value, GATE_DIGITS);
  const title = gateTitle(name);
  return html`<button
    type="button"
    class="gate"
    aria-pressed=${name === chosen ? "true" : "false"}
    aria-label=${t("{0}: {1}", title, number)}
    title=${t("{0}: show its sum", title)}
    @click=${() => {
      choose(name);
    }}
  >
    <span class="gate-name">${name}</span>
    ${gateBar(value, activationRange(activationName(explanation, name)))}
    <span class="number">${number}</span>
    ${Number.isNaN(expected) ? nothing : gateReference(value, compared)}
  </button>`;
}

/** The reference's value, in a line of its own. */
function gateReference(value: number, compared: ComparedGate): TemplateResult {
  const { expected, allowed, judgedAs } = compared;
  const number = significant(expected, GATE_DIGITS);
  if (judgedAs === "unknown") {
    return html`<span class="gate-reference">${t("reference {0} not judged", number)}</span>`;
  }
  const isInside =
    judgedAs === "difference"
      ? isWithin(value - expected, allowed, false)
      : judgedAs === "right-by-step";
  return html`<span class="gate-reference ${isInside ? "within" : "outside"}">
    ${isInside ? t("reference {0} ✓ within", number) : t("reference {0} ✗ outside", number)}
  </span>`;
}

/** Filled from 0; a range around 0 has its zero in the middle. */
function gateBar(value: number, range: readonly [number, number] | null): TemplateResult {
  const [low, high] = range ?? [0, 1];
  const at = (point: number): number => ((point - low) / (high - low)) * BAR_WIDTH;
  const end = at(clamp(value, low, high));
  const zero = at(Math.max(low, 0));
  const fill = {
    kind: gateClass(value, low),
    x: Math.min(zero, end),
    width: Math.abs(end - zero),
  };
  return bar(Number.isNaN(value) ? null : fill, low < 0 ? zero : null);
}

/** An open gate has no sign; a candidate has one, in the colours of the contributions. */
function gateClass(value: number, low: number): BarFill["kind"] {
  if (low === 0) return "open";
  return value < 0 ? "negative" : "positive";
}
