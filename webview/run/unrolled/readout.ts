/**
 * Shows the value under the pointer.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { LaneInfo, RunView } from "../../../src/protocol/run/messages";
import type { Side, WindowData } from "../../../src/protocol/run/windowMessages";
import { t } from "../../shared/l10n";
import { lastProcessedStep, slotOfLane } from "../../../src/drawing/run/finals";
import type { Hit } from "../../../src/drawing/run/layout";
import { isUncovered } from "../../../src/drawing/run/sides";
import type { Mode } from "../../../src/drawing/run/modes";
import { formatLaneValue } from "../../../src/drawing/base/numbers";
import { finalName } from "../../../src/drawing/run/state";
import { besideOf } from "../store/diagnosis";
import type { Store } from "../store/store";
import { laneText } from "../store/placeText";

export interface Pointer {
  readonly hit: Hit;
  /** Position in the viewport of the unrolled view, CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Width of the unrolled view, so that the read-out stays inside. */
  readonly width: number;
}

/** Room the read-out needs at the right of the pointer. */
const READOUT_WIDTH = 230;

interface Spot {
  readonly info: LaneInfo;
  readonly isFinal: boolean;
  readonly step: number;
  readonly unit: number;
}

type Value = Pick<WindowData, "values" | "outside" | "valid">;

/** The cell under the pointer, with the values that are here. */
export interface Readout {
  readonly pointer: Pointer;
  readonly spot: Spot;
  readonly title: string;
  readonly values: readonly (readonly [side: Side, value: Value])[];
  readonly view: RunView;
}

function valueAt(store: Store, side: Side, spot: Spot): Value | undefined {
  const { info, isFinal, step, unit } = spot;
  const { batch } = store.state.cursor;
  if (isFinal && info.layer !== null) return finalAt(store, side, spot);
  return store.element({
    ...besidePart(store, side, info),
    ...{ lane: info.id, side, batch, step, unit },
  });
}

function besidePart({ state }: Store, side: Side, info: LaneInfo): { under?: readonly string[] } {
  const isBeside = side !== "ours" && isUncovered(info);
  return isBeside ? { under: besideOf(state) } : {};
}

/** h_n and c_n have references of their own. */
function finalAt(store: Store, side: Side, { info, unit }: Spot): Value | undefined {
  const { cursor, view } = store.state;
  const states = store.finalStates({ side, batch: cursor.batch });
  const config = view?.config ?? null;
  if (states === undefined || config === null) return undefined;
  const slot = slotOfLane(config, info);
  const at = slot * states.units + unit;
  return {
    values: states.values.subarray(at, at + 1),
    outside: states.outside.subarray(at, at + 1),
    valid: Uint8Array.of(1),
  };
}

function sidesAt({ state }: Store, { info, isFinal }: Spot): readonly Side[] {
  const name = finalName(state.stateName);
  const hasReference =
    isFinal && info.layer !== null
      ? state.view?.verdicts.some((verdict) => verdict.name === name) === true
      : info.reference === "full";
  const showsFinding = state.showsFinding && state.mode === "delta" && besideOf(state).length > 0;
  if (!hasReference && !isFinal && showsFinding && isUncovered(info)) return ["ours", "delta"];
  return hasReference ? ["ours", "reference", "delta"] : ["ours"];
}

/** A token with its word, where it is known. */
function valueText(info: LaneInfo, value: number, view: RunView | null): string {
  const written = formatLaneValue(info, value);
  if (info.id !== "tokens") return written;
  const word = view?.surrounding?.words?.find(([token]) => token === value)?.[1];
  return word === undefined ? written : `${written} ${word}`;
}

function valueLine(side: Side, data: Value, info: LaneInfo, view: RunView | null): TemplateResult {
  const isBeside = side === "delta" && isUncovered(info);
  const names = {
    ours: t("ours"),
    reference: t("reference"),
    delta: isBeside ? t("Δ, finding") : "Δ",
  };
  const isOutside = side === "delta" && data.outside[0] !== 0;
  const value = data.valid[0] === 0 ? t("padding") : valueText(info, data.values[0] ?? NaN, view);
  return html`<span class=${isOutside ? "readout-outside" : ""}>${names[side]}</span>
    <span class=${isOutside ? "readout-value readout-outside" : "readout-value"}>
      ${isOutside ? "✗ " : ""}${value}</span
    >`;
}

function spotOf(store: Store, hit: Hit): Spot {
  const { view, cursor } = store.state;
  const length = view?.lengths?.[cursor.batch];
  const last = lastProcessedStep(hit.info, view?.seqLength ?? 1, length);
  const isFinal = hit.area === "final";
  // Logits of one step have a step of their own.
  const step = isFinal ? (hit.info.isFinal === true ? 0 : last) : hit.step;
  return { info: hit.info, isFinal, unit: hit.unit, step };
}

function titleOf({ state }: Store, { info, isFinal, step, unit }: Spot): string {
  const lane = laneText(info);
  if (info.isFinal === true) return t("{0} · unit {1}", lane, unit);
  return isFinal
    ? t("{0} · {1} · unit {2}", finalName(state.stateName), lane, unit)
    : t("{0} · t {1} · unit {2}", lane, step, unit);
}

/** Requests the values under the pointer; null when it is over no cell. */
export function fetchReadout(store: Store, pointer: Pointer | null): Readout | null {
  const { view } = store.state;
  if (pointer === null || view === null) return null;
  const spot = spotOf(store, pointer.hit);
  const values = sidesAt(store, spot).flatMap((side) => {
    const value = valueAt(store, side, spot);
    return value === undefined ? [] : [[side, value] as const];
  });
  return { pointer, spot, title: titleOf(store, spot), values, view };
}

/** The value under the pointer in the colours of the layers; null where it is none of them. */
export function pointedValue(shown: Readout | null, mode: Mode): number | null {
  if (typeof shown?.spot.info.layer !== "number") return null;
  const wanted: Side = mode === "delta" || mode === "reference" ? mode : "ours";
  const found = shown.values.find(([side]) => side === wanted)?.[1];
  const value = found?.valid[0] === 0 ? undefined : found?.values[0];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** The read-out beside the pointer. */
export function readout(shown: Readout | null): TemplateResult | typeof nothing {
  if (shown === null) return nothing;
  const { x, y, width } = shown.pointer;
  const left = x + 16 + READOUT_WIDTH > width ? x - READOUT_WIDTH - 8 : x + 16;
  return html`<div
    class="readout"
    aria-hidden="true"
    .style=${`left:${Math.max(4, left)}px;top:${y + 16}px`}
  >
    <div class="readout-title">${shown.title}</div>
    <div class="readout-grid">
      ${shown.values.map(([side, value]) => valueLine(side, value, shown.spot.info, shown.view))}
    </div>
  </div>`;
}
