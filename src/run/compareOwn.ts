/**
 * Compares what the user's own implementation gave with the run and with the reference: who stands alone.
 */
import type { Tolerance } from "../analysis/compare";
import { directionSteps } from "../analysis/lanes";
import type { Meter } from "../analysis/walk";
import { Comparing, type ComparedTensor } from "./compare";
import type { PreparedRun, RunInputs } from "./inputs";
import { referencesOf, valuesOf, type Reference } from "./references";
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
  readonly tolerance: Tolerance;
  readonly rounding: Rounding | null;
}

/** A comparison whose rows the caller walks over; of nothing where there is no third tensor. */
export class ComparingOwn {
  readonly #withRun: Comparing;
  readonly #withReference: Comparing;
  readonly #isGiven: boolean;

  constructor(
    prepared: PreparedRun,
    results: Results,
    references: readonly Reference[],
    { inputs, tolerance, rounding }: OwnJudging,
  ) {
    const { own } = inputs;
    const given = own === undefined ? [] : referencesOf({ reference: own }, prepared);
    // Its distance from the float64 run was not measured.
    const judging = { tolerance, rounding: rounding && { ...rounding, errors: {} } };
    const both = references.filter(({ name }) => given.some((each) => each.name === name));
    const comparable = both.filter(
      ({ name, values }) => values !== null && valuesOf(given, name) !== null,
    );
    const other = resultsOfOwn(prepared, results, given);
    this.#isGiven = own !== undefined;
    this.#withRun = new Comparing(prepared, results, given, judging);
    this.#withReference = new Comparing(prepared, other, comparable, judging);
  }

  get meters(): readonly Meter[] {
    return [...this.#withRun.meters, ...this.#withReference.meters];
  }

  /** The result, after the walk. */
  finish(): ComparedOwn | null {
    if (!this.#isGiven) return null;
    return { withRun: this.#withRun.finish(), withReference: this.#withReference.finish() };
  }
}

/** The user's tensors in the place of the run's results; those that are not given stay and are not compared. */
function resultsOfOwn(
  { run }: PreparedRun,
  results: Results,
  given: readonly Reference[],
): Results {
  const output = valuesOf(given, "output");
  return {
    ...results,
    output: output === null ? results.output : directionSteps(run, output),
    hn: valuesOf(given, "h_n") ?? results.hn,
    cn: valuesOf(given, "c_n") ?? results.cn,
  };
}
