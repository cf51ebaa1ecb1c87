/** Explained units for tests: one written out, and those of random runs as the session sends them. */
import { explainUnit } from "../../../../src/analysis/units/explain";
import { forward } from "../../../../src/engine/forward";
import { createRecomputer } from "../../../../src/engine/recompute";
import { pytorchVariant, type RecurrentConfig } from "../../../../src/model/config";
import type { Place, StateName } from "../../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../../src/protocol/run/unitMessages";
import { randomRun } from "../../support/runs";
import { cellVariants } from "../../support/variants";

export const place: Place = { layer: 1, direction: "reverse", step: 15, batch: 0, unit: 7 };

/** What an explanation has besides its arithmetic. */
const frame = {
  suffix: "_l1_reverse",
  hasBias: true,
  given: { h0: false, c0: false },
  reference: new Float64Array(),
  judgedAs: "difference",
  judgedBy: { rtol: 1.3e-6, atol: 1e-5 },
  final: null,
  gateReferences: new Float64Array(),
  gatesJudgedAs: [],
  below: null,
  referenceStep: null,
  norm: Float64Array.of(1),
  saturated: [0],
  shapes: [],
} as const;

/** An RNN's unit with two inputs and one state: 0.5·2 − 3·1 + 0.25 + 4·0.25. */
export function rnnExplanation(
  patch: Partial<UnitExplanation> = {},
  sum: Partial<UnitExplanation["gates"][number]> = {},
): UnitExplanation {
  const value = Math.tanh(-0.75);
  return {
    ...frame,
    place,
    stateName: "h",
    cell: "RNN",
    nonlinearity: "tanh",
    variant: pytorchVariant,
    valid: true,
    inputCount: 2,
    previousStep: 16,
    projection: null,
    gates: [
      {
        name: "h",
        row: 7,
        weights: Float64Array.of(0.5, -3, 4),
        operands: Float64Array.of(2, 1, 0.25),
        numbers: Float64Array.of(-2, 0.25, 1, 0, 1, 0, 0, -0.75, -0.75, value),
        ...sum,
      },
    ],
    states: Float64Array.of(0.25, NaN, NaN, value),
    value: Float64Array.of(value, Math.fround(value)),
    ...patch,
  };
}

/** A unit of a random run, T 4, B 1, h0 and c0 given. */
export function explanationOf(
  config: RecurrentConfig,
  at: Place,
  stateName: StateName,
): UnitExplanation {
  const run = randomRun({ config, seed: 11, seqLength: 4, batchSize: 1, givenH0: true });
  const step = createRecomputer(run, forward(run)).step(at);
  const { value, ...arithmetic } = explainUnit(run, step, at, stateName);
  const { cell, nonlinearity, variant, bias } = config;
  return {
    ...frame,
    place: at,
    stateName,
    cell,
    nonlinearity,
    variant,
    hasBias: bias,
    suffix: `_l${at.layer}${at.direction === "reverse" ? "_reverse" : ""}`,
    ...arithmetic,
    value: Float64Array.of(value, value),
  };
}

/** A unit of every cell and variant in float64: of h, and of an LSTM's c. */
export function explainedVariants(): { name: string; explanation: UnitExplanation }[] {
  const of: Place = { layer: 1, direction: "reverse", step: 1, batch: 0, unit: 1 };
  return cellVariants()
    .filter(({ precision }) => precision === "f64")
    .flatMap(({ name, config }) =>
      (config.cell === "LSTM" ? (["h", "c"] as const) : (["h"] as const)).map((stateName) => ({
        name: `${name}, ${stateName}`,
        explanation: explanationOf(config, of, stateName),
      })),
    );
}
