import assert from "node:assert/strict";
import { pytorchVariant } from "../../../../../src/model/config";
import type { Place } from "../../../../../src/protocol/run/messages";
import type { UnitExplanation, UnitSum } from "../../../../../src/protocol/run/unitMessages";
import { sumNumbers } from "../../../../../src/drawing/run/unit/unitNumbers";
import {
  hasTerms,
  largestTerms,
  termAt,
  termCount,
  type SumOfUnit,
  type Term,
} from "../../../../../src/drawing/run/unit/unitTerms";
import { rnnConfig } from "../../../support/goldens";
import { present } from "../../../support/places";
import { cellVariants } from "../../../support/variants";
import { explanationOf, place, rnnExplanation } from "../explanations";

const below = { hiddenSize: 1, bidirectional: true };
const first: Place = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 1 };

function sumOf(explanation: UnitExplanation, name = "h"): SumOfUnit {
  const sum = explanation.projection ?? explanation.gates.find((gate) => gate.name === name);
  return { explanation, sum: present(sum), below };
}

function termsOf(of: SumOfUnit): Term[] {
  return Array.from({ length: termCount(of) }, (_, index) => termAt(of, index));
}

describe("largestTerms", () => {
  it("orders terms by magnitude, biases among them, and keeps the order of equals", () => {
    assert.deepEqual(largestTerms(sumOf(rnnExplanation()), 9), [1, 0, 2, 3, 4]);
    assert.deepEqual(largestTerms(sumOf(rnnExplanation()), 1), [1]);
    assert.deepEqual(largestTerms(sumOf(rnnExplanation({ hasBias: false })), 9), [1, 0, 2]);
  });

  it("puts NaN and infinities first", () => {
    const operands = Float64Array.of(2, 1, NaN);
    assert.deepEqual(largestTerms(sumOf(rnnExplanation({}, { operands })), 2), [2, 1]);
    const both = Float64Array.of(-Infinity, 1, NaN);
    assert.deepEqual(largestTerms(sumOf(rnnExplanation({}, { operands: both })), 2), [0, 2]);
  });
});

