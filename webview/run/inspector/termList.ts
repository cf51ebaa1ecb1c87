/**
 * The terms of a sum: the largest as bars, all of them as a table, each with a link to its origin.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../shared/l10n";
import { significant } from "../../../src/drawing/base/exactNumber";
import {
  largestTerms,
  termAt,
  termCount,
  type Operand,
  type SumOfUnit,
  type Term,
} from "../../../src/drawing/run/unit/unitTerms";
import { bar, BAR_WIDTH } from "../../shared/bar";
import { sourceButton } from "./sourceButton";
import type { Follow } from "./unitUpdate";

/** Terms that the short list shows. */
export const LARGEST = 6;
/** Rows of the table that one press adds: more would make the page slow to lay out. */
const TERM_PAGE = 200;

export interface TermActions {
  readonly follow: Follow;
  readonly showAll: (rows: number) => void;
}

export interface TermListOptions {
  /** Rows of the table to show; 0 hides it. */
  readonly rows: number;
  readonly actions: TermActions;
}

/** Bar from the middle to the left (negative) or the right; NaN fills it with a hatch. */
function productBar(product: number, limit: number): TemplateResult {
  const share = Number.isFinite(product) && limit > 0 ? product / limit : Math.sign(product) || 0;
  const width = Math.min(1, Math.abs(share)) * (BAR_WIDTH / 2);
  const x = share < 0 ? BAR_WIDTH / 2 - width : BAR_WIDTH / 2;
  return bar(
    Number.isNaN(product) ? null : { kind: share < 0 ? "negative" : "positive", x, width },
  );
}

/** `y₁₅[19]`: the operand with its step below the line, as a button to where it comes from. */
function operandButton(
  { explanation: { place } }: SumOfUnit,
  { letter, unit, source }: Operand,
  follow: Follow,
): TemplateResult {
  const className = ["x", "y"].includes(letter) ? "of-input" : "of-state";
  return sourceButton({
    source,
    place,
    className,
    follow,
    label: html`${operandName(letter, source)}[${unit}]`,
  });
}

/** h0 is the initial state; the state at t = 0 has its 0 below the line. */
function operandName(letter: string, source: Operand["source"]): TemplateResult {
  return source.kind === "initial" ? html`${letter}0` : html`${letter}<sub>${source.step}</sub>`;
}

/** The weight, with what else scales the product, and its place in the file. */
function weightName({ weightName: name, parameter, factor }: Term, scale: string): TemplateResult {
  return html`<span class="dim" title=${parameter}>${factor === 1 ? "" : scale}${name}</span>`;
}

/** The name of a factor other than 1: the reset gate of a GRU. */
const RESET = "r·";

/** A product of a sum, with what it is of. */
interface Contribution {
  readonly name: TemplateResult;
  readonly product: number;
}

/** Products as bars, the largest of them as long as there is room. */
export function contributionList(shown: readonly Contribution[]): TemplateResult {
  const finite = shown.map(({ product }) => Math.abs(product)).filter(Number.isFinite);
  const limit = Math.max(0, ...finite);
  return html`<ul class="contributions">
    ${shown.map(
      ({ name, product }) => html`
        <li>
          <span class="term">${name}</span>
          ${productBar(product, limit)}
          <span class="number">${significant(product, 3)}</span>
        </li>
      `,
    )}
  </ul>`;
}

/** Shows every term of a sum, a page of them at a time, or hides them again. */
export function termsSwitch(total: number, { rows, actions }: TermListOptions): TemplateResult {
  return html`<button
    type="button"
    class="link"
    aria-expanded=${rows > 0 ? "true" : "false"}
    @click=${() => {
      actions.showAll(rows > 0 ? 0 : TERM_PAGE);
    }}
  >
    ${rows > 0 ? t("hide the terms") : t("show all {0} terms", grouped(total))}
  </button>`;
}

/** Adds a page of terms, where some are left. */
export function moreTerms(
  total: number,
  { rows, actions }: TermListOptions,
): TemplateResult | typeof nothing {
  if (rows === 0 || rows >= total) return nothing;
  return html`<button
    type="button"
    class="link"
    @click=${() => {
      actions.showAll(rows + TERM_PAGE);
    }}
  >
    ${t("show {0} more of {1}", Math.min(TERM_PAGE, total - rows), total)}
  </button>`;
}

/** The largest contributions, and under them every term if asked for. */
export function termList(of: SumOfUnit, options: TermListOptions): TemplateResult {
  const shown = largestTerms(of, LARGEST).map((index) => {
    const term = termAt(of, index);
    const operand =
      term.operand === null
        ? nothing
        : html`${operandButton(of, term.operand, options.actions.follow)}<span class="dim"
              >·</span
            >`;
    return { name: html`${operand}${weightName(term, RESET)}`, product: term.product };
  });
  return html`
    ${contributionList(shown)} ${termsSwitch(termCount(of), options)}
    ${options.rows > 0 ? termTable(of, options) : ""}
  `;
}

function termTable(of: SumOfUnit, options: TermListOptions): TemplateResult {
  const total = termCount(of);
  const shown = Math.min(options.rows, total);
  const terms = Array.from({ length: shown }, (_, index) => termAt(of, index));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t("All terms")}>
      <table class="terms">
        <caption class="visually-hidden">
          ${t("Terms of the sum: weight × operand = product")}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t("weight")}</th>
            <th scope="col">${t("operand")}</th>
            <th scope="col">${t("product")}</th>
          </tr>
        </thead>
        <tbody>
          ${terms.map((term) => termRow(of, term, options.actions.follow))}
        </tbody>
      </table>
    </div>
    ${moreTerms(total, options)}
  `;
}

function termRow(of: SumOfUnit, term: Term, follow: Follow): TemplateResult {
  const { operand, factor, weight, product } = term;
  const scale = factor === 1 ? "" : `${significant(factor, 7)} × `;
  return html`<tr>
    <th scope="row">
      ${weightName(term, RESET)}<br /><span class="value">${scale}${significant(weight, 7)}</span>
    </th>
    <td>
      ${
        operand === null
          ? nothing
          : html`${operandButton(of, operand, follow)}<br /><span class="value"
                >× ${significant(operand.value, 7)}</span
              >`
      }
    </td>
    <td><br /><span class="value">= ${significant(product, 7)}</span></td>
  </tr>`;
}
