/** The arithmetic of a unit: its terms, where they come from, and that they give the stored state. */
import assert from "node:assert/strict";
import {
  explainUnit,
  unitValues,
  type UnitArithmetic,
} from "../../../../src/analysis/units/explain";
import type { ForwardInput } from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import { gateActivation } from "../../../../src/engine/readable/linalg";
import { createRecomputer, lanePlaceOf, type StepPlace } from "../../../../src/engine/recompute";
import type { ForwardTrace, Place, StateName } from "../../../../src/engine/base/trace";
import { pytorchVariant, stateSize, type RecurrentConfig } from "../../../../src/model/config";
import { gateOrder } from "../../../../src/model/gates";
import { rnnConfig } from "../../support/goldens";
import { randomRun } from "../../support/runs";
import { present, stepsOf } from "../../support/places";
import { cellVariants } from "../../support/variants";

const sizes = { seqLength: 4, batchSize: 2, lengths: [4, 2], givenH0: true };

/** The reading of a sum's numbers. */
function parts(numbers: Float64Array): Readonly<Record<PartName, number>> {
  const named = partNames.map((name, index) => [name, numbers[index] ?? NaN] as const);
  return Object.fromEntries(named) as Record<PartName, number>;
}

const partNames = [
  ...(["fromInput", "biasIh", "fromState", "biasHh", "factor"] as const),
  ...(["peephole", "cell", "sum", "limited", "value"] as const),
] as const;
type PartName = (typeof partNames)[number];

function close(found: number | undefined, expected: number | undefined, what: string): void {
  const distance = Math.abs((found ?? NaN) - (expected ?? NaN));
  assert.ok(distance < 1e-12, `${what}: ${String(found)}, not ${String(expected)}`);
}

/** Valid steps of a run with every unit of h or c. */
function placesOf(run: ForwardInput, stateName: StateName): Place[] {
  const units = stateName === "h" ? stateSize(run.config) : run.config.hiddenSize;
  const isValid = ({ step, batch }: StepPlace): boolean =>
    step < (run.lengths?.[batch] ?? run.seqLength);
  return stepsOf(run)
    .filter(isValid)
    .flatMap((step) => Array.from({ length: units }, (_, unit) => ({ ...step, unit })));
}

function stored(
  run: ForwardInput,
  trace: ForwardTrace,
  stateName: StateName,
  place: Place,
): number | undefined {
  const { step, batch, unit } = place;
  const units = stateName === "h" ? trace.stateSize : trace.cellSize;
  return trace.read(stateName, lanePlaceOf(run.config, place), step, step + 1)[
    batch * units + unit
  ];
}

/** Every sum is the sum of its terms, and its value the activation of it. */
function checkGates(config: RecurrentConfig, explained: UnitArithmetic): void {
  const { clip } = config.variant;
  assert.deepEqual(
    explained.gates.map(({ name }) => name),
    gateOrder[config.cell].map((name) => (name === "" ? "h" : name)),
  );
  for (const { name, weights, operands, numbers } of explained.gates) {
    const products = weights.map((weight, k) => weight * (operands[k] ?? NaN));
    const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
    const n = parts(numbers);
    close(n.fromInput, sumOf(products.slice(0, explained.inputCount)), `${name} of x`);
    close(n.fromState, sumOf(products.slice(explained.inputCount)), `${name} of h`);
    const recurrent = n.factor * (n.fromState + n.biasHh);
    const sum = n.fromInput + n.biasIh + recurrent + n.peephole * n.cell;
    close(n.sum, sum, `sum of ${name}`);
    close(n.limited, clip === null ? sum : Math.max(-clip, Math.min(clip, sum)), `clip of ${name}`);
    if (name === "f" && config.variant.coupledInputForget) continue;
    close(n.value, activationOf(config, name)(n.limited), name);
  }
}

function activationOf(config: RecurrentConfig, gate: string): (value: number) => number {
  if (gate === "h") return config.nonlinearity === "tanh" ? Math.tanh : (x) => Math.max(0, x);
  if (gate === "g" || gate === "n") return Math.tanh;
  return gateActivation(config.variant.gateActivation);
}

/** c_t = f·c + i·g, h_t = o·tanh(c_t); h_t = (1 − z)·n + z·h. */
function checkUpdate(config: RecurrentConfig, { gates, states }: UnitArithmetic): void {
  const [h = NaN, c = NaN, nextC = NaN, nextH = NaN] = states;
  const [first = NaN, second = NaN, third = NaN, fourth = NaN] = gates.map(
    ({ numbers }) => numbers[9] ?? NaN,
  );
  if (config.cell === "RNN") close(nextH, first, "h");
  if (config.cell === "GRU") close(nextH, (1 - second) * third + second * h, "h");
  if (config.cell !== "LSTM") return;
  close(nextC, second * c + first * third, "c");
  close(nextH, fourth * Math.tanh(nextC), "h");
}

