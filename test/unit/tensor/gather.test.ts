import assert from "node:assert/strict";
import { gatherInto, type Gathering } from "../../../src/tensor/gather";
import { rowMajorStrides } from "../../../src/tensor/strided";

/** A strided view of 0, 1, 2, … as a row-major list. */
function gathered(size: readonly number[], strides: readonly number[], width = 4): number[] {
  const source = Uint8Array.from({ length: 4096 * width }, (_, byte) =>
    byte % width === 0 ? (byte / width) % 251 : byte % width === 1 ? byte / width / 251 : 7,
  );
  const count = size.reduce((product, length) => product * length, 1);
  const target = new Uint8Array(count * width);
  gatherInto(target, source, width, {
    size,
    strides,
    targetStrides: rowMajorStrides(size),
    to: 0,
  });
  return Array.from({ length: count }, (_, index) => {
    if (width > 2) assert.equal(target[index * width + width - 1], 7);
    return (
      (target[index * width] ?? NaN) + (width > 1 ? 251 * (target[index * width + 1] ?? NaN) : 0)
    );
  });
}

/** The same by the definition of strides. */
function expected(size: readonly number[], strides: readonly number[]): number[] {
  return size.reduce(
    (offsets, length, axis) =>
      offsets.flatMap((offset) =>
        Array.from({ length }, (_, index) => offset + index * (strides[axis] ?? 0)),
      ),
    [0],
  );
}

describe("gatherInto", () => {
  it("transposes, permutes, repeats and skips", () => {
    assert.deepEqual(gathered([3, 2], [1, 3]), [0, 3, 1, 4, 2, 5]);
    assert.deepEqual(gathered([2, 2], [0, 1]), [0, 1, 0, 1]);
    assert.deepEqual(gathered([3], [5]), [0, 5, 10]);
    assert.deepEqual(gathered([2, 2, 2], [1, 12, 4]), [0, 4, 12, 16, 1, 5, 13, 17]);
    assert.deepEqual(gathered([], []), [0]);
  });

  for (const width of [2, 4, 8, 16]) {
    it(`copies elements of ${width} bytes in squares, runs and single ones`, () => {
      const views: readonly (readonly [readonly number[], readonly number[]])[] = [
        [
          [40, 70],
          [1, 40],
        ],
        [
          [40, 70],
          [70, 1],
        ],
        [
          [3, 33, 20],
          [1, 60, 3],
        ],
        [
          [5, 4, 3, 2],
          [1, 5, 20, 60],
        ],
        [
          [2, 40],
          [40, 0],
        ],
      ];
      for (const [size, strides] of views) {
        assert.deepEqual(gathered(size, strides, width), expected(size, strides));
      }
    });
  }

  it("copies bytes", () => {
    assert.deepEqual(gathered([4, 50], [1, 4], 1), expected([4, 50], [1, 4]));
  });

  it("writes to strided places of the target", () => {
    const part: Gathering = { size: [2, 2], strides: [1, 2], targetStrides: [4, 1], to: 2 };
    const target = new Uint8Array(8);
    gatherInto(target, Uint8Array.of(1, 2, 3, 4), 1, part);
    assert.deepEqual([...target], [0, 0, 1, 3, 0, 0, 2, 4]);
  });
});
