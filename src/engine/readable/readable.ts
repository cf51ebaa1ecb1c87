/**
 * The readable path: every cell and option, one batch row and one step at a time. The oracle of any other.
 *
 * It computes in float64 and rounds the states that it stores, so that float32 networks carry float32 states.
 */
import { createCell, widenWeights, type Cell, type CellState } from "./cells";
import type { ForwardEngine, Network, Span, StateArray } from "../base/engine";
import { roundingOf } from "../base/rounding";

/** Well under 50 ms. */
const multiplicationsPerRun = 4e6;

/** An engine for any network. */
export function createReadableEngine(network: Network): ForwardEngine {
  const { config, batchSize } = network;
  const cells = new Map<number, Cell>();
  const cellOf = ({ layer, directionIndex }: Span): Cell => {
    const key = 2 * layer + directionIndex;
    const known = cells.get(key);
    if (known !== undefined) return known;
    const weights = widenWeights(network.weights[layer]![directionIndex]!);
    const cell = createCell(config, weights, roundingOf(network.precision));
    cells.set(key, cell);
    return cell;
  };
  return {
    path: "readable",
    threads: 1,
    multiplicationsPerRun,
    spansAtOnce: 1,
    stepsPerSpan: 1,
    run: (spans, pause) => {
      for (const [index, span] of spans.entries()) {
        const cell = cellOf(span);
        const rowsAtOnce = rowsBetweenPauses(network, span);
        for (let batch = 0; batch < batchSize; batch++) {
          if (batch > 0 && batch % rowsAtOnce === 0) {
            pause?.((index + batch / batchSize) / spans.length);
          }
          runRow(network, cell, span, batch);
        }
      }
    },
    dispose: () => {
      cells.clear();
    },
  };
}

function rowsBetweenPauses(
  { weights }: Network,
  { layer, directionIndex, from, to }: Span,
): number {
  const { weightIh, weightHh } = weights[layer]![directionIndex]!;
  const ofRow = (to - from) * (weightIh.length + weightHh.length);
  return Math.max(1, Math.floor(multiplicationsPerRun / ofRow));
}

/** One batch row through a span. */
function runRow(network: Network, cell: Cell, span: Span, batch: number): void {
  const { batchSize, lengths } = network;
  const steps = span.to - span.from;
  const valid = Math.max(0, Math.min(span.to, lengths?.[batch] ?? span.to) - span.from);
  let state = loadState(span, batch, batchSize);
  let next: CellState = {
    h: new Float64Array(state.h.length),
    c: state.c === null ? null : new Float64Array(state.c.length),
  };
  const x = new Float64Array(network.weights[span.layer]![span.directionIndex]!.inputSize);
  for (let s = 0; s < valid; s++) {
    const row = (span.direction === "forward" ? s : valid - 1 - s) * batchSize + batch;
    readInputRow(span.x, row, steps * batchSize, x);
    cell.step(x, state, next);
    // The next step starts from the stored value, as a float32 engine's does.
    storeRow(span.h, row, next.h);
    storeCell(span, row, next.c);
    [state, next] = [next, state];
  }
  for (let s = valid; s < steps; s++) clearRow(span, s * batchSize + batch, state);
  span.state.h.set(state.h, batch * state.h.length);
  if (state.c !== null) span.state.c?.set(state.c, batch * state.c.length);
}

function loadState({ state }: Span, batch: number, batchSize: number): CellState {
  const rowOf = (values: StateArray): Float64Array => {
    const size = values.length / batchSize;
    return Float64Array.from(values.subarray(batch * size, (batch + 1) * size));
  };
  return { h: rowOf(state.h), c: state.c === null ? null : rowOf(state.c) };
}

/** Writes row t · B + batch of a layer's input, its parts side by side, into `x`. */
export function readInputRow(
  parts: readonly StateArray[],
  row: number,
  rows: number,
  x: Float64Array,
): void {
  let offset = 0;
  for (const part of parts) {
    const size = part.length / rows;
    x.set(part.subarray(row * size, (row + 1) * size), offset);
    offset += size;
  }
}

/** Stores c if it is wanted; it is rounded in either case. */
function storeCell(span: Span, row: number, c: Float64Array | null): void {
  if (c === null) return;
  if (span.c !== null) storeRow(span.c, row, c);
  else if (span.state.c instanceof Float32Array) roundToFloat32(c);
}

/** A step past a sequence's end has no state. */
function clearRow(span: Span, row: number, { h, c }: CellState): void {
  span.h.fill(0, row * h.length, (row + 1) * h.length);
  if (c !== null) span.c?.fill(0, row * c.length, (row + 1) * c.length);
}

/** Stores a state and reads the rounded values back. */
function storeRow(states: StateArray, row: number, state: Float64Array): void {
  const offset = row * state.length;
  states.set(state, offset);
  state.set(states.subarray(offset, offset + state.length));
}

function roundToFloat32(values: Float64Array): void {
  for (let k = 0; k < values.length; k++) values[k] = Math.fround(values[k]!);
}
