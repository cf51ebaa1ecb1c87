/**
 * Reads the values that a view draws: windows of lanes, aggregated to the size of the drawing, and curves.
 *
 * Aggregation keeps the worst value of a block: NaN, otherwise the one of largest magnitude, so that a single bad value
 * among millions still shows.
 */
import { largerMagnitude } from "../../core/numeric";
import { blockIndex, blockLimit, blockStart, clampWhole } from "./blocks";
import type { Timeline, TimelineRequest } from "../../protocol/run/curveMessages";
import type { Side, WindowData, WindowRequest } from "../../protocol/run/windowMessages";
import { outsideByStep, type ByStep, type OutsideByStep } from "../../analysis/byStep";
import { allowedDifference, difference, isOutside } from "../../analysis/compare";
import { measuredDelta, type DeltaAs } from "../../analysis/numbers/deltaAs";
import { contextOf, type Lane, type LaneContext, type LanePart } from "../../analysis/lanes";
import { stepSpans } from "../../analysis/steps";
import type { StateArray } from "../../engine/base/engine";
import type { StepBlock } from "../../engine/base/plan";
import type { Place } from "../../engine/base/trace";
import { sequenceLength } from "../../model/sequence";

/** Largest window answered, in cells: more than any screen shows. */
const maxCells = 2 ** 22;

/** Reads a window, of units in an order where one is given; ranges are clamped to the lane, an empty one gives an empty window. */
export function readWindow(
  lane: Lane,
  request: WindowRequest,
  context: LaneContext,
  order?: Uint32Array,
): WindowData {
  const stepStart = clampWhole(request.stepStart, 0, context.seqLength);
  const steps = { from: stepStart, to: clampWhole(request.stepEnd, stepStart, context.seqLength) };
  const unitStart = clampWhole(request.unitStart, 0, lane.units);
  const units = { from: unitStart, to: clampWhole(request.unitEnd, unitStart, lane.units) };
  const batch = clampWhole(request.batch, 0, context.batchSize - 1);
  const columns = Math.min(steps.to - steps.from, blockLimit(request.maxColumns), maxCells);
  const fitting = Math.floor(maxCells / Math.max(1, columns));
  const rows = Math.min(units.to - units.from, blockLimit(request.maxRows), fitting);
  const data = {
    values: new Float32Array(rows * columns),
    outside: new Uint8Array(rows * columns),
    valid: new Uint8Array(rows * columns),
  };
  const length = sequenceLength(context, batch);
  for (let column = 0; column < columns; column++) {
    if (blockStart(steps, column, columns) >= length) continue;
    for (let row = 0; row < rows; row++) data.valid[row * columns + column] = 1;
  }
  if (rows === 0 || columns === 0) return { rows, columns, ...data };
  const grid = {
    wanted: request,
    batch,
    steps,
    units,
    columns,
    columnOf: blockIndex(steps, columns),
    rowOf: rowsOfUnits(units, rows, lane.units, order),
    isOrdered: order !== undefined,
  };
  let first = 0;
  for (const part of lane.parts) {
    reducePart({ part, first }, grid, contextOf(context, part.of), data);
    first += part.units;
  }
  return { rows, columns, ...data };
}

/** The cells that a window's elements are gathered in. */
interface Grid {
  readonly wanted: Wanted;
  readonly batch: number;
  readonly steps: StepBlock;
  readonly units: StepBlock;
  readonly columns: number;
  /** By step − steps.from. */
  readonly columnOf: Uint32Array;
  /** By unit of the lane; −1 for one that is not in the window. */
  readonly rowOf: Int32Array;
  /** True where units lie in another order than that of their numbers. */
  readonly isOrdered: boolean;
}

/** Rows of the units of a lane, of which the window has a range. */
function rowsOfUnits(
  range: StepBlock,
  rows: number,
  units: number,
  order: Uint32Array | undefined,
): Int32Array {
  const blocks = blockIndex(range, rows);
  const rowOf = new Int32Array(units).fill(-1);
  for (let at = range.from; at < range.to; at++) {
    rowOf[order === undefined ? at : order[at]!] = blocks[at - range.from]!;
  }
  return rowOf;
}

/** Values of both sides of a part over a span of steps, and where one row of them begins. */
export interface Row {
  readonly ours: StateArray;
  readonly reference: StateArray | null;
  readonly offset: number;
  /** Rounding allowance of the row. */
  readonly noise: number;
  /** Which units are wrong by their own step; undefined where the values say enough, null where nothing does. */
  readonly byStep: OutsideByStep | undefined;
}

/** Gathers the elements of one part, whose units begin at the lane's unit `first`; every value is read once. */
function reducePart(
  { part, first }: { readonly part: LanePart; readonly first: number },
  grid: Grid,
  context: LaneContext,
  data: Pick<WindowData, "values" | "outside">,
): void {
  const { steps, units, columns, wanted } = grid;
  const unitStart = grid.isOrdered ? 0 : Math.max(0, units.from - first);
  const unitEnd = grid.isOrdered ? part.units : Math.min(part.units, units.to - first);
  if (unitStart >= unitEnd) return;
  const { values, outside } = data;
  const length = sequenceLength(context, grid.batch);
  for (const row of partRows(part, grid.batch, steps, context)) {
    const column = grid.columnOf[row.step - steps.from]!;
    for (let unit = unitStart; unit < unitEnd; unit++) {
      const at = grid.rowOf[first + unit]!;
      if (at < 0) continue;
      const cell = at * columns + column;
      const value = sideValue(row, unit, wanted, context);
      // Most values of an aggregated block are smaller than the one it has.
      if (!(Math.abs(value) < Math.abs(values[cell]!)))
        values[cell] = largerMagnitude(values[cell]!, value);
      if (row.step < length && isOutsideAt(row, unit, context)) outside[cell] = 1;
    }
  }
}

