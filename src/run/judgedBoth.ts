/**
 * The user's own values beside those of the reference, in a chaotic run.
 *
 * Past the horizon two right runs of one network have nothing in common, so that a distance says nothing. Where the values
 * are near each other all the same, they agree. Else each is judged by its own steps: where one is right and the other is
 * not, they differ; where both are right, they agree as far as it can be told; where both are wrong, nothing is known.
 */
import { allowedDifference, isOutside, type Tolerance } from "../analysis/compare";
import type { FinalValues } from "../analysis/finalResiduals";
import { directionSteps, type FinalStatesFrame } from "../analysis/lanes";
import type { Residuals } from "../analysis/residuals";
import { arraySteps, type StepValues } from "../analysis/steps";
import { Bits } from "../core/bits";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import { numDirections, stateSize } from "../model/config";
import type { NamedState } from "../model/stateNames";
import type { StateName } from "../engine/base/trace";
import type { StateReference } from "./inputs";
import type { JudgedSteps } from "./judgedSteps";
import { stateValues } from "./stateValues";

/** What one of the two gives, and how its steps are judged. */
export interface JudgedSide {
  readonly steps: JudgedSteps | null;
  readonly output: StateArray | null;
  readonly states: readonly StateReference[];
  /** h_n or c_n. */
  readonly finalsOf: (name: StateName) => StateArray | null;
}

/** null where neither has steps that are judged: the run is not chaotic. */
export function stepsOfBoth(
  run: ForwardInput,
  reference: JudgedSide,
  own: JudgedSide,
  tolerance: Tolerance,
): JudgedSteps | null {
  if (reference.steps === null && own.steps === null) return null;
  return new BothSteps(run, reference, own, tolerance);
}

class BothSteps implements JudgedSteps {
  readonly output: readonly Residuals[] | null;
  readonly #run: FinalStatesFrame;
  readonly #reference: JudgedSide;
  readonly #own: JudgedSide;
  readonly #tolerance: Tolerance;

  constructor(run: ForwardInput, reference: JudgedSide, own: JudgedSide, tolerance: Tolerance) {
    this.#run = run;
    this.#reference = reference;
    this.#own = own;
    this.#tolerance = tolerance;
    this.output =
      reference.output === null || own.output === null
        ? null
        : this.#ofOutput(reference.output, own.output);
  }

  #ofOutput(reference: StateArray, own: StateArray): readonly Residuals[] {
    const [wanted, given] = [directionSteps(this.#run, reference), directionSteps(this.#run, own)];
    const size = { count: this.#run.seqLength, units: stateSize(this.#run.config) };
    return wanted.map((values, at) =>
      this.#both(
        size,
        { values, residuals: this.#reference.steps?.output?.[at] },
        { values: given[at]!, residuals: this.#own.steps?.output?.[at] },
      ),
    );
  }

  stateOf(state: NamedState): Residuals | undefined {
    const wanted = stateValues(this.#reference.states, state);
    const given = stateValues(this.#own.states, state);
    if (wanted === null || given === null) return undefined;
    const { seqLength, batchSize } = this.#run;
    const width = wanted.length / seqLength;
    return this.#both(
      { count: seqLength, units: width / batchSize },
      { values: arraySteps(wanted, width), residuals: this.#reference.steps?.stateOf(state) },
      { values: arraySteps(given, width), residuals: this.#own.steps?.stateOf(state) },
    );
  }

  finalsOf(name: StateName, { values: wanted, units }: FinalValues): Residuals {
    const { config, batchSize } = this.#run;
    const given = this.#own.finalsOf(name) ?? wanted;
    const width = batchSize * units;
    return this.#both(
      { count: config.numLayers * numDirections(config), units },
      {
        values: arraySteps(wanted, width),
        residuals: this.#reference.steps?.finalsOf(name, { values: wanted, units }),
      },
      {
        values: arraySteps(given, width),
        residuals: this.#own.steps?.finalsOf(name, { values: given, units }),
      },
    );
  }

  #both(
    { count, units }: { readonly count: number; readonly units: number },
    reference: Judged,
    own: Judged,
  ): Residuals {
    const { batchSize } = this.#run;
    const rows = count * batchSize;
    const found: Residuals = {
      values: new Float64Array(rows),
      floors: new Float64Array(rows),
      outside: new Bits(rows * units),
    };
    for (let step = 0; step < count; step++) {
      const wanted = reference.values.read(step, step + 1);
      const given = own.values.read(step, step + 1);
      for (let batch = 0; batch < batchSize; batch++) {
        const row = step * batchSize + batch;
        const [from, to] = [batch * units, (batch + 1) * units];
        if (this.#areNear(given.subarray(from, to), wanted.subarray(from, to))) continue;
        judgeRow(found, { row, units }, reference.residuals, own.residuals);
      }
    }
    return found;
  }

  #areNear(given: StateArray, wanted: StateArray): boolean {
    return given.every(
      (value, unit) =>
        !isOutside(
          Math.abs(value - wanted[unit]!),
          allowedDifference(this.#tolerance, wanted[unit]!, 0),
        ),
    );
  }
}

/** The values of one side, and their residuals where its steps are judged. */
interface Judged {
  readonly values: StepValues;
  readonly residuals: Residuals | undefined;
}

/** Marks the units of a row that one side has right and the other has not; NaN where that cannot be told. */
function judgeRow(
  found: Residuals,
  { row, units }: { readonly row: number; readonly units: number },
  reference: Residuals | undefined,
  own: Residuals | undefined,
): void {
  found.values[row] = NaN;
  if (reference === undefined || own === undefined) return;
  const states = new Set<"apart" | "right" | "wrong">();
  for (let unit = row * units; unit < (row + 1) * units; unit++) {
    const isWrong = own.outside.has(unit);
    if (isWrong === reference.outside.has(unit)) states.add(isWrong ? "wrong" : "right");
    else {
      states.add("apart");
      found.outside.set(unit);
    }
  }
  found.floors[row] = Math.max(reference.floors[row]!, own.floors[row]!);
  // Of units that both have wrong nothing is known.
  if (states.has("wrong") && !states.has("apart")) return;
  found.values[row] = Math.max(reference.values[row]!, own.values[row]!);
}
