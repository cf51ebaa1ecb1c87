/**
 * One step of one direction of one layer, for the rows of the batch that take part in it.
 */
import { gruRow, lstmRow, rnnRow, storeRow } from "./cells";
import * as Cell from "./layout/cell";
import * as Layer from "./layout/layer";
import { tileLineBytes } from "./layout/memory";
import * as Task from "./layout/task";
import { product } from "./product";
import { bytesOf, paddedBytes } from "./reals";

/** How a step takes the tiles of the weights that h is multiplied with. */
export const enum Order {
  /** h is 0: not at all. */
  none,
  forwards,
  backwards,
}

/**
 * One step: rows that take part, as few runs of neighbours as there are; the others are written as 0. Whether any does.
 * h is read from `stateH` and written to `nextH`, which may be the same.
 */
export function runStep<T>(
  task: usize, layer: usize, step: i32, gates: usize,
  fromH: usize, stateH: usize, nextH: usize, stateC: usize, order: Order,
): bool {
  const rowFrom = load<i32>(task, Task.rowFrom);
  const rows = load<i32>(task, Task.rowTo) - rowFrom;
  const lengths = load<usize>(task, Task.lengths);
  if (lengths == 0) {
    runRows<T>(task, layer, step, 0, rows, gates, fromH, stateH, nextH, stateC, order);
    return true;
  }
  const time = load<i32>(task, Task.time) + step;
  let isTaken = false;
  let row = 0;
  while (row < rows) {
    const from = row;
    while (row < rows && time < load<i32>(lengths + ((rowFrom + row) << 2))) row++;
    if (row > from) {
      isTaken = true;
      runRows<T>(task, layer, step, from, row, gates, fromH, stateH, nextH, stateC, order);
    }
    const paddingFrom = row;
    while (row < rows && !(time < load<i32>(lengths + ((rowFrom + row) << 2)))) row++;
    if (row > paddingFrom) writeZeros<T>(task, layer, step, paddingFrom, row);
  }
  return isTaken;
}

// @ts-ignore: decorator
@inline
function resultRow<T>(task: usize, base: usize, step: i32, row: i32, features: i32): usize {
  const index = step * load<i32>(task, Task.batchSize) + load<i32>(task, Task.rowFrom) + row;
  return base + (index as usize) * bytesOf<T>(features);
}

/** Of a part of the units, there is a single row. */
function writeZeros<T>(task: usize, layer: usize, step: i32, from: i32, to: i32): void {
  const own = bytesOf<T>(load<i32>(layer, Layer.firstUnit));
  const units = load<i32>(layer, Layer.units);
  const stateSize = load<i32>(layer, Layer.stateSize);
  const h = resultRow<T>(task, load<usize>(task, Task.h), step, from, stateSize) + own;
  const written = load<usize>(layer, Layer.weightHr) == 0 ? units : stateSize;
  memory.fill(h, 0, bytesOf<T>((to - from) * written));
  const c = load<usize>(task, Task.c);
  if (c == 0) return;
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  memory.fill(
    resultRow<T>(task, c, step, from, hiddenSize) + own, 0, bytesOf<T>((to - from) * units),
  );
}

/** Rows from … to of one step, all of which take part: the product with h, then what the cell makes of the gates. */
function runRows<T>(
  task: usize, layer: usize, step: i32, from: i32, to: i32, gates: usize,
  fromH: usize, stateH: usize, nextH: usize, stateC: usize, order: Order,
): void {
  const cell = load<i32>(layer, Layer.cell);
  const rows = to - from;
  const stateSize = load<i32>(layer, Layer.stateSize);
  const own = bytesOf<T>(load<i32>(layer, Layer.firstUnit));
  const rowsBefore = (from as usize) * paddedBytes<T>(stateSize);
  gates += (from as usize) * gateBytesOfRow(layer);
  stateH += rowsBefore;
  nextH += rowsBefore + own;
  const h = resultRow<T>(task, load<usize>(task, Task.h), step, from, stateSize) + own;
  if (cell == Cell.gru) {
    const biasHh = load<usize>(layer, Layer.biasHh);
    if (order == Order.none) {
      gruRows<T>(layer, rows, gates, biasHh, 0, stateH + own, nextH, h);
      return;
    }
    productWithH<T>(layer, rows, stateH, biasHh, 0, fromH, order);
    gruRows<T>(layer, rows, gates, fromH, gateBytesOfRow(layer), stateH + own, nextH, h);
    return;
  }
  if (order != Order.none) {
    productWithH<T>(layer, rows, stateH, gates, gateBytesOfRow(layer), gates, order);
  }
  if (cell != Cell.lstm) {
    rnnRows<T>(layer, rows, gates, nextH, h);
    return;
  }
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  stateC += (from as usize) * paddedBytes<T>(hiddenSize);
  let c = load<usize>(task, Task.c);
  if (c != 0) c = resultRow<T>(task, c, step, from, hiddenSize) + own;
  const weightHr = load<usize>(layer, Layer.weightHr);
  if (weightHr == 0) {
    lstmRows<T>(layer, rows, gates, nextH, stateC, h, c);
    return;
  }
  // Before its projection h is as wide as c, and goes where a GRU keeps the gates of h.
  lstmRows<T>(layer, rows, gates, fromH, stateC, 0, c);
  projectRows<T>(layer, rows, fromH, nextH, h, order);
}