/** The rows of one batch row of a part, step by step. */
function* partRows(
  part: LanePart,
  batch: number,
  steps: StepBlock,
  { batchSize }: LaneContext,
): Generator<Row & { readonly step: number }> {
  const { units } = part;
  for (const { from, to } of stepSpans(steps, part.ours.blockSteps, batchSize * units)) {
    const ours = part.ours.read(from, to);
    const reference = part.reference?.read(from, to) ?? null;
    for (let step = from; step < to; step++) {
      const offset = ((step - from) * batchSize + batch) * units;
      const index = step * batchSize + batch;
      const noise = part.noise?.[index] ?? 0;
      const byStep = byStepOfRow({ reference, offset, noise }, { ...part, index });
      yield { step, ours, reference, offset, noise, byStep };
    }
  }
}

/** How a row is judged whose values say nothing; see `Row`. */
export function byStepOfRow(
  { reference, offset, noise }: Pick<Row, "reference" | "offset" | "noise">,
  {
    units,
    byStep,
    index,
  }: { readonly units: number; readonly byStep?: ByStep; readonly index: number },
): Row["byStep"] {
  if (reference === null || byStep === undefined) return undefined;
  return outsideByStep(byStep, { reference, referenceOffset: offset, units, noise }, index);
}

/** Which values are wanted. */
interface Wanted {
  readonly side: Side;
  /** How a difference is measured; by itself when not given. */
  readonly as?: DeltaAs;
}

const DIFFERENCE: Wanted = { side: "delta" };

/** The value of a side at a unit: ours, the reference's or the difference. */
export function sideValue(
  { ours, reference, offset }: Pick<Row, "ours" | "reference" | "offset">,
  unit: number,
  { side, as }: Wanted,
  context: LaneContext,
): number {
  const own = ours[offset + unit]!;
  if (side === "ours") return own;
  if (reference === null) return NaN;
  const expected = reference[offset + unit]!;
  if (side === "reference") return expected;
  return as === undefined
    ? difference(own, expected, context.tolerance.equalNan)
    : measuredDelta(own, expected, as, context);
}

/** True for a unit that is outside tolerance, or wrong by its own step where its value says nothing. */
export function isOutsideAt(
  { ours, reference, offset, noise, byStep }: Row,
  unit: number,
  { tolerance }: LaneContext,
): boolean {
  if (reference === null || byStep === null) return false;
  if (byStep !== undefined) return byStep(unit);
  const expected = reference[offset + unit]!;
  const delta = difference(ours[offset + unit]!, expected, tolerance.equalNan);
  return isOutside(delta, allowedDifference(tolerance, expected, noise));
}

/** ‖h_t‖ and the largest difference of each step, or of each block of steps. */
export function readTimeline(lane: Lane, request: TimelineRequest, context: LaneContext): Timeline {
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
    const own = contextOf(context, part.of);
    for (const row of partRows(part, batch, steps, context)) {
      squares[row.step] = squares[row.step]! + sumOfSquares(row, part.units);
      if (!hasReference || row.step >= length) continue;
      const column = columnOf[row.step]!;
      maxDelta[column] = largerMagnitude(maxDelta[column]!, rowDelta(row, part.units, own));
      floor[column] = Math.max(floor[column]!, row.noise);
      if (hasOutside(row, part.units, own)) outside[column] = 1;
    }
  }
  squares.forEach((square, step) => {
    const column = columnOf[step]!;
    norm[column] = largerMagnitude(norm[column]!, Math.sqrt(square));
  });
  return { norm, maxDelta, floor, outside };
}

function sumOfSquares({ ours, offset }: Pick<Row, "ours" | "offset">, units: number): number {
  let sum = 0;
  for (let k = offset; k < offset + units; k++) sum += ours[k]! * ours[k]!;
  return sum;
}

/** A step with a value outside tolerance. */
interface OutsideRow {
  readonly step: number;
  /** The unit outside tolerance that is off most. */
  readonly unit: number;
  /** |ours − reference| of it; Infinity where it is NaN. */
  readonly size: number;
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
    let found: OutsideRow | null = null;
    for (let unit = 0; unit < part.units; unit++) {
      if (!isOutsideAt(row, unit, own)) continue;
      const delta = Math.abs(sideValue(row, unit, DIFFERENCE, context));
      const size = Number.isNaN(delta) ? Infinity : delta;
      if (found === null || size > found.size) found = { step: row.step, unit, size };
    }
    if (found !== null) yield found;
  }
}

function hasOutside(row: Row, units: number, context: LaneContext): boolean {
  for (let unit = 0; unit < units; unit++) if (isOutsideAt(row, unit, context)) return true;
  return false;
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
