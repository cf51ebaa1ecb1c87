/** What the quick pick offers, and what it makes of several selected files. */
import assert from "node:assert/strict";
import {
  companionsOf,
  guessRoles,
  inputChoices,
  referenceChoices,
  sequenceShapeOf,
  soleInput,
  soleReference,
  withImpliedBatch,
  type Candidate,
} from "../../../../src/host/quickPick/rank";
import {
  constructorLine,
  pytorchVariant,
  type RecurrentConfig,
} from "../../../../src/model/config";
import type { ModuleView } from "../../../../src/protocol/run/workerMessages";
import { byteWidth, type DType } from "../../../../src/tensor/dtype";
import { elementCount } from "../../../../src/tensor/tensor";

const config: RecurrentConfig = {
  cell: "RNN",
  isCellClass: false,
  inputSize: 3,
  hiddenSize: 4,
  numLayers: 1,
  bidirectional: false,
  bias: true,
  projSize: 0,
  batchFirst: false,
  nonlinearity: "tanh",
  variant: pytorchVariant,
};
const input = [5, 2, 3];

type Shapes = Record<string, readonly number[]>;

function candidate(file: string, shapes: Shapes, options: { dtype?: DType; module?: true } = {}) {
  const { dtype = "float32", module } = options;
  const entries = Object.entries(shapes).map(([name, shape]) => ({
    name,
    dtype,
    shape,
    byteLength: byteWidth(dtype) * elementCount(shape),
  }));
  const modules = module ? [moduleView(config)] : [];
  const format = file.endsWith(".npy") ? "npy" : "npz";
  const archive = { file, format, entries, modules, notes: [], lookAlike: null } as const;
  return { location: `file:///w/${file}`, archive } satisfies Candidate;
}

function moduleView(of: RecurrentConfig): ModuleView {
  return {
    prefix: "",
    config: of,
    constructorLine: constructorLine(of),
    framework: "PyTorch",
    unknown: [],
    remarks: [],
    departures: [],
    embedding: null,
    linear: null,
  };
}

const weights = candidate(
  "w.npz",
  { weight_ih_l0: [4, 3], weight_hh_l0: [4, 4], bias_ih_l0: [4], "fc.weight": [3, 3] },
  { module: true },
);
const npy = candidate("x.npy", { x: input });
const expected = candidate("expected.npz", { output: [5, 2, 4], h_n: [1, 2, 4] });
const both = candidate("io.npz", { x: input, output: [5, 2, 4], h_n: [1, 2, 4] });

describe("a model of ONNX", () => {
  const { location, archive } = candidate("m.onnx", { W: [4, 3], x: input }, { module: true });
  const model = { location, archive: { ...archive, format: "onnx" } } as const;

  it("offers none of its tensors as input or reference", () => {
    assert.deepEqual(inputChoices(config, model), []);
    assert.deepEqual(referenceChoices(config, input, model), []);
  });

  it("is told from a file of inputs in the same format", () => {
    const bare = { ...model, archive: { ...model.archive, modules: [] } };
    assert.ok(inputChoices(config, bare).some(({ fits }) => fits));
  });
});

