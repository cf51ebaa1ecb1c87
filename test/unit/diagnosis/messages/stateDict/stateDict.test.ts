/** What an explanation says of load_state_dict: how checkpoint and model differ, and which file is the checkpoint. */
import assert from "node:assert/strict";
import { explainText } from "../../../../../src/diagnosis/messages/explain";
import type { RecurrentConfig } from "../../../../../src/model/config";
import { expectedParameters } from "../../../../../src/model/parameters";
import { rnnConfig } from "../../../support/goldens";
import { fileOf, sentences } from "../files";

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

  it("names the file that may be the checkpoint where keys are missing alone", () => {
    const bigger = { ...base, numLayers: 2 };
    const message = loadMessage(parametersOf(bigger, "rnn."), parametersOf(base, "rnn."));
    const files = [fileOf("new.pt", bigger, {}, "rnn."), fileOf("old.pt", base, {}, "rnn.")];
    const said = sentences(explainText(message, files));
    assert.match(said, /old\.pt may hold this checkpoint, .*: rnn\. is nn\.LSTM\(6, 5\)/);
    assert.match(said, /Declare nn\.LSTM\(6, 5\)/);
    assert.doesNotMatch(said, /new\.pt (?:may hold|holds)/);
  });

  it("finds the checkpoint in a file that was saved with other things, by its keys behind a name", () => {
    const bigger = { ...base, numLayers: 2 };
    const message = loadMessage(parametersOf(base, "rnn."), parametersOf(bigger, "rnn."));
    const file = fileOf("last.ckpt", bigger, {}, "state_dict.rnn.");
    const said = sentences(explainText(message, [file]));
    assert.match(said, /last\.ckpt holds this checkpoint: state_dict\.rnn\. is nn\.LSTM/);
    assert.match(said, /Declare nn\.LSTM\(6, 5, num_layers=2\)/);
  });

  it("takes no file for the checkpoint that has the keys which are missing in it", () => {
    const message = loadMessage(
      parametersOf({ ...base, numLayers: 2 }, "rnn."),
      parametersOf({ ...base, hiddenSize: 8 }, "rnn."),
    );
    const whole = fileOf("whole.pt", { ...base, hiddenSize: 8, numLayers: 2 }, {}, "rnn.");
    assert.doesNotMatch(sentences(explainText(message, [whole])), /whole\.pt holds/);
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
