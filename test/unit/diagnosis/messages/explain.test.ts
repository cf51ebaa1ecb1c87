/** What an explanation says of tensors in files, of load_state_dict, of decorated and of unknown texts. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { explainText, type Explanation } from "../../../../src/diagnosis/messages/explain";
import type { FileContents } from "../../../../src/diagnosis/messages/message";
import { constructorLine, type RecurrentConfig } from "../../../../src/model/config";
import { findModules } from "../../../../src/model/find/find";
import { expectedParameters } from "../../../../src/model/parameters";
import { rnnConfig } from "../../support/goldens";

/** A file of a module with `prefix`, and of other tensors. */
function fileOf(
  file: string,
  config: Partial<RecurrentConfig> | null,
  others: Readonly<Record<string, readonly number[]>> = {},
  prefix = "",
): FileContents {
  const parameters = config === null ? [] : expectedParameters(rnnConfig(config));
  const entries = [
    ...parameters.map(({ name, shape }) => ({ name: prefix + name, shape })),
    ...Object.entries(others).map(([name, shape]) => ({ name, shape })),
  ].map((entry) => ({ ...entry, dtype: "float32" as const, byteLength: 0 }));
  const modules = findModules(entries).map((module) => ({
    ...module,
    constructorLine: constructorLine(module.config),
  }));
  return { file, entries, modules };
}

function sentences({ messages }: Explanation): string {
  return messages
    .flatMap(({ means, fits }) => [...means, ...fits])
    .map((sentence) => renderText(sentence))
    .join("\n");
}

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

/** What load_state_dict prints for two lists of parameters. */
function loadMessage(
  model: ReadonlyMap<string, readonly number[]>,
  checkpoint: ReadonlyMap<string, readonly number[]>,
): string {
  const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(", ");
  const missing = [...model.keys()].filter((key) => !checkpoint.has(key));
  const unexpected = [...checkpoint.keys()].filter((key) => !model.has(key));
  const lines = ["RuntimeError: Error(s) in loading state_dict for Net:"];
  if (missing.length > 0) lines.push(`\tMissing key(s) in state_dict: ${quoted(missing)}. `);
  if (unexpected.length > 0)
    lines.push(`\tUnexpected key(s) in state_dict: ${quoted(unexpected)}. `);
  for (const [key, shape] of model) {
    const other = checkpoint.get(key);
    if (other === undefined || other.join() === shape.join()) continue;
    lines.push(
      `\tsize mismatch for ${key}: copying a param with shape torch.Size([${other.join(", ")}]) from checkpoint, the shape in current model is torch.Size([${shape.join(", ")}]).`,
    );
  }
  return lines.join("\n");
}

function parametersOf(
  config: Partial<RecurrentConfig>,
  prefix = "",
): Map<string, readonly number[]> {
  return new Map(
    expectedParameters(rnnConfig(config)).map(({ name, shape }) => [prefix + name, shape]),
  );
}

describe("the shape of a state", () => {
  const fits = (found: string): string =>
    sentences(explainText(`RuntimeError: Expected hidden[0] size (4, 10, 16), got [${found}]`));

  it("tells exchanged axes from those of a batch that was taken for steps", () => {
    assert.match(fits("10, 4, 16"), /Its first two axes are exchanged: h0\.transpose\(0, 1\)/);
    assert.match(
      fits("32, 4, 16"),
      /exchanged, and the module took 10 for the batch where it has 32: .*batch_first=True/,
    );
    assert.match(fits("4, 32, 16"), /It was made for a batch of 32, and the input has 10/);
  });

  it("tells directions and features", () => {
    assert.match(fits("2, 10, 16"), /It has 2 of 4 slots: the module is bidirectional/);
    assert.match(fits("8, 10, 16"), /It has 8 slots for 4/);
    assert.match(fits("3, 10, 16"), /It has 3 slots, one for each layer and direction/);
    assert.match(fits("4, 10, 8"), /Its last axis must have 16 sizes instead of 8/);
    assert.match(fits("5, 6, 7"), /torch\.zeros\(4, 10, 16\)/);
  });
});