describe("termAt", () => {
  const of = sumOf(rnnExplanation());

  it("names a term of the layer below and finds its direction", () => {
    const term = termAt(of, 1);
    assert.equal(term.weightName, "W_ih[7,1]");
    assert.equal(term.parameter, "weight_ih_l1_reverse[7, 1]");
    assert.equal(term.product, -3);
    const { letter, unit, source } = present(term.operand);
    assert.deepEqual([letter, unit], ["y", 1]);
    const lane = { kind: "lane", lane: "layer0.reverse", stateName: "h", step: 15, unit: 0 };
    assert.deepEqual(source, lane);
  });

  it("finds the one direction of the layer below where it is the reverse one", () => {
    const reverse = { hiddenSize: 2, bidirectional: false, reverseOnly: true };
    const { operand } = termAt({ ...of, below: reverse }, 1);
    const lane = { kind: "lane", lane: "layer0.reverse", stateName: "h", step: 15, unit: 1 };
    assert.deepEqual(operand?.source, lane);
  });

  it("finds the forward half of the layer below", () => {
    const source = termAt(of, 0).operand?.source;
    const lane = { kind: "lane", lane: "layer0.forward", stateName: "h", step: 15, unit: 0 };
    assert.deepEqual(source, lane);
  });

  it("finds the input for layer 0, whatever the directions are", () => {
    const lowest = sumOf(rnnExplanation({ place: { ...place, layer: 0 } }));
    const { letter, source } = present(termAt(lowest, 1).operand);
    assert.equal(letter, "x");
    const lane = { kind: "lane", lane: "input", stateName: "h", step: 15, unit: 1 };
    assert.deepEqual(source, lane);
  });

  it("finds the state of the step that was processed before", () => {
    const term = termAt(of, 2);
    assert.equal(term.weightName, "W_hh[7,0]");
    const lane = { kind: "lane", lane: "layer1.reverse", stateName: "h", step: 16, unit: 0 };
    assert.deepEqual(term.operand?.source, lane);
  });

  it("knows the initial state at the first step of a direction", () => {
    const initial = sumOf(rnnExplanation({ previousStep: null }));
    const source = { kind: "initial", stateName: "h", unit: 0 };
    assert.deepEqual(termAt(initial, 2).operand?.source, source);
  });

  it("has the biases behind the products", () => {
    const [bias, other] = [termAt(of, 3), termAt(of, 4)];
    assert.deepEqual([bias.weightName, bias.operand, bias.product], ["b_ih[7]", null, 0.25]);
    assert.equal(bias.parameter, "bias_ih_l1_reverse[7]");
    assert.deepEqual([other.weightName, other.product], ["b_hh[7]", 0]);
  });

  it("names a gate's weights as the documentation does, and their rows as the file has them", () => {
    const lstm = explanationOf(rnnConfig({ cell: "LSTM" }), first, "h");
    const forget = sumOf(lstm, "f");
    assert.equal(termAt(forget, 0).weightName, "W_if[1,0]");
    assert.equal(termAt(forget, 0).parameter, "weight_ih_l0[4, 0]");
    assert.equal(termAt(forget, 2).weightName, "W_hf[1,0]");
    assert.equal(termAt(forget, 5).weightName, "b_if[1]");
    assert.equal(termAt(forget, 6).parameter, "bias_hh_l0[4]");
  });

  it("scales the recurrent terms of a GRU's n by its reset gate", () => {
    const gru = explanationOf(rnnConfig({ cell: "GRU" }), first, "h");
    const r = sumNumbers(sumOf(gru, "r").sum).value;
    const candidate = sumOf(gru, "n");
    const [fromInput, fromState, biasIh, biasHh] = [0, 2, 5, 6].map((k) => termAt(candidate, k));
    assert.deepEqual([fromInput?.factor, biasIh?.factor], [1, 1]);
    assert.deepEqual([fromState?.factor, biasHh?.factor], [r, r]);
    const { weight = NaN, operand, product } = fromState ?? {};
    assert.equal(product, weight * (operand?.value ?? NaN) * r);
  });

  it("takes r∘h where the reset is before the product", () => {
    const variant = { ...pytorchVariant, resetAfter: false };
    const gru = explanationOf(rnnConfig({ cell: "GRU", variant }), first, "h");
    assert.equal(termAt(sumOf(gru, "n"), 2).operand?.letter, "r∘h");
    assert.equal(termAt(sumOf(gru, "z"), 2).operand?.letter, "h");
  });

  it("lets o look at the c of this step, i and f at the one before", () => {
    const variant = { ...pytorchVariant, peephole: true };
    const second = { ...first, step: 1 };
    const lstm = explanationOf(rnnConfig({ cell: "LSTM", variant }), second, "h");
    const look = (name: string): Term => {
      const of = sumOf(lstm, name);
      return termAt(of, termCount(of) - 1);
    };
    const lane = { kind: "lane", lane: "layer0.forward", stateName: "c", unit: 1 };
    assert.deepEqual(look("f").operand?.source, { ...lane, step: 0 });
    assert.deepEqual(look("o").operand?.source, { ...lane, step: 1 });
    assert.equal(look("i").weightName, "p_i[1]");
    assert.equal(look("g").weightName, "b_hg[1]");
  });

  it("links a projected feature to the units that it is made of", () => {
    const config = rnnConfig({ cell: "LSTM", projSize: 2 });
    const of = sumOf(explanationOf(config, { ...first, step: 1 }, "h"));
    assert.equal(termCount(of), 3);
    const term = termAt(of, 2);
    assert.deepEqual([term.weightName, term.parameter], ["W_hr[1,2]", "weight_hr_l0[1, 2]"]);
    const lane = { kind: "lane", lane: "layer0.forward", stateName: "c", step: 1, unit: 2 };
    assert.deepEqual(term.operand?.source, lane);
  });
});

describe("the terms of a sum", () => {
  for (const { name, config } of cellVariants().filter(({ precision }) => precision === "f64")) {
    it(`add up to it: ${name}`, () => {
      const explanation = explanationOf(config, { ...first, layer: 1, step: 2 }, "h");
      const { gates, projection } = explanation;
      for (const sum of projection === null ? gates : [projection]) {
        if (!hasTerms(explanation, sum)) continue;
        assertAddsUp(explanation, sum);
      }
    });
  }

  it("are not there for f = 1 − i", () => {
    const variant = { ...pytorchVariant, coupledInputForget: true };
    const lstm = explanationOf(rnnConfig({ cell: "LSTM", variant }), first, "h");
    assert.deepEqual(
      lstm.gates.map((gate) => hasTerms(lstm, gate)),
      [true, false, true, true],
    );
  });
});

function assertAddsUp(explanation: UnitExplanation, sum: UnitSum): void {
  const of = { explanation, sum, below: { hiddenSize: 3, bidirectional: true } };
  const total = termsOf(of).reduce((added, { product }) => added + product, 0);
  const difference = Math.abs(total - sumNumbers(sum).sum);
  assert.ok(difference < 1e-12, `${sum.name}: ${difference}`);
}
