/**
 * Compares the gates of a reference with those of the run, which are computed from the states around each step.
 *
 * That is slow beside the kernels: the walk follows the order of dependency, and of the largest runs it ends at a budget.
 */
import { Comparer, toleranceFor, type ComparedRow, type Tolerance } from "../analysis/compare";
import { byStepOf, outsideByStep } from "../analysis/byStep";
import { allowanceOf, stepInProcessing, type Noise } from "../analysis/noise";
import type { RunControl } from "../core/control";
import { text } from "../core/text";
import type { ForwardInput } from "../engine/base/engine";
import type { DirectionPlace, ForwardTrace } from "../engine/base/trace";
import { createRecomputer, type StepPlace, type StepRecomputer } from "../engine/recompute";
import { directionIndexOf, directionsOf } from "../model/directions";
import { gateCount, gateOrder } from "../model/gates";
import { isGate } from "../model/stateNames";
import type { StateComparison } from "./compare";
import { placed } from "./compareStates";
import type { StateReference } from "./inputs";
import type { JudgedSteps } from "./judgedSteps";
import { sequenceLength } from "../model/sequence";

/** A run whose gates are compared. */
export interface GatesFrame {
  readonly run: ForwardInput;
  readonly own: ForwardTrace;
  /** The float64 run of the same network; the same as `own` where the run itself is in float64. */
  readonly exact: ForwardTrace;
  readonly noise: Noise | null;
  readonly tolerance: Tolerance;
  /** How each step is judged by itself, for a chaotic run. */
  readonly steps: JudgedSteps | null;
}

/** What was found of the gates. */
export interface ComparedGates {
  readonly found: readonly StateComparison[];
  /** Steps of sequences that were compared, of all that the reference has gates for. */
  readonly steps: number;
  readonly of: number;
}

/** Multiplications of all steps that are computed again: some ten seconds, with progress. */
const BUDGET = 2 ** 33;
/** Steps between two reports of progress. */
const REPORTED_STEPS = 64;

interface Gate {
  readonly state: StateReference;
  /** Its block in the weights. */
  readonly block: number;
  readonly comparer: Comparer;
}

/** The gates of one direction of one layer. */
interface GateLane extends DirectionPlace {
  readonly gates: readonly Gate[];
}

/**
 * Compares gates in the order of dependency. `until` is where other values differ first: its step is compared in any
 * case. @throws CancelledError when `control` says so.
 */
export function compareGates(
  frame: GatesFrame,
  states: readonly StateReference[],
  until: StepPlace | null,
  control: RunControl,
): ComparedGates {
  const { run, own, exact } = frame;
  const tolerance = toleranceFor(frame.tolerance, "states");
  const lanes = gateLanes(run, states, tolerance);
  const computing = {
    own: createRecomputer(run, own),
    exact: exact === own ? null : createRecomputer({ ...run, precision: "f64" }, exact),
  };
  const of = lanes.reduce((sum, lane) => sum + placesOf(run, lane).length, 0);
  const wanted = placesWithin(run, lanes, until);
  wanted.forEach(({ lane, place }, index) => {
    control.check();
    if (index % REPORTED_STEPS === 0) {
      control.report(index / wanted.length, text("Comparing the gates"));
    }
    compareStep({ ...frame, tolerance }, computing, lane, place);
  });
  const found = lanes.flatMap(({ gates }) =>
    gates.map(({ state, comparer }) => ({
      ...placed(state),
      comparison: comparer.result(),
      outsideOfRow: null,
    })),
  );
  return { found, steps: wanted.length, of };
}

/** The steps that the budget allows, in the order of dependency, and `until` behind them where it is none of them. */
function placesWithin(
  run: ForwardInput,
  lanes: readonly GateLane[],
  until: StepPlace | null,
): { readonly lane: GateLane; readonly place: StepPlace }[] {
  const all = lanes.flatMap((lane) => placesOf(run, lane).map((place) => ({ lane, place })));
  let left = BUDGET;
  const end = all.findIndex(({ lane }) => (left -= costOf(run, lane)) < 0);
  if (end < 0) return all;
  const last = all
    .slice(end)
    .filter(({ lane, place }) => until !== null && isIn(until, lane) && isSame(place, until));
  return [...all.slice(0, end), ...last];
}

