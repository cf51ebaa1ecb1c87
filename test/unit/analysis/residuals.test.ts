/** Steps of a reference judged by themselves: h, c and gates, and what is no number. */
import assert from "node:assert/strict";
import { byStepOf, outsideByStep, residualsAt } from "../../../src/analysis/byStep";
import {
  residualsOfQuantities,
  type JudgedQuantity,
  type Residuals,
} from "../../../src/analysis/residuals";
import { arraySteps, type StepValues } from "../../../src/analysis/steps";
import { noControl } from "../../../src/core/control";
import { createRecomputer } from "../../../src/engine/recompute";
import { stateSize, type Direction, type RecurrentConfig } from "../../../src/model/config";
import { gateOrder } from "../../../src/model/gates";
import { executeRun } from "../../../src/run/execute";
import { randomInputs } from "../diagnosis/cases";
import { present } from "../support/present";

const [T, B, H] = [7, 2, 4];
const at = (t: number, row: number): number => t * B + row;

interface Judged {
  readonly values: Readonly<Record<string, Float64Array>>;
  /** Judges the values; c is known where `knowsCell` says so. */
  readonly judge: (quantities: readonly string[], knowsCell?: boolean) => Residuals[];
}

/** Layer 0 of a random run, its h, c and gates as values of a reference. */
function judged(config: Partial<RecurrentConfig>, direction: Direction): Judged {
  const inputs = randomInputs({
    config: { inputSize: 3, hiddenSize: H, bidirectional: true, ...config },
    ...{ seqLength: T, batchSize: B },
  });
  const run = executeRun({ ...inputs, precision: "f32" }, { control: noControl });
  const { trace, forwardInput } = run;
  const lane = { layer: 0, directionIndex: direction === "forward" ? 0 : 1 };
  const values: Record<string, Float64Array> = {
    h: Float64Array.from(trace.read("h", lane, 0, T)),
  };
  if (trace.cn !== null) values["c"] = Float64Array.from(trace.read("c", lane, 0, T));
  const letters = gateOrder[forwardInput.config.cell];
  for (const letter of letters) values[letter] = new Float64Array(T * B * H);
  const recomputer = createRecomputer(forwardInput, trace);
  for (let step = 0; step < T; step++) {
    for (let batch = 0; batch < B; batch++) {
      const { record } = present(recomputer.step({ layer: 0, direction, step, batch }));
      letters.forEach((letter, block) => {
        const own = record.gates.subarray(block * H, (block + 1) * H);
        values[letter]?.set(own, at(step, batch) * H);
      });
    }
  }
  const stepsOf = (quantity: string): StepValues => {
    const size = quantity === "h" ? stateSize(forwardInput.config) : H;
    return arraySteps(present(values[quantity]), B * size);
  };
  return {
    values,
    judge: (quantities, knowsCell = true) =>
      residualsOfQuantities(
        {
          ...{ run: forwardInput, trace, noise: null, layer: 0, check: () => undefined },
          reference: [stepsOf("h"), stepsOf("h")],
          cell: knowsCell && trace.cn !== null ? stepsOf("c") : null,
        },
        direction,
        quantities.map((quantity): JudgedQuantity => ({ quantity, values: stepsOf(quantity) })),
      ),
  };
}

/** The elements that are wrong, as [step, row, unit]. */
function wrongIn({ outside }: Residuals, size = H): number[][] {
  return Array.from({ length: T * B * size }, (_, k) => k)
    .filter((k) => outside.has(k))
    .map((k) => [Math.floor(k / size / B), Math.floor(k / size) % B, k % size]);
}

const variant = {
  resetAfter: true,
  clip: null,
  gateActivation: { kind: "sigmoid" },
  coupledInputForget: false,
} as const;
const modules: readonly (readonly [string, Partial<RecurrentConfig>, readonly string[]])[] = [
  ["RNN", { cell: "RNN" }, ["h"]],
  ["GRU", { cell: "GRU" }, ["h", "r", "z", "n"]],
  ["LSTM", { cell: "LSTM" }, ["h", "c", "i", "f", "g", "o"]],
  ["LSTM with a projection", { cell: "LSTM", projSize: 2 }, ["h", "c", "i", "f", "g", "o"]],
  [
    "LSTM with peepholes",
    { cell: "LSTM", variant: { ...variant, peephole: true } },
    ["h", "c", "i", "f", "g", "o"],
  ],
];

