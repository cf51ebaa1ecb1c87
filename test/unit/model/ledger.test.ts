/** The shape ledger: PyTorch's exact texts, the sentence of the clash, and the rows of runs that fit. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildLedger } from "../../../src/model/buildLedger";
import { expectedParameters } from "../../../src/model/parameters";
import type { LedgerInputs } from "../../../src/model/ledger";
import type { Shape } from "../../../src/tensor/tensor";
import { renderText } from "../../../src/text";
import { configOf, fixtures, goldenCases, rnnConfig, type Constructor } from "../support/goldens";

interface MessageCase extends Constructor {
  readonly parameters?: readonly (readonly [string, number[]])[];
  readonly input: number[];
  readonly h0?: number[];
  readonly lengths?: number[];
  readonly message: string | null;
}

const nothing = {
  h0: null,
  c0: null,
  lengths: null,
  referenceOutput: null,
  referenceHn: null,
  referenceCn: null,
};

function parametersOf(config: LedgerInputs["config"]): LedgerInputs["parameters"] {
  return new Map(expectedParameters(config).map(({ name, shape }) => [name, { shape }]));
}

/** A run of nn.RNN(2, 3, 2, bidirectional=True) over T 5, B 4, but for `changes`. */
function inputsWith(changes: Partial<LedgerInputs>): LedgerInputs {
  const config = changes.config ?? rnnConfig({ numLayers: 2, bidirectional: true });
  return { config, parameters: parametersOf(config), input: [5, 4, 2], ...nothing, ...changes };
}

function clashOf(changes: Partial<LedgerInputs>): string | null {
  const { clash } = buildLedger(inputsWith(changes));
  return clash === null ? null : renderText(clash);
}

function whyOf(changes: Partial<LedgerInputs>): string {
  const { why } = buildLedger(inputsWith(changes));
  return why === null ? "" : renderText(why);
}

/** The parameters of `inputsWith`, with other shapes for some, or without them. */
function parametersWith(
  changes: Readonly<Record<string, Shape | null>>,
): LedgerInputs["parameters"] {
  const parameters = new Map(inputsWith({}).parameters);
  for (const [name, shape] of Object.entries(changes)) {
    if (shape === null) parameters.delete(name);
    else parameters.set(name, { shape });
  }
  return parameters;
}

describe("what PyTorch would print", () => {
  for (const item of goldenCases("messages.json") as readonly MessageCase[]) {
    const { message, input, h0 = null, lengths = null } = item;
    const given = JSON.stringify({ input, h0, lengths });
    it(`of nn.${item.class}(${item.sizes.join(", ")}) given ${given}: ${message ?? "nothing"}`, () => {
      const config = configOf(item);
      const shapes = item.parameters?.map(([name, shape]) => [name, { shape }] as const);
      const parameters = shapes === undefined ? parametersOf(config) : new Map(shapes);
      const ledger = buildLedger({ ...nothing, config, parameters, input, h0, lengths });
      assert.equal(ledger.pytorch, message);
      assert.equal(ledger.clash === null, message === null);
    });
  }
});

describe("the ledger of the broken fixtures", () => {
  const folder = join(fixtures, "broken/shapes");
  const names = readdirSync(folder, { withFileTypes: true }).filter((item) => item.isDirectory());
  /** Lengths are in io.npz; these are they. */
  const lengthsOf: Readonly<Record<string, number[]>> = {
    length_longer_than_input: [7, 1],
    length_zero: [5, 0],
  };
  interface Case {
    readonly constructor: Constructor["options"] &
      Record<"class" | "input_size" | "hidden_size" | "num_layers", string | number>;
    readonly library_message: string | null;
    readonly state_dict: readonly { name: string; shape: number[] }[];
    readonly arrays: { input: number[]; h0?: number[]; output: number[]; h_n: number[] };
  }
  for (const { name } of names) {
    const path = join(folder, name, "case.json");
    const {
      constructor: declared,
      library_message,
      state_dict,
      arrays,
    } = JSON.parse(readFileSync(path, "utf8")) as Case;
    const config = configOf({
      class: String(declared.class).replace("torch.nn.", ""),
      sizes: [declared.input_size, declared.hidden_size, declared.num_layers].map(Number),
      options: declared,
    });
    const ledger = buildLedger({
      config,
      parameters: new Map(state_dict.map((entry) => [entry.name, entry])),
      input: arrays.input,
      ...nothing,
      h0: arrays.h0 ?? null,
      lengths: lengthsOf[name] ?? null,
      referenceOutput: arrays.output,
      referenceHn: arrays.h_n,
    });
    // A module is found with all its directions, so surplus tensors alone do not stop a run.
    if (library_message === null || name === "bidirectional_not_declared") {
      it(`${name}: runs, as it does in PyTorch`, () => {
        assert.equal(ledger.clash, null);
        assert.equal(ledger.pytorch, null);
      });
      continue;
    }
    it(`${name}: names the clash and PyTorch's text`, () => {
      assert.ok(ledger.clash !== null);
      // The fixture's text was written on one line.
      const pytorch = ledger.pytorch?.replaceAll("\n\t", "  ");
      assert.equal(`RuntimeError: ${pytorch ?? ""}`, library_message);
    });
  }

  it("are nineteen", () => {
    assert.equal(names.length, 19);
  });
});

