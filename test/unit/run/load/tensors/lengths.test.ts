/** Masks as lengths: taken as their row sums where they can only be that, refused where they are something else. */
import assert from "node:assert/strict";
import { UnsupportedError } from "../../../../../src/core/errors";
import { takeLengths } from "../../../../../src/run/load/tensors/lengths";
import type { ReadTensors } from "../../../../../src/run/load/tensors/runTensors";
import type { Text } from "../../../../../src/core/text";

const nothing = { output: null, h_n: null, c_n: null, embedded: null, logits: null };

function lengthsOf(shape: number[], values: number[], input: number[], batchFirst: boolean) {
  const tensor = { dtype: "float32", shape, data: Float32Array.from(values) } as const;
  const given = { file: "m.npz", name: "mask", tensor, packed: null };
  const read: Pick<ReadTensors, "input" | "lengths" | "reference"> = {
    input: given,
    lengths: given,
    reference: nothing,
  };
  const notes: Text[] = [];
  return { found: takeLengths(read, { shape: input, batchFirst }, notes), notes: notes.length };
}

const ones = [1, 1, 1, 0, 1, 0, 0, 0];

describe("a mask as lengths", () => {
  it("is [B, T] or [T, B], whatever the layout of the input", () => {
    const expected = { found: [3, 1], notes: 1 };
    assert.deepEqual(lengthsOf([2, 4], ones, [4, 2, 5], false), expected);
    assert.deepEqual(lengthsOf([2, 4], ones, [2, 4, 5], true), expected);
    assert.deepEqual(lengthsOf([2, 4, 1], ones, [2, 4, 5], true), expected);
    assert.deepEqual(lengthsOf([4, 2], [1, 1, 1, 0, 1, 0, 0, 0], [4, 2, 5], false), expected);
  });

  it("is refused when it begins with padding or has holes", () => {
    for (const values of [
      [0, 1, 1, 1, 1, 0, 0, 0],
      [1, 0, 1, 1, 1, 0, 0, 0],
    ]) {
      const take = () => lengthsOf([2, 4], values, [4, 2, 5], false);
      assert.throws(
        take,
        (error) => error instanceof UnsupportedError && error.message.includes("ones, then zeros"),
      );
    }
  });

  it("is refused when it could be read both ways", () => {
    const take = () => lengthsOf([2, 2], [1, 1, 0, 0], [2, 2, 5], false);
    assert.throws(take, UnsupportedError);
    const same = lengthsOf([2, 2], [1, 1, 1, 0], [2, 2, 5], false);
    assert.deepEqual(same.found, [2, 1]);
  });

  it("is no mask where there is one number for each sequence", () => {
    assert.deepEqual(lengthsOf([2], [1, 1], [4, 2, 5], false), { found: [1, 1], notes: 0 });
    assert.deepEqual(lengthsOf([2, 1], [4, 2], [4, 2, 5], false), { found: [4, 2], notes: 0 });
  });
});
