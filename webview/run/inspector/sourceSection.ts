/**
 * The inspector for a value that was not computed: a value of the input or of the initial state.
 */
import { html, nothing, type TemplateResult } from "lit";
import { slotOf } from "../../../src/model/directions";
import type { StateName } from "../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { t } from "../../shared/l10n";
import { FLOAT32_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { unitStates } from "../../../src/drawing/run/unit/unitNumbers";
import type { TermSource } from "../../../src/drawing/run/unit/unitTerms";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";

interface Shown {
  /** undefined while it is fetched. */
  readonly value: number | undefined;
  /** Leads back to the unit that reads the value. */
  readonly back: () => void;
}

/** The value of an operand, out of the explanation of the unit that reads it or from the input; undefined while it is fetched. */
export function fetchSource(
  store: Store,
  source: TermSource,
  explanation: UnitExplanation | undefined,
): number | undefined {
  if (source.kind === "initial") {
    return explanation && initialValue(explanation, source.stateName, source.unit);
  }
  const { step, unit } = source;
  const { batch } = store.state.cursor;
  const data = store.element({ lane: "input", side: "ours", batch, step, unit });
  return data?.values[0];
}

/** The value, the file that it was read from, and the way back to the unit that reads it. */
export function sourceSection(
  state: ViewState,
  source: TermSource,
  { value, back }: Shown,
): TemplateResult {
  const written = value === undefined ? "…" : significant(value, FLOAT32_DIGITS);
  return html`
    ${
      source.kind === "initial"
        ? initialState(state, source, written)
        : inputValue(state, source, written)
    }
    <button type="button" class="link" @click=${back}>${t("back to the unit")}</button>
  `;
}

function inputValue(
  { cursor, view }: ViewState,
  { step, unit }: Extract<TermSource, { kind: "lane" }>,
  written: string,
): TemplateResult {
  const { batch } = cursor;
  return html`
    <h3>${t("Input · t = {0} · batch {1} · feature {2}", step, batch, unit)}</h3>
    <div class="formula">
      x<sub>${step}</sub>[${unit}] =
      <strong>${written}</strong>
    </div>
    <p class="dim">${t("read from {0}", view?.labels.input ?? "")}</p>
  `;
}

function initialState(
  { view, cursor }: ViewState,
  { stateName, unit }: Extract<TermSource, { kind: "initial" }>,
  written: string,
): TemplateResult | typeof nothing {
  if (view?.config == null) return nothing;
  const slot = slotOf(view.config, cursor.layer, cursor.direction);
  return html`
    <h3>${t("Initial state")}</h3>
    <div class="formula">
      ${stateName}0[${slot}][${cursor.batch}][${unit}] =
      <strong>${written}</strong>
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
