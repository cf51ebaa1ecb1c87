/**
 * A value beside that of the reference, without how it came about.
 */
import { html, nothing, type TemplateResult } from "lit";
import { FLOAT32_DIGITS, PART_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { cursorLane } from "../../../src/drawing/run/places";
import type { StateName } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { comparedAt, type ComparedValue } from "../store/comparedValue";
import type { Store } from "../store/store";

interface CellValues extends ComparedValue {
  readonly stateName: StateName;
  readonly ours: number;
}

/** The values at the cursor as windows have them; undefined while they are fetched. */
export function fetchCell(store: Store): CellValues | undefined {
  const { cursor, stateName } = store.state;
  const lane = cursorLane(store.state);
  if (lane === undefined) return undefined;
  const { batch, step, unit } = cursor;
  const ours = store.element({ lane: lane.id, side: "ours", batch, step, unit })?.values[0];
  const compared = comparedAt(store, lane, cursor);
  const isWhole = compared.reference.length === (lane.reference === "none" ? 0 : 2);
  return ours === undefined || !isWhole ? undefined : { stateName, ours, ...compared };
}

/** Ours, the reference and Δ. */
export function cellSection(values: CellValues): TemplateResult {
  return html`<div class="formula">
      <span class="lhs">${values.stateName} =</span
      ><strong>${significant(values.ours, FLOAT32_DIGITS)}</strong>
    </div>
    ${comparedValue(values)}`;
}

/** The reference and Δ; nothing without a reference. */
export function comparedValue({
  reference: [expected, delta],
  isOutside,
}: ComparedValue): TemplateResult | typeof nothing {
  if (expected === undefined || delta === undefined) return nothing;
  return html`<dl class="reference ${isOutside ? "outside" : "within"}">
    <dt>${t("reference")}</dt>
    <dd>${significant(expected, FLOAT32_DIGITS)}</dd>
    <dt><abbr title=${t("ours − reference")}>Δ</abbr></dt>
    <dd>
      ${significant(delta, PART_DIGITS)}
      <span class="mark">${isOutside ? t("✗ outside") : t("✓ within")}</span>
    </dd>
  </dl>`;
}
