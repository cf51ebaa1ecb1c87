/** Binding names to weights, and the layouts of sequences. */
import assert from "node:assert/strict";
import { NotFoundError, ShapeError } from "../../../src/core/errors";
import { bindWeights } from "../../../src/model/bind";
import { sequenceShape, sequenceSizes, toTimeMajor } from "../../../src/model/sequence";
import { swapLeadingAxes, type Tensor } from "../../../src/tensor/tensor";
import { float32, float64, rnnConfig } from "../support/goldens";

/** nn.RNN(1, 1, bidirectional=True) whose every value differs. */
function parameters(): Map<string, Tensor> {
  const shapes: [string, number[], number][] = [
    ["weight_ih_l0", [1, 1], 1],
    ["weight_hh_l0", [1, 1], 2],
    ["bias_ih_l0", [1], 3],
    ["bias_hh_l0", [1], 4],
    ["weight_ih_l0_reverse", [1, 1], 5],
    ["weight_hh_l0_reverse", [1, 1], 6],
    ["bias_ih_l0_reverse", [1], 7],
    ["bias_hh_l0_reverse", [1], 8],
  ];
  return new Map(shapes.map(([name, shape, value]) => [name, float32([shape, [value]])]));
}

const config = rnnConfig({ inputSize: 1, hiddenSize: 1, bidirectional: true });

describe("bindWeights", () => {
  it("puts each tensor at its layer, direction and role, whatever order they come in", () => {
    const reversed = new Map([...parameters()].reverse());
    const bound = bindWeights(config, reversed).flat();
    assert.deepEqual(
      bound.map(({ weightIh, weightHh, biasIh, biasHh }) =>
        [weightIh, weightHh, biasIh, biasHh].map((values) => values?.[0]),
      ),
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    );
  });

  it("has no biases for a module without them", () => {
    const [layer] = bindWeights({ ...config, bias: false }, parameters());
    assert.deepEqual([layer?.[0]?.biasIh, layer?.[1]?.biasHh], [null, null]);
  });

  it("names the tensor that is missing or misshapen", () => {
    const without = parameters();
    without.delete("bias_hh_l0_reverse");
    assert.throws(
      () => bindWeights(config, without),
      (error) => error instanceof NotFoundError && error.message.startsWith("bias_hh_l0_reverse:"),
    );
    const misshapen = parameters().set(
      "weight_hh_l0",
      float32([
        [1, 2],
        [0, 0],
      ]),
    );
    assert.throws(
      () => bindWeights(config, misshapen),
      (error) =>
        error instanceof ShapeError &&
        error.message.includes("weight_hh_l0: expected shape [1, 1], found [1, 2]"),
    );
  });
});

describe("sequence layouts", () => {
  it("reads [B, T, F], [T, B, F] and [T, F], and writes them back", () => {
    const read = (shape: number[], batchFirst: boolean): unknown => {
      const sizes = sequenceSizes(shape, batchFirst);
      assert.ok(sizes !== null);
      assert.deepEqual(sequenceShape(sizes, batchFirst), shape);
      return [sizes.seqLength, sizes.batchSize, sizes.features, sizes.unbatched];
    };
    assert.deepEqual(read([7, 5, 3], false), [7, 5, 3, false]);
    assert.deepEqual(read([7, 5, 3], true), [5, 7, 3, false]);
    assert.deepEqual(read([7, 3], false), [7, 1, 3, true]);
    assert.deepEqual(read([7, 3], true), [7, 1, 3, true]);
  });

  it("does not read other ranks", () => {
    for (const shape of [[], [4], [1, 2, 3, 4]]) assert.equal(sequenceSizes(shape, false), null);
  });

  it("turns batch-first values time-major and leaves the tensor as it was", () => {
    const tensor = float64([
      [2, 3, 2],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ]);
    assert.deepEqual([...toTimeMajor(tensor, true)], [1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12]);
    assert.deepEqual([...tensor.data].slice(0, 4), [1, 2, 3, 4]);
    assert.equal(toTimeMajor(tensor, false), tensor.data);
    const unbatched = float64([
      [2, 2],
      [1, 2, 3, 4],
    ]);
    assert.equal(toTimeMajor(unbatched, true), unbatched.data);
  });

  it("keeps the element type and survives empty axes", () => {
    assert.ok(swapLeadingAxes(new Float32Array(6), [2, 3, 1]) instanceof Float32Array);
    assert.ok(swapLeadingAxes(new Float64Array(6), [2, 3, 1]) instanceof Float64Array);
    assert.equal(swapLeadingAxes(new Float32Array(), [0, 3, 2]).length, 0);
  });
});
