import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import type { RunInputs } from "../../../../../src/run/inputs";
import { notFiniteNotes } from "../../../../../src/session/views/description/notFinite";
import type { Tensor } from "../../../../../src/tensor/tensor";

/** Ones, but for the values at some positions. */
function tensor(shape: number[], others: Readonly<Record<number, number>> = {}): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = new Float32Array(count).fill(1);
  for (const [at, value] of Object.entries(others)) data[Number(at)] = value;
  return { dtype: "float32", shape, data };
}

function notesOf(given: Partial<RunInputs>): string[] {
  const config = { cell: "GRU", hiddenSize: 16 };
  const none = { config, parameters: new Map(), input: tensor([3, 2]), h0: null, c0: null };
  const inputs = { ...none, ...given } as unknown as RunInputs;
  return notFiniteNotes(inputs).map((note) => renderText(note));
}

describe("notFiniteNotes", () => {
  it("says nothing of finite values, however large their sum", () => {
    const large = new Float64Array(9).fill(1e308);
    const parameters = new Map([["w", { dtype: "float64", shape: [9], data: large }]]) as never;
    assert.deepEqual(notesOf({ parameters, h0: tensor([1, 4]) }), []);
  });

  it("names the tensor, the value and its place", () => {
    const parameters = new Map([["weight_hh_l0", tensor([48, 160], { 5003: NaN })]]);
    assert.deepEqual(notesOf({ parameters }), [
      "weight_hh_l0 holds a value that is no finite number: NaN at [31, 43] (W_hz[15, 43])",
    ]);
  });

  it("names no gate of what has none", () => {
    const config = { cell: "RNN", hiddenSize: 16 } as RunInputs["config"];
    const parameters = new Map([["bias_hh_l0", tensor([16], { 3: NaN })]]);
    const said = "bias_hh_l0 holds a value that is no finite number: NaN at [3]";
    assert.deepEqual(notesOf({ config, parameters }), [said]);
  });

  it("counts several, and names the first of each tensor", () => {
    const input = tensor([3000, 2], { 5: -Infinity, 4711: NaN, 4712: Infinity });
    assert.deepEqual(notesOf({ input, c0: tensor([1, 4], { 2: Infinity }) }), [
      "input holds 3 values that are no finite numbers, the first of them -∞ at [2, 1]",
      "c0 holds a value that is no finite number: ∞ at [0, 2]",
    ]);
  });
});
