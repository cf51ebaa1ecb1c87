/**
 * The inspector for a value that was not computed: a value of the input or of the initial state.
 */
import { html, nothing, type TemplateResult } from "lit";
import { slotOf } from "../../../src/model/directions";
import type { StateName, UnitExplanation } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { FLOAT32_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { unitStates } from "../../../src/drawing/run/unitNumbers";
import type { TermSource } from "../../../src/drawing/run/unitTerms";
import type { Store } from "../store/store";

/** What the value is, which file it was read from, and the way back to the unit that asked for it. */
export function sourceSection(store: Store, source: TermSource, back: () => void): TemplateResult {
  return html`
    ${source.kind === "initial" ? initialState(store, source) : inputValue(store, source)}
    <button type="button" class="link" @click=${back}>${t("back to the unit")}</button>
  `;
}

function inputValue(
  store: Store,
  { step, unit }: Extract<TermSource, { kind: "lane" }>,
): TemplateResult {
  const { batch } = store.state.cursor;
  const data = store.window({
    ...{ lane: "input", stateName: "h", side: "ours", batch, maxColumns: 1, maxRows: 1 },
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

function initialState(
  store: Store,
  { stateName, unit }: Extract<TermSource, { kind: "initial" }>,
): TemplateResult | typeof nothing {
  const { view, cursor, stateName: shown } = store.state;
  if (view?.config == null) return nothing;
  const slot = slotOf(view.config, cursor.layer, cursor.direction);
  const explanation = store.explain({ ...cursor, stateName: shown });
  const value = explanation === undefined ? undefined : initialValue(explanation, stateName, unit);
  return html`
    <h3>${t("Initial state")}</h3>
    <div class="formula">
      ${stateName}0[${slot}][${cursor.batch}][${unit}] =
      <strong>${value === undefined ? "…" : significant(value, FLOAT32_DIGITS)}</strong>
    </div>
    <p class="dim">${originText(view.labels, stateName)}</p>
  `;
}

function initialValue(
  explanation: UnitExplanation,
  stateName: StateName,
  unit: number,
): number | undefined {
  if (stateName === "c") return unitStates(explanation).previousC;
  return explanation.gates[0]?.operands[explanation.inputCount + unit];
}

function originText(
  labels: { readonly h0: string | null; readonly c0: string | null },
  stateName: StateName,
): string {
  const given = labels[`${stateName}0`];
  if (given !== null) return t("read from {0}", given);
  return stateName === "h"
    ? t("no h0 was given, so it is zeros")
    : t("no c0 was given, so it is zeros");
}
