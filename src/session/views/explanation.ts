/**
 * The arithmetic of one unit as a message: sums, update, reference and sizes.
 */
import { allowedDifference, difference } from "../../analysis/compare";
import { explainUnit, unitValues } from "../../analysis/explain";
import { lastStep, slotAllowance, type Lane, type LaneContext } from "../../analysis/lanes";
import type { RecomputedStep, StepRecomputer } from "../../engine/recompute";
import type { StateArray } from "../../engine/base/engine";
import { NotFoundError } from "../../core/errors";
import { type RecurrentConfig } from "../../model/config";
import { slotOf } from "../../model/directions";
import { gateOrder } from "../../model/gates";
import { expectedParameters, parameterName, type ParameterRole } from "../../model/parameters";
import type { Place } from "../../protocol/run/messages";
import type { ReferenceStep, UnitExplanation, UnitRequest } from "../../protocol/run/unitMessages";
import type { RunResult } from "../../run/execute";
import { text } from "../../core/text";
import { divergenceBelow } from "./below";
import { stepNorm } from "./window";

/** |tanh| above which it passes hardly any gradient: its slope is below 0.02. */
const saturation = 0.99;
/** Distance of σ from 0 and 1 below which it passes hardly any gradient: its slope is below 0.01. */
const gateSaturation = 0.01;

const formulaNames: Readonly<Record<ParameterRole, string>> = {
  weightIh: "W_ih",
  weightHh: "W_hh",
  biasIh: "b_ih",
  biasHh: "b_hh",
  weightHr: "W_hr",
  peephole: "p",
};

/**
 * Explains a place of `lane`: one direction of one layer, as the asked state shows it.
 * @throws NotFoundError when it is outside the run.
 */