function gateLanes(
  { config }: ForwardInput,
  states: readonly StateReference[],
  tolerance: Tolerance,
): GateLane[] {
  const given = states.filter(({ quantity, values }) => isGate(quantity) && values !== null);
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction): GateLane => {
      const gates = gateOrder[config.cell].flatMap((letter, block) =>
        given
          .filter((state) => state.quantity === letter && isIn(state, { layer, direction }))
          .map((state) => ({ state, block, comparer: new Comparer(tolerance) })),
      );
      return { layer, direction, gates };
    }),
  )
    .flat()
    .filter(({ gates }) => gates.length > 0);
}

function isIn(place: DirectionPlace, { layer, direction }: DirectionPlace): boolean {
  return place.layer === layer && place.direction === direction;
}

function isSame(left: StepPlace, right: StepPlace): boolean {
  return isIn(left, right) && left.step === right.step && left.batch === right.batch;
}

/** The valid steps of a lane in its order of processing, batch by batch. */
function placesOf(
  { lengths, seqLength, batchSize }: ForwardInput,
  { layer, direction }: GateLane,
): StepPlace[] {
  const places: StepPlace[] = [];
  for (let s = 0; s < seqLength; s++) {
    for (let batch = 0; batch < batchSize; batch++) {
      const length = sequenceLength({ lengths, seqLength }, batch);
      if (s >= length) continue;
      places.push({ layer, direction, step: stepInProcessing(direction, s, length), batch });
    }
  }
  return places;
}

/** Multiplications of one step. */
function costOf({ config, weights }: ForwardInput, { layer }: GateLane): number {
  const { inputSize, stateSize } = weights[layer]![0]!;
  return gateCount(config.cell) * config.hiddenSize * (inputSize + stateSize);
}

interface Computing {
  readonly own: StepRecomputer;
  /** null where the run itself is in float64. */
  readonly exact: StepRecomputer | null;
}

function compareStep(
  { run, noise, tolerance, steps }: GatesFrame,
  computing: Computing,
  lane: GateLane,
  place: StepPlace,
): void {
  const own = computing.own.step(place)?.record.gates;
  if (own === undefined) return;
  const { step, batch } = place;
  const units = run.config.hiddenSize;
  const index = step * run.batchSize + batch;
  const directionIndex = directionIndexOf(run.config, lane.direction);
  const ofStates = noise?.allowance[lane.layer]![directionIndex]![index] ?? 0;
  let exact: Float64Array | null = null;
  const noiseOf = (row: ComparedRow): number => {
    // Rounding is measured only where the tolerance alone does not do: it takes a second step.
    if (isClose(row, tolerance) || computing.exact === null) return 0;
    exact ??= computing.exact.step(place)?.record.gates ?? own;
    return Math.max(ofStates, allowanceOf(run, own, exact, { from: row.oursOffset, units }));
  };
  for (const { state, block, comparer } of lane.gates) {
    const row: ComparedRow = {
      lane: { layer: lane.layer, direction: lane.direction },
      step,
      batch,
      rank: comparer.count,
      units,
      ours: own,
      oursOffset: block * units,
      reference: state.values!,
      referenceOffset: index * units,
      noise: 0,
    };
    const { byStep } = byStepOf(noise, steps?.stateOf(state));
    const isOutside = outsideByStep(byStep, { ...row, noise: ofStates }, index);
    if (isOutside === undefined) comparer.add({ ...row, noise: noiseOf(row) });
    else comparer.addByStep(row, isOutside);
  }
}

function isClose(
  { ours, oursOffset, reference, referenceOffset, units }: ComparedRow,
  { rtol, atol }: Tolerance,
): boolean {
  for (let unit = 0; unit < units; unit++) {
    const expected = reference[referenceOffset + unit]!;
    const distance = Math.abs(ours[oursOffset + unit]! - expected);
    if (!(distance <= atol + rtol * Math.abs(expected))) return false;
  }
  return true;
}
