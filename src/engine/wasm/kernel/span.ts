/**
 * Steps of one direction of one layer: x is multiplied for many steps at once, then h step by step.
 */
import { awaitBarrier } from "./barrier";
import * as Cell from "./layout/cell";
import * as Layer from "./layout/layer";
import { cacheLineBytes, tileLineBytes } from "./layout/memory";
import * as Task from "./layout/task";
import { product } from "./product";
import { bytesOf, paddedBytes } from "./reals";
import { Order, runStep } from "./step";

/** What a task of `rows` batch rows needs of its own: the parts of its scratch, in `runTask`'s order. */
export function scratchBytes<T>(layer: usize, rows: i32, block: i32): usize {
  return (
    xBytes<T>(layer, block * rows) + gateBytes(layer, block * rows) + gateBytes(layer, rows) +
    3 * stateBytes<T>(layer, rows)
  );
}

// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize {
  return (bytes + cacheLineBytes - 1) & ~(cacheLineBytes - 1);
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

/** gates = bias + x · weightIh of `steps` steps from `first` on, part by part of x. */
function projectX<T>(task: usize, first: i32, steps: i32, scratch: usize, gates: usize): void {
  const layer = load<usize>(task, Task.layer);
  const batchSize = load<i32>(task, Task.batchSize);
  const rows = load<i32>(task, Task.rowTo) - load<i32>(task, Task.rowFrom);
  const vectors = load<i32>(layer, Layer.vectors);
  const gateStride = (vectors as usize) << 4;
  const tileBytes = (load<i32>(layer, Layer.inputSize) as usize) * tileLineBytes;
  const parts = load<i32>(task, Task.parts);
  let weights = load<usize>(layer, Layer.weightIh);
  let addend = load<usize>(layer, Layer.bias);
  let addendStride: usize = 0;
  for (let part = 0; part < parts; part++) {
    const words = task + Task.firstPart + part * Task.bytesOfPart;
    const features = load<i32>(words, Task.partFeatures);
    const source = load<usize>(words, Task.partAddress);
    const x = rows == batchSize
      ? source + bytesOf<T>(first * batchSize * features)
      : ownRows<T>(task, source, features, first, steps, scratch);
    product<T>(
      x, bytesOf<T>(features), steps * rows, features, weights, tileBytes, vectors,
      addend, addendStride, gates, gateStride, false,
    );
    weights += (features as usize) * tileLineBytes;
    addend = gates;
    addendStride = gateStride;
  }
}

/** The task's rows of a part of x, which all rows of the batch are in, copied next to each other. */
function ownRows<T>(
  task: usize, source: usize, features: i32, first: i32, steps: i32, scratch: usize,
): usize {
  const batchSize = load<i32>(task, Task.batchSize);
  const rowFrom = load<i32>(task, Task.rowFrom);
  const bytes = bytesOf<T>((load<i32>(task, Task.rowTo) - rowFrom) * features);
  let to = scratch;
  for (let step = first; step < first + steps; step++, to += bytes) {
    copy<T>(to, source + bytesOf<T>((step * batchSize + rowFrom) * features), bytes);
  }
  return scratch;
}

/** What memory.copy does, which is a call out of WASM: more than the few reals of a short row. */
// @ts-ignore: decorator
@inline
function copy<T>(to: usize, from: usize, bytes: usize): void {
  if (bytes > 512) {
    memory.copy(to, from, bytes);
    return;
  }
  const end = to + bytes;
  for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  for (; to < end; to += sizeof<T>(), from += sizeof<T>()) store<T>(to, load<T>(from));
}

/** Copies states of `rows` rows between their compact form and rows of whole tiles. */
function loadState<T>(from: usize, to: usize, rows: i32, count: i32): void {
  const bytes = bytesOf<T>(count);
  const stride = paddedBytes<T>(count);
  for (let row = 0; row < rows; row++, from += bytes, to += stride) {
    // Padding takes part in no product. It is kept 0 all the same.
    if (stride != bytes) {
      v128.store(to + stride - 32, i64x2.splat(0));
      v128.store(to + stride - 32, i64x2.splat(0), 16);
    }
    copy<T>(to, from, bytes);
  }
}

