/**
 * Reads the values that a picture draws: windows of lanes, aggregated to the size of the drawing.
 *
 * Aggregation keeps the worst value of a block: NaN, otherwise the one of largest magnitude, so that a single bad value
 * among millions still shows.
 */
import { partRows, type Wanted } from "../../analysis/laneMeasures/laneRows";
import { contextOf, type Lane, type LaneContext, type LanePart } from "../../analysis/lanes";
import type { Overview } from "../../analysis/laneMeasures/overview";
import {
  addArray,
  addMarks,
  addOutside,
  addValues,
  type CellPlace,
} from "../../analysis/laneMeasures/worstCells";
import type { StepBlock } from "../../engine/base/plan";
import { sequenceLength } from "../../model/sequence";
import type { WindowData, WindowRequest } from "../../protocol/run/windowMessages";
import { blockIndex, blockLimit, blockStart, clampWhole } from "./blocks";

/** Largest window answered, in cells: more than any screen shows. */
const maxCells = 2 ** 22;

/** What is there beside the values of a lane. */
interface Beside {
  /** The order of the units; by their numbers when not given. */
  readonly order?: Uint32Array | undefined;
  /** Of parts of the lane, where there are any. */
  readonly overviews?: ReadonlyMap<LanePart, Overview>;
}

/** Reads a window; ranges are clamped to the lane, an empty one gives an empty window. */
export function readWindow(
  lane: Lane,
  request: WindowRequest,
  context: LaneContext,
  { order, overviews }: Beside = {},
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
    const cells = cellsOf(part, first, grid);
    first += part.units;
    if (cells === null) continue;
    const overview = overviews?.get(part);
    if (overview !== undefined && gatherOverview(overview, grid, cells, data)) continue;
    gather(part, grid, cells, { context: contextOf(context, part.of), data });
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

/** The cells of the units of a part, whose first one is the lane's unit `first`; null where none is in the window. */
function cellsOf(
  part: LanePart,
  first: number,
  { units, columns, rowOf, isOrdered }: Grid,
): Omit<CellPlace, "shift"> | null {
  const from = isOrdered ? 0 : Math.max(0, units.from - first);
  const to = isOrdered ? part.units : Math.min(part.units, units.to - first);
  if (from >= to) return null;
  const cellOf = new Int32Array(part.units).fill(-1);
  for (let unit = from; unit < to; unit++) {
    const row = rowOf[first + unit]!;
    if (row >= 0) cellOf[unit] = row * columns;
  }
  return { cellOf, from, to };
}

/** Gathers the elements of one part; every value is read once. */
function gather(
  part: LanePart,
  { steps, columnOf, wanted, batch }: Grid,
  cells: Omit<CellPlace, "shift">,
  {
    context,
    data: { values, outside },
  }: {
    readonly context: LaneContext;
    readonly data: Pick<WindowData, "values" | "outside">;
  },
): void {
  const length = sequenceLength(context, batch);
  const place = { ...cells, shift: 0 };
  for (const row of partRows(part, batch, steps, context)) {
    place.shift = columnOf[row.step - steps.from]!;
    addValues(values, row, place, wanted, context);
    if (row.step < length) addOutside(outside, row, place, context);
  }
}

/** Gathers the blocks of an overview; false where it does not have what is wanted, or its blocks reach over columns. */
function gatherOverview(
  overview: Overview,
  { steps, columns, columnOf, wanted, batch }: Grid,
  cells: Omit<CellPlace, "shift">,
  { values, outside }: Pick<WindowData, "values" | "outside">,
): boolean {
  const row = overview.row(batch);
  const kept = row?.cells[wanted.side] ?? null;
  const isPlain = wanted.as === undefined || wanted.side !== "delta";
  if (row === undefined || kept === null || !isPlain) return false;
  if (!overview.fits(steps, columns)) return false;
  const { blockSteps, units } = overview;
  const place = { ...cells, shift: 0 };
  for (let step = steps.from; step < steps.to; step += blockSteps) {
    const first = (step / blockSteps) * units;
    place.shift = columnOf[step - steps.from]!;
    addArray(values, kept, first, place);
    if (row.outside !== null) addMarks(outside, row.outside, first, place);
  }
  return true;
}
