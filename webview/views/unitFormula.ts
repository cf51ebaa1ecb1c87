/**
 * The formula of one unit with its numbers, and what the reference says.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RunView, UnitExplanation } from "../../src/protocol/messages";
import { t } from "../l10n";
import { FLOAT32_DIGITS, isWithin, signedTerm, significant } from "../render/exactNumber";

type Precision = RunView["options"]["precision"];

/** Digits of the parts of the sum: enough to follow it, few enough to read it. */
const PART_DIGITS = 6;

/** `h_t+1`, `h_t-1` or `h0`, with what it was read from. */
function previousName({ place, previousStep }: UnitExplanation): TemplateResult {
  if (previousStep === null) return html`h0`;
  return html`h<sub>t${previousStep > place.step ? "+" : "−"}1</sub>`;
}

/**
 * h = tanh( W_ih·x + b_ih + W_hh·h + b_hh ) in symbols, then in numbers, then its value.
 *
 * The arithmetic is float64; a float32 run stores the value rounded, and that is what is compared and shown.
 */
export function unitFormula(explanation: UnitExplanation, precision: Precision): TemplateResult {
  const { nonlinearity, sums, hasBias } = explanation;
  const [input = NaN, biasIh = NaN, hidden = NaN, biasHh = NaN, sum = NaN, value = NaN] = sums;
  const stored = precision === "f32" ? Math.fround(value) : value;
  const bias = (parts: TemplateResult | string): TemplateResult | typeof nothing =>
    hasBias ? html`<span>${parts}</span>` : nothing;
  return html`
    <div class="formula">
      <div>
        <span class="lhs">h =</span>${nonlinearity}(
        <span class="of-input">W_ih·x</span>${bias(" + b_ih")} +
        <span class="of-state">W_hh·${previousName(explanation)}</span>${bias(" + b_hh")} )
      </div>
      <div>
        <span class="lhs">=</span>${nonlinearity}(
        <span class="of-input">${significant(input, PART_DIGITS)}</span>
        ${bias(signedTerm(biasIh, PART_DIGITS))}
        ${
          // The last term takes the bracket with it when the line is full.
          hasBias
            ? html`<span class="of-state">${signedTerm(hidden, PART_DIGITS)}</span>
                <span>${signedTerm(biasHh, PART_DIGITS)} )</span>`
            : html`<span><span class="of-state">${signedTerm(hidden, PART_DIGITS)}</span> )</span>`
        }
      </div>
      <div>
        <span class="lhs">=</span>${nonlinearity}( ${significant(sum, PART_DIGITS)} ) =
        <strong>${significant(stored, FLOAT32_DIGITS)}</strong>
      </div>
    </div>
  `;
}

/** Reference, Δ and what is allowed; nothing without a reference value. */
export function referenceRows(
  { reference, sums }: UnitExplanation,
  equalNan: boolean,
): TemplateResult | typeof nothing {
  const [expected, delta, allowed] = reference;
  if (expected === undefined || delta === undefined || allowed === undefined) return nothing;
  const bothNaN = equalNan && Number.isNaN(expected) && Number.isNaN(sums[5] ?? NaN);
  const within = isWithin(delta, allowed, bothNaN);
  return html`
    <dl class="reference ${within ? "within" : "outside"}">
      <dt>${t("reference")}</dt>
      <dd>${significant(expected, FLOAT32_DIGITS)}</dd>
      <dt><abbr title=${t("ours − reference")}>Δ</abbr></dt>
      <dd>
        ${significant(delta, PART_DIGITS)}
        <span class="dim">${t("(allowed {0})", significant(allowed, 2))}</span>
        <span class="mark">${within ? t("✓ within") : t("✗ outside")}</span>
      </dd>
    </dl>
  `;
}
