/**
 * Shows the value under the pointer.
 */
import { percentOf } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { LaneInfo, RunView, StateName } from "../../../src/protocol/run/messages";
import type { DeltaAs, Side, WindowData } from "../../../src/protocol/run/windowMessages";
import { t } from "../../shared/l10n";
import { lastProcessedStep, slotOfLane } from "../../../src/drawing/run/requests/finals";
import type { Hit } from "../../../src/drawing/run/layout";
import { classNameOf, classText, likeliestOf, shareOf } from "../../../src/drawing/run/classes";
import { isUncovered } from "../../../src/drawing/run/sides";
import { asMeasured, measuredText, measureName } from "../../../src/drawing/run/measures";
import { formatLaneValue } from "../../../src/drawing/base/numbers";
import type { ShownLane } from "../../../src/drawing/run/laneChoice";
import { groupsOf, rowOfUnit } from "../../../src/drawing/run/sortedUnits";
import { finalName } from "../../../src/drawing/run/state";
import { besideOf } from "../store/diagnosis";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { laneText } from "../store/placeText";

export interface Pointer {
  readonly hit: Hit;
  /** Position in the viewport of the unrolled view, CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Width of the unrolled view, so that the read-out stays inside. */
  readonly width: number;
  /** The state that is read, where that is not the one that the lanes show. */
  readonly stateName?: StateName;
}

/** Room the read-out needs at the right of the pointer. */
const READOUT_WIDTH = 230;

interface Spot {
  readonly info: ShownLane;
  readonly isFinal: boolean;
  readonly step: number;
  readonly unit: number;
  readonly stateName: StateName | undefined;
}

type Value = Pick<WindowData, "values" | "outside" | "valid">;

/** A value of a side, and how it is measured where it is a difference. */
interface Shown {
  readonly side: Side;
  readonly as: DeltaAs;
  readonly value: Value;
}

/** The cell under the pointer, with the values that are here. */
export interface Readout {
  readonly pointer: Pointer;
  readonly spot: Spot;
  readonly title: string;
  readonly values: readonly Shown[];
  /** All logits of the step, where the pointer is over one. */
  readonly logits: ArrayLike<number> | null;
  readonly view: RunView;
}

function valueAt(store: Store, side: Side, spot: Spot, as: DeltaAs): Value | undefined {
  const { info, isFinal, step, unit, stateName } = spot;
  const { batch } = store.state.cursor;
  if (isFinal && info.layer !== null) return finalAt(store, side, spot, as);
  const wanted = { lane: info.id, side, batch, step, unit, ...asMeasured(as) };
  return store.element({ ...besidePart(store, side, info), ...wanted }, stateName);
}

function besidePart({ state }: Store, side: Side, info: LaneInfo): { under?: readonly string[] } {
  const isBeside = side !== "ours" && isUncovered(info);
  return isBeside ? { under: besideOf(state) } : {};
}

