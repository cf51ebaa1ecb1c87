/**
 * Reads windows of a slice patch by patch, in bounded memory.
 */
import type { RunControl } from "../../core/control";
import { numbersOf } from "../../tensor/numbers";
import type { RawValues } from "../../tensor/raw";
import { windowBox, type Slice, type Window } from "../../tensor/slice";
import { readSlabs, type TensorSource } from "../../tensor/source";
import { elementCount, type Tensor } from "../../tensor/tensor";
import { text } from "../../core/text";
import { WorkProgress } from "../../core/workProgress";
import { zerosFor, type Patch } from "./tile";

/**
 * Calls `take` with every patch of a window of a slice that is not turned, in the order of memory.
 * @throws CancelledError when `control` says so; what reading throws.
 */
export async function readPatches(
  source: TensorSource,
  slice: Slice,
  window: Window,
  take: (patch: Patch) => void,
  progress: WorkProgress,
): Promise<void> {
  const { rowAxis, columnAxis, part } = slice;
  const box = windowBox(source.name, source.shape, slice, window);
  progress.expect(elementCount(box.size));
  for await (const { slab, raw } of readSlabs(source, box)) {
    const values = numbersOf(raw, part);
    take({
      row: rowAxis === null ? 0 : slab.start[rowAxis]! - window.rowStart,
      column: columnAxis === null ? 0 : slab.start[columnAxis]! - window.columnStart,
      rows: rowAxis === null ? 1 : slab.size[rowAxis]!,
      columns: columnAxis === null ? 1 : slab.size[columnAxis]!,
      values,
    });
    progress.advance(values.length);
  }
}

/** All values of a window of a slice that is not turned, row-major. */
export async function readValues(
  source: TensorSource,
  slice: Slice,
  window: Window,
  control: RunControl,
): Promise<Tensor["data"]> {
  const { size } = windowBox(source.name, source.shape, slice, window);
  const columns = window.columnEnd - window.columnStart;
  const parts: Patch[] = [];
  const progress = new WorkProgress(control, text("Reading {0}", source.name));
  await readPatches(source, slice, window, (patch) => parts.push(patch), progress);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.values;
  const all = zerosFor(only?.values instanceof Float64Array, elementCount(size));
  for (const { row, column, values } of parts) all.set(values, row * columns + column);
  return all;
}

/** Stored elements of a window of a slice that is not turned, row-major; for windows of a screen's size. */
export async function readRawWindow(
  source: TensorSource,
  slice: Slice,
  window: Window,
): Promise<RawValues> {
  const { dtype } = source;
  const box = windowBox(source.name, source.shape, slice, window);
  const parts: RawValues[] = [];
  for await (const { raw } of readSlabs(source, box)) parts.push(raw);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.bytes.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part.bytes, end);
    end += part.bytes.length;
  }
  return { dtype, shape: box.size, bytes };
}