export function explainPlace(
  run: RunResult,
  recomputer: StepRecomputer,
  lane: Lane,
  request: UnitRequest,
): UnitExplanation {
  const { stateName, ...place } = request;
  const { forwardInput, context } = run;
  assertInside(place, lane, context);
  const { config, h0, c0 } = forwardInput;
  const step = recomputer.step(place);
  const { value, ...arithmetic } = explainUnit(forwardInput, step, place, stateName);
  const states = rowOf(lane.parts[0]!.ours.read(place.step, place.step + 1), lane, place);
  return {
    place,
    stateName,
    ...arithmetic,
    cell: config.cell,
    nonlinearity: config.nonlinearity,
    variant: config.variant,
    suffix: parameterName(config, "weightIh", place.layer, place.direction).replace(
      "weight_ih",
      "",
    ),
    hasBias: config.bias,
    value: Float64Array.of(value, states[place.unit]!),
    given: { h0: h0 !== null, c0: c0 !== null },
    reference: referenceNumbers(run, lane, request, states[place.unit]!),
    below: step === null ? null : divergenceBelow(run, place),
    referenceStep:
      step === null || stateName === "c" ? null : referenceStep(run, recomputer, lane, place, step),
    norm: Float64Array.of(stepNorm(lane, place)),
    saturated: step === null ? [] : saturatedUnits(config, step),
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
  throw new NotFoundError(lane.id, missing, [], { data: { subject: lane.id } });
}

/** One batch row of a lane's step, (units). */
function rowOf(values: StateArray, { units }: Lane, { batch }: Place): Float64Array {
  return Float64Array.from(values.subarray(batch * units, (batch + 1) * units));
}

/** [reference, ours − reference, allowed |Δ|]; empty without a reference. */
function referenceNumbers(
  run: RunResult,
  lane: Lane,
  request: UnitRequest,
  found: number,
): Float64Array {
  const { tolerance } = run.context;
  const reference = stepReference(run, lane, request) ?? finalReference(run, lane, request);
  if (reference === null) return new Float64Array();
  return Float64Array.of(
    reference.value,
    difference(found, reference.value, tolerance.equalNan),
    allowedDifference(tolerance, reference.value, reference.allowance),
  );
}

interface ReferenceValue {
  readonly value: number;
  /** Of rounding. */
  readonly allowance: number;
}

/** From the reference's output, which has every step of the last layer. */
function stepReference(run: RunResult, lane: Lane, place: Place): ReferenceValue | null {
  const { reference, noise } = lane.parts[0]!;
  if (reference === null) return null;
  const { step, batch, unit } = place;
  return {
    value: rowOf(reference.read(step, step + 1), lane, place)[unit]!,
    allowance: noise?.[step * run.context.batchSize + batch] ?? 0,
  };
}

/** From the reference's h_n or c_n, which have the last processed step of every layer. */
function finalReference(
  { forwardInput, reference, noise }: RunResult,
  { units }: Lane,
  { layer, direction, step, batch, unit, stateName }: UnitRequest,
): ReferenceValue | null {
  const finals = stateName === "h" ? reference.hn : reference.cn;
  if (finals === null || step !== lastStep(forwardInput, direction, batch)) return null;
  const { config, batchSize } = forwardInput;
  const slot = slotOf(config, layer, direction);
  return {
    value: finals[(slot * batchSize + batch) * units + unit]!,
    allowance: slotAllowance(noise, forwardInput, stateName, { slot, batch }),
  };
}

/** The step from the reference's own previous state; null when the reference has none. */
function referenceStep(
  run: RunResult,
  recomputer: StepRecomputer,
  lane: Lane,
  place: Place,
  { previous, previousStep }: RecomputedStep,
): ReferenceStep | null {
  const { forwardInput, context } = run;
  const { reference, noise } = lane.parts[0]!;
  if (reference === null || previousStep === null) return null;
  const { step, batch, unit } = place;
  const h = rowOf(reference.read(previousStep, previousStep + 1), lane, place);
  const theirs = recomputer.stepFrom(place, { h, c: previous.c });
  if (theirs === null) return null;
  const expected = rowOf(reference.read(step, step + 1), lane, place)[unit]!;
  const { gates, value } = unitValues(forwardInput.config, theirs, unit, "h");
  const ours = [
    ...(place.layer > 0 ? (["x"] as const) : []),
    ...(previous.c === null ? [] : (["c"] as const)),
  ];
  const { tolerance } = context;
  // Rounding adds up over steps and layers; one step from a known state and the input has none of it.
  const allowance = ours.length === 0 ? 0 : (noise?.[step * context.batchSize + batch] ?? 0);
  return {
    ours,
    gates,
    numbers: Float64Array.of(
      value,
      expected,
      difference(value, expected, tolerance.equalNan),
      allowedDifference(tolerance, expected, allowance),
    ),
  };
}

/** Units whose gate passes no gradient on, by gate: saturated σ or tanh, relu at zero. */
function saturatedUnits(
  { cell, nonlinearity, hiddenSize }: RecurrentConfig,
  { record }: RecomputedStep,
): number[] {
  const isTanhIdle = (value: number): boolean => Math.abs(value) > saturation;
  const isGateIdle = (value: number): boolean =>
    value < gateSaturation || value > 1 - gateSaturation;
  const testOf = (gate: string): ((value: number) => boolean) => {
    if (gate === "" && nonlinearity === "relu") return (value) => value === 0;
    return ["", "g", "n"].includes(gate) ? isTanhIdle : isGateIdle;
  };
  return gateOrder[cell].map((gate, block) => {
    const values = record.gates.subarray(block * hiddenSize, (block + 1) * hiddenSize);
    return values.filter(testOf(gate)).length;
  });
}

function shapesOf(run: RunResult, { layer, direction }: Place): UnitExplanation["shapes"] {
  const { forwardInput, sizes, trace } = run;
  const { config } = forwardInput;
  const batch = sizes.unbatched ? "" : `B ${sizes.batchSize}, `;
  const parameters = expectedParameters(config).filter(
    (parameter) => parameter.layer === layer && parameter.direction === direction,
  );
  const features = parameters.find(({ role }) => role === "weightIh")?.shape[1] ?? 0;
  const state = config.projSize > 0 ? "P" : "H";
  const plain = (name: string, axes: string): UnitExplanation["shapes"][number] => ({
    name,
    axes: `[${batch}${axes}]`,
    reason: null,
  });
  return [
    plain("x", `T ${sizes.seqLength}, ${layer === 0 ? "I " : ""}${features}`),
    ...parameters.map(({ role, axes, shape, reason }) => ({
      name: formulaNames[role],
      axes: `[${shape.map((size, axis) => `${axes[axis] ?? ""} ${size}`).join(", ")}]`,
      reason,
    })),
    plain("h", `${state} ${trace.stateSize}`),
    ...(config.cell === "LSTM" ? [plain("c", `H ${trace.cellSize}`)] : []),
  ];
}
