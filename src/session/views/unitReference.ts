/**
 * What a reference says of one unit at one step: its value, its gates, and whether its step follows from its own state
 * before.
 */
import { allowedDifference, difference } from "../../analysis/compare";
import { unitValues } from "../../analysis/explain";
import { lastStep, slotAllowance, type Lane } from "../../analysis/lanes";
import { isComputed, type RecomputedStep, type StepRecomputer } from "../../engine/recompute";
import { directionIndexOf, slotOf } from "../../model/directions";
import { gateOrder } from "../../model/gates";
import type { Place } from "../../protocol/run/messages";
import type { ReferenceStep, UnitRequest } from "../../protocol/run/unitMessages";
import type { RunResult } from "../../run/execute";
import { referenceSteps, rowOfStep, stateSteps } from "./referenceStates";

/** [reference, ours − reference, allowed |Δ|]; empty without a reference. */
export function referenceNumbers(
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

/** From the reference's states of the lane, which its output or its archive of states has. */
function stepReference(run: RunResult, lane: Lane, place: Place): ReferenceValue | null {
  const { reference, noise } = lane.parts[0]!;
  if (reference === null) return null;
  const { step, batch, unit } = place;
  return {
    value: rowOfStep(reference, place, run.context)[unit]!,
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
export function referenceStep(
  run: RunResult,
  recomputer: StepRecomputer,
  lane: Lane,
  place: Place,
  { previous, previousStep }: RecomputedStep,
): ReferenceStep | null {
  const { forwardInput, context } = run;
  const { reference, noise } = lane.parts[0]!;
  if (reference === null || previousStep === null) return null;
  const { step, batch, unit, direction, layer } = place;
  const before = { step: previousStep, batch };
  const h = rowOfStep(reference, before, context);
  const x = givenInput(run, place);
  const cell = stateSteps(run, { layer, direction, quantity: "c" });
  const c = cell && rowOfStep(cell, before, context);
  const theirs = recomputer.stepFrom(place, { h, c: c ?? previous.c }, x ?? undefined);
  if (theirs === null) return null;
  const expected = rowOfStep(reference, place, context)[unit]!;
  const { gates, value } = unitValues(forwardInput.config, theirs, unit, "h");
  const ours = missing(place, { x, c, isLstm: previous.c !== null });
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

/** What of a step the reference does not give. */
function missing(
  { layer }: Place,
  given: {
    readonly x: Float64Array | null;
    readonly c: Float64Array | null;
    readonly isLstm: boolean;
  },
): ReferenceStep["ours"] {
  return [
    ...(layer > 0 && given.x === null ? (["x"] as const) : []),
    ...(given.isLstm && given.c === null ? (["c"] as const) : []),
  ];
}

/** x_t as the reference has it, from its states of the layer below; null for layer 0, and where not all of it is given. */
function givenInput(run: RunResult, place: Place): Float64Array | null {
  if (place.layer === 0) return null;
  const below = referenceSteps(run, place.layer - 1);
  const parts = below.flatMap((values) =>
    values === null ? [] : [rowOfStep(values, place, run.context)],
  );
  if (parts.length < below.length) return null;
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

/** [reference, allowed |Δ|] of each gate of a unit, NaN where the reference has none; empty where it has none at all. */
export function gateReferences(run: RunResult, place: Place): Float64Array {
  const { forwardInput, context, noise } = run;
  const { config, batchSize } = forwardInput;
  const { layer, direction, step, batch, unit } = place;
  if (config.cell === "RNN" || !isComputed(forwardInput, place)) return new Float64Array();
  const lane = noise?.allowance[layer]?.[directionIndexOf(config, direction)];
  const allowance = lane?.[step * batchSize + batch] ?? 0;
  const numbers = gateOrder[config.cell].flatMap((quantity) => {
    const values = stateSteps(run, { layer, direction, quantity });
    if (values === null) return [NaN, NaN];
    const value = rowOfStep(values, place, context)[unit]!;
    return [value, allowedDifference(context.tolerance, value, allowance)];
  });
  return numbers.every((number) => Number.isNaN(number))
    ? new Float64Array()
    : Float64Array.from(numbers);
}
