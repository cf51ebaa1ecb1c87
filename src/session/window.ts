/**
 * Reads what a view is about to draw: a window of a lane, aggregated to the size of the drawing, and the curves of
 * the timeline.
 *
 * Aggregation keeps the worst: the value of largest magnitude in a block, NaN before all, so that a single bad value
 * among millions still shows.
 */
import type {
  FinalStates,
  FinalStatesRequest,
  Side,
  Timeline,
  TimelineRequest,
  WindowData,
  WindowRequest,
} from "../protocol/messages";
import { allowedDifference, difference, isOutside, type Tolerance } from "../analysis/compare";
import { slotAllowance, type Lane, type LaneContext, type LanePart } from "../analysis/lanes";
import type { ForwardTrace } from "../engine/trace";
import type { RunResult } from "../run";

/** Largest window answered, in cells: more than any screen shows. */
const maxCells = 2 ** 22;

/** Where a half-open block of `count` blocks over [start, end) begins and ends. */
function blockStart(start: number, end: number, block: number, count: number): number {
  return start + Math.floor((block * (end - start)) / count);
}

/** One part of a lane, seen at one unit. */
interface UnitColumn {
  readonly part: LanePart;
  readonly unit: number;
}

/** Reads a window; ranges are clamped to the lane, an empty one gives an empty window. */
export function readWindow(lane: Lane, request: WindowRequest, context: LaneContext): WindowData {
  const stepStart = clamp(request.stepStart, 0, context.seqLength);
  const stepEnd = clamp(request.stepEnd, stepStart, context.seqLength);
  const unitStart = clamp(request.unitStart, 0, lane.units);
  const unitEnd = clamp(request.unitEnd, unitStart, lane.units);
  const batch = clamp(request.batch, 0, context.batchSize - 1);
  const columns = Math.min(stepEnd - stepStart, blockLimit(request.maxColumns), maxCells);
  const fitting = Math.floor(maxCells / Math.max(1, columns));
  const rows = Math.min(unitEnd - unitStart, blockLimit(request.maxRows), fitting);
  const data = {
    values: new Float32Array(rows * columns),
    outside: new Uint8Array(rows * columns),
    valid: new Uint8Array(rows * columns),
  };
  const length = context.lengths?.[batch] ?? context.seqLength;
  for (let row = 0; row < rows; row++) {
    const units = {
      start: blockStart(unitStart, unitEnd, row, rows),
      end: blockStart(unitStart, unitEnd, row + 1, rows),
    };
    for (let column = 0; column < columns; column++) {
      const steps = {
        start: blockStart(stepStart, stepEnd, column, columns),
        end: blockStart(stepStart, stepEnd, column + 1, columns),
      };
      const block = reduceBlock(lane, request.side, batch, { units, steps }, context);
      const cell = row * columns + column;
      data.values[cell] = block.value;
      data.outside[cell] = block.outside ? 1 : 0;
      data.valid[cell] = steps.start < length ? 1 : 0;
    }
  }
  return { rows, columns, ...data };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function reduceBlock(
  lane: Lane,
  side: Side,
  batch: number,
  block: { readonly units: Range; readonly steps: Range },
  context: LaneContext,
): { value: number; outside: boolean } {
  let value = 0;
  let outside = false;
  for (let unit = block.units.start; unit < block.units.end; unit++) {
    const column = unitColumn(lane, unit);
    for (let step = block.steps.start; step < block.steps.end; step++) {
      const row = step * context.batchSize + batch;
      value = worse(value, sideValue(column, side, row, context));
      outside ||= isOutsideAt(column, row, context, column.part.noise?.[row] ?? 0);
    }
  }
  return { value, outside };
}

function unitColumn(lane: Lane, unit: number): UnitColumn {
  let first = 0;
  for (const part of lane.parts) {
    if (unit < first + part.units) return { part, unit: unit - first };
    first += part.units;
  }
  throw new RangeError(`unit ${unit} of a lane with ${lane.units}`);
}

function sideValue(
  { part, unit }: UnitColumn,
  side: Side,
  row: number,
  context: LaneContext,
): number {
  const index = row * part.units + unit;
  if (side === "ours") return part.ours[index]!;
  const reference = part.reference?.[index] ?? NaN;
  if (side === "reference" || part.reference === null) return reference;
  return difference(part.ours[index]!, reference, context.tolerance.equalNan);
}

function isOutsideAt(
  { part, unit }: UnitColumn,
  row: number,
  context: LaneContext,
  allowance: number,
): boolean {
  if (part.reference === null) return false;
  const index = row * part.units + unit;
  const reference = part.reference[index]!;
  const delta = difference(part.ours[index]!, reference, context.tolerance.equalNan);
  return isOutside(delta, allowedDifference(context.tolerance, reference, allowance));
}

function worse(left: number, right: number): number {
  return Number.isNaN(left) || Math.abs(right) <= Math.abs(left) ? left : right;
}

/** ‖h_t‖ and the largest difference of each step, or of each block of steps. */
export function readTimeline(lane: Lane, request: TimelineRequest, context: LaneContext): Timeline {
  const { seqLength, batchSize, tolerance } = context;
  const batch = clamp(request.batch, 0, batchSize - 1);
  const columns = Math.min(seqLength, blockLimit(request.maxColumns));
  const hasReference = lane.parts.every(({ reference }) => reference !== null);
  const norm = new Float32Array(columns);
  const maxDelta = new Float32Array(hasReference ? columns : 0);
  for (let column = 0; column < columns; column++) {
    const end = blockStart(0, seqLength, column + 1, columns);
    for (let step = blockStart(0, seqLength, column, columns); step < end; step++) {
      const row = step * batchSize + batch;
      norm[column] = worse(norm[column]!, stepNorm(lane, row));
      if (hasReference)
        maxDelta[column] = worse(maxDelta[column]!, stepDelta(lane, row, tolerance));
    }
  }
  return { norm, maxDelta };
}

/** Largest |ours − reference| of a lane at one row, t · B + batch. */
function stepDelta(lane: Lane, row: number, { equalNan }: Tolerance): number {
  let largest = 0;
  for (const { units, ours, reference } of lane.parts) {
    for (let k = row * units; k < (row + 1) * units; k++) {
      largest = worse(largest, Math.abs(difference(ours[k]!, reference![k]!, equalNan)));
    }
  }
  return largest;
}

/** ‖·‖₂ of a lane at one row, t · B + batch. */
export function stepNorm(lane: Lane, row: number): number {
  let sum = 0;
  for (const { units, ours } of lane.parts) {
    for (let k = row * units; k < (row + 1) * units; k++) sum += ours[k]! * ours[k]!;
  }
  return Math.sqrt(sum);
}

/** What h_n and its reference need of a run. */
export interface FinalStatesRun extends Pick<RunResult, "context" | "referenceHn" | "noise"> {
  readonly trace: Pick<ForwardTrace, "stateSize" | "hn">;
  readonly forwardInput: Parameters<typeof slotAllowance>[1];
}

/** One batch row of h_n. */
export function readFinalStates(run: FinalStatesRun, request: FinalStatesRequest): FinalStates {
  const { context, trace, referenceHn, noise, forwardInput } = run;
  const { batchSize } = context;
  const batch = clamp(request.batch, 0, batchSize - 1);
  const units = trace.stateSize;
  const slots = trace.hn.length / (units * batchSize);
  const values = new Float32Array(slots * units);
  const outside = new Uint8Array(slots * units);
  const part: LanePart = { units, ours: trace.hn, reference: referenceHn, noise: null };
  for (let slot = 0; slot < slots; slot++) {
    const allowance = slotAllowance(noise, forwardInput, slot, batch);
    for (let unit = 0; unit < units; unit++) {
      const cell = slot * units + unit;
      const row = slot * batchSize + batch;
      values[cell] = sideValue({ part, unit }, request.side, row, context);
      if (isOutsideAt({ part, unit }, row, context, allowance)) outside[cell] = 1;
    }
  }
  return { slots, units, values, outside };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, Math.floor(value)));
}

/** Drawings are measured in fractions of pixels; blocks are whole, and at least one. */
function blockLimit(wanted: number): number {
  return Math.max(1, Math.floor(wanted));
}
