/**
 * Takes parts out of raw values along one axis, and puts them in.
 */
import { byteWidth } from "./dtype";
import type { RawValues } from "./raw";
import { elementCount } from "./tensor";

/** Copies `count` indices of an axis: `at(k)` becomes index `k`. */
export function pickRaw(
  values: RawValues,
  axis: number,
  { count, at }: { readonly count: number; readonly at: (index: number) => number },
): RawValues {
  const { run, outer } = runsOf(values, axis);
  const rows = values.shape[axis]!;
  const bytes = new Uint8Array(outer * count * run);
  for (let block = 0; block < outer; block += 1) {
    for (let index = 0; index < count; index += 1) {
      const from = (block * rows + at(index)) * run;
      bytes.set(values.bytes.subarray(from, from + run), (block * count + index) * run);
    }
  }
  const shape = values.shape.map((size, each) => (each === axis ? count : size));
  return { dtype: values.dtype, shape, bytes };
}

/** Copies `part` into `whole` from index `at` of an axis on. */
export function pasteRaw(
  whole: RawValues,
  part: RawValues,
  { axis, at }: { readonly axis: number; readonly at: number },
): void {
  const { run, outer } = runsOf(part, axis);
  const length = part.shape[axis]! * run;
  const rows = whole.shape[axis]! * run;
  for (let block = 0; block < outer; block += 1) {
    const from = part.bytes.subarray(block * length, (block + 1) * length);
    whole.bytes.set(from, block * rows + at * run);
  }
}

/** Bytes of one index of an axis that lie together, and how often the axis is gone through. */
function runsOf(
  { dtype, shape }: RawValues,
  axis: number,
): { readonly run: number; readonly outer: number } {
  return {
    run: elementCount(shape.slice(axis + 1)) * byteWidth(dtype),
    outer: elementCount(shape.slice(0, axis)),
  };
}
