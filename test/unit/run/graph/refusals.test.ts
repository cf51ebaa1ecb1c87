/** What ONNX Runtime refuses, in one sentence each: models that it really refuses, and its words for what is rare. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { renderText } from "../../../../src/core/text";
import { bytesWritten } from "../../../../src/formats/write/bytesWritten";
import { writeOnnx, type OnnxModel } from "../../../../src/formats/write/onnxModel";
import { refusalText } from "../../../../src/run/graph/refusals";
import type { OnnxTensor } from "../../../../src/run/graph/runtime";
import { directOnnxRuntime } from "../../support/onnxRuntime";

const plain: OnnxModel = {
  opset: 17,
  name: "g",
  nodes: [{ op: "Relu", name: "n", inputs: ["x"], outputs: ["y"] }],
  inputs: [{ name: "x", elementType: "float32", shape: [2, 3] }],
  outputs: [{ name: "y", elementType: "float32", shape: [2, 3] }],
  initializers: [],
};

function tensor(...dims: number[]): OnnxTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { type: "float32", dims, data: new Float32Array(count) };
}

async function refused(
  model: OnnxModel | Uint8Array<ArrayBuffer>,
  x = tensor(2, 3),
): Promise<string> {
  const bytes =
    model instanceof Uint8Array
      ? model
      : await bytesWritten((sink) => writeOnnx(model, sink, noControl));
  const reply = await directOnnxRuntime.run({ model: bytes, feeds: { x } }, noControl);
  assert.ok(reply.kind !== "outputs", "it was computed");
  return renderText(refusalText(reply).sentence);
}

describe("what ONNX Runtime refuses", function () {
  this.timeout(60_000);

  it("is said of an input of another size, rank or type", async () => {
    assert.equal(
      await refused(plain, tensor(2, 5)),
      "the model's input x has 5 along axis 1, where it declares 3",
    );
    assert.equal(
      await refused(plain, tensor(2, 3, 1)),
      "the model's input x has 3 axes, where it declares 2",
    );
    const doubles: OnnxTensor = { type: "float64", dims: [2, 3], data: new Float64Array(6) };
    assert.equal(
      await refused(plain, doubles),
      "an input of the model is double, where it declares float",
    );
  });

  it("is said of an operator that it does not know, and of one that it has not for a type", async () => {
    const strange = { op: "NoSuchThing", name: "n", inputs: ["x"], outputs: ["y"] };
    assert.match(
      await refused({ ...plain, nodes: [strange] }),
      /^ONNX Runtime knows no operator NoSuchThing/,
    );
  });

  it("is said of bytes that are no model", async () => {
    assert.match(await refused(new Uint8Array([1, 2, 3, 4])), /cannot read the model/);
  });

  const rare: readonly (readonly [string, RegExp])[] = [
    [
      "Could not find an implementation for LSTM(14) node with name '/rnn/LSTM'",
      /^ONNX Runtime has no LSTM of opset 14 for these types \(node \/rnn\/LSTM\)$/,
    ],
    [
      "Unsupported model IR version: 99, max supported IR version: 11",
      /^the model has IR version 99, the embedded ONNX Runtime reads up to 11$/,
    ],
    ["std::bad_alloc", /^The run is too large for the embedded ONNX Runtime/],
    [
      "failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: /src/onnxruntime/core/x.cc:123 Status f(int) something else",
      /^ONNX Runtime refused: something else$/,
    ],
  ];
  for (const [message, sentence] of rare) {
    it(`is said in our words: ${message.slice(0, 60)}`, () => {
      const { sentence: found } = refusalText({ kind: "refused", at: "load", message });
      assert.match(renderText(found), sentence);
    });
  }
});