describe("inputChoices", () => {
  it("leaves parameters out and marks what fits", () => {
    assert.deepEqual(inputChoices(config, weights), []);
    const choices = inputChoices(config, candidate("b.npz", { y: [5, 2, 9], x: input }));
    assert.deepEqual(
      choices.map(({ ref, fits }) => [ref, fits]),
      [
        ["file:///w/b.npz#y", false],
        ["file:///w/b.npz#x", true],
      ],
    );
  });

  it("leaves out what an optimizer keeps for its parameters", () => {
    const checkpoint = candidate("c.pth", { "optimizer.state.3.exp_avg": [4, 3], x: input });
    assert.deepEqual(
      inputChoices(config, checkpoint).map(({ entry }) => entry.name),
      ["x"],
    );
  });

  it("names no tensor where the only tensor of a file has no name", () => {
    assert.equal(inputChoices(config, npy)[0]?.ref, "file:///w/x.npy");
  });

  it("offers tokens where an embedding stands before the module, and as a guess", () => {
    const tokens = candidate("t.npz", { ids: [5, 2], x: [5, 2, 3] }, { dtype: "int64" });
    const fitting = (hasEmbedding: boolean): string[] =>
      inputChoices(config, tokens, hasEmbedding)
        .filter(({ fits }) => fits)
        .map(({ entry }) => entry.name);
    assert.deepEqual(fitting(true), ["ids"]);
    assert.deepEqual(fitting(false), []);
    assert.equal(soleInput(config, tokens, true)?.entry.name, "ids");
    const { archive } = weights;
    const [module] = archive.modules;
    assert.ok(module !== undefined);
    const modules = [{ ...module, embedding: "nn.Embedding(9, 3)" }];
    const embedding = { ...weights, archive: { ...archive, modules } };
    assert.equal(guessRoles([expected, tokens, embedding]).input, tokens);
  });

  it("reads tokens as the rows that layer 0 is given", () => {
    const ids = { dtype: "int64", shape: [5, 2] } as const;
    assert.deepEqual(sequenceShapeOf(config, ids, true), [5, 2, 3]);
    assert.deepEqual(sequenceShapeOf(config, ids, false), [5, 2]);
    assert.deepEqual(sequenceShapeOf(config, { dtype: "float32", shape: [5, 3] }, true), [5, 3]);
  });

  it("takes no output for an input, even when its shape fits", () => {
    const square = candidate("o.npz", { output: input });
    assert.deepEqual(
      inputChoices(config, square).map(({ fits }) => fits),
      [false],
    );
  });
});

describe("referenceChoices", () => {
  it("makes one choice of output and h_n", () => {
    const [choice, ...others] = referenceChoices(config, input, expected);
    assert.equal(others.length, 0);
    assert.deepEqual(choice?.reference, {
      output: "file:///w/expected.npz#output",
      h_n: "file:///w/expected.npz#h_n",
    });
    assert.equal(choice.fits, true);
  });

  it("says when a named tensor does not fit", () => {
    const wrong = candidate("e.npz", { output: [5, 2, 8] });
    assert.deepEqual(
      referenceChoices(config, input, wrong).map(({ fits }) => fits),
      [false],
    );
  });

  it("offers other tensors only where they fit an output", () => {
    const choices = referenceChoices(config, input, candidate("e.npz", { a: [5, 2, 4], b: [3] }));
    assert.deepEqual(
      choices.map(({ reference }) => reference),
      [{ output: "file:///w/e.npz#a" }],
    );
  });
});

describe("an LSTM", () => {
  const lstm: RecurrentConfig = { ...config, cell: "LSTM" };
  const states = candidate("io.npz", {
    x: input,
    h0: [1, 2, 4],
    c0: [1, 2, 4],
    output: [5, 2, 4],
    h_n: [1, 2, 4],
    c_n: [1, 2, 4],
  });

  it("has c0 beside h0, and c_n in its reference", () => {
    assert.deepEqual(Object.keys(companionsOf(lstm, input, states)), ["h0", "c0"]);
    const [reference] = referenceChoices(lstm, input, states);
    assert.deepEqual(reference?.reference, {
      output: "file:///w/io.npz#output",
      h_n: "file:///w/io.npz#h_n",
      c_n: "file:///w/io.npz#c_n",
    });
    assert.ok(reference.fits);
  });

  it("is told from a cell without them", () => {
    assert.deepEqual(Object.keys(companionsOf(config, input, states)), ["h0"]);
    const [reference] = referenceChoices(config, input, states);
    assert.deepEqual(Object.keys(reference?.reference ?? {}), ["output", "h_n"]);
    assert.ok(reference?.fits);
  });

  it("has a reference in a file that holds c_n alone", () => {
    const module = moduleView(lstm);
    const file = candidate("w.npz", { weight_ih_l0: [16, 3], weight_hh_l0: [16, 4] });
    const own = { ...file, archive: { ...file.archive, modules: [module] } };
    const last = candidate("last.npz", { c_n: [1, 2, 4] });
    const roles = guessRoles([last, own, npy]);
    assert.equal(roles.reference, last);
  });
});

