/** The shape check: the sentence of the clash, and the rows of runs that fit. */
import assert from "node:assert/strict";
import { checkShapes } from "../../../../src/model/shapes/check";
import { causeText, clashText } from "../../../../src/model/shapes/clashTexts";
import type { ShapeInputs } from "../../../../src/model/shapes/shapes";
import type { Shape } from "../../../../src/tensor/tensor";
import { renderText } from "../../../../src/core/text";
import { nothing, parametersOf } from "../../support/shapes";
import { configOf, rnnConfig } from "../../support/goldens";

/** A run of nn.RNN(2, 3, 2, bidirectional=True) over T 5, B 4, but for `changes`. */
function inputsWith(changes: Partial<ShapeInputs>): ShapeInputs {
  const config = changes.config ?? rnnConfig({ numLayers: 2, bidirectional: true });
  return { config, parameters: parametersOf(config), input: [5, 4, 2], ...nothing, ...changes };
}

function clashOf(changes: Partial<ShapeInputs>): string | null {
  const clash = clashText(checkShapes(inputsWith(changes)));
  return clash === null ? null : renderText(clash);
}

function whyOf(changes: Partial<ShapeInputs>): string {
  const cause = causeText(checkShapes(inputsWith(changes)));
  return cause === null ? "" : renderText(cause);
}

