/**
 * The update of a unit from its gates, in symbols and in numbers.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { FLOAT32_DIGITS, PART_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { previousSource, type TermSource } from "../../../src/drawing/run/unit/unitTerms";
import { gateValue, unitStates } from "../../../src/drawing/run/unit/unitNumbers";
import { sourceButton } from "./sourceButton";
import { previousName } from "./unitFormula";

/** Goes to where an operand comes from. */
export type Follow = (source: TermSource) => void;

/** c = f·c + i·g and h = o·tanh(c) of an LSTM, h = (1 − z)·n + z·h of a GRU. */
export function unitUpdate(explanation: UnitExplanation, follow: Follow): TemplateResult {
  return explanation.cell === "LSTM"
    ? lstmUpdate(explanation, follow)
    : gruUpdate(explanation, follow);
}

function lstmUpdate(explanation: UnitExplanation, follow: Follow): TemplateResult {
  const { previousC, nextC, nextH } = unitStates(explanation);
  // A projection makes h of it: W_hr·h′.
  const h = explanation.shapes.some(({ name }) => name.startsWith("W_hr")) ? "h′" : "h";
  const gate = (name: string): number => gateValue(explanation, name);
  const isCell = explanation.stateName === "c";
  return html`
    <div class="formula">
      <div>
        <span class="lhs">c =</span><span>f·${previousState(explanation, "c", follow)}</span>
        <span>+ i·g</span>
      </div>
      <div>
        <span class="lhs">=</span><span>${number(gate("f"))} · ${bracketed(previousC)}</span>
        <span>+ ${number(gate("i"))} · ${bracketed(gate("g"))}</span>
      </div>
      <div><span class="lhs">=</span>${isCell ? stored(explanation) : number(nextC)}</div>
      ${
        isCell
          ? nothing
          : html`
              <div class="next"><span class="lhs">${h} =</span>o·tanh(c)</div>
              <div>
                <span class="lhs">=</span
                ><span>${number(gate("o"))} · ${bracketed(Math.tanh(nextC))}</span>
              </div>
              <div><span class="lhs">=</span>${stored(explanation)}</div>
            `
      }
      ${
        isCell
          ? html`<div class="next">
              <span class="lhs">${h} =</span>o·tanh(c) = ${number(nextH)}
            </div>`
          : nothing
      }
    </div>
  `;
}

function gruUpdate(explanation: UnitExplanation, follow: Follow): TemplateResult {
  const { previousH } = unitStates(explanation);
  const z = gateValue(explanation, "z");
  const n = gateValue(explanation, "n");
  return html`
    <div class="formula">
      <div>
        <span class="lhs">h =</span><span>(1 − z)·n</span>
        <span>+ z·${previousState(explanation, "h", follow)}</span>
      </div>
      <div>
        <span class="lhs">=</span><span>${number(1 - z)} · ${bracketed(n)}</span>
        <span>+ ${number(z)} · ${bracketed(previousH)}</span>
      </div>
      <div><span class="lhs">=</span>${stored(explanation)}</div>
    </div>
  `;
}

/** The unit's own previous state, as a way to it. */
function previousState(
  explanation: UnitExplanation,
  stateName: "h" | "c",
  follow: Follow,
): TemplateResult {
  const { place } = explanation;
  const source = previousSource(explanation, stateName, place.unit);
  const label = html`${previousName(explanation, stateName)}`;
  return sourceButton({ source, place, label, follow, className: "of-state" });
}

/** The value as the run has it: what is drawn and compared. */
function stored({ value }: UnitExplanation): TemplateResult {
  return html`<strong>${significant(value[1] ?? NaN, FLOAT32_DIGITS)}</strong>`;
}

function number(value: number): string {
  return significant(value, PART_DIGITS);
}

/** A negative factor in brackets. */
function bracketed(value: number): string {
  return value < 0 ? `(${number(value)})` : number(value);
}
