/**
 * What a reference says of one unit at one step: its value, its gates, and whether its step follows from its own state
 * before.
 */
import { byStepOf } from "../../../analysis/byStep";
import type { StepValues } from "../../../analysis/steps";
import { allowedDifference, difference, toleranceFor } from "../../../analysis/compare";
import { measuredDelta } from "../../../analysis/numbers/deltaAs";
import { unitValues } from "../../../analysis/units/explain";
import { contextOf, lastStep, type Lane } from "../../../analysis/lanes";
import type { StateArray } from "../../../engine/base/engine";
import { isComputed, type RecomputedStep, type StepRecomputer } from "../../../engine/recompute";
import { directionIndexOf, slotOf } from "../../../model/directions";
import { gateOrder } from "../../../model/gates";
import type { Place } from "../../../protocol/run/messages";
import type {
  JudgedAs,
  JudgedReference,
  ReferenceStep,
  UnitExplanation,
  UnitRequest,
} from "../../../protocol/run/unitMessages";
import type { RunResult } from "../../../run/execute";
import { finalStatesRun, slotRow } from "../finals";
import { byStepOfRow, type Row } from "../../../analysis/laneMeasures/laneRows";
import { referenceSteps, rowOfStep, stateSteps } from "../referenceStates";

/**
 * [reference, ours − reference, allowed |Δ|, relative Δ, Δ in ulp], empty without a reference; and how that is judged. Of
 * the last step the same of h_n or c_n beside it, where the reference has both.
 */
export function referenceNumbers(
  run: RunResult,
  lane: Lane,
  request: UnitRequest,
  found: number,
): JudgedReference & Pick<UnitExplanation, "final"> {
  const own = stepReference(run, lane, request);
  const final = finalReference(run, request);
  return {
    ...judged(run, own ?? final, found),
    final:
      own === null || final === null ? null : { slot: final.slot, ...judged(run, final, found) },
  };
}

function judged(run: RunResult, reference: ReferenceValue | null, found: number): JudgedReference {
  const context = contextOf(run.context, reference?.of);
  const { tolerance } = context;
  const { rtol, atol, equalNan } = tolerance;
  const judgedBy = { rtol, atol };
  if (reference === null)
    return { reference: new Float64Array(), judgedAs: "difference", judgedBy };
  const { value, allowance, judgedAs } = reference;
  const numbers = Float64Array.of(
    value,
    difference(found, value, equalNan),
    allowedDifference(tolerance, value, allowance),
    measuredDelta(found, value, "relative", context),
    measuredDelta(found, value, "ulp", context),
  );
  return { reference: numbers, judgedAs, judgedBy };
}

interface ReferenceValue {
  /** The result by whose tolerance it is judged. */
  readonly of: string | undefined;
  readonly value: number;
  /** Of rounding. */
  readonly allowance: number;
  readonly judgedAs: JudgedAs;
}

/** The reference's values of a lane at one step of a row of the batch, and what rounding may do to them. */
interface ReferenceRow {
  readonly reference: StateArray;
  readonly offset: number;
  readonly noise: number;
}

function referenceValue(
  row: ReferenceRow,
  judging: Parameters<typeof byStepOfRow>[1],
  unit: number,
  of: string | undefined,
): ReferenceValue {
  return {
    of,
    value: row.reference[row.offset + unit]!,
    allowance: row.noise,
    judgedAs: judgedAsOf(byStepOfRow(row, judging), unit),
  };
}

function judgedAsOf(byStep: Row["byStep"], unit: number): JudgedAs {
  if (byStep === undefined) return "difference";
  if (byStep === null) return "unknown";
  return byStep(unit) ? "wrong-by-step" : "right-by-step";
}

/** From the reference's states of the lane, which its output or its archive of states has. */
function stepReference(run: RunResult, lane: Lane, place: Place): ReferenceValue | null {
  const part = lane.parts[0]!;
  if (part.reference === null) return null;
  const index = place.step * run.context.batchSize + place.batch;
  const reference = rowOfStep(part.reference, place, run.context);
  const row = { reference, offset: 0, noise: part.noise?.[index] ?? 0 };
  return referenceValue(row, { ...part, index }, place.unit, part.of);
}

