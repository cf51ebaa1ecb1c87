/** One step of input, given at every step. */
import assert from "node:assert/strict";
import { LimitError, UnsupportedError } from "../../../../src/core/errors";
import { repeatInput } from "../../../../src/run/load/repeatInput";
import { float32, float64 } from "../../support/goldens";

describe("an input of one step", () => {
  it("is repeated along time, whichever axis that is", () => {
    const timeFirst = repeatInput(
      float32([
        [1, 2, 2],
        [1, 2, 3, 4],
      ]),
      false,
      3,
    );
    assert.deepEqual(timeFirst.shape, [3, 2, 2]);
    assert.deepEqual([...timeFirst.data], [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    const batchFirst = repeatInput(
      float32([
        [2, 1, 2],
        [1, 2, 3, 4],
      ]),
      true,
      3,
    );
    assert.deepEqual(batchFirst.shape, [2, 3, 2]);
    assert.deepEqual([...batchFirst.data], [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
  });

  it("keeps its dtype and needs no batch", () => {
    const repeated = repeatInput(
      float64([
        [1, 2],
        [5, 6],
      ]),
      true,
      2,
    );
    assert.deepEqual(
      repeated,
      float64([
        [2, 2],
        [5, 6, 5, 6],
      ]),
    );
  });

  it("is refused with more steps, and says where the step belongs", () => {
    const isRefused = (error: unknown): boolean =>
      error instanceof UnsupportedError &&
      error.message ===
        "input: it is [2, 1, 2], that is T = 2 steps; repeat takes an input of one step: [1, I], [1, B, I], or [B, 1, I] with batch_first";
    assert.throws(
      () =>
        repeatInput(
          float32([
            [2, 1, 2],
            [1, 2, 3, 4],
          ]),
          false,
          3,
        ),
      isRefused,
    );
  });

  it("is refused where it would not fit memory, and left to the shape check where it is no sequence", () => {
    const one = float32([[1, 1, 1], [1]]);
    assert.throws(
      () => repeatInput(one, false, 1e8),
      /input: the number of steps that repeat asks for is 100000000, the limit is 4194304/,
    );
    const wide = float32([[1, 1, 1024], new Array<number>(1024).fill(1)]);
    assert.throws(() => repeatInput(wide, false, 2 ** 22), LimitError);
    const flat = float32([[1], [1]]);
    assert.equal(repeatInput(flat, false, 2), flat);
  });
});
