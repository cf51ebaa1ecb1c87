/** Options of cells that are not PyTorch's: which cell has which, and what they are called. */
import assert from "node:assert/strict";
import { pytorchVariant, type CellKind, type CellVariant } from "../../../src/model/config";
import {
  departures,
  gateActivationNames,
  gateActivationOf,
  gateActivationOption,
  optionsNotOf,
  variantWith,
  type VariantOptions,
} from "../../../src/model/variant";
import { renderText } from "../../../src/core/text";

const all: Required<VariantOptions> = {
  resetAfter: false,
  gateActivation: "hard_sigmoid",
  clip: 3,
  coupledInputForget: true,
};
const hardSigmoid = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;

describe("a gate activation", () => {
  it("is found by its name; the slope differs in Keras 3", () => {
    assert.deepEqual(gateActivationOf("sigmoid"), { kind: "sigmoid" });
    assert.deepEqual(gateActivationOf("hard_sigmoid"), hardSigmoid);
    const keras3 = { kind: "hard_sigmoid", alpha: 1 / 6, beta: 0.5 };
    assert.deepEqual(gateActivationOf("hard_sigmoid_keras3"), keras3);
    const own = { alpha: 0.25, beta: 0.4 };
    assert.deepEqual(gateActivationOf(own), { kind: "hard_sigmoid", ...own });
  });

  it("is written by its name, or by slope and offset where it has no name", () => {
    for (const option of [...gateActivationNames, { alpha: 0.25, beta: 0.4 }]) {
      assert.deepEqual(gateActivationOption(gateActivationOf(option)), option);
    }
  });
});

describe("the variant of a cell", () => {
  const variantOf = (cell: CellKind, options: VariantOptions): CellVariant =>
    variantWith({ cell, variant: pytorchVariant }, options);

  it("takes the options that the cell has, and no others", () => {
    const clipped = { ...pytorchVariant, clip: 3 };
    assert.deepEqual(variantOf("RNN", all), clipped);
    const gated = { ...clipped, gateActivation: hardSigmoid };
    assert.deepEqual(variantOf("LSTM", all), { ...gated, coupledInputForget: true });
    assert.deepEqual(variantOf("GRU", all), { ...gated, resetAfter: false });
  });

  it("stays as the file has it where nothing is said", () => {
    const variant = { ...pytorchVariant, clip: 1, resetAfter: false, peephole: true };
    assert.deepEqual(variantWith({ cell: "GRU", variant }, {}), variant);
    const turned = variantWith({ cell: "GRU", variant }, { resetAfter: true });
    assert.deepEqual(turned, { ...variant, resetAfter: true });
  });
});

describe("options that a cell does not have", () => {
  it("are named, as they are written", () => {
    const options = { ...all, nonlinearity: "relu", batchFirst: true };
    assert.deepEqual(optionsNotOf("RNN", options), [
      "resetAfter",
      "gateActivation",
      "coupledInputForget",
    ]);
    assert.deepEqual(optionsNotOf("LSTM", options), ["nonlinearity", "resetAfter"]);
    assert.deepEqual(optionsNotOf("GRU", options), ["nonlinearity", "coupledInputForget"]);
    assert.deepEqual(optionsNotOf("GRU", {}), []);
  });
});

describe("what departs from PyTorch", () => {
  const departuresOf = (cell: CellKind, changes: Partial<CellVariant>): string[] =>
    departures({ cell, variant: { ...pytorchVariant, ...changes } }).map((each) =>
      renderText(each),
    );

  it("is a sentence each, and none for PyTorch's own cells", () => {
    for (const cell of ["RNN", "LSTM", "GRU"] as const)
      assert.deepEqual(departuresOf(cell, {}), []);
    assert.deepEqual(departuresOf("GRU", { resetAfter: false, clip: 3 }), [
      "the reset gate scales h before the product (reset_after = False)",
      "pre-activations are limited to −3…3",
    ]);
    const gateActivation = gateActivationOf("hard_sigmoid_keras3");
    assert.deepEqual(
      departuresOf("LSTM", { gateActivation, coupledInputForget: true, peephole: true }),
      [
        "gates are max(0, min(1, 0.1667·x + 0.5))",
        "the forget gate is 1 − i",
        "gates look at c through peephole weights",
      ],
    );
  });

  it("says nothing of options that the cell does not have", () => {
    const gateActivation = gateActivationOf("hard_sigmoid");
    const foreign = { resetAfter: false, gateActivation, coupledInputForget: true, peephole: true };
    assert.deepEqual(departuresOf("RNN", foreign), []);
  });
});
