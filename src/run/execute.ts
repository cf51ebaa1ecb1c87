/**
 * One run through all its stages: forward → results → compare → describe.
 */
import { type Lane, type LaneContext, type LanePart } from "../analysis/lanes";
import type { LaneNumbers } from "../analysis/laneMeasures/measure";
import type { Noise } from "../analysis/noise";
import type { Overview } from "../analysis/laneMeasures/overview";
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
import { judgeSteps, type GivenSteps, type JudgedSteps } from "./judgedSteps";
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
  /** Of parts of lanes that are long. */
  readonly overviews: ReadonlyMap<LanePart, Overview>;
  readonly context: LaneContext;
  readonly reference: FittingReference;
  /** What the results are compared with, and how far rounding moves them; null when that was not measured. */
  readonly references: readonly Reference[];
  readonly rounding: Rounding | null;
  readonly noise: Noise | null;
  /** How each step of the reference is judged by itself; null where its values say enough. */
  readonly steps: JudgedSteps | null;
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
  given: RunInputs,
  means: RunMeans,
  apply?: (prepared: PreparedRun) => AppliedRun,
): RunResult {
  const { control } = means;
  const own = prepareRun(given);
  const instead = apply?.(own);
  // What is judged is the run that is shown, by the tolerance of its own precision.
  const inputs = { ...given, precision: instead?.run.precision ?? given.precision };
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
const stepsShare = 0.85;

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
  const noise = rounding?.states ?? null;
  const states = inputs.states ?? [];
  const stepsOf = (reference: GivenSteps): JudgedSteps | null =>
    // States of other equations than the run's tell nothing of its steps.
    isShown
      ? null
      : judgeSteps(
          { run, trace: given.exact ?? own, noise },
          reference,
          controlOfPart(control, roundingShare, stepsShare),
        );
  const steps = stepsOf({ output: valuesOf(references, "output"), states });
  const comparing = new Comparing(prepared, results, references, { tolerance, rounding, steps });
  const judged = { references, rounding, tolerance, states, steps };
  const described = { run, trace: own, results, surrounding, ...judged };
  const describing = new Describing(described);
  const inside = new ComparingStates(prepared, own, states, { tolerance, noise, steps });
  const ownJudging = { inputs, trace: own, tolerance, rounding, stepsOf, steps, control };
  const third = new ComparingOwn(prepared, results, references, ownJudging);
  const activity = comparing.meters.length > 0 ? text("Comparing") : text("Measuring the states");
  const meters = [...describing.meters, ...comparing.meters, ...inside.meters, ...third.meters];
  walk(meters, controlOfPart(control, stepsShare, 1), activity);
  const judging = { noise, tolerance, steps, control };
  const found = judgedOf(computed, comparing.finish(), inside.finish(), judging);
  const { compared, gates } = found;
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
    references,
    rounding,
    noise,
    steps,
    gates,
    own: third.finish(
      (ownStates, ownSteps) =>
        gatesOf(computed, ownStates, null, { ...judging, steps: ownSteps })?.found ?? [],
    ),
  };
}

/** The criteria that gates are judged by. */
interface GateJudging extends Pick<GatesFrame, "noise" | "tolerance" | "steps"> {
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