describe("explainUnit", () => {
  for (const { name, config, precision } of cellVariants().filter((cell) =>
    ["f32", "f64"].includes(cell.precision),
  )) {
    const stateNames = config.cell === "LSTM" ? (["h", "c"] as const) : (["h"] as const);
    for (const stateName of stateNames) {
      it(`adds up to every stored ${stateName}: ${name}`, () => {
        const run = randomRun({ config, seed: 5, precision, ...sizes });
        const trace = forward(run);
        const recomputer = createRecomputer(run, trace);
        for (const place of placesOf(run, stateName)) {
          const explained = explainUnit(run, recomputer.step(place), place, stateName);
          const value = stored(run, trace, stateName, place) ?? NaN;
          assert.ok(Math.abs(explained.value - value) < (precision === "f32" ? 1e-7 : 1e-12));
          if (explained.projection !== null) {
            const { weights, operands, numbers } = explained.projection;
            const sum = weights.reduce(
              (total, weight, k) => total + weight * (operands[k] ?? NaN),
              0,
            );
            close(explained.value, sum, "projection");
            assert.deepEqual([numbers[2], numbers[9]], [explained.value, explained.value]);
            assert.equal(explained.gates.length, 0);
            continue;
          }
          checkGates(config, explained);
          checkUpdate(config, explained);
          const [, , nextC, nextH] = explained.states;
          close(stateName === "c" ? nextC : nextH, explained.value, stateName);
        }
      });
    }
  }

  it("gives the numbers of 16-bit runs as those runs rounded them", () => {
    const config = rnnConfig({ cell: "GRU" });
    const run = randomRun({ config, seed: 5, precision: "bf16", ...sizes });
    const trace = forward(run);
    const recomputer = createRecomputer(run, trace);
    for (const place of placesOf(run, "h")) {
      const { value } = explainUnit(run, recomputer.step(place), place, "h");
      assert.equal(value, stored(run, trace, "h", place));
    }
  });

  const config = rnnConfig({ cell: "GRU", numLayers: 2, bidirectional: true });
  const run = randomRun({ config, seed: 7, ...sizes });
  const trace = forward(run);
  const recomputer = createRecomputer(run, trace);
  const place: Place = { layer: 1, direction: "reverse", step: 1, batch: 0, unit: 2 };

  it("takes the rows of the unit's own direction and gate", () => {
    const { gates, inputCount } = explainUnit(run, recomputer.step(place), place, "h");
    const own = present(run.weights[1]?.[1]);
    assert.equal(inputCount, 6);
    for (const [block, { weights, row }] of gates.entries()) {
      assert.equal(row, 3 * block + 2);
      const ih = own.weightIh.slice(6 * row, 6 * row + 6);
      const hh = own.weightHh.slice(3 * row, 3 * row + 3);
      assert.deepEqual([...weights], [...ih, ...hh]);
    }
  });

  it("scales the recurrent part of n by the unit's own reset gate", () => {
    const { gates } = explainUnit(run, recomputer.step(place), place, "h");
    const [r, z, n] = gates.map(({ numbers }) => parts(numbers));
    assert.deepEqual([r?.factor, z?.factor], [1, 1]);
    assert.equal(n?.factor, r?.value);
  });

  it("multiplies W_hn with the reset state where the reset is before the product", () => {
    const variant = { ...pytorchVariant, resetAfter: false };
    const before = { ...run, config: { ...config, variant } };
    const steps = createRecomputer(before, forward(before));
    const { gates } = explainUnit(before, steps.step(place), place, "h");
    const { record, previous } = present(steps.step(place));
    const expected = previous.h.map((value, k) => (record.gates[k] ?? NaN) * value);
    assert.deepEqual([...(gates[2]?.operands.slice(6) ?? [])], [...expected]);
    assert.deepEqual([...(gates[0]?.operands.slice(6) ?? [])], [...previous.h]);
    assert.equal(gates[2]?.numbers[4], 1);
  });

  it("shows which sum a clip has cut", () => {
    const clipped = { ...run, config: { ...config, variant: { ...pytorchVariant, clip: 0.01 } } };
    const steps = createRecomputer(clipped, forward(clipped));
    const { gates } = explainUnit(clipped, steps.step(place), place, "h");
    const cut = gates.map(({ numbers }) => parts(numbers));
    for (const { sum, limited } of cut) {
      assert.ok(Math.abs(sum) > 0.01);
      assert.equal(limited, Math.sign(sum) * 0.01);
    }
  });

  it("has zeros for the biases of a module without", () => {
    const bare = randomRun({ config: { ...config, bias: false }, seed: 8, ...sizes });
    const step = createRecomputer(bare, forward(bare)).step(place);
    const { gates } = explainUnit(bare, step, place, "h");
    for (const { numbers } of gates) assert.deepEqual([numbers[1], numbers[3]], [0, 0]);
  });

  it("has nothing to add in the padding", () => {
    const padding = explainUnit(run, null, { ...place, batch: 1, step: 2 }, "h");
    assert.deepEqual([padding.valid, padding.previousStep, padding.value], [false, null, 0]);
    assert.deepEqual([padding.gates, padding.projection], [[], null]);
  });
});

describe("unitValues", () => {
  const config = rnnConfig({ cell: "LSTM" });
  const run = randomRun({ config, seed: 9, ...sizes });
  const recomputer = createRecomputer(run, forward(run));
  const place: Place = { layer: 0, direction: "forward", step: 2, batch: 0, unit: 1 };

  it("are the gates and the value of the explanation", () => {
    const step = present(recomputer.step(place));
    for (const stateName of ["h", "c"] as const) {
      const { gates, value } = explainUnit(run, step, place, stateName);
      const values = unitValues(config, step, 1, stateName);
      assert.equal(values.value, value);
      assert.deepEqual(
        [...values.gates],
        gates.map(({ numbers }) => numbers[9]),
      );
    }
  });

  it("have no gates behind a projection", () => {
    const projected = { ...config, projSize: 2 };
    const other = randomRun({ config: projected, seed: 9, ...sizes });
    const step = present(createRecomputer(other, forward(other)).step(place));
    assert.equal(unitValues(projected, step, 1, "h").gates.length, 0);
    assert.equal(unitValues(projected, step, 2, "c").gates.length, 4);
  });
});
