/**
 * Compares the states inside the layers with those of the reference, lane by lane in dependency order.
 */
import {
  joinComparisons,
  toleranceFor,
  type Comparison,
  type Tolerance,
} from "../analysis/compare";
import { firstOfAll, type FirstOf } from "../analysis/first";
import type { Noise } from "../analysis/noise";
import { judgedByStep, PartComparer, statePart } from "../analysis/rows";
import { arraySteps, traceSteps } from "../analysis/steps";
import type { Meter } from "../analysis/walk";
import type { ForwardTrace, StateName } from "../engine/base/trace";
import { directionIndexOf } from "../model/directions";
import { isGate, type NamedState } from "../model/stateNames";
import type { ComparedTensor, StateComparison } from "./compare";
import type { PreparedRun, StateReference } from "./inputs";
import type { JudgedSteps } from "./judgedSteps";

/** The references of h and c; gates are not kept by a run and are compared apart. */
function keptStates(states: readonly StateReference[]): StateReference[] {
  return states.filter(({ quantity }) => !isGate(quantity));
}

/** The criteria that states are judged by. */
export interface StatesJudging {
  readonly tolerance: Tolerance;
  readonly noise: Noise | null;
  /** How each step is judged by itself, for a chaotic run. */
  readonly steps: JudgedSteps | null;
}

/** A comparison of h and c whose rows the caller walks over. */
export class ComparingStates {
  readonly #comparers: readonly {
    readonly state: StateReference;
    readonly comparer: PartComparer;
  }[];

  constructor(
    { run }: Pick<PreparedRun, "run">,
    trace: ForwardTrace,
    states: readonly StateReference[],
    { tolerance, noise, steps }: StatesJudging,
  ) {
    const { batchSize } = run;
    this.#comparers = keptStates(states).flatMap((state) => {
      const { layer, direction, expected, values } = state;
      if (values === null) return [];
      const units = expected.at(-1) ?? 0;
      const lane = { layer, directionIndex: directionIndexOf(run.config, direction) };
      const ours = traceSteps(trace, state.quantity as StateName, lane);
      const reference = arraySteps(values, batchSize * units);
      const part = statePart(run, state, { units, ours, reference }, noise);
      const judged = judgedByStep(part, steps?.stateOf(state));
      return [{ state, comparer: new PartComparer(judged, toleranceFor(tolerance, "states")) }];
    });
  }

  get meters(): readonly Meter[] {
    return this.#comparers.map(({ comparer }) => comparer);
  }

  /** The result, after the walk. */
  finish(): StateComparison[] {
    return this.#comparers.map(({ state, comparer }) => ({
      ...placed(state),
      ...comparer.result(),
    }));
  }
}

/** A state without its values. */
export function placed({ layer, direction, quantity }: NamedState): NamedState {
  return { layer, direction, quantity };
}

/** The first of each tensor, of the states that of each state. */
export function firstsOfTensors(compared: readonly ComparedTensor[]): FirstOf[] {
  return compared.flatMap(({ name, comparison, states }) =>
    states === undefined ? [{ name, first: comparison?.first ?? null }] : firstsOf(states),
  );
}

/** The first of each state. */
export function firstsOf(states: readonly StateComparison[]): FirstOf[] {
  return states.map(({ quantity, comparison }) => ({
    name: "states",
    quantity,
    first: comparison.first,
  }));
}

/** All states as one tensor with a verdict; null where there is none to compare. */
export function joinStates(
  { run }: Pick<PreparedRun, "run">,
  given: readonly StateReference[],
  found: readonly StateComparison[],
): ComparedTensor | null {
  const [first] = given;
  const clashing = given.find(({ values }) => values === null);
  // Gates alone that could not be computed leave nothing to say.
  if (first === undefined || (clashing === undefined && found.length === 0)) return null;
  const { expected, found: shape } = clashing ?? first;
  return {
    name: "states",
    found: shape,
    expected,
    referenceError: null,
    comparison: clashing === undefined ? joined(run, found) : null,
    parts: found,
    states: found,
  };
}

function joined(run: PreparedRun["run"], found: readonly StateComparison[]): Comparison {
  const first = firstOfAll(firstsOf(found), run)?.first ?? null;
  return { ...joinComparisons(found.map(({ comparison }) => comparison)), first };
}
