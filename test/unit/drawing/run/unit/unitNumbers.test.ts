import assert from "node:assert/strict";
import { pytorchVariant } from "../../../../../src/model/config";
import {
  activationName,
  activationRange,
  gateValue,
  isClipped,
  isCoupled,
  parameterNames,
  sumNumbers,
  unitStates,
} from "../../../../../src/drawing/run/unit/unitNumbers";
import { present } from "../../../support/places";
import { rnnExplanation } from "../explanations";

const unit = rnnExplanation();

describe("the numbers of an explained unit", () => {
  it("have names", () => {
    const numbers = sumNumbers(present(unit.gates[0]));
    const { fromInput, biasIh, fromState, biasHh, factor, sum } = numbers;
    assert.deepEqual(
      [fromInput, biasIh, fromState, biasHh, factor, sum],
      [-2, 0.25, 1, 0, 1, -0.75],
    );
    assert.equal(numbers.value, Math.tanh(-0.75));
    assert.equal(unitStates(unit).previousH, 0.25);
    assert.equal(unitStates(unit).nextH, Math.tanh(-0.75));
  });

  it("find a gate by its name, or NaN", () => {
    assert.equal(gateValue(unit, "h"), Math.tanh(-0.75));
    assert.ok(Number.isNaN(gateValue(unit, "f")));
  });
});

describe("the activation of a gate", () => {
  const hard = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;

  it("is named as the cell has it", () => {
    const name = (gate: string, changes = {}): string =>
      activationName({ ...unit, ...changes }, gate);
    assert.deepEqual(
      ["h", "g", "n", "i", "z"].map((gate) => name(gate)),
      [...["tanh", "tanh", "tanh", "σ", "σ"]],
    );
    assert.equal(name("h", { nonlinearity: "relu" }), "relu");
    assert.equal(name("o", { variant: { ...pytorchVariant, gateActivation: hard } }), "hard σ");
  });

  it("has a range to draw, but for relu", () => {
    assert.deepEqual(activationRange("tanh"), [-1, 1]);
    assert.deepEqual(activationRange("hard σ"), [0, 1]);
    assert.equal(activationRange("relu"), null);
  });
});

describe("variants of a cell", () => {
  it("show where a clip has cut", () => {
    const numbers = sumNumbers(present(unit.gates[0]));
    assert.equal(isClipped({ ...numbers, sum: 3, limited: 2 }, { clip: 2 }), true);
    assert.equal(isClipped({ ...numbers, sum: 1, limited: 1 }, { clip: 2 }), false);
    assert.equal(isClipped({ ...numbers, sum: 3, limited: 3 }, { clip: null }), false);
  });

  it("have no sum of f where it follows from i", () => {
    const coupled = { variant: { ...pytorchVariant, coupledInputForget: true } };
    assert.deepEqual([isCoupled(coupled, "f"), isCoupled(coupled, "i")], [true, false]);
    assert.equal(isCoupled(unit, "f"), false);
  });

  it("keep the names of torch.nn's documentation", () => {
    assert.deepEqual(parameterNames("f"), {
      weightIh: "W_if",
      weightHh: "W_hf",
      biasIh: "b_if",
      biasHh: "b_hf",
    });
  });
});