describe("companionsOf", () => {
  it("finds h0 and lengths by name where they fit", () => {
    const found = companionsOf(config, input, candidate("b.npz", { x: input, h0: [1, 2, 4] }));
    assert.deepEqual(Object.keys(found), ["h0"]);
    const lengths = candidate("b.npz", { lengths: [2] }, { dtype: "int64" });
    assert.equal(companionsOf(config, input, lengths).lengths?.ref, "file:///w/b.npz#lengths");
  });

  it("takes nothing that does not fit", () => {
    assert.deepEqual(companionsOf(config, input, candidate("b.npz", { h0: [2, 2, 4] })), {});
  });
});

describe("guessRoles", () => {
  it("knows weights, input and reference in any order", () => {
    for (const selection of [
      [weights, npy, expected],
      [expected, weights, npy],
      [npy, expected, weights],
    ]) {
      assert.deepEqual(guessRoles(selection), { weights, input: npy, reference: expected });
    }
  });

  it("takes one file for both input and reference", () => {
    assert.deepEqual(guessRoles([both, weights]), { weights, input: both, reference: both });
  });

  it("leaves open what was not selected", () => {
    assert.deepEqual(guessRoles([weights]), { weights });
    assert.deepEqual(guessRoles([weights, npy]), { weights, input: npy });
    assert.deepEqual(guessRoles([npy]), {});
  });

  it("takes an input that does not fit, so that the clash can be shown", () => {
    const wide = candidate("wide.npy", { x: [5, 2, 9] });
    assert.deepEqual(guessRoles([weights, wide]), { weights, input: wide });
  });
});

describe("soleInput and soleReference", () => {
  it("answer when there is no doubt", () => {
    assert.equal(soleInput(config, both)?.entry.name, "x");
    assert.equal(soleInput(config, candidate("b.npz", { a: input, b: input })), undefined);
    assert.equal(soleInput(config, candidate("b.npz", { a: input, input }))?.entry.name, "input");
  });

  it("take the only tensor for the output, fitting or not", () => {
    const wrong = candidate("y.npy", { y: [5, 2, 7] });
    assert.deepEqual(soleReference(config, input, wrong)?.reference, { output: "file:///w/y.npy" });
    assert.equal(soleReference(config, input, candidate("y.npz", { a: [1], b: [1] })), undefined);
  });
});

describe("withImpliedBatch", () => {
  it("writes batchFirst only where it is not the default", () => {
    const spec = { weights: { file: "w" }, input: "x" };
    const first = withImpliedBatch(spec, config, input, { state: [1, 5, 4] });
    assert.deepEqual(first.options, { batchFirst: true });
    assert.equal(withImpliedBatch(spec, config, input, { state: [1, 2, 4] }), spec);
  });
});

describe("a folder of ONNX' test data", () => {
  const { archive } = candidate("test_data_set_0", { input_0: [2, 1, 8, 8], output_0: [2, 4] });
  const folder = {
    location: "file:///w/test_data_set_0",
    archive: { ...archive, format: "onnx", isTestSet: true },
  } as const;

  it("is one input, whatever its shapes are, and no reference by itself", () => {
    const [only, ...others] = inputChoices(config, folder);
    assert.deepEqual([only?.ref, only?.fits, others.length], [folder.location, true, 0]);
    assert.equal(soleInput(config, folder)?.ref, folder.location);
    assert.deepEqual(referenceChoices(config, input, folder), []);
  });
});
