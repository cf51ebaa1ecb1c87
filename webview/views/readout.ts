/**
 * The value under the pointer, beside the pointer.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { LaneInfo, Side, WindowData } from "../../src/protocol/messages";
import { t } from "../l10n";
import { lastProcessedStep } from "../render/finals";
import type { Hit } from "../render/layout";
import { formatValue } from "../render/numbers";
import type { Store } from "../store";
import { laneText } from "./placeText";

export interface Pointer {
  readonly hit: Hit;
  /** Position in the viewport of the score, CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Width of the score, so that the read-out stays inside. */
  readonly width: number;
}

/** Room the read-out needs at the right of the pointer. */
const READOUT_WIDTH = 230;

interface Spot {
  readonly info: LaneInfo;
  readonly step: number;
  readonly unit: number;
}

function valueAt(store: Store, side: Side, { info, step, unit }: Spot): WindowData | undefined {
  return store.window({
    ...{ lane: info.id, side, batch: store.state.cursor.batch },
    ...{ stepStart: step, stepEnd: step + 1, unitStart: unit, unitEnd: unit + 1 },
    ...{ maxColumns: 1, maxRows: 1 },
  });
}

function valueLine(store: Store, side: Side, spot: Spot): TemplateResult | typeof nothing {
  const data = valueAt(store, side, spot);
  if (data === undefined) return nothing;
  const names = { ours: t("ours"), reference: t("reference"), delta: "Δ" };
  const isOutside = side === "delta" && data.outside[0] !== 0;
  const value = data.valid[0] === 0 ? t("padding") : formatValue(data.values[0] ?? NaN);
  return html`<span class=${isOutside ? "readout-outside" : ""}>${names[side]}</span>
    <span class=${isOutside ? "readout-value readout-outside" : "readout-value"}>
      ${isOutside ? "✗ " : ""}${value}</span
    >`;
}

function spotOf(store: Store, hit: Hit): Spot {
  const { view, cursor } = store.state;
  const length = view?.lengths?.[cursor.batch];
  const last = lastProcessedStep(hit.info, view?.seqLength ?? 1, length);
  return { info: hit.info, unit: hit.unit, step: hit.area === "final" ? last : hit.step };
}

/** The read-out, or nothing where the pointer is over no cell. */
export function readout(store: Store, pointer: Pointer | null): TemplateResult | typeof nothing {
  if (pointer === null || store.state.view === null) return nothing;
  const { hit, x, y, width } = pointer;
  const spot = spotOf(store, hit);
  const sides: Side[] = hit.info.reference === "full" ? ["ours", "reference", "delta"] : ["ours"];
  const left = x + 16 + READOUT_WIDTH > width ? x - READOUT_WIDTH - 8 : x + 16;
  const title =
    hit.area === "final"
      ? t("h_n · {0} · unit {1}", laneText(hit.info), spot.unit)
      : t("{0} · t {1} · unit {2}", laneText(hit.info), spot.step, spot.unit);
  return html`<div
    class="readout"
    aria-hidden="true"
    .style=${`left:${Math.max(4, left)}px;top:${y + 16}px`}
  >
    <div class="readout-title">${title}</div>
    <div class="readout-grid">${sides.map((side) => valueLine(store, side, spot))}</div>
  </div>`;
}
