/**
 * The arithmetic of one unit as it travels: the terms, the reference's value, and the sizes that take part.
 */
import { allowedDifference, difference } from "../analysis/compare";
import { explainUnit } from "../analysis/explain";
import type { Lane, LaneContext } from "../analysis/lanes";
import type { Place } from "../engine/trace";
import { NotFoundError } from "../errors";
import type { Nonlinearity } from "../model/config";
import { expectedParameters, type ParameterRole } from "../model/parameters";
import type { UnitExplanation } from "../protocol/messages";
import type { RunResult } from "../run";
import { text } from "../text";
import { stepNorm } from "./window";

/** |h| above which a tanh unit hardly answers to its input any more: the slope is below 0.02. */
const saturation = 0.99;

const formulaNames: Readonly<Record<ParameterRole, string>> = {
  weightIh: "W_ih",
  weightHh: "W_hh",
  biasIh: "b_ih",
  biasHh: "b_hh",
  weightHr: "W_hr",
  peephole: "p",
};

/** Explains a place of `lane`, one direction of one layer. @throws NotFoundError when it is outside the run. */
export function explainPlace(run: RunResult, lane: Lane, place: Place): UnitExplanation {
  const { forwardInput, trace, context } = run;
  assertInside(place, lane, context);
  const { config } = forwardInput;
  const row = place.step * context.batchSize + place.batch;
  return {
    place,
    nonlinearity: config.nonlinearity,
    ...explainUnit(forwardInput, trace, place),
    hasBias: config.bias,
    givenH0: forwardInput.h0 !== null,
    reference: referenceNumbers(lane, row, place.unit, context),
    stepNumbers: Float64Array.of(stepNorm(lane, row), idleUnits(lane, row, config.nonlinearity)),
    shapes: shapesOf(run, place),
  };
}

function assertInside(place: Place, lane: Lane, context: LaneContext): void {
  const { step, batch, unit } = place;
  const isIndex = (value: number, size: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < size;
  const inside =
    isIndex(step, context.seqLength) &&
    isIndex(batch, context.batchSize) &&
    isIndex(unit, lane.units);
  if (inside) return;
  const missing = text("there is no t = {0}, batch {1}, unit {2} in this run", step, batch, unit);
  throw new NotFoundError(lane.id, missing);
}

/** [reference, ours − reference, allowed |Δ|]; empty without a reference. */
function referenceNumbers(
  lane: Lane,
  row: number,
  unit: number,
  { tolerance }: LaneContext,
): Float64Array {
  const { units, ours, reference, noise } = lane.parts[0]!;
  if (reference === null) return new Float64Array();
  const index = row * units + unit;
  const expected = reference[index]!;
  return Float64Array.of(
    expected,
    difference(ours[index]!, expected, tolerance.equalNan),
    allowedDifference(tolerance, expected, noise?.[row] ?? 0),
  );
}

/** Units that pass no gradient on: saturated for tanh, zero for relu. */
function idleUnits(lane: Lane, row: number, nonlinearity: Nonlinearity): number {
  const { units, ours } = lane.parts[0]!;
  const isIdle = (value: number): boolean =>
    nonlinearity === "tanh" ? Math.abs(value) > saturation : value === 0;
  return ours.subarray(row * units, (row + 1) * units).filter(isIdle).length;
}

function shapesOf(run: RunResult, { layer, direction }: Place): UnitExplanation["shapes"] {
  const { forwardInput, sizes, trace } = run;
  const batch = sizes.unbatched ? "" : `B ${sizes.batchSize}, `;
  const parameters = expectedParameters(forwardInput.config).filter(
    (parameter) => parameter.layer === layer && parameter.direction === direction,
  );
  const features = parameters.find(({ role }) => role === "weightIh")?.shape[1] ?? 0;
  return [
    {
      name: "x",
      axes: `[${batch}T ${sizes.seqLength}, ${layer === 0 ? "I " : ""}${features}]`,
      reason: null,
    },
    ...parameters.map(({ role, axes, shape, reason }) => ({
      name: formulaNames[role],
      axes: `[${shape.map((size, axis) => `${axes[axis] ?? ""} ${size}`).join(", ")}]`,
      reason,
    })),
    { name: "h", axes: `[${batch}H ${trace.stateSize}]`, reason: null },
  ];
}