describe("load_state_dict", () => {
  const base = { cell: "LSTM", inputSize: 6, hiddenSize: 5 } as const;
  const cases: readonly (readonly [
    string,
    Partial<RecurrentConfig>,
    Partial<RecurrentConfig>,
    RegExp,
  ])[] = [
    ["more layers", base, { ...base, numLayers: 3 }, /Declare rnn with num_layers=3/],
    [
      "fewer layers",
      { ...base, numLayers: 3 },
      { ...base, numLayers: 2 },
      /Declare rnn with num_layers=2/,
    ],
    [
      "both directions",
      base,
      { ...base, bidirectional: true },
      /Declare rnn with bidirectional=True/,
    ],
    [
      "one direction",
      { ...base, numLayers: 2, bidirectional: true },
      { ...base, numLayers: 2 },
      /Declare rnn with bidirectional=False/,
    ],
    ["no biases", base, { ...base, bias: false }, /Declare rnn with bias=False/],
    ["biases", { ...base, bias: false }, base, /Declare rnn with bias=True/],
    ["a projection", base, { ...base, projSize: 3 }, /Declare rnn with proj_size=P/],
    ["another input size", base, { ...base, inputSize: 9 }, /Declare rnn with input_size=9/],
    [
      "another hidden size",
      base,
      { ...base, hiddenSize: 8 },
      /nn\.LSTM with input_size=6 and hidden_size=8/,
    ],
    ["a GRU", base, { ...base, cell: "GRU" }, /nn\.GRU with input_size=6 and hidden_size=5/],
    ["an RNN", base, { ...base, cell: "RNN" }, /nn\.RNN with input_size=6 and hidden_size=5/],
    ["a cell class", base, { ...base, isCellClass: true }, /weight_ih → weight_ih_l0/],
  ];
  for (const [name, model, checkpoint, pattern] of cases) {
    it(`says that the checkpoint has ${name}`, () => {
      const message = loadMessage(parametersOf(model, "rnn."), parametersOf(checkpoint, "rnn."));
      assert.match(sentences(explainText(message)), pattern);
    });
  }

  it("says nothing of directions where layers or biases of both are missing", () => {
    const both = { ...base, numLayers: 3, bidirectional: true };
    for (const checkpoint of [
      { ...both, numLayers: 1 },
      { ...both, bias: false },
    ]) {
      for (const [left, right] of [
        [both, checkpoint],
        [checkpoint, both],
      ] as const) {
        const said = sentences(explainText(loadMessage(parametersOf(left), parametersOf(right))));
        assert.doesNotMatch(said, /bidirectional=/);
      }
    }
  });

  it("names the prefix of one side and nothing else", () => {
    const message = loadMessage(parametersOf(base, "rnn."), parametersOf(base, "module.rnn."));
    const said = sentences(explainText(message));
    assert.match(said, /removeprefix\("module\."\)/);
    assert.doesNotMatch(said, /num_layers=|bidirectional=/);
  });

  it("sees what else differs behind a prefix", () => {
    const message = loadMessage(
      parametersOf(base, "rnn."),
      parametersOf({ ...base, numLayers: 2 }, "module.rnn."),
    );
    const said = sentences(explainText(message));
    assert.match(said, /removeprefix\("module\."\)/);
    assert.match(said, /Declare rnn with num_layers=2/);
  });

  it("decodes the checkpoint where its file is given", () => {
    const bigger = { ...base, numLayers: 2, bidirectional: true };
    const message = loadMessage(parametersOf(base, "rnn."), parametersOf(bigger, "rnn."));
    const file = fileOf("old.pt", bigger, {}, "rnn.");
    const other = fileOf("other.pt", base, {}, "rnn.");
    const said = sentences(explainText(message, [other, file]));
    assert.match(said, /Declare nn\.LSTM\(6, 5, num_layers=2, bidirectional=True\)/);
    assert.doesNotMatch(said, /other\.pt holds this checkpoint/);
  });

  it("speaks of embeddings and linear layers", () => {
    const message = loadMessage(
      new Map([
        ["embed.weight", [50, 6]],
        ["fc.weight", [2, 5]],
      ]),
      new Map([
        ["embed.weight", [80, 6]],
        ["fc.weight", [2, 10]],
      ]),
    );
    const said = sentences(explainText(message));
    assert.match(said, /num_embeddings=80/);
    assert.match(said, /in_features=10/);
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