// @ts-ignore: decorator
@inline
function gateBytesOfRow(layer: usize): usize {
  return load<usize>(layer, Layer.vectors) << 4;
}

/** out = addend + h · weightHh. */
function productWithH<T>(
  layer: usize, rows: i32, stateH: usize, addend: usize, addendStride: usize, out: usize,
  order: Order,
): void {
  const stateSize = load<i32>(layer, Layer.stateSize);
  const weightHh = load<usize>(layer, Layer.weightHh);
  const vectors = load<i32>(layer, Layer.vectors);
  product<T>(
    stateH, paddedBytes<T>(stateSize), rows, stateSize, weightHh, (stateSize as usize) * tileLineBytes,
    vectors, addend, addendStride, out, gateBytesOfRow(layer), order == Order.backwards,
  );
}

function rnnRows<T>(layer: usize, rows: i32, gates: usize, stateH: usize, h: usize): void {
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  const units = load<i32>(layer, Layer.units);
  const isRelu = load<i32>(layer, Layer.cell) == Cell.rnnRelu;
  for (let row = 0; row < rows; row++) {
    rnnRow<T>(gates, stateH, h, units, isRelu);
    gates += gateBytesOfRow(layer);
    stateH += paddedBytes<T>(hiddenSize);
    h += bytesOf<T>(hiddenSize);
  }
}

function gruRows<T>(
  layer: usize, rows: i32, gates: usize, fromH: usize, fromHStride: usize,
  stateH: usize, nextH: usize, h: usize,
): void {
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  const units = load<i32>(layer, Layer.units);
  for (let row = 0; row < rows; row++) {
    gruRow<T>(gates, fromH, stateH, nextH, h, units);
    gates += gateBytesOfRow(layer);
    fromH += fromHStride;
    stateH += paddedBytes<T>(hiddenSize);
    nextH += paddedBytes<T>(hiddenSize);
    h += bytesOf<T>(hiddenSize);
  }
}

/** `h` and `c` are 0 where they are not wanted. */
function lstmRows<T>(
  layer: usize, rows: i32, gates: usize, stateH: usize, stateC: usize, h: usize, c: usize,
): void {
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  const units = load<i32>(layer, Layer.units);
  for (let row = 0; row < rows; row++) {
    lstmRow<T>(gates, stateH, stateC, h, c, units);
    gates += gateBytesOfRow(layer);
    stateH += paddedBytes<T>(hiddenSize);
    stateC += paddedBytes<T>(hiddenSize);
    if (h != 0) h += bytesOf<T>(hiddenSize);
    if (c != 0) c += bytesOf<T>(hiddenSize);
  }
}

/** h = weightHr · wide h. */
function projectRows<T>(
  layer: usize, rows: i32, wide: usize, stateH: usize, h: usize, order: Order,
): void {
  const hiddenSize = load<i32>(layer, Layer.hiddenSize);
  const stateSize = load<i32>(layer, Layer.stateSize);
  const stride = paddedBytes<T>(stateSize);
  product<T>(
    wide, paddedBytes<T>(hiddenSize), rows, hiddenSize,
    load<usize>(layer, Layer.weightHr), (hiddenSize as usize) * tileLineBytes, (stride >> 4) as i32,
    load<usize>(layer, Layer.zeros), 0, stateH, stride, order == Order.backwards,
  );
  for (let row = 0; row < rows; row++) {
    storeRow<T>(stateH, h, stateSize);
    stateH += stride;
    h += bytesOf<T>(stateSize);
  }
}
