/** Values along time for tests: arrays as lanes read them, in blocks that can be told apart. */
import { arraySteps, type StepValues } from "../../../src/analysis/steps";
import type { StateArray } from "../../../src/engine/base/engine";

/** An array that is read by blocks; a read across the edge of two blocks is an error. */
export function inBlocks(values: StateArray, rowSize: number, blockSteps: number): StepValues {
  const steps = arraySteps(values, rowSize);
  return {
    blockSteps,
    read: (from, to) => {
      const isInside = to <= (Math.floor(from / blockSteps) + 1) * blockSteps;
      if (blockSteps !== Infinity && !isInside) throw new RangeError(`${from}…${to} is two blocks`);
      return steps.read(from, to);
    },
  };
}

/** All values; empty without any. */
export function wholeOf(steps: StepValues | null | undefined, seqLength: number): number[] {
  const blockSteps = Math.min(seqLength, steps?.blockSteps ?? seqLength);
  const blocks = Array.from({ length: Math.ceil(seqLength / blockSteps) }, (_, block) => {
    const from = block * blockSteps;
    return [...(steps?.read(from, Math.min(seqLength, from + blockSteps)) ?? [])];
  });
  return blocks.flat();
}
