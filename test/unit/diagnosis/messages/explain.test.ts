/** What an explanation says of tensors in files, of decorated and of unknown texts. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { explainText } from "../../../../src/diagnosis/messages/explain";
import { fileOf, sentences } from "./files";

describe("tensors that a message means", () => {
  const weights = fileOf("weights.pt", { cell: "LSTM", inputSize: 10, hiddenSize: 4 });
  const inputs = fileOf("io.npz", null, { x: [7, 10, 32], y: [7, 32, 10] });
  const message = "RuntimeError: input.size(-1) must be equal to input_size. Expected 10, got 32";

  it("finds the weights with the columns, and the input whose axes stand in another order", () => {
    const explanation = explainText(message, [weights, inputs]);
    const [first] = explanation.messages;
    assert.deepEqual(
      first?.tensors.map(({ file, name }) => `${file}#${name}`),
      ["weights.pt#weight_ih_l0", "io.npz#x"],
    );
    assert.match(sentences(explanation), /x of io\.npz is \[7, 10, 32\]: axis 1 has the size/);
    assert.match(sentences(explanation), /its 10 columns are the features/);
  });

  it("names a module that takes what was given", () => {
    const other = fileOf("other.pt", { cell: "GRU", inputSize: 32, hiddenSize: 4 });
    assert.match(
      sentences(explainText(message, [weights, other])),
      /other\.pt has a module that takes 32 features, nn\.GRU\(32, 4\)/,
    );
  });

  it("names nothing of files that have nothing to do with it", () => {
    const other = fileOf("other.pt", { cell: "GRU", inputSize: 5, hiddenSize: 4 }, { z: [3, 3] });
    assert.deepEqual(explainText(message, [other]).messages[0]?.tensors, []);
  });

  it("finds the transposed factor of a product", () => {
    const explanation = explainText("mat1 and mat2 shapes cannot be multiplied (2x10 and 16x10)", [
      weights,
    ]);
    assert.equal(explanation.messages[0]?.tensors[0]?.name, "weight_ih_l0");
    assert.match(sentences(explanation), /x @ weight\.T/);
  });

  it("lists no more than a few", () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`h${index}`, [2, 1, 4]]),
    );
    const [first] = explainText("Expected hidden size (1, 2, 4), got [2, 1, 4]", [
      fileOf("many.npz", null, many),
    ]).messages;
    assert.equal(first?.tensors.length, 12);
  });
});

describe("a text that was pasted", () => {
  const plain = "Expected hidden[0] size (2, 4, 8), got [2, 3, 8]";
  const decorated: Readonly<Record<string, string>> = {
    "a traceback": `Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    lstm(x, h)\nRuntimeError: ${plain}\n`,
    "pytest's lines": `>       lstm(x, h)\nE       RuntimeError: Expected hidden[0] size (2, 4, 8),\nE       got [2, 3, 8]\n`,
    "a box of a rich traceback":
      "│ RuntimeError: Expected hidden[0] size (2, 4, 8), │\n│ got [2, 3, 8]                    │\n",
    colours: `\u001B[31mRuntimeError\u001B[0m: \u001B[1mExpected hidden[0] size (2, 4, 8), got [2, 3, 8]\u001B[0m`,
    "quoted mail": `> RuntimeError: Expected hidden[0] size\r\n> (2, 4, 8), got [2, 3, 8]\r\n`,
    "an escaped log": String.raw`{"error": "RuntimeError: Expected hidden[0] size (2, 4, 8),\ngot [2, 3, 8]"}`,
  };
  for (const [name, pasted] of Object.entries(decorated)) {
    it(`is read in ${name}`, () => {
      const [first] = explainText(pasted).messages;
      assert.deepEqual(first?.values, { expected: [2, 4, 8], found: [2, 3, 8] });
    });
  }

  it("has all of its messages explained, each once", () => {
    const text = `${plain}\n\nDuring handling of the above exception, another exception occurred:\nmat1 and mat2 shapes cannot be multiplied (2x3 and 16x3)\n${plain}`;
    assert.deepEqual(
      explainText(text).messages.map(({ id }) => id),
      ["torch/h0-size", "torch/product"],
    );
  });

  it("is not guessed at where it is unknown", () => {
    const { messages, unknown } = explainText(
      "SomeError: a thing of [3, 4] and weight_ih_l0 went wrong",
    );
    assert.deepEqual(messages, []);
    assert.deepEqual(unknown?.shapes, ["[3, 4]"]);
    assert.deepEqual(unknown.keys, ["weight_ih_l0"]);
    assert.match(renderText(unknown.sentence), /What they mean is not known/);
    assert.match(
      renderText(explainText("hello").unknown?.sentence ?? { template: "", args: [] }),
      /last lines/,
    );
  });

  it("may be hostile: repeated beginnings of every message do not take long", () => {
    const beginnings = [
      'Error(s) in loading state_dict for A: Missing key(s) in state_dict: "a", ',
      "size mismatch for ",
      "Expected hidden size [1, ",
      "mat1 and mat2 shapes cannot be multiplied (1",
      "Input 0 with name 'a' of layer 'b' is incompatible with the layer: expected shape=(",
      'Unexpected key(s) in state_dict: "',
      "Got invalid dimensions for input: ",
      "split_with_sizes expects split_sizes to sum exactly to 1 (input tensor's size at dimension 1), but got split_sizes=[",
      "(((((",
      "[1, [1, ",
      "aaaaaaaa",
      "\u001B[1",
      "    ",
      "1234567890",
      "x x x ",
      "\\n\\n",
    ];
    for (const each of beginnings) {
      const { messages } = explainText(each.repeat(Math.ceil(1_000_000 / each.length)));
      assert.ok(messages.length <= 20);
    }
  });

  it("keeps the end of one that is too long", () => {
    const [first] = explainText("x".repeat(3_000_000) + plain).messages;
    assert.equal(first?.id, "torch/h0-size");
  });
});
