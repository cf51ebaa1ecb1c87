/**
 * Compares what the user's own implementation gave with the run and with the reference: who stands alone.
 */
import { toleranceFor, type Tolerance } from "../analysis/compare";
import { directionSteps } from "../analysis/lanes";
import { judgedByStep, PartComparer, statePart } from "../analysis/rows";
import { arraySteps } from "../analysis/steps";
import type { RunSurrounding } from "../analysis/surrounding";
import type { Meter } from "../analysis/walk";
import type { RunControl } from "../core/control";
import type { ForwardTrace, StateName } from "../engine/base/trace";
import type { StateArray } from "../engine/base/engine";
import type { NamedState } from "../model/stateNames";
import { Comparing, type ComparedTensor, type StateComparison } from "./compare";
import { ComparingStates, joinStates, placed, type StatesJudging } from "./compareStates";
import { stateValues } from "./stateValues";
import type { OwnInputs, PreparedRun, RunInputs, StateReference } from "./inputs";
import { stepsOfBoth, type JudgedSide } from "./judgedBoth";
import type { GivenSteps, JudgedSteps } from "./judgedSteps";
import { recognised, referencesOf, valuesOf, type Reference } from "./references";
import type { Results } from "./results";
import type { Rounding } from "./rounding";

/** The two comparisons of what the user's own implementation gave. */
export interface ComparedOwn {
  /** With the run. */
  readonly withRun: readonly ComparedTensor[];
  /** With the reference: the tensors that both have. */
  readonly withReference: readonly ComparedTensor[];
}

/** The criteria: those of the run's own reference. */
interface OwnJudging {
  readonly inputs: RunInputs;
  readonly trace: ForwardTrace;
  readonly tolerance: Tolerance;
  readonly rounding: Rounding | null;
  /** Judges each step of the user's by itself, in a chaotic run. */
  readonly stepsOf: (given: GivenSteps) => JudgedSteps | null;
  /** How the reference's are judged. */
  readonly steps: JudgedSteps | null;
  readonly control: RunControl;
}

/** Compares gates with those of the run. */
type CompareGates = (
  states: readonly StateReference[],
  steps: JudgedSteps | null,
) => readonly StateComparison[];

/** A comparison whose rows the caller walks over; of nothing where there is no third tensor. */
export class ComparingOwn {
  readonly #prepared: PreparedRun;
  readonly #own: OwnInputs | undefined;
  readonly #withRun: Comparing;
  readonly #withReference: Comparing;
  readonly #states: ComparingStates;
  readonly #steps: JudgedSteps | null;
  readonly #statesOfBoth: ReturnType<typeof statesOfBoth>;

