/**
 * Sizes that no mistake hides behind: T, B, I, H and L·D all different, as far as the module leaves them free.
 */
import type { Case } from "../base/model";
import { sizesOf } from "../alternatives/conditions";

export interface ProbeSizes {
  readonly seqLength: number;
  readonly batchSize: number;
  /** Valid steps of each row. */
  readonly lengths: Int32Array;
}

/** With fewer steps a mistake of one step is the same as others. */
const LEAST_STEPS = 5;
/** Three rows can be in an order that is not sorted in either direction. */
const LEAST_ROWS = 3;

/** The sizes of a probe for a module; a run without a batch axis stays without. */
export function probeSizes({ model, hasLengths, unbatched }: Case): ProbeSizes {
  const { I, H, R, L, D } = sizesOf(model);
  const taken = [I, H, R, L * D, D * R];
  const batchSize = unbatched ? 1 : firstFree(LEAST_ROWS, taken);
  const seqLength = firstFree(LEAST_STEPS, [...taken, batchSize]);
  const lengths = Int32Array.from({ length: batchSize }, (_, row) =>
    hasLengths ? lengthOf(row, seqLength) : seqLength,
  );
  return { seqLength, batchSize, lengths };
}

function firstFree(least: number, taken: readonly number[]): number {
  let size = least;
  while (taken.includes(size)) size += 1;
  return size;
}

/** T − 2, 2, T: sorting them moves every row, and moving them back is another order. More rows lie in between. */
function lengthOf(row: number, T: number): number {
  const [first, second] = [T - 2, 2];
  return [first, second, T][row] ?? 1 + ((row * second) % first);
}
