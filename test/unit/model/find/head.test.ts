/** What a linear layer after a module reads, the shapes of its logits, and which inputs are tokens. */
import assert from "node:assert/strict";
import { pytorchVariant, type RecurrentConfig } from "../../../../src/model/config";
import { headSource, impliedHead, isTokens, logitsShape } from "../../../../src/model/find/head";
import { sequenceSizes, type SequenceSizes } from "../../../../src/model/sequence";
import type { Shape, Tensor } from "../../../../src/tensor/tensor";
import type { DType } from "../../../../src/tensor/dtype";

function config(changes: Partial<RecurrentConfig> = {}): RecurrentConfig {
  return {
    cell: "LSTM",
    isCellClass: false,
    inputSize: 8,
    hiddenSize: 12,
    numLayers: 1,
    bidirectional: false,
    bias: true,
    projSize: 0,
    batchFirst: true,
    nonlinearity: "tanh",
    variant: pytorchVariant,
    ...changes,
  };
}

const both = { bidirectional: true };
const batched = sizesOf([3, 5, 8]);
const unbatched = sizesOf([5, 8]);

function sizesOf(shape: Shape): SequenceSizes {
  const sizes = sequenceSizes(shape, true);
  assert.ok(sizes !== null);
  return sizes;
}

describe("headSource", () => {
  it("joins the directions where the features are theirs", () => {
    for (const head of ["last", "every", "h_n"] as const) {
      assert.equal(headSource(config(), head, 12), "joined");
      assert.equal(headSource(config(both), head, 24), "joined");
      assert.equal(headSource(config({ projSize: 3 }), head, 3), "joined");
    }
  });

  it("reads one direction from h_n only", () => {
    assert.equal(headSource(config(both), "h_n", 12), "lastRow");
    assert.equal(headSource(config(both), "last", 12), null);
    assert.equal(headSource(config(both), "every", 12), null);
    assert.equal(headSource(config({ projSize: 3 }), "h_n", 12), null);
  });
});

describe("logitsShape", () => {
  it("keeps the time axis for every step only", () => {
    const timeMajor = config({ batchFirst: false });
    assert.deepEqual(logitsShape(config(), batched, "every", 4), [3, 5, 4]);
    assert.deepEqual(logitsShape(timeMajor, batched, "every", 4), [5, 3, 4]);
    assert.deepEqual(logitsShape(config(), batched, "last", 4), [3, 4]);
    assert.deepEqual(logitsShape(timeMajor, batched, "h_n", 4), [3, 4]);
  });

  it("has no batch axis where the input has none", () => {
    assert.deepEqual(logitsShape(config(), unbatched, "every", 4), [5, 4]);
    assert.deepEqual(logitsShape(config(), unbatched, "last", 4), [4]);
  });
});

describe("impliedHead", () => {
  const implied = (
    changes: Partial<RecurrentConfig>,
    linear: Shape,
    logits: Shape,
    isPacked = false,
  ): string | null =>
    impliedHead(config(changes), batched, { shape: linear }, { shape: logits, isPacked });

  it("tells every step from one by the time axis", () => {
    assert.equal(implied({}, [4, 12], [3, 5, 4]), "every");
    assert.equal(implied({}, [4, 12], [3, 4]), "last");
    assert.equal(implied({}, [4, 12], [5, 4]), null);
    assert.equal(implied({}, [4, 12], [3, 7]), null);
  });

  it("takes h_n where the last step is not every sequence's or direction's end", () => {
    assert.equal(implied({}, [4, 12], [3, 4], true), "h_n");
    assert.equal(implied(both, [4, 24], [3, 4]), "h_n");
    assert.equal(implied(both, [4, 12], [3, 4]), "h_n");
    assert.equal(implied(both, [4, 12], [3, 5, 4]), null);
  });
});

describe("isTokens", () => {
  const tensor = (dtype: DType, shape: Shape, values: readonly number[]): Tensor => ({
    dtype,
    shape,
    data: Float64Array.from(values),
  });

  it("takes integers of one or two axes", () => {
    assert.equal(isTokens(tensor("int64", [3], [1, 2, 3]), 8), true);
    assert.equal(isTokens(tensor("uint8", [1, 2], [1, 2]), 2), true);
    assert.equal(isTokens(tensor("int64", [1, 1, 2], [1, 2]), 2), false);
    assert.equal(isTokens(tensor("bool", [2], [0, 1]), 2), false);
  });

  it("takes whole floating-point numbers only where they cannot be features", () => {
    assert.equal(isTokens(tensor("float32", [3], [1, 2, 3]), 8), true);
    assert.equal(isTokens(tensor("float32", [1, 3], [1, 2, 3]), 8), true);
    assert.equal(isTokens(tensor("float32", [1, 3], [1, 2, 3]), 3), false);
    assert.equal(isTokens(tensor("float32", [1, 3], [1, 2.5, 3]), 8), false);
    assert.equal(isTokens(tensor("float32", [3], [1, Number.NaN, 3]), 8), false);
  });
});
