/** Slices as NumPy's brackets have them, against the elements that NumPy gives. */
import assert from "node:assert/strict";
import { croppedSource } from "../../../../src/cli/flags/slices";
import { wholeBox } from "../../../../src/tensor/raw";
import type { Shape } from "../../../../src/tensor/tensor";
import { sourceFrom } from "../../support/tensorSources";

/** numpy.arange(24).reshape(2, 3, 4) */
const arange = sourceFrom(
  Float32Array.from({ length: 24 }, (_, index) => index),
  [2, 3, 4],
);

async function cropped(slice: string): Promise<{ shape: Shape; values: number[] }> {
  const source = croppedSource(arange, slice);
  const { bytes, shape } = await source.readBox(wholeBox(source.shape));
  assert.deepEqual(shape, source.shape);
  return { shape, values: [...new Float32Array(bytes.buffer)] };
}

describe("--slice", () => {
  const expected: readonly (readonly [string, Shape, readonly number[]])[] = [
    ["0, :, 3:10", [3, 1], [3, 7, 11]],
    ["1, 2, 3", [], [23]],
    ["-1, -1, -1", [], [23]],
    ["1, 0:2", [2, 4], [12, 13, 14, 15, 16, 17, 18, 19]],
    [":, 1, :2", [2, 2], [4, 5, 16, 17]],
    [":, 1, -2:", [2, 2], [6, 7, 18, 19]],
    [":, 1, -9:1", [2, 1], [4, 16]],
    ["..., 0", [2, 3], [0, 4, 8, 12, 16, 20]],
    ["0, ..., 1", [3], [1, 5, 9]],
    ["[1, 1, ...]", [4], [16, 17, 18, 19]],
    ["0, 0, 3:1", [0], []],
    ["1:", [1, 3, 4], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]],
  ];
  for (const [slice, shape, values] of expected) {
    it(`reads ${slice}`, async () => {
      assert.deepEqual(await cropped(slice), { shape, values });
    });
  }

  it("reads a part of a part", async () => {
    const source = croppedSource(arange, "1, :, 1:3");
    const { bytes } = await source.readBox({ start: [1, 0], size: [2, 1] });
    assert.deepEqual([...new Float32Array(bytes.buffer)], [17, 21]);
  });
});