function storeState<T>(from: usize, to: usize, rows: i32, count: i32): void {
  const bytes = bytesOf<T>(count);
  const stride = paddedBytes<T>(count);
  for (let row = 0; row < rows; row++, from += stride, to += bytes) copy<T>(to, from, bytes);
}

function isAllZero(from: usize, bytes: usize): bool {
  for (const end = from + bytes; from < end; from += 16) {
    if (v128.any_true(v128.load(from))) return false;
  }
  return true;
}

/**
 * Runs a task up to the step that it says. A task of some of the units reads h of all, and waits at the barrier
 * for them after each step.
 */
export function runTask<T>(task: usize): void {
  const layer = load<usize>(task, Task.layer);
  const rowFrom = load<i32>(task, Task.rowFrom);
  const rows = load<i32>(task, Task.rowTo) - rowFrom;
  const steps = load<i32>(task, Task.steps);
  const units = load<i32>(layer, Layer.units);
  const stateSize = load<i32>(layer, Layer.stateSize);
  const block = load<i32>(task, Task.block);

  const x = load<usize>(task, Task.scratch);
  const gates = x + xBytes<T>(layer, block * rows);
  const fromH = gates + gateBytes(layer, block * rows);
  const ownH = fromH + gateBytes(layer, rows);
  const stateC = ownH + stateBytes<T>(layer, rows);

  const outerH = load<usize>(task, Task.stateH) + bytesOf<T>(rowFrom * stateSize);
  const outerC =
    load<usize>(task, Task.stateC) + bytesOf<T>(rowFrom * units + load<i32>(layer, Layer.firstUnit));
  const otherH = load<usize>(task, Task.otherH);
  const isPart = otherH != 0;
  const hasC = load<i32>(layer, Layer.cell) == Cell.lstm;
  if (!isPart) loadState<T>(outerH, ownH, rows, stateSize);
  if (hasC) loadState<T>(outerC, stateC, rows, units);
  let stateH = isPart ? outerH : ownH;
  let nextH = isPart ? otherH : ownH;

  // Zero times finite weights is zero. Sequences begin with such a state, and one product less matters in short ones.
  let isZero =
    load<i32>(layer, Layer.hasNonFinite) == 0 &&
    isAllZero(stateH, (rows as usize) * paddedBytes<T>(stateSize));

  const reverse = load<i32>(task, Task.reverse) != 0;
  const gateStride = load<usize>(layer, Layer.vectors) << 4;
  const stepStride = (rows as usize) * gateStride;
  const until = load<i32>(task, Task.until);
  let done = load<i32>(task, Task.done);
  let round = 0;
  while (done < until) {
    const turn = done % block;
    const before = done - turn;
    const count = min(block, steps - before);
    const first = reverse ? steps - before - count : before;
    if (turn == 0) projectX<T>(task, first, count, x, gates);
    for (const end = min(until, before + count); done < end; done++) {
      const inBlock = reverse ? count - 1 - (done - before) : done - before;
      const stepGates = gates + (inBlock as usize) * stepStride;
      const order = isZero ? Order.none : (done & 1) != 0 ? Order.backwards : Order.forwards;
      const isTaken =
        runStep<T>(task, layer, first + inBlock, stepGates, fromH, stateH, nextH, stateC, order);
      isZero = false;
      if (isPart && isTaken) {
        awaitBarrier(task, ++round);
        const last = stateH;
        stateH = nextH;
        nextH = last;
      }
    }
  }
  store<i32>(task, done, Task.done);

  if (!isPart) {
    storeState<T>(ownH, outerH, rows, stateSize);
  } else if (stateH != outerH) {
    // No task reads it any more: all have passed the last barrier.
    const own = bytesOf<T>(load<i32>(layer, Layer.firstUnit));
    copy<T>(outerH + own, stateH + own, bytesOf<T>(units));
  }
  if (hasC) storeState<T>(stateC, outerC, rows, units);
}
