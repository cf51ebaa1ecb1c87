/**
 * One sum of a unit in symbols and in numbers, with its activation.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { StateName } from "../../../src/protocol/run/messages";
import type { UnitExplanation, UnitSum } from "../../../src/protocol/run/unitMessages";
import { t } from "../../shared/l10n";
import {
  FLOAT32_DIGITS,
  PART_DIGITS,
  signedTerm,
  significant,
} from "../../../src/drawing/base/exactNumber";
import {
  activationName,
  isClipped,
  isCoupled,
  parameterNames,
  sumNumbers,
  type SumNumbers,
} from "../../../src/drawing/run/unit/unitNumbers";

type Part = TemplateResult | typeof nothing;

/** `h_t+1`, `h_t−1` or `h0`: the state that the step started from. */
export function previousName(
  { place, previousStep }: Pick<UnitExplanation, "place" | "previousStep">,
  stateName: StateName,
): TemplateResult {
  if (previousStep === null) return html`${stateName}0`;
  return html`${stateName}<sub>t${previousStep > place.step ? "+" : "−"}1</sub>`;
}

/** i = σ( W_ii·x + b_ii + W_hi·h + b_hi ), its numbers and its value; an RNN's value is h, as the run stored it. */
export function sumFormula(explanation: UnitExplanation, sum: UnitSum): TemplateResult {
  const { name } = sum;
  const numbers = sumNumbers(sum);
  const activation = activationText(explanation, name);
  if (isCoupled(explanation, name)) return coupledFormula(numbers);
  const isState = name === "h";
  const value = isState
    ? html`<strong>${significant(explanation.value[1] ?? NaN, FLOAT32_DIGITS)}</strong>`
    : html`${significant(numbers.value, PART_DIGITS)}`;
  return html`
    <div class="formula">
      <div><span class="lhs">${name} =</span>${activation}( ${symbols(explanation, name)}</div>
      <div><span class="lhs">=</span>${activation}( ${inNumbers(explanation, name, numbers)}</div>
      ${
        isClipped(numbers, explanation.variant)
          ? html`<div>
              <span class="lhs">=</span>${activation}(
              <span>clip( ${significant(numbers.sum, PART_DIGITS)} )</span> )
            </div>`
          : nothing
      }
      <div>
        <span class="lhs">=</span>${activation}( ${significant(numbers.limited, PART_DIGITS)} ) =
        ${value}
      </div>
    </div>
  `;
}

/** h = W_hr·h′: the projection of the step's state. */
export function projectionFormula({ value }: UnitExplanation): TemplateResult {
  const [, stored = NaN] = value;
  return html`
    <div class="formula">
      <div>
        <span class="lhs">h =</span><span class="of-state">W_hr·h′</span>,
        <span>h′ = o·tanh(c)</span>
      </div>
      <div><span class="lhs">=</span><strong>${significant(stored, FLOAT32_DIGITS)}</strong></div>
    </div>
  `;
}

function coupledFormula({ value }: SumNumbers): TemplateResult {
  return html`<div class="formula">
    <div><span class="lhs">f =</span>1 − i</div>
    <div>
      <span class="lhs">=</span>1 − ${significant(1 - value, PART_DIGITS)} =
      ${significant(value, PART_DIGITS)}
    </div>
  </div>`;
}

/** The activation's name; that of a hard sigmoid says what it computes. */
function activationText(explanation: UnitExplanation, gate: string): Part {
  const name = activationName(explanation, gate);
  const { gateActivation } = explanation.variant;
  if (name !== "hard σ" || gateActivation.kind === "sigmoid") return html`${name}`;
  const { alpha, beta } = gateActivation;
  const meaning = `max(0, min(1, ${significant(alpha, 4)}·x + ${significant(beta, 4)}))`;
  return html`<abbr title=${meaning}>${name}</abbr>`;
}

/** How the recurrent part enters: for a GRU's n with its reset, before or after the product. */
type ResetKind = "none" | "before" | "after";