describe("the clash in one sentence", () => {
  it("says which weight has which shape, needs which, and that the layer below is doubled", () => {
    const parameters = parametersWith({ weight_ih_l1: [3, 3] });
    assert.equal(
      clashOf({ parameters }),
      "layer 1 → cannot run: weight_ih_l1 is [3, 3], needed [3, 6]",
    );
    assert.equal(
      whyOf({ parameters }),
      "The layer below is bidirectional, so it hands up 2·H = 6 features (forward 3 ∥ reverse 3); this weight takes 3.",
    );
    assert.deepEqual(buildLedger(inputsWith({ parameters })).product, {
      left: { label: "x_t", shape: [4, 6] },
      right: { label: "W_ihᵀ", shape: [3, 3] },
    });
  });

  it("points at exchanged axes of a weight, of h0 and of the input", () => {
    const transposed = parametersWith({ weight_ih_l0_reverse: [2, 3] });
    assert.equal(
      clashOf({ parameters: transposed }),
      "layer 0 ← cannot run: weight_ih_l0_reverse is [2, 3], needed [3, 2]",
    );
    assert.match(whyOf({ parameters: transposed }), /^The two sizes are exchanged/);
    assert.equal(clashOf({ h0: [4, 5, 3] }), "h0 does not fit: it is [4, 5, 3], needed [4, 4, 3]");
    const swapped = { input: [5, 3, 2], h0: [3, 4, 3] };
    assert.match(whyOf(swapped), /^Its first two axes are exchanged/);
    assert.match(whyOf({ input: [5, 2, 4] }), /axis 1 of the input has that size/);
    assert.match(whyOf({ input: [5, 4, 7] }), /no axis of the input has that size/);
  });

  it("asks for twice the slots when h0 forgets the directions", () => {
    assert.match(whyOf({ h0: [2, 4, 3] }), /row for each direction of each layer/);
    assert.match(whyOf({ h0: [7, 4, 3] }), /one row per layer and direction/);
  });

  it("tells a missing direction, layer and bias apart", () => {
    const reverse = parametersWith({ weight_hh_l1_reverse: null });
    assert.equal(
      clashOf({ parameters: reverse }),
      "layer 1 ← cannot run: weight_hh_l1_reverse is missing, needed [3, 3]",
    );
    assert.match(whyOf({ parameters: reverse }), /none for layer 1/);
    assert.match(whyOf({ parameters: parametersWith({ bias_hh_l0: null }) }), /has biases/);
    assert.match(whyOf({ parameters: parametersWith({ weight_hh_l0: null }) }), /0 to 1/);
  });

  it("names what PyTorch meets first when several things clash", () => {
    const parameters = parametersWith({ bias_ih_l1: [9] });
    const clash = clashOf({ parameters, input: [5, 4, 9], h0: [1], lengths: [0] });
    assert.match(clash ?? "", /bias_ih_l1 is \[9\]/);
    assert.match(clashOf({ input: [5, 4, 9], h0: [1] }) ?? "", /last axis of input/);
    assert.match(clashOf({ h0: [1], lengths: [0] }) ?? "", /^h0 does not fit/);
  });

  it("refuses an input without steps, sequences or a third of an axis", () => {
    assert.match(clashOf({ input: [0, 4, 2] }) ?? "", /one of its axes has size 0/);
    assert.match(clashOf({ input: [5, 0, 2] }) ?? "", /one of its axes has size 0/);
    assert.match(clashOf({ input: [2] }) ?? "", /needed 2 or 3 axes/);
    assert.match(clashOf({ input: [] }) ?? "", /needed 2 or 3 axes/);
  });

  it("refuses lengths that are no whole numbers from 1 to T", () => {
    for (const bad of [0, -1, 1.5, Number.NaN, 6, Infinity]) {
      assert.notEqual(clashOf({ lengths: [5, 5, bad, 5] }), null, `length ${bad}`);
    }
    assert.equal(clashOf({ lengths: [5, 1, 3, 5] }), null);
    assert.match(clashOf({ lengths: [5] }) ?? "", /1 lengths for B = 4/);
  });
});