/** The parameters of `inputsWith`, with other shapes for some, or without them. */
function parametersWith(
  changes: Readonly<Record<string, Shape | null>>,
): ShapeInputs["parameters"] {
  const parameters = new Map(inputsWith({}).parameters);
  for (const [name, shape] of Object.entries(changes)) {
    if (shape === null) parameters.delete(name);
    else parameters.set(name, { shape });
  }
  return parameters;
}

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
    assert.deepEqual(checkShapes(inputsWith({ parameters })).product, {
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
    assert.match(
      whyOf({ input: [5, 4, 7] }),
      /no axis of the input has that size\. Give an input of 2 features, or weights with input_size 7/,
    );
    const expectedOf = (input: readonly number[]): unknown =>
      checkShapes(inputsWith({ input })).rows[0]?.expected;
    assert.deepEqual(expectedOf([5, 2, 4]), [5, 4, 2], "as the input is with its axes exchanged");
    assert.deepEqual(expectedOf([5, 4, 7]), [5, 4, 2]);
  });

  it("asks for twice the rows when h0 has one direction of two", () => {
    assert.match(whyOf({ h0: [2, 4, 3] }), /row for each direction of each layer/);
    assert.match(whyOf({ h0: [7, 4, 3] }), /one row per layer and direction/);
  });

  it("says that a cell's state has no axis of layers, whatever its size", () => {
    const config = rnnConfig({ isCellClass: true });
    for (const slots of [1, 2]) {
      assert.equal(
        whyOf({ config, input: [5, 4, 2], h0: [slots, 4, 3] }),
        "A cell has no layers or directions: drop the first axis of h0.",
      );
    }
  });

  it("tells c0 from h0, and its H from their P", () => {
    const lstm = configOf({ class: "LSTM", sizes: [2, 3, 2], options: {} });
    assert.equal(
      clashOf({ config: lstm, h0: [2, 4, 3], c0: [2, 4, 5] }),
      "c0 does not fit: it is [2, 4, 5], needed [2, 4, 3]",
    );
    assert.match(whyOf({ config: lstm, c0: [4, 2, 3] }), /of c0, it is always \[L·D, B, H\]/);
    const projected = configOf({ class: "LSTM", sizes: [2, 3, 2], options: { proj_size: 1 } });
    assert.match(whyOf({ config: projected, h0: [4, 2, 1] }), /of h0, .*\[L·D, B, P\]/);
    for (const states of [{ h0: [2, 4, 3] }, { c0: [2, 4, 1] }]) {
      assert.equal(
        whyOf({ config: projected, ...states }),
        "With a projection h has P = 1 features and c has H = 3.",
      );
    }
    const cell = configOf({ class: "LSTMCell", sizes: [2, 3], options: {} });
    assert.match(whyOf({ config: cell, c0: [5, 3] }), /c0 has one row per sequence/);
  });

  it("does not quote PyTorch on states of packed sequences, which an LSTM runs into unchecked", () => {
    const config = configOf({ class: "LSTM", sizes: [2, 3], options: {} });
    const shapes = checkShapes(inputsWith({ config, c0: [1, 4, 9], lengths: [5, 4, 4, 1] }));
    assert.notEqual(shapes.clash, null);
    const found = { found: [1, 4, 9], expected: [1, 4, 3] };
    assert.deepEqual(shapes.clash, { of: "state", tensor: "c0", ...found });
    assert.equal(shapes.pytorch, null);
  });

  it("tells apart a missing direction, layer and bias", () => {
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

  it("refuses an input without steps, without sequences, or with too few axes", () => {
    assert.match(clashOf({ input: [0, 4, 2] }) ?? "", /one of its axes has size 0/);
    assert.match(clashOf({ input: [5, 0, 2] }) ?? "", /one of its axes has size 0/);
    assert.match(whyOf({ input: [5, 0, 2] }), /^There is nothing to run: .*\.$/);
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
    const { rows, clash } = checkShapes(fitting);
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
    const axesOf = (changes: Partial<ShapeInputs>): string =>
      checkShapes(inputsWith(changes)).rows[0]?.axes.join(" ") ?? "";
    assert.equal(axesOf({ config: rnnConfig({ batchFirst: true }), input: [4, 5, 2] }), "B T I");
    assert.equal(axesOf({ input: [5, 2] }), "T I");
    const { rows } = checkShapes(inputsWith({ input: [5, 2], h0: [4, 3] }));
    assert.equal(rows.find(({ name }) => name === "h0")?.axes.join(" "), "L·D H");
  });

  it("never stop for a reference that does not fit, but say so", () => {
    const { rows, clash } = checkShapes({
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
    const { rows, clash } = checkShapes(
      inputsWith({ parameters: parametersWith({ bias_zz_l0: [2] }) }),
    );
    assert.equal(clash, null);
    const row = rows.find(({ name }) => name === "bias_zz_l0");
    assert.deepEqual([row?.status, row?.found, row?.expected], ["unexpected", [2], null]);
  });

  it("hold c0 and c_n of an LSTM beside h0 and h_n, which a projection makes smaller", () => {
    const config = configOf({ class: "LSTM", sizes: [6, 8, 2], options: { proj_size: 3 } });
    const given = { h0: [2, 4, 3], c0: [2, 4, 8], referenceOutput: [5, 4, 3] };
    const references = { referenceHn: [2, 4, 3], referenceCn: [2, 4, 8] };
    const { rows, clash } = checkShapes(
      inputsWith({ config, input: [5, 4, 6], ...given, ...references }),
    );
    assert.equal(clash, null);
    const lines = rows
      .slice(-5)
      .map(({ name, axes, status, reason }) =>
        [name, axes.join(" "), status, renderText(reason)].join("|"),
      );
    assert.deepEqual(lines, [
      "h0|L·D B P|ok|L·D = 2, B = 4 of the input, P = 3",
      "c0|L·D B H|ok|L·D = 2, B = 4 of the input, H = 8",
      "reference output|T B P|ok|the module's output: P = 3",
      "reference h_n|L·D B P|ok|the module's last states, layer by layer, forward before reverse",
      "reference c_n|L·D B H|ok|the module's last cell states, layer by layer, forward before reverse",
    ]);
  });

  it("hold peepholes, which PyTorch would not expect", () => {
    const lstm = configOf({ class: "LSTM", sizes: [2, 3], options: {} });
    const config = { ...lstm, bidirectional: true, variant: { ...lstm.variant, peephole: true } };
    const parameters = new Map(parametersOf(config));
    const { rows, clash } = checkShapes(inputsWith({ config, parameters }));
    assert.equal(clash, null);
    const row = rows.find(({ name }) => name === "peephole_l0_reverse");
    assert.deepEqual([row?.axes, row?.expected, row?.status], [["3·H"], [9], "ok"]);
    parameters.delete("peephole_l0_reverse");
    const broken = inputsWith({ config, parameters });
    assert.match(whyOf(broken), /peephole weights, so every direction needs them/);
    assert.equal(
      checkShapes(broken).pytorch,
      'Error(s) in loading state_dict for LSTM:\n\tUnexpected key(s) in state_dict: "peephole_l0". ',
    );
  });

  it("leave c0 and c_n out for a cell without a cell state", () => {
    const { rows, clash } = checkShapes(inputsWith({ c0: [9], referenceCn: [9] }));
    assert.equal(clash, null);
    assert.deepEqual(
      rows.filter(({ name }) => name.includes("c")).map(({ name }) => name),
      [],
    );
  });

  it("name gate blocks and the projection of an LSTM", () => {
    const config = configOf({ class: "LSTM", sizes: [6, 8, 2], options: { proj_size: 3 } });
    const { rows } = checkShapes(inputsWith({ config, input: [5, 4, 6] }));
    const axes = Object.fromEntries(rows.map((row) => [row.name, row.axes.join(" ")]));
    assert.equal(axes["weight_ih_l0"], "4·H I");
    assert.equal(axes["weight_ih_l1"], "4·H P");
    assert.equal(axes["weight_hr_l0"], "P H");
  });
});
