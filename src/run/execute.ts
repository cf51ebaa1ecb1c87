/**
 * One run through all its stages: forward → results → compare → describe.
 */
import { directionSteps, type Lane, type LaneContext } from "../analysis/lanes";
import type { LaneNumbers } from "../analysis/measure";
import { isChaotic } from "../analysis/chaos";
import type { Noise } from "../analysis/noise";
import { residualsOf, type Residuals } from "../analysis/residuals";
import { walk } from "../analysis/walk";
import { controlOfPart, type RunControl } from "../core/control";
import { text } from "../core/text";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import type { ForwardTrace, StateName } from "../engine/base/trace";
import type { SequenceSizes } from "../model/sequence";
import type { Comparison } from "../analysis/compare";
import { firstOfAll } from "../analysis/first";
import { Comparing, type ComparedTensor, type StateComparison } from "./compare";
import { compareGates, type ComparedGates, type GatesFrame } from "./compareGates";
import { ComparingOwn, type ComparedOwn } from "./compareOwn";
import { ComparingStates, firstsOf, firstsOfTensors, joinStates } from "./compareStates";
import { isGate } from "../model/stateNames";
import { Describing, laneContextOf } from "./describe";
import { disposeExact, forwardBoth, type RunMeans } from "./forward";
import {
  prepareRun,
  toleranceOf,
  type PreparedRun,
  type RunInputs,
  type StateReference,
} from "./inputs";
import { recognised, referencesOf, valuesOf, type Reference } from "./references";
import { resultsOf, type Results } from "./results";
import { measureRounding, type Rounding } from "./rounding";

/** Reference values of the right shape; the output is time-major, (T, B, D·P). */
export interface FittingReference {
  readonly output: StateArray | null;
  readonly hn: StateArray | null;
  readonly cn: StateArray | null;
}

export interface RunResult {
  readonly inputs: RunInputs;
  /** True where the states are not what the engines compute from `forwardInput`. */
  readonly isShown: boolean;
  readonly sizes: SequenceSizes;
  readonly forwardInput: ForwardInput;
  readonly trace: ForwardTrace;
  readonly results: Results;
  readonly lanes: readonly Lane[];
  /** By lane. */
  readonly numbers: readonly LaneNumbers[];
  readonly context: LaneContext;
  readonly reference: FittingReference;
  readonly noise: Noise | null;
  /** How many steps of the gates of a reference were compared; null where it has none. */
  readonly gates: Pick<ComparedGates, "steps" | "of"> | null;
  /** What the user's own implementation gave, beside the run and the reference; null where it is not given. */
  readonly own: ComparedOwn | null;
  /** In the order that data flows through them, states inside the layers last. */
  readonly compared: readonly ComparedTensor[];
}

/** A run that is shown in the place of another one: what it computes with, and its states where they are there already. */
export interface AppliedRun {
  readonly run: ForwardInput;
  readonly traces: { readonly own: ForwardTrace; readonly exact: ForwardTrace } | null;
}

/**
 * Runs the forward, also in float64 if there is a reference, and compares. The caller owns the trace.
 * `apply` replaces the run by another one, such as that of a finding of the diagnosis.
 * @throws ShapeError, NotFoundError when the weights do not fit; LimitError, UnsupportedError, CancelledError.
 */
export function executeRun(
  inputs: RunInputs,
  means: RunMeans,
  apply?: (prepared: PreparedRun) => AppliedRun,
): RunResult {
  const { control } = means;
  const own = prepareRun(inputs);
  const instead = apply?.(own);
  const prepared = instead === undefined ? own : { ...own, run: instead.run };
  const references = referencesOf(inputs, prepared);
  const isJudged = givesReference(inputs);
  const traces =
    instead?.traces ??
    forwardBoth(prepared.run, isJudged, {
      ...means,
      control: controlOfPart(control, 0, forwardShare),
    });
  try {
    const isShown = instead?.traces != null;
    return analyse({ inputs, isShown, prepared, references, ...traces }, control);
  } catch (error) {
    traces.own.dispose();
    throw error;
  } finally {
    disposeExact(traces);
  }
}

/** True for references of another shape as well, because their shape is reported. */
export function givesReference({ reference, surrounding, states = [], own }: RunInputs): boolean {
  const given = Object.values({ ...reference, ...surrounding?.reference });
  return states.length > 0 || own !== undefined || given.some((tensor) => tensor !== null);
}

/** A run whose states are there and not compared yet. */
interface Computed {
  readonly inputs: RunInputs;
  readonly isShown: boolean;
  readonly prepared: PreparedRun;
  readonly references: readonly Reference[];
  readonly own: ForwardTrace;
  /** The float64 run of the same network that a reference is judged by; null when there is no reference. */
  readonly exact: ForwardTrace | null;
}

/** Shares of the time that the parts of a run take, roughly: where progress stands after each. */
const forwardShare = 0.6;
const resultsShare = 0.65;
const roundingShare = 0.8;

