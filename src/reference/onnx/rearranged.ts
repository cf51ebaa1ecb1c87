/**
 * Parameters in the order and shape in which ONNX takes them.
 */
import type { WeightArray } from "../../model/bind";

/** Blocks of equal size in another order: block `k` is block `blocks[k]` of the values. */
export function inBlocks(values: WeightArray, blocks: readonly number[], of: number): Float64Array {
  const size = values.length / of;
  const result = new Float64Array(blocks.length * size);
  blocks.forEach((block, at) => {
    result.set(values.subarray(block * size, (block + 1) * size), at * size);
  });
  return result;
}

/** The transpose of a matrix of `rows` rows. */
export function transposed(values: WeightArray, rows: number): Float64Array {
  const columns = values.length / rows;
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}

/** Arrays behind each other. */
export function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