/** h_n and c_n have references of their own. */
function finalAt(store: Store, side: Side, { info, unit }: Spot, as: DeltaAs): Value | undefined {
  const { cursor, view } = store.state;
  const states = store.finalStates({ side, batch: cursor.batch, ...asMeasured(as) });
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

/** Ours, what it is compared with, and the difference: by itself, and as it is measured. */
function sidesAt({ state }: Store, { info, isFinal }: Spot): readonly Pick<Shown, "side" | "as">[] {
  const { deltaAs } = state;
  const own = { side: "ours", as: "absolute" } as const;
  const deltas = (deltaAs === "absolute" ? [deltaAs] : (["absolute", deltaAs] as const)).map(
    (as) => ({ side: "delta", as }) as const,
  );
  const name = finalName(state.stateName);
  const hasReference =
    isFinal && info.layer !== null
      ? state.view?.verdicts.some((verdict) => verdict.name === name) === true
      : info.reference === "full";
  const showsFinding = state.showsFinding && state.mode === "delta" && besideOf(state).length > 0;
  if (!hasReference && !isFinal && showsFinding && isUncovered(info)) return [own, ...deltas];
  return hasReference ? [own, { side: "reference", as: "absolute" }, ...deltas] : [own];
}

/** A token with its word, where it is known. */
function valueText(info: LaneInfo, value: number, view: RunView | null): string {
  const written = formatLaneValue(info, value);
  if (info.id !== "tokens") return written;
  const word = view?.surrounding?.words?.find(([token]) => token === value)?.[1];
  return word === undefined ? written : `${written} ${word}`;
}

function valueLine(
  { side, as, value: data }: Shown,
  info: LaneInfo,
  view: RunView | null,
): TemplateResult {
  const isBeside = side === "delta" && isUncovered(info);
  const names = {
    ours: t("ours"),
    reference: t("reference"),
    delta: isBeside && as === "absolute" ? t("Δ, finding") : measureName(as),
  };
  const isOutside = side === "delta" && data.outside[0] !== 0;
  const found = data.values[0] ?? NaN;
  const written = as === "absolute" ? valueText(info, found, view) : measuredText(found, as);
  const value = data.valid[0] === 0 ? t("padding") : written;
  return html`<span class=${isOutside ? "readout-outside" : ""}>${names[side]}</span>
    <span class=${isOutside ? "readout-value readout-outside" : "readout-value"}>
      ${isOutside ? "✗ " : ""}${value}</span
    >`;
}

function spotOf(store: Store, { hit, stateName }: Pointer): Spot {
  const { view, cursor } = store.state;
  const length = view?.lengths?.[cursor.batch];
  const last = lastProcessedStep(hit.info, view?.seqLength ?? 1, length);
  const isFinal = hit.area === "final";
  // Logits of one step have a step of their own.
  const step = isFinal ? (hit.info.isFinal === true ? 0 : last) : hit.step;
  return { info: hit.info, isFinal, unit: hit.unit, step, stateName };
}

function titleOf({ state }: Store, { info, isFinal, step, unit }: Spot): string {
  const lane = laneText(info);
  const named = info.id === "logits" ? classText(state.view?.surrounding ?? null, unit) : unit;
  if (info.isFinal === true) return t("{0} · unit {1}", lane, named);
  return isFinal
    ? t("{0} · {1} · unit {2}", finalName(state.stateName), lane, unit)
    : t("{0} · t {1} · unit {2}", lane, step, named);
}

/** Requests the values under the pointer; null when it is over no cell. */
export function fetchReadout(store: Store, pointer: Pointer | null): Readout | null {
  const { view } = store.state;
  if (pointer === null || view === null) return null;
  const spot = spotOf(store, pointer);
  const values = sidesAt(store, spot).flatMap(({ side, as }) => {
    const value = valueAt(store, side, spot, as);
    return value === undefined ? [] : [{ side, as, value }];
  });
  const logits = spot.info.id === "logits" ? (logitsAt(store, spot.step)?.values ?? null) : null;
  return { pointer, spot, title: titleOf(store, spot), values, view, logits };
}

/** More logits than this are not put in order while the pointer moves. */
const MOST_LOGITS = 1 << 16;

/** All logits of a step; undefined while they are fetched, and where there are none, or too many. */
function logitsAt(store: Store, step: number): WindowData | undefined {
  const { view, cursor } = store.state;
  const lane = view?.lanes.find(({ id }) => id === "logits");
  if (lane === undefined || lane.units > MOST_LOGITS) return undefined;
  return store.window({
    ...{ lane: "logits", side: "ours", batch: cursor.batch, stepStart: step, stepEnd: step + 1 },
    ...{ unitStart: 0, unitEnd: lane.units, maxColumns: 1, maxRows: lane.units },
  });
}

/** What logits say, whole and as the label of a lane has room for. */
export interface Answer {
  readonly whole: string;
  readonly short: string;
}

/** The likeliest class at the cursor's step, with its share; null where there are no logits, or not yet. */
export function fetchAnswer(store: Store): Answer | null {
  const { view, cursor } = store.state;
  const lane = view?.lanes.find(({ id }) => id === "logits");
  if (view === null || lane === undefined) return null;
  const logits = logitsAt(store, lane.isFinal === true ? 0 : cursor.step)?.values;
  const likeliest = logits === undefined ? null : likeliestOf(logits);
  if (logits === undefined || likeliest === null) return null;
  const share = percentOf(shareOf(logits, likeliest), 1);
  const whole = t("argmax {0} · {1}", classText(view.surrounding, likeliest), share);
  const name = classNameOf(view.surrounding, likeliest);
  // Without quotes and blanks it has room beside a narrow lane.
  return { whole, short: name === undefined ? whole : `${name} ${share.replaceAll(" ", "")}` };
}

/** The group of the unit, where units are in groups. */
function groupLine({ spot: { info, unit }, view }: Readout): TemplateResult | typeof nothing {
  const row = rowOfUnit(info, unit);
  const group = groupsOf(info, view.config).find(({ from, to }) => row >= from && row < to);
  if (group === undefined) return nothing;
  return html`<span>${t("group {0}", group.number)}</span>
    <span class="readout-value">${t("{0} units", group.to - group.from)}</span>`;
}

/** What softmax makes of the logit, and which class is the likeliest. */
function classLines({ logits, spot, view }: Readout): TemplateResult | typeof nothing {
  const likeliest = logits === null ? null : likeliestOf(logits);
  if (logits === null || likeliest === null) return nothing;
  const surrounding = view.surrounding;
  return html`<span>softmax</span>
    <span class="readout-value">${percentOf(shareOf(logits, spot.unit), 1)}</span>
    <span>argmax</span>
    <span class="readout-value">${classText(surrounding, likeliest)}</span>`;
}

/** The value under the pointer in the colours of the layers; null where it is none of them. */
export function pointedValue(
  shown: Readout | null,
  { mode, deltaAs }: Pick<ViewState, "mode" | "deltaAs">,
): number | null {
  if (typeof shown?.spot.info.layer !== "number") return null;
  const wanted: Side = mode === "delta" || mode === "reference" ? mode : "ours";
  const found = shown.values.find(
    ({ side, as }) => side === wanted && (side !== "delta" || as === deltaAs),
  )?.value;
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
      ${shown.values.map((each) => valueLine(each, shown.spot.info, shown.view))}
      ${classLines(shown)} ${groupLine(shown)}
    </div>
  </div>`;
}
