/**
 * Steps of one direction of one layer: x of many steps is multiplied at once, then h step by step.
 */
import { bytesOf, Cell, Layer, paddedBytes, stepsAtATime, Task } from "./layout";
import { product } from "./product";
import { Order, runStep } from "./step";

/** What a thread needs of its own for `rows` batch rows; the parts of `runSpan`'s scratch, in its order. */
export function scratchBytes<T>(layer: usize, rows: i32): usize {
  const block = stepsAtATime(rows) * rows;
  return (
    xBytes<T>(layer, block) + gateBytes(layer, block) + gateBytes(layer, rows) +
    3 * stateBytes<T>(layer, rows)
  );
}

// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

function xBytes<T>(layer: usize, rows: i32): usize {
  return aligned(bytesOf<T>(rows * load<i32>(layer, Layer.inputSize)));
}

function gateBytes(layer: usize, rows: i32): usize {
  return aligned(((rows * load<i32>(layer, Layer.vectors)) as usize) << 4);
}

/** h may be as wide as the hidden size before it is projected. */
function stateBytes<T>(layer: usize, rows: i32): usize {
  return aligned((rows as usize) * paddedBytes<T>(load<i32>(layer, Layer.hiddenSize)));
}

/** The x of `steps` steps from `first` on: where it lies when it is one part for all rows, else joined in `scratch`. */
function joinedX<T>(task: usize, first: i32, steps: i32, scratch: usize): usize {
  const batchSize = load<i32>(task, Task.batchSize);
  const rowFrom = load<i32>(task, Task.rowFrom);
  const rows = load<i32>(task, Task.rowTo) - rowFrom;
  const parts = load<i32>(task, Task.parts);
  if (parts == 1 && rows == batchSize) {
    const features = load<i32>(task, Task.part + 4);
    return load<usize>(task, Task.part) + bytesOf<T>(first * batchSize * features);
  }
  const rowBytes = bytesOf<T>(load<i32>(load<usize>(task, Task.layer), Layer.inputSize));
  let to = scratch;
  for (let part = 0; part < parts; part++) {
    const words = task + (part << 3);
    const bytes = bytesOf<T>(load<i32>(words, Task.part + 4));
    const source = load<usize>(words, Task.part);
    let row = to;
    for (let step = first; step < first + steps; step++) {
      let from = source + ((step * batchSize + rowFrom) as usize) * bytes;
      for (let b = 0; b < rows; b++) {
        memory.copy(row, from, bytes);
        row += rowBytes;
        from += bytes;
      }
    }
    to += bytes;
  }
  return scratch;
}

/** Copies states of `rows` rows between their compact form and rows of whole tiles. */
function loadState<T>(from: usize, to: usize, rows: i32, count: i32): void {
  const bytes = bytesOf<T>(count);
  const stride = paddedBytes<T>(count);
  for (let row = 0; row < rows; row++, from += bytes, to += stride) {
    // The padding takes part in no product, but a stray NaN would slow nothing and mean nothing: keep it 0.
    if (stride != bytes) {
      v128.store(to + stride - 32, i64x2.splat(0));
      v128.store(to + stride - 32, i64x2.splat(0), 16);
    }
    memory.copy(to, from, bytes);
  }
}

function storeState<T>(from: usize, to: usize, rows: i32, count: i32): void {
  const bytes = bytesOf<T>(count);
  const stride = paddedBytes<T>(count);
  for (let row = 0; row < rows; row++, from += stride, to += bytes) memory.copy(to, from, bytes);
}

function isAllZero(from: usize, bytes: usize): bool {
  for (const end = from + bytes; from < end; from += 16) {
    if (v128.any_true(v128.load(from))) return false;
  }
  return true;
}

/** Runs a task. */
export function runTask<T>(task: usize): void {
  const layer = load<usize>(task, Task.layer);
  const rowFrom = load<i32>(task, Task.rowFrom);
  const rows = load<i32>(task, Task.rowTo) - rowFrom;
  const steps = load<i32>(task, Task.steps);
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  const stateSize = load<i32>(layer, Layer.stateSize);
  const vectors = load<i32>(layer, Layer.vectors);
  const block = stepsAtATime(rows);

  const x = load<usize>(task, Task.scratch);
  const gates = x + xBytes<T>(layer, block * rows);
  const fromH = gates + gateBytes(layer, block * rows);
  const stateH = fromH + gateBytes(layer, rows);
  const stateC = stateH + stateBytes<T>(layer, rows);

  const outerH = load<usize>(task, Task.stateH) + bytesOf<T>(rowFrom * stateSize);
  const outerC = load<usize>(task, Task.stateC) + bytesOf<T>(rowFrom * hiddenSize);
  const hasC = load<i32>(layer, Layer.cell) == Cell.lstm;
  loadState<T>(outerH, stateH, rows, stateSize);
  if (hasC) loadState<T>(outerC, stateC, rows, hiddenSize);

  // Nothing times finite weights is nothing. Sequences begin so, and a product less counts when they are short.
  let isZero =
    load<i32>(layer, Layer.hasNonFinite) == 0 &&
    isAllZero(stateH, (rows as usize) * paddedBytes<T>(stateSize));

  const reverse = load<i32>(task, Task.reverse) != 0;
  const gateStride = (vectors as usize) << 4;
  const stepStride = (rows as usize) * gateStride;
  for (let done = 0; done < steps; done += block) {
    const count = min(block, steps - done);
    const first = reverse ? steps - done - count : done;
    const rowsOfX = joinedX<T>(task, first, count, x);
    const inputSize = load<i32>(layer, Layer.inputSize);
    product<T>(
      rowsOfX, bytesOf<T>(inputSize), count * rows, inputSize,
      load<usize>(layer, Layer.weightIh), vectors, load<usize>(layer, Layer.bias), 0,
      gates, gateStride, false,
    );
    for (let s = 0; s < count; s++) {
      const inBlock = reverse ? count - 1 - s : s;
      const stepGates = gates + (inBlock as usize) * stepStride;
      const order = isZero ? Order.none : (s & 1) != 0 ? Order.backwards : Order.forwards;
      runStep<T>(task, layer, first + inBlock, stepGates, fromH, stateH, stateC, order);
      isZero = false;
    }
  }

  storeState<T>(stateH, outerH, rows, stateSize);
  if (hasC) storeState<T>(stateC, outerC, rows, hiddenSize);
}
