/** Gate blocks of other frameworks, put into PyTorch's order. */
import assert from "node:assert/strict";
import { gateCount, gateOrder, gatesFrom, peepholesFromOnnx } from "../../../src/model/gates";

describe("gate order", () => {
  it("is PyTorch's", () => {
    assert.deepEqual(gateOrder, { RNN: [""], LSTM: ["i", "f", "g", "o"], GRU: ["r", "z", "n"] });
    assert.deepEqual(
      (["RNN", "LSTM", "GRU"] as const).map((cell) => gateCount(cell)),
      [1, 4, 3],
    );
  });

  it("comes from ONNX' i, o, f, c and z, r, h, each block with all its rows", () => {
    const lstm = Float32Array.of(10, 11, 40, 41, 20, 21, 30, 31);
    assert.deepEqual([...gatesFrom("onnx", "LSTM", lstm)], [10, 11, 20, 21, 30, 31, 40, 41]);
    const gru = Float64Array.of(2, 1, 3);
    assert.deepEqual(gatesFrom("onnx", "GRU", gru), Float64Array.of(1, 2, 3));
    assert.deepEqual([...gatesFrom("onnx", "RNN", Float32Array.of(5, 6))], [5, 6]);
  });

  it("comes from Keras' i, f, c, o and z, r, h", () => {
    const lstm = Float32Array.of(1, 2, 3, 4);
    assert.deepEqual(gatesFrom("keras", "LSTM", lstm), lstm);
    assert.deepEqual(
      [...gatesFrom("keras", "GRU", Float64Array.of(20, 21, 10, 11, 30, 31))],
      [10, 11, 20, 21, 30, 31],
    );
  });

  it("comes from ONNX' peepholes i, o, f", () => {
    assert.deepEqual([...peepholesFromOnnx(Float32Array.of(1, 3, 2))], [1, 2, 3]);
  });

  it("leaves what it is given as it is", () => {
    const given = Float32Array.of(2, 1, 3);
    const found = gatesFrom("onnx", "GRU", given);
    assert.deepEqual([...given], [2, 1, 3]);
    assert.notEqual(found.buffer, given.buffer);
  });
});
