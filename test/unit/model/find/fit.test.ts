/** Which shapes fit a module as input, output, state and lengths. */
import assert from "node:assert/strict";
import { pytorchVariant, type RecurrentConfig } from "../../../../src/model/config";
import {
  fitsCell,
  fitsHidden,
  fitsInput,
  fitsLengths,
  fitsOutput,
  impliedBatchFirst,
} from "../../../../src/model/find/fit";
import type { DType } from "../../../../src/tensor/dtype";

const config: RecurrentConfig = {
  cell: "RNN",
  isCellClass: false,
  inputSize: 10,
  hiddenSize: 20,
  numLayers: 3,
  bidirectional: true,
  bias: true,
  projSize: 0,
  batchFirst: false,
  nonlinearity: "tanh",
  variant: pytorchVariant,
};
const entry = (shape: number[], dtype: DType = "float32") => ({ shape, dtype });

describe("fitsInput", () => {
  it("takes float tensors of two or three axes with the module's features", () => {
    assert.ok(fitsInput(config, entry([5, 7, 10])));
    assert.ok(fitsInput(config, entry([5, 10], "bfloat16")));
  });

  it("refuses other features, ranks, dtypes and empty axes", () => {
    assert.ok(!fitsInput(config, entry([5, 7, 11])));
    assert.ok(!fitsInput(config, entry([10])));
    assert.ok(!fitsInput(config, entry([1, 5, 7, 10])));
    assert.ok(!fitsInput(config, entry([5, 7, 10], "int64")));
    assert.ok(!fitsInput(config, entry([0, 7, 10])));
  });
});

describe("fitsOutput", () => {
  it("wants the input's leading axes and both directions' features", () => {
    assert.ok(fitsOutput(config, [5, 7, 10], entry([5, 7, 40])));
    assert.ok(fitsOutput(config, [5, 10], entry([5, 40])));
    assert.ok(!fitsOutput(config, [5, 7, 10], entry([7, 5, 40])));
    assert.ok(!fitsOutput(config, [5, 7, 10], entry([5, 7, 20])));
  });

  it("knows projections", () => {
    const projected: RecurrentConfig = { ...config, cell: "LSTM", projSize: 4 };
    assert.ok(fitsOutput(projected, [5, 7, 10], entry([5, 7, 8])));
  });
});

describe("fitsHidden and fitsCell", () => {
  it("take either of the input's leading axes for the batch", () => {
    assert.ok(fitsHidden(config, [5, 7, 10], entry([6, 7, 20])));
    assert.ok(fitsHidden(config, [5, 7, 10], entry([6, 5, 20])));
    assert.ok(!fitsHidden(config, [5, 7, 10], entry([3, 7, 20])));
    assert.ok(!fitsHidden(config, [5, 7, 10], entry([6, 6, 20])));
  });

  it("drop the batch for an unbatched input and the layers for a cell class", () => {
    assert.ok(fitsHidden(config, [5, 10], entry([6, 20])));
    const cell = { ...config, isCellClass: true, numLayers: 1, bidirectional: false };
    assert.ok(fitsHidden(cell, [5, 7, 10], entry([7, 20])));
  });

  it("accept a cell state in LSTMs only", () => {
    assert.ok(!fitsCell(config, [5, 7, 10], entry([6, 7, 20])));
    const lstm: RecurrentConfig = { ...config, cell: "LSTM", projSize: 4 };
    assert.ok(fitsCell(lstm, [5, 7, 10], entry([6, 7, 20])));
    assert.ok(fitsHidden(lstm, [5, 7, 10], entry([6, 7, 4])));
  });
});

describe("fitsLengths", () => {
  it("wants one whole number for each sequence", () => {
    assert.ok(fitsLengths([5, 7, 10], entry([7], "int64")));
    assert.ok(fitsLengths([5, 7, 10], entry([5], "uint8")));
    assert.ok(!fitsLengths([5, 7, 10], entry([7])));
    assert.ok(!fitsLengths([5, 10], entry([5], "int64")));
    assert.ok(!fitsLengths([5, 7, 10], entry([6], "int64")));
  });
});

describe("impliedBatchFirst", () => {
  it("is inferred from the batch axis of a state, else from the number of lengths", () => {
    assert.equal(impliedBatchFirst(config, [5, 7, 10], { state: [6, 5, 20] }), true);
    assert.equal(impliedBatchFirst(config, [5, 7, 10], { state: [6, 7, 20] }), false);
    assert.equal(impliedBatchFirst(config, [5, 7, 10], { lengths: [5] }), true);
  });

  it("is unknown when both axes have one size, or nothing is known", () => {
    assert.equal(impliedBatchFirst(config, [7, 7, 10], { state: [6, 7, 20] }), undefined);
    assert.equal(impliedBatchFirst(config, [5, 7, 10], {}), undefined);
    assert.equal(impliedBatchFirst(config, [5, 7, 10], { state: [6, 9, 20] }), undefined);
  });
});