function analyse(given: Computed, control: RunControl): RunResult {
  const { inputs, isShown, prepared, own } = given;
  const { run, sizes } = prepared;
  const surrounding = inputs.surrounding ?? null;
  const part = controlOfPart(control, forwardShare, resultsShare);
  const results = resultsOf(prepared, own, surrounding?.head ?? null, part);
  const tolerance = toleranceOf(inputs);
  const references = recognised(given.references, prepared, results, { tolerance, control });
  const computed = { ...given, references };
  const rounding = roundingOf(computed, results, control);
  const residuals = chaoticResiduals(computed, rounding, control);
  const judging = { tolerance, rounding, residuals };
  const comparing = new Comparing(prepared, results, references, judging);
  const states = inputs.states ?? [];
  const described = { run, trace: own, results, references, rounding, surrounding, states };
  const describing = new Describing(described);
  const noise = rounding?.states ?? null;
  const inside = new ComparingStates(prepared, own, states, { tolerance, noise });
  const ownJudging = { inputs, trace: own, tolerance, rounding, control };
  const third = new ComparingOwn(prepared, results, references, ownJudging);
  const activity = comparing.meters.length > 0 ? text("Comparing") : text("Measuring the states");
  const meters = [...describing.meters, ...comparing.meters, ...inside.meters, ...third.meters];
  walk(meters, controlOfPart(control, roundingShare, 1), activity);
  const judged = judgedOf(computed, comparing.finish(), inside.finish(), {
    noise,
    tolerance,
    control,
  });
  const { compared, gates } = judged;
  return {
    inputs,
    isShown,
    sizes,
    forwardInput: run,
    trace: own,
    results,
    compared,
    ...describing.finish(compared),
    context: laneContextOf(prepared, tolerance),
    reference: {
      output: valuesOf(references, "output"),
      hn: valuesOf(references, "h_n"),
      cn: valuesOf(references, "c_n"),
    },
    noise,
    gates,
    own: third.finish(
      (given) => gatesOf(computed, given, null, { noise, tolerance, control })?.found ?? [],
    ),
  };
}

/** The criteria that gates are judged by. */
interface GateJudging extends Pick<GatesFrame, "noise" | "tolerance"> {
  readonly control: RunControl;
}

/** All comparisons: results, states inside the layers, and gates, of which the place of the first difference in any case. */
function judgedOf(
  computed: Computed,
  results: readonly ComparedTensor[],
  kept: readonly StateComparison[],
  judging: GateJudging,
): Pick<RunResult, "compared" | "gates"> {
  const { inputs, prepared } = computed;
  const first = firstOfAll([...firstsOfTensors(results), ...firstsOf(kept)], prepared.run);
  const given = inputs.states ?? [];
  const gates = gatesOf(computed, given, first?.first ?? null, judging);
  const states = joinStates(prepared, given, [...kept, ...(gates?.found ?? [])]);
  return {
    compared: states === null ? results : [...results, states],
    gates: gates === null ? null : { steps: gates.steps, of: gates.of },
  };
}

/** The gates among some states, compared; null where there are none, or where the run is not what the engines compute. */
function gatesOf(
  { isShown, prepared: { run }, own, exact }: Computed,
  states: readonly StateReference[],
  first: Comparison["first"],
  { control, ...judging }: GateJudging,
): ComparedGates | null {
  if (isShown || !states.some(({ quantity }) => isGate(quantity))) return null;
  const frame = { run, own, exact: exact ?? own, ...judging };
  return compareGates(frame, states, first?.layer == null ? null : first, control);
}

/** Each step of the reference judged by itself, where rounding alone has moved the run anywhere; else null. */
function chaoticResiduals(
  { prepared: { run }, references, own, exact }: Computed,
  rounding: Rounding | null,
  control: RunControl,
): readonly Residuals[] | null {
  const output = valuesOf(references, "output");
  const noise = rounding?.states ?? null;
  if (output === null || noise === null || !isChaotic(noise)) return null;
  const check = (): void => {
    control.check();
  };
  const reference = directionSteps(run, output);
  return residualsOf({ run, trace: exact ?? own, reference, noise, check });
}

function roundingOf(
  { inputs, prepared, references, own, exact }: Computed,
  results: Results,
  control: RunControl,
): Rounding | null {
  if (exact === null) return null;
  const precise: PreparedRun = { ...prepared, run: { ...prepared.run, precision: "f64" } };
  const judged = valuesOf(references, "logits") === null ? null : inputs.surrounding?.head;
  const half = (resultsShare + roundingShare) / 2;
  const headPart = controlOfPart(control, resultsShare, half);
  const exactResults =
    exact === own ? results : resultsOf(precise, exact, judged ?? null, headPart);
  return measureRounding(
    prepared,
    { own, exact },
    { own: results, exact: exactResults },
    references,
    controlOfPart(control, half, roundingShare),
  );
}

/** h_n, (L·D, B, P), or c_n, (L·D, B, H). @throws RangeError for c_n of a cell without one. */
export function finalStates({ hn, cn }: ForwardTrace, stateName: StateName): StateArray {
  const states = stateName === "h" ? hn : cn;
  if (states === null) throw new RangeError("this cell has no cell state");
  return states;
}