describe("steps judged by themselves", () => {
  for (const [name, config, quantities] of modules) {
    for (const direction of ["forward", "reverse"] as const) {
      it(`of ${name}, ${direction}, are right where the reference is`, () => {
        const { judge } = judged(config, direction);
        for (const found of judge(quantities)) {
          assert.ok(found.values.every((value) => !Number.isNaN(value)));
          assert.deepEqual(wrongIn(found, config.projSize), []);
        }
      });
    }

    it(`of ${name} tell a value that is wrong, and no other of its step`, () => {
      const { judge, values } = judged(config, "reverse");
      for (const quantity of quantities) {
        if (quantity === "h" || quantity === "c") continue;
        const own = present(values[quantity]);
        const index = at(3, 1) * H + 2;
        const before = present(own[index]);
        own[index] = before + 1e-3;
        assert.deepEqual(wrongIn(present(judge([quantity])[0])), [[3, 1, 2]]);
        own[index] = before;
      }
    });
  }

  it("tell a NaN where it first is, and nothing of the step that begins in it", () => {
    const { judge, values } = judged({ cell: "GRU" }, "forward");
    present(values["h"])[at(3, 0) * H] = NaN;
    const [h, n] = judge(["h", "n"]) as [Residuals, Residuals];
    assert.deepEqual(wrongIn(h), [[3, 0, 0]]);
    assert.equal(h.values[at(3, 0)], Infinity);
    assert.ok(Number.isNaN(h.values[at(4, 0)]));
    assert.ok(Number.isNaN(n.values[at(4, 0)]));
    assert.ok(!Number.isNaN(h.values[at(4, 1)]));
  });

  it("tell an infinity", () => {
    const { judge, values } = judged({ cell: "RNN" }, "forward");
    present(values["h"])[at(2, 1) * H + 3] = Infinity;
    assert.deepEqual(wrongIn(present(judge(["h"])[0]))[0], [2, 1, 3]);
  });

  it("know gates, and not h, where a c that is no number was given", () => {
    const { judge, values } = judged({ cell: "LSTM", projSize: 2 }, "forward");
    present(values["c"])[at(3, 0) * H + 1] = NaN;
    const [h, f] = judge(["h", "f"]) as [Residuals, Residuals];
    assert.ok(Number.isNaN(h.values[at(4, 0)]));
    assert.ok(!Number.isNaN(f.values[at(4, 0)]));
    assert.deepEqual(wrongIn(f), []);
  });

  it("follow c where the reference does not give it", () => {
    for (const [name, config, quantities] of modules.filter(([, { cell }]) => cell === "LSTM")) {
      const known = quantities.filter((quantity) => quantity !== "c");
      for (const found of judged(config, "reverse").judge(known, false)) {
        assert.deepEqual(wrongIn(found, config.projSize), [], name);
      }
    }
  });
});

describe("a row whose values say nothing", () => {
  const row = { reference: Float64Array.of(0.5, 0.5), referenceOffset: 0, units: 2, noise: 0.5 };

  it("is judged by its step where that is known, else not at all", () => {
    const { judge, values } = judged({ cell: "RNN" }, "forward");
    present(values["h"])[at(2, 1) * H + 3] = 5;
    const [residuals] = judge(["h"]);
    const { byStep } = byStepOf({ judgedTo: 0.01 }, residuals);
    const own = { ...row, units: H, reference: new Float64Array(H) };
    const isOutside = outsideByStep(byStep, own, at(2, 1));
    assert.deepEqual([isOutside?.(2), isOutside?.(3)], [false, true]);
    assert.equal(outsideByStep(byStepOf({ judgedTo: 0.01 }).byStep, own, at(2, 1)), null);
    const taken = residualsAt(present(residuals), [at(0, 0), at(2, 1)], H);
    assert.deepEqual([taken.outside.has(H + 3), taken.outside.has(3)], [true, false]);
  });

  it("is judged by its values where these are large beside the rounding", () => {
    const { byStep } = byStepOf({ judgedTo: 0.01 });
    const large = { ...row, reference: Float64Array.of(1, 80) };
    assert.equal(outsideByStep(byStep, large, 0), undefined);
    assert.equal(outsideByStep(undefined, row, 0), undefined);
  });
});