describe("the rows of a run that fits", () => {
  const fitting = inputsWith({
    h0: [4, 4, 3],
    lengths: [5, 3, 2, 1],
    referenceOutput: [5, 4, 6],
    referenceHn: [4, 4, 3],
  });

  it("are all in order, from the input up to the reference, with axes by name", () => {
    const { rows, clash } = buildLedger(fitting);
    assert.equal(clash, null);
    assert.deepEqual(new Set(rows.map(({ status }) => status)), new Set(["ok"]));
    assert.equal(rows[0]?.name, "input");
    assert.deepEqual(
      rows.slice(-4).map(({ name }) => name),
      ["h0", "lengths", "reference output", "reference h_n"],
    );
    const axes = Object.fromEntries(rows.map((row) => [row.name, row.axes.join(" ")]));
    assert.equal(axes["input"], "T B I");
    assert.equal(axes["weight_ih_l1"], "H D·H");
    assert.equal(axes["h0"], "L·D B H");
    assert.equal(axes["reference output"], "T B D·H");
    for (const { axes: names, found } of rows) assert.equal(names.length, found?.length);
  });

  it("read the same axes in another order with batch_first, and without a batch", () => {
    const axesOf = (changes: Partial<LedgerInputs>): string =>
      buildLedger(inputsWith(changes)).rows[0]?.axes.join(" ") ?? "";
    assert.equal(axesOf({ config: rnnConfig({ batchFirst: true }), input: [4, 5, 2] }), "B T I");
    assert.equal(axesOf({ input: [5, 2] }), "T I");
    const { rows } = buildLedger(inputsWith({ input: [5, 2], h0: [4, 3] }));
    assert.equal(rows.find(({ name }) => name === "h0")?.axes.join(" "), "L·D H");
  });

  it("never stop for a reference that does not fit, but say so", () => {
    const { rows, clash } = buildLedger({
      ...fitting,
      referenceOutput: [5, 4, 3],
      referenceHn: [1, 4, 3],
    });
    assert.equal(clash, null);
    assert.deepEqual(
      rows.slice(-2).map(({ status, expected }) => [status, expected]),
      [
        ["mismatch", [5, 4, 6]],
        ["mismatch", [4, 4, 3]],
      ],
    );
  });

  it("list a tensor that the module has no place for", () => {
    const { rows, clash } = buildLedger(
      inputsWith({ parameters: parametersWith({ bias_zz_l0: [2] }) }),
    );
    assert.equal(clash, null);
    const row = rows.find(({ name }) => name === "bias_zz_l0");
    assert.deepEqual([row?.status, row?.found, row?.expected], ["unexpected", [2], null]);
  });

  it("name gate blocks and the projection of an LSTM", () => {
    const config = configOf({ class: "LSTM", sizes: [6, 8, 2], options: { proj_size: 3 } });
    const { rows } = buildLedger(inputsWith({ config, input: [5, 4, 6] }));
    const axes = Object.fromEntries(rows.map((row) => [row.name, row.axes.join(" ")]));
    assert.equal(axes["weight_ih_l0"], "4·H I");
    assert.equal(axes["weight_ih_l1"], "4·H P");
    assert.equal(axes["weight_hr_l0"], "P H");
  });
});
