/** The table of gate blocks, as every framework documents them. */
import assert from "node:assert/strict";
import {
  gateCount,
  gateOrder,
  gateSources,
  gateStacks,
  onnxGateNames,
  peepholeSources,
} from "../../../src/model/gates";

describe("gate order", () => {
  it("is PyTorch's", () => {
    assert.deepEqual(gateOrder, { RNN: [""], LSTM: ["i", "f", "g", "o"], GRU: ["r", "z", "n"] });
    assert.deepEqual(
      (["RNN", "LSTM", "GRU"] as const).map((cell) => gateCount(cell)),
      [1, 4, 3],
    );
    for (const cell of ["RNN", "LSTM", "GRU"] as const) {
      const inOrder: number[] = gateOrder[cell].map((_, block) => block);
      assert.deepEqual(gateSources("PyTorch", cell), inOrder);
    }
  });

  it("comes from ONNX' i, o, f, c and z, r, h", () => {
    assert.deepEqual(gateSources("ONNX", "LSTM"), [0, 2, 3, 1]);
    assert.deepEqual(gateSources("ONNX", "GRU"), [1, 0, 2]);
    assert.deepEqual(gateSources("ONNX", "RNN"), [0]);
    assert.deepEqual(peepholeSources(), [0, 2, 1]);
    assert.deepEqual(
      (["LSTM", "GRU", "RNN"] as const).map((cell) => onnxGateNames(cell)),
      ["i o f c → i f g o", "z r h → r z n", null],
    );
  });

  it("comes from Keras' i, f, c, o and z, r, h", () => {
    assert.deepEqual(gateSources("Keras", "LSTM"), [0, 1, 2, 3]);
    assert.deepEqual(gateSources("Keras", "GRU"), [1, 0, 2]);
  });

  it("names each gate of a cell once, in every framework", () => {
    for (const cell of ["LSTM", "GRU"] as const) {
      for (const { framework, gates } of gateStacks[cell]) {
        assert.deepEqual([...gates].sort(), [...gateOrder[cell]].sort(), framework);
      }
    }
  });
});
