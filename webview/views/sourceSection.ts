/**
 * An operand that is not a computed state: a value of the input, or of the initial state.
 */
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../l10n";
import { FLOAT32_DIGITS, significant } from "../render/exactNumber";
import type { TermSource } from "../render/unitTerms";
import type { Store } from "../store";

/** What the value is, which file it was read from, and the way back. */
export function sourceSection(store: Store, source: TermSource, back: () => void): TemplateResult {
  return html`
    ${source.kind === "initial" ? initialState(store, source.unit) : inputValue(store, source)}
    <button type="button" class="link" @click=${back}>${t("back to the unit")}</button>
  `;
}

function inputValue(
  store: Store,
  { step, unit }: Extract<TermSource, { kind: "lane" }>,
): TemplateResult {
  const { batch } = store.state.cursor;
  const data = store.window({
    ...{ lane: "input", side: "ours", batch, maxColumns: 1, maxRows: 1 },
    ...{ stepStart: step, stepEnd: step + 1, unitStart: unit, unitEnd: unit + 1 },
  });
  const value = data?.values[0];
  return html`
    <h3>${t("Input · t = {0} · batch {1} · feature {2}", step, batch, unit)}</h3>
    <div class="formula">
      x<sub>${step}</sub>[${unit}] =
      <strong>${value === undefined ? "…" : significant(value, FLOAT32_DIGITS)}</strong>
    </div>
    <p class="dim">${t("read from {0}", store.state.view?.labels.input ?? "")}</p>
  `;
}

function initialState(store: Store, unit: number): TemplateResult | typeof nothing {
  const { view, cursor } = store.state;
  if (view === null) return nothing;
  const given = view.labels.h0;
  const slot =
    (view.config?.bidirectional === true ? 2 : 1) * cursor.layer +
    (cursor.direction === "reverse" ? 1 : 0);
  const explanation = store.explain(cursor);
  const value = explanation?.operands[explanation.inputCount + unit];
  return html`
    <h3>${t("Initial state")}</h3>
    <div class="formula">
      h0[${slot}][${cursor.batch}][${unit}] =
      <strong>${value === undefined ? "…" : significant(value, FLOAT32_DIGITS)}</strong>
    </div>
    <p class="dim">
      ${given === null ? t("no h0 was given, so it is zeros") : t("read from {0}", given)}
    </p>
  `;
}