function resetOf({ variant }: UnitExplanation, gate: string): ResetKind {
  if (gate !== "n") return "none";
  return variant.resetAfter ? "after" : "before";
}

/** The sum in symbols, with the bracket that closes it: a line breaks before a sign, and never before the bracket. */
function symbols(explanation: UnitExplanation, gate: string): TemplateResult {
  const { hasBias } = explanation;
  const names = gate === "h" ? rnnNames : parameterNames(gate);
  const reset = resetOf(explanation, gate);
  const h = previousName(explanation, "h");
  const state = reset === "before" ? html`(r∘${h})` : h;
  const product = html`<span class="of-state">${names.weightHh}·${state}</span>`;
  const peephole = peepholeSymbol(explanation, gate);
  const end = peephole === nothing ? " )" : "";
  const input = html`<span class="of-input">${names.weightIh}·x</span>`;
  return html`${input} ${hasBias ? html`<span>+ ${names.biasIh}</span>` : nothing}
  ${
    reset === "after"
      ? html`<span>+ r·( ${product}${hasBias ? ` + ${names.biasHh}` : ""} )${end}</span>`
      : hasBias
        ? html`<span>+ ${product}</span> <span>+ ${names.biasHh}${end}</span>`
        : html`<span>+ ${product}${end}</span>`
  }
  ${peephole}`;
}

const rnnNames = { weightIh: "W_ih", weightHh: "W_hh", biasIh: "b_ih", biasHh: "b_hh" } as const;

function hasPeephole({ cell, variant }: UnitExplanation, gate: string): boolean {
  return cell === "LSTM" && variant.peephole && gate !== "g";
}

function peepholeSymbol(explanation: UnitExplanation, gate: string): Part {
  if (!hasPeephole(explanation, gate)) return nothing;
  const cell = gate === "o" ? html`c` : previousName(explanation, "c");
  return html`<span>+ p_${gate}·${cell} )</span>`;
}

/** The parts in numbers; the last one takes the bracket with it when the line is full. */
function inNumbers(explanation: UnitExplanation, gate: string, n: SumNumbers): TemplateResult {
  const { hasBias } = explanation;
  const first = html`<span class="of-input">${significant(n.fromInput, PART_DIGITS)}</span>
    ${hasBias ? html`<span>${signedTerm(n.biasIh, PART_DIGITS)}</span>` : nothing}`;
  const peephole = hasPeephole(explanation, gate)
    ? html`<span>${signedTerm(n.peephole * n.cell, PART_DIGITS)} )</span>`
    : nothing;
  const end = peephole === nothing ? html` )` : html``;
  if (resetOf(explanation, gate) === "after") {
    const factor = significant(n.factor, PART_DIGITS);
    const close = html` ) )`;
    return html`${first} <span>+ ${factor}·(</span> ${
        hasBias
          ? html`<span class="of-state">${significant(n.fromState, PART_DIGITS)}</span>
              <span>${signedTerm(n.biasHh, PART_DIGITS)}${close}</span>`
          : html`<span>${stateNumber(significant(n.fromState, PART_DIGITS))}${close}</span>`
      }`;
  }
  const recurrent = stateNumber(signedTerm(n.fromState, PART_DIGITS));
  return html`${first}
  ${
    hasBias
      ? html`${recurrent} <span>${signedTerm(n.biasHh, PART_DIGITS)}${end}</span>`
      : html`<span>${recurrent}${end}</span>`
  }
  ${peephole}`;
}

function stateNumber(number: string): TemplateResult {
  return html`<span class="of-state">${number}</span>`;
}

/** Names of the gates as torch.nn's documentation has them. */
export function gateTitle(gate: string): string {
  switch (gate) {
    case "i":
      return t("Input gate");
    case "f":
      return t("Forget gate");
    case "g":
      return t("Cell gate");
    case "o":
      return t("Output gate");
    case "r":
      return t("Reset gate");
    case "z":
      return t("Update gate");
    case "n":
      return t("New gate");
    default:
      return gate;
  }
}
