/**
 * How a logit is made: the sum of the linear layer, what the reference says, and its largest terms.
 */
import { html, nothing, type TemplateResult } from "lit";
import {
  FLOAT32_DIGITS,
  PART_DIGITS,
  signedTerm,
  significant,
} from "../../../src/drawing/base/exactNumber";
import { logitTerms, type LogitTerm } from "../../../src/drawing/run/unit/logitTerms";
import type { RunView } from "../../../src/protocol/run/messages";
import type { LogitExplanation } from "../../../src/protocol/run/logitMessages";
import { t } from "../../shared/l10n";
import type { ShownLogit } from "../store/logit";
import { comparedValue } from "./cellValues";
import { sourceButton } from "./sourceButton";
import {
  contributionList,
  LARGEST,
  moreTerms,
  termsSwitch,
  type TermListOptions,
} from "./termList";

export function logitSection(
  view: RunView,
  shown: ShownLogit,
  options: TermListOptions,
): TemplateResult {
  const { explanation, place } = shown;
  if (explanation === undefined) return html`<p class="dim">${t("Computing…")}</p>`;
  return html`${formula(view, explanation, place.unit)} ${comparedValue(shown)}
    <h3>${t("Largest contributions")}</h3>
    ${terms(view, shown, explanation, options)}`;
}

/** What the linear layer reads. */
const READ = { h_n: "h_n", last: "output[-1]", every: "output[t]" } as const;

/** `y = W[0]·h_n + b[0]`, in numbers, and the value. */
function formula(
  { surrounding }: RunView,
  { numbers }: LogitExplanation,
  unit: number,
): TemplateResult {
  const [product = NaN, bias = NaN, stored = NaN] = numbers;
  const hasBias = !Number.isNaN(bias);
  const { linear = null, head = null } = surrounding ?? {};
  return html`<div class="formula">
    <div title=${linear?.name ?? ""}>
      y = W[${unit}]·<span class="of-state">${READ[head ?? "h_n"]}</span>
      ${hasBias ? `+ b[${unit}]` : ""}
    </div>
    <div>
      <span class="lhs">=</span>${significant(product, PART_DIGITS)}
      ${hasBias ? signedTerm(bias, PART_DIGITS) : ""}
    </div>
    <div><span class="lhs">=</span><strong>${significant(stored, FLOAT32_DIGITS)}</strong></div>
  </div>`;
}

function terms(
  { config }: RunView,
  { place }: ShownLogit,
  explanation: LogitExplanation,
  options: TermListOptions,
): TemplateResult {
  const all = logitTerms(explanation, place.unit);
  const operand = ({ operand: of }: LogitTerm): TemplateResult | typeof nothing => {
    if (of === null) return nothing;
    const { direction, source } = of;
    const arrow = config?.bidirectional !== true ? "" : direction === "forward" ? "→" : "←";
    const button = sourceButton({
      source,
      place: { layer: 0, direction, ...place },
      label: html`h${arrow}<sub>${source.step}</sub>[${source.unit}]`,
      className: "of-state",
      follow: options.actions.follow,
    });
    return html`${button}<span class="dim">·</span>`;
  };
  const shown = all.slice(0, options.rows > 0 ? options.rows : LARGEST).map((term) => ({
    name: html`${operand(term)}<span class="dim">${term.weightName}</span>`,
    product: term.product,
  }));
  return html`${contributionList(shown)} ${termsSwitch(all.length, options)}
  ${moreTerms(all.length, options)}`;
}