  constructor(
    prepared: PreparedRun,
    results: Results,
    references: readonly Reference[],
    { inputs, trace, tolerance, rounding, stepsOf, steps: ofReference, control }: OwnJudging,
  ) {
    const { own } = inputs;
    const asGiven = own === undefined ? [] : referencesOf(ownReference(own, inputs), prepared);
    const given = recognised(asGiven, prepared, results, { tolerance, control });
    // Its distance from the float64 run was not measured.
    const judging = { tolerance, rounding: rounding && { ...rounding, errors: {} } };
    const both = references.filter(({ name }) => given.some((each) => each.name === name));
    const comparable = both.filter(
      ({ name, values }) => values !== null && valuesOf(given, name) !== null,
    );
    const other = resultsOfOwn(prepared, results, given);
    const noise = rounding?.states ?? null;
    const states = own?.states ?? [];
    const steps = own === undefined ? null : stepsOf({ output: valuesOf(given, "output"), states });
    this.#steps = steps;
    this.#prepared = prepared;
    this.#own = own;
    this.#withRun = new Comparing(prepared, results, given, { ...judging, steps });
    const between = stepsOfBoth(
      prepared.run,
      sideOf(references, inputs.states ?? [], ofReference),
      sideOf(given, states, steps),
      tolerance,
    );
    this.#withReference = new Comparing(prepared, other, comparable, {
      ...judging,
      steps: between,
    });
    this.#states = new ComparingStates(prepared, trace, states, { tolerance, noise, steps });
    const judgingStates = { tolerance, noise, steps: between };
    this.#statesOfBoth = statesOfBoth(prepared, states, inputs.states ?? [], judgingStates);
  }

  get meters(): readonly Meter[] {
    return [
      ...this.#withRun.meters,
      ...this.#withReference.meters,
      ...this.#states.meters,
      ...this.#statesOfBoth.map(({ comparer }) => comparer),
    ];
  }

  /** The result, after the walk. `gatesOf` compares the gates that were given with those of the run. */
  finish(gatesOf: CompareGates): ComparedOwn | null {
    if (this.#own === undefined) return null;
    const states = this.#own.states ?? [];
    const kept = this.#states.finish();
    const joined = joinStates(this.#prepared, states, [...kept, ...gatesOf(states, this.#steps)]);
    const both = this.#statesOfBoth.map(({ state, comparer }) => ({
      ...state,
      ...comparer.result(),
    }));
    const joinedBoth = both.length === 0 ? null : joinStates(this.#prepared, states, both);
    return {
      withRun: [...this.#withRun.finish(), ...(joined === null ? [] : [joined])],
      withReference: [
        ...this.#withReference.finish(),
        ...(joinedBoth === null ? [] : [joinedBoth]),
      ],
    };
  }
}

/** The user's tensors in the place of a reference's, beside the layers that run. */
function ownReference(
  { embedded = null, logits = null, ...reference }: OwnInputs,
  { surrounding }: RunInputs,
): Pick<RunInputs, "reference" | "surrounding"> {
  const around: RunSurrounding | undefined = surrounding && {
    ...surrounding,
    reference: { embedded, logits },
  };
  return { reference, ...(around === undefined ? {} : { surrounding: around }) };
}

function sideOf(
  given: readonly Reference[],
  states: readonly StateReference[],
  steps: JudgedSteps | null,
): JudgedSide {
  const finalsOf = (name: StateName): StateArray | null =>
    valuesOf(given, name === "h" ? "h_n" : "c_n");
  return { steps, output: valuesOf(given, "output"), states, finalsOf };
}

/** The states of the user's that the reference has as well, compared with it. */
function statesOfBoth(
  { run }: PreparedRun,
  own: readonly StateReference[],
  reference: readonly StateReference[],
  { tolerance, noise, steps }: StatesJudging,
): { readonly state: NamedState; readonly comparer: PartComparer }[] {
  return own.flatMap((state) => {
    const wanted = stateValues(reference, state);
    if (state.values === null || wanted === null) return [];
    const units = state.expected.at(-1) ?? 0;
    const part = statePart(
      run,
      state,
      {
        units,
        ours: arraySteps(state.values, run.batchSize * units),
        reference: arraySteps(wanted, run.batchSize * units),
      },
      noise,
    );
    const judged = judgedByStep(part, steps?.stateOf(state));
    return [
      {
        state: placed(state),
        comparer: new PartComparer(judged, toleranceFor(tolerance, "states")),
      },
    ];
  });
}

/** The user's tensors in the place of the run's results; those that are not given stay and are not compared. */
function resultsOfOwn(
  { run }: PreparedRun,
  results: Results,
  given: readonly Reference[],
): Results {
  const output = valuesOf(given, "output");
  const logits = valuesOf(given, "logits");
  return {
    embedded: valuesOf(given, "embedded") ?? results.embedded,
    output: output === null ? results.output : directionSteps(run, output),
    hn: valuesOf(given, "h_n") ?? results.hn,
    cn: valuesOf(given, "c_n") ?? results.cn,
    logits: results.logits && { ...results.logits, values: logits ?? results.logits.values },
  };
}
