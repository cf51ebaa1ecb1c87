/**
 * The terms of a unit's sum: the largest with bars, all of them as a table; each operand leads to its origin.
 */
import { html, svg, type TemplateResult } from "lit";
import type { UnitExplanation } from "../../src/protocol/messages";
import { t } from "../l10n";
import { significant } from "../render/exactNumber";
import { largestTerms, termAt, type LayerBelow, type Term } from "../render/unitTerms";

/** Terms that the short list shows. */
const LARGEST = 6;
/** Rows of the table that one press adds: more would make the page slow to lay out. */
const TERM_PAGE = 200;

export interface TermActions {
  readonly follow: (term: Term) => void;
  readonly showAll: (rows: number) => void;
}

export interface TermListOptions {
  readonly below: LayerBelow;
  /** Rows of the table to show; 0 hides it. */
  readonly rows: number;
  readonly actions: TermActions;
}

const BAR_WIDTH = 100;

/** Bar from the middle to the left (negative) or the right; NaN fills it with a hatch. */
function bar(product: number, limit: number): TemplateResult {
  const share = Number.isFinite(product) && limit > 0 ? product / limit : Math.sign(product) || 0;
  const length = Math.min(1, Math.abs(share)) * (BAR_WIDTH / 2);
  const x = share < 0 ? BAR_WIDTH / 2 - length : BAR_WIDTH / 2;
  const sign = share < 0 ? "negative" : "positive";
  return html`<svg
    class="bar"
    viewBox="0 0 ${BAR_WIDTH} 10"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="track" width=${BAR_WIDTH} height="10"></rect>
    ${
      Number.isNaN(product)
        ? svg`<rect class="bad" width=${BAR_WIDTH} height="10"></rect>`
        : svg`<rect class=${sign} x=${x} width=${length} height="10"></rect>`
    }
  </svg>`;
}

/** `y₁₅[19]`: the operand with its step below the line, as a button to where it comes from. */
function operandButton(
  { place }: UnitExplanation,
  term: Term,
  { follow }: TermActions,
): TemplateResult {
  const { source, operandName } = term;
  const letter = operandName.charAt(0);
  const index = operandName.slice(1);
  // h0 is the initial state; the state at t = 0 has its 0 below the line.
  const name = source.kind === "initial" ? "h0" : html`${letter}<sub>${source.step}</sub>`;
  const title =
    source.kind === "initial"
      ? t("Initial state h0, before t = {0}", place.step)
      : t("Go to where it comes from: t = {0}, unit {1}", source.step, source.unit);
  return html`<button
    type="button"
    class="link operand ${letter === "h" ? "of-state" : "of-input"}"
    title=${title}
    @click=${() => {
      follow(term);
    }}
  >
    ${name}${index}
  </button>`;
}

/** The largest contributions, and under them every term if asked for. */
export function termList(explanation: UnitExplanation, options: TermListOptions): TemplateResult {
  const { below, actions, rows } = options;
  const terms = largestTerms(explanation, LARGEST).map((index) =>
    termAt(explanation, index, below),
  );
  const finite = terms.map(({ product }) => Math.abs(product)).filter(Number.isFinite);
  const limit = Math.max(0, ...finite);
  const total = explanation.weights.length;
  return html`
    <ul class="contributions">
      ${terms.map(
        (term) => html`
          <li>
            <span class="term"
              >${operandButton(explanation, term, actions)}<span class="dim">·</span
              ><span class="dim">${term.weightName}</span></span
            >
            ${bar(term.product, limit)}
            <span class="number">${significant(term.product, 3)}</span>
          </li>
        `,
      )}
    </ul>
    <button
      type="button"
      class="link"
      aria-expanded=${rows > 0 ? "true" : "false"}
      @click=${() => {
        actions.showAll(rows > 0 ? 0 : TERM_PAGE);
      }}
    >
      ${rows > 0 ? t("hide the terms") : t("show all {0} terms", total)}
    </button>
    ${rows > 0 ? termTable(explanation, options) : ""}
  `;
}

function termTable(explanation: UnitExplanation, options: TermListOptions): TemplateResult {
  const { below, actions, rows } = options;
  const total = explanation.weights.length;
  const shown = Math.min(rows, total);
  const terms = Array.from({ length: shown }, (_, index) => termAt(explanation, index, below));
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
          ${terms.map(
            (term) => html`
              <tr>
                <th scope="row">
                  ${term.weightName}<br /><span class="value">${significant(term.weight, 7)}</span>
                </th>
                <td>
                  ${operandButton(explanation, term, actions)}<br /><span class="value"
                    >× ${significant(term.operand, 7)}</span
                  >
                </td>
                <td><br /><span class="value">= ${significant(term.product, 7)}</span></td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${
      shown < total
        ? html`<button
            type="button"
            class="link"
            @click=${() => {
              actions.showAll(rows + TERM_PAGE);
            }}
          >
            ${t("show {0} more of {1}", Math.min(TERM_PAGE, total - shown), total)}
          </button>`
        : ""
    }
  `;
}
