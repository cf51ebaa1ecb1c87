/**
 * Reads what a lane has over time: the curves of the timeline, steps outside tolerance, the norm of one step.
 */
import {
  DIFFERENCE,
  largestOutside,
  partRows,
  sideValue,
  type OutsideUnit,
  type Row,
} from "../../analysis/laneMeasures/laneRows";
import { contextOf, type Lane, type LaneContext, type LanePart } from "../../analysis/lanes";
import { sumOfSquares, type Overview } from "../../analysis/laneMeasures/overview";
import { largerMagnitude } from "../../core/numeric";
import type { Place } from "../../engine/base/trace";
import { sequenceLength } from "../../model/sequence";
import type { Timeline, TimelineRequest } from "../../protocol/run/curveMessages";
import { blockIndex, blockLimit, clampWhole } from "./blocks";

/** ‖h_t‖ and the largest difference of each step, or of each block of steps. */
export function readTimeline(
  lane: Lane,
  request: TimelineRequest,
  context: LaneContext,
  overviews: ReadonlyMap<LanePart, Overview> = new Map(),
): Timeline {
  const { seqLength, batchSize } = context;
  const batch = clampWhole(request.batch, 0, batchSize - 1);
  const columns = Math.min(seqLength, blockLimit(request.maxColumns));
  const hasReference = lane.parts.every(({ reference }) => reference !== null);
  const norm = new Float32Array(columns);
  const maxDelta = new Float32Array(hasReference ? columns : 0);
  const floor = new Float32Array(maxDelta.length);
  const outside = new Uint8Array(maxDelta.length);
  const steps = { from: 0, to: seqLength };
  const columnOf = blockIndex(steps, columns);
  const squares = new Float64Array(seqLength);
  const length = sequenceLength(context, batch);
  for (const part of lane.parts) {
    for (const row of measuredRows(part, batch, context, overviews.get(part))) {
      squares[row.step] = squares[row.step]! + row.squares;
      if (!hasReference || row.step >= length) continue;
      const column = columnOf[row.step]!;
      maxDelta[column] = largerMagnitude(maxDelta[column]!, row.delta());
      floor[column] = Math.max(floor[column]!, row.noise);
      if (row.hasOutside()) outside[column] = 1;
    }
  }
  squares.forEach((square, step) => {
    const column = columnOf[step]!;
    norm[column] = largerMagnitude(norm[column]!, Math.sqrt(square));
  });
  return { norm, maxDelta, floor, outside };
}

/** What a row of a part is measured to have. */
interface MeasuredRow {
  readonly step: number;
  readonly squares: number;
  /** Rounding allowance of the row. */
  readonly noise: number;
  /** Largest |ours − reference|, and whether a unit is outside tolerance; asked of rows of a reference only. */
  delta(): number;
  hasOutside(): boolean;
}

/** The rows of one row of the batch, from an overview where there is one. */
function* measuredRows(
  part: LanePart,
  batch: number,
  context: LaneContext,
  overview: Overview | undefined,
): Generator<MeasuredRow> {
  const kept = overview?.row(batch);
  const { seqLength, batchSize } = context;
  if (kept !== undefined) {
    for (let step = 0; step < seqLength; step++) {
      yield {
        step,
        squares: kept.squares[step]!,
        noise: part.noise?.[step * batchSize + batch] ?? 0,
        delta: () => kept.deltas?.[step] ?? 0,
        hasOutside: () => kept.hasOutside?.[step] === 1,
      };
    }
    return;
  }
  const own = contextOf(context, part.of);
  for (const row of partRows(part, batch, { from: 0, to: seqLength }, context)) {
    yield {
      step: row.step,
      squares: sumOfSquares(row, part.units),
      noise: row.noise,
      delta: () => rowDelta(row, part.units, own),
      hasOutside: () => largestOutside(row, part.units, own) !== null,
    };
  }
}

/** A step with the value outside tolerance that is off most. */
interface OutsideRow extends OutsideUnit {
  readonly step: number;
}

/** The steps of one row of the batch that have a value outside tolerance, in their order; none without a reference. */
export function* outsideRows(
  part: LanePart,
  batch: number,
  context: LaneContext,
): Generator<OutsideRow> {
  if (part.reference === null) return;
  const steps = { from: 0, to: sequenceLength(context, batch) };
  const own = contextOf(context, part.of);
  for (const row of partRows(part, batch, steps, context)) {
    const found = largestOutside(row, part.units, own);
    if (found !== null) yield { step: row.step, ...found };
  }
}

/** Largest |ours − reference| of a row. */
function rowDelta(row: Row, units: number, context: LaneContext): number {
  let largest = 0;
  for (let unit = 0; unit < units; unit++) {
    largest = largerMagnitude(largest, Math.abs(sideValue(row, unit, DIFFERENCE, context)));
  }
  return largest;
}

/** ‖·‖₂ of a lane at one step of one batch row. */
export function stepNorm(lane: Lane, { step, batch }: Pick<Place, "step" | "batch">): number {
  let sum = 0;
  for (const { units, ours } of lane.parts) {
    sum += sumOfSquares({ ours: ours.read(step, step + 1), offset: batch * units }, units);
  }
  return Math.sqrt(sum);
}