/** From the reference's h_n or c_n, which have the last processed step of every layer. */
function finalReference(
  run: RunResult,
  { layer, direction, step, batch, unit, stateName }: UnitRequest,
): (ReferenceValue & { readonly slot: number }) | null {
  const { forwardInput } = run;
  if (step !== lastStep(forwardInput, direction, batch)) return null;
  const finals = finalStatesRun(run, stateName);
  const slot = slotOf(forwardInput.config, layer, direction);
  const { reference, offset, noise, byStep } = slotRow(finals, { slot, batch });
  return (
    reference && {
      slot,
      of: finals.name,
      value: reference[offset + unit]!,
      allowance: noise,
      judgedAs: judgedAsOf(byStep, unit),
    }
  );
}

/**
 * The step from the reference's own previous state; null when the reference has none. The first step of a layer above the
 * first is taken from the initial state and the reference's layer below, where it has that.
 */
export function referenceStep(
  run: RunResult,
  recomputer: StepRecomputer,
  lane: Lane,
  place: Place,
  step: RecomputedStep,
): ReferenceStep | null {
  const { forwardInput, context } = run;
  const { reference, noise } = lane.parts[0]!;
  const x = givenInput(run, place);
  if (reference === null || (step.previousStep === null && x === null)) return null;
  const { batch, unit } = place;
  const { h, c } = stateBefore(run, place, reference, step);
  const { previous } = step;
  const theirs = recomputer.stepFrom(place, { h, c: c ?? previous.c }, x ?? undefined);
  if (theirs === null) return null;
  const expected = rowOfStep(reference, place, context)[unit]!;
  const { gates, value } = unitValues(forwardInput.config, theirs, unit, "h");
  const ours = missing(place, { x, c, isLstm: previous.c !== null });
  const tolerance = toleranceFor(context.tolerance, lane.parts[0]!.of);
  // Rounding adds up over steps and layers; one step from a known state and the input has none of it.
  const allowance = ours.length === 0 ? 0 : (noise?.[place.step * context.batchSize + batch] ?? 0);
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

/** The reference's own state before a step; the initial one before the first. c is null where the reference has none. */
function stateBefore(
  run: RunResult,
  { batch, direction, layer }: Place,
  reference: StepValues,
  { previous, previousStep }: RecomputedStep,
): { readonly h: RecomputedStep["previous"]["h"]; readonly c: Float64Array | null } {
  if (previousStep === null) return previous;
  const before = { step: previousStep, batch };
  const cell = stateSteps(run, { layer, direction, quantity: "c" });
  return {
    h: rowOfStep(reference, before, run.context),
    c: cell && rowOfStep(cell, before, run.context),
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

/** Of a place without gates; new each time, since answers hand their buffers over. */
export function noGates(): Pick<UnitExplanation, "gateReferences" | "gatesJudgedAs"> {
  return { gateReferences: new Float64Array(), gatesJudgedAs: [] };
}

/** [reference, allowed |Δ|] of each gate of a unit, NaN where the reference has none; empty where it has none at all. */
export function gateReferences(
  run: RunResult,
  place: Place,
): Pick<UnitExplanation, "gateReferences" | "gatesJudgedAs"> {
  const { forwardInput, context, noise, steps } = run;
  const { config, batchSize } = forwardInput;
  const { layer, direction, step, batch, unit } = place;
  if (config.cell === "RNN" || !isComputed(forwardInput, place)) return noGates();
  const lane = noise?.allowance[layer]?.[directionIndexOf(config, direction)];
  const index = step * batchSize + batch;
  const allowance = lane?.[index] ?? 0;
  const found = gateOrder[config.cell].map((quantity): ReferenceValue | null => {
    const gate = { layer, direction, quantity };
    const given = stateSteps(run, gate);
    if (given === null) return null;
    const reference = rowOfStep(given, place, context);
    const judging = { ...byStepOf(noise, steps?.stateOf(gate)), units: reference.length, index };
    return referenceValue({ reference, offset: 0, noise: allowance }, judging, unit, "states");
  });
  if (found.every((each) => each === null)) return noGates();
  const tolerance = toleranceFor(context.tolerance, "states");
  const numbers = found.flatMap((each) =>
    each === null ? [NaN, NaN] : [each.value, allowedDifference(tolerance, each.value, allowance)],
  );
  return {
    gateReferences: Float64Array.from(numbers),
    gatesJudgedAs: found.map((each) => each?.judgedAs ?? "difference"),
  };
}
