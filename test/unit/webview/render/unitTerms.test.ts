import assert from "node:assert/strict";
import type { Place, UnitExplanation } from "../../../../src/protocol/messages";
import { largestTerms, termAt } from "../../../../webview/render/unitTerms";
import { unitAsPython } from "../../../../webview/render/unitPython";

const place: Place = { layer: 1, direction: "reverse", step: 15, batch: 0, unit: 7 };

/** Two inputs and one state: 0.5·2 − 3·1 + 4·0.25. */
function explanation(patch: Partial<UnitExplanation> = {}): UnitExplanation {
  return {
    place,
    nonlinearity: "tanh",
    inputCount: 2,
    weights: Float64Array.of(0.5, -3, 4),
    operands: Float64Array.of(2, 1, 0.25),
    sums: Float64Array.of(-2, 0.25, 1, 0, -0.75, Math.tanh(-0.75)),
    hasBias: true,
    previousStep: 16,
    givenH0: false,
    valid: true,
    reference: new Float64Array(),
    stepNumbers: Float64Array.of(1, 0),
    shapes: [],
    ...patch,
  };
}

const below = { hiddenSize: 1, bidirectional: true };

describe("largestTerms", () => {
  it("orders terms by magnitude and keeps the order of equals", () => {
    assert.deepEqual(largestTerms(explanation(), 3), [1, 0, 2]);
    assert.deepEqual(largestTerms(explanation(), 1), [1]);
  });

  it("puts NaN and infinities first", () => {
    const operands = Float64Array.of(2, 1, NaN);
    assert.deepEqual(largestTerms(explanation({ operands }), 2), [2, 1]);
    const both = Float64Array.of(-Infinity, 1, NaN);
    assert.deepEqual(largestTerms(explanation({ operands: both }), 2), [0, 2]);
  });
});

describe("termAt", () => {
  it("names a term of the layer below and finds its direction", () => {
    const term = termAt(explanation(), 1, below);
    assert.equal(term.weightName, "W_ih[7,1]");
    assert.equal(term.operandName, "y[1]");
    assert.equal(term.product, -3);
    assert.deepEqual(term.source, { kind: "lane", lane: "layer0.reverse", step: 15, unit: 0 });
  });

  it("finds the forward half of the layer below", () => {
    const { source } = termAt(explanation(), 0, below);
    assert.deepEqual(source, { kind: "lane", lane: "layer0.forward", step: 15, unit: 0 });
  });

  it("finds the input for layer 0, whatever the directions are", () => {
    const term = termAt(explanation({ place: { ...place, layer: 0 } }), 1, below);
    assert.equal(term.operandName, "x[1]");
    assert.deepEqual(term.source, { kind: "lane", lane: "input", step: 15, unit: 1 });
  });

  it("finds the state of the step that was processed before", () => {
    const term = termAt(explanation(), 2, below);
    assert.equal(term.weightName, "W_hh[7,0]");
    assert.deepEqual(term.source, { kind: "lane", lane: "layer1.reverse", step: 16, unit: 0 });
  });

  it("knows the initial state at the first step of a direction", () => {
    const { source } = termAt(explanation({ previousStep: null }), 2, below);
    assert.deepEqual(source, { kind: "initial", unit: 0 });
  });
});

describe("unitAsPython", () => {
  it("writes every number so that Python reads it back", () => {
    const lines = unitAsPython(explanation()).split("\n");
    assert.deepEqual(lines, [
      "# layer 1 reverse, t = 15, batch 0, unit 7",
      "from math import inf, nan, tanh",
      "w_ih = [0.5, -3.0]  # weight_ih_l1_reverse[7]",
      "x = [2.0, 1.0]",
      "b_ih = 0.25  # bias_ih_l1_reverse[7]",
      "w_hh = [4.0]  # weight_hh_l1_reverse[7]",
      "h = [0.25]  # state at t = 16",
      "b_hh = 0.0  # bias_hh_l1_reverse[7]",
      "a = sum(p * q for p, q in zip(w_ih, x)) + b_ih + sum(p * q for p, q in zip(w_hh, h)) + b_hh",
      "value = tanh(a)",
      `print(value)  # ${String(Math.tanh(-0.75))}`,
      "",
    ]);
  });

  it("writes what is not finite, a negative zero and exponents as Python does", () => {
    const operands = Float64Array.of(NaN, -Infinity, -0);
    const code = unitAsPython(explanation({ operands, weights: Float64Array.of(1e-9, 1e300, 1) }));
    assert.match(code, /^x = \[nan, -inf\]$/m);
    assert.match(code, /^w_ih = \[1e-9, 1e\+300\]/m);
    assert.match(code, /^h = \[-0\.0\]/m);
  });

  it("keeps NaN through relu and says when there is no bias", () => {
    const code = unitAsPython(explanation({ nonlinearity: "relu", hasBias: false }));
    assert.match(code, /^value = 0\.0 if a <= 0 else a$/m);
    assert.match(code, /^b_ih = 0\.25 {2}# bias=False$/m);
    assert.doesNotMatch(code, /tanh/);
  });
});
