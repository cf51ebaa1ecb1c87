/**
 * The third stage of a run: compares its results with their references.
 */
import {
  joinComparisons,
  toleranceFor,
  type Comparison,
  type Tolerance,
} from "../analysis/compare";
import type { ComparedName } from "../analysis/first";
import { directionSteps } from "../analysis/lanes";
import {
  finalPart,
  judgedByStep,
  outputPart,
  outsidePart,
  PartComparer,
  type ComparedPart,
  type PartComparison,
} from "../analysis/rows";
import { arraySteps } from "../analysis/steps";
import type { Logits } from "../analysis/surrounding";
import { walk, type Meter } from "../analysis/walk";
import { noControl, type RunControl } from "../core/control";
import { text, type Text } from "../core/text";
import type { StateArray } from "../engine/base/engine";
import { cellSizeOf } from "../engine/base/trace";
import { stateSize } from "../model/config";
import type { NamedState } from "../model/stateNames";
import type { PreparedRun } from "./inputs";
import type { JudgedSteps } from "./judgedSteps";
import type { Reference } from "./references";
import type { Results } from "./results";
import type { Rounding } from "./rounding";

/** What was found of one state or gate inside a layer. */
export interface StateComparison extends NamedState, PartComparison {}

/** A tensor and its reference; `comparison` is null when their shapes differ, or there is no result. */
export interface ComparedTensor extends Pick<Reference, "found" | "expected" | "recognition"> {
  readonly name: ComparedName;
  readonly comparison: Comparison | null;
  /** What a reference of another shape holds, where that was recognised. */
  readonly reading?: Text;
  /** The output by direction, others in one; empty when the shapes differ. */
  readonly parts: readonly PartComparison[];
  /** Of `states`: what was found of each. */
  readonly states?: readonly StateComparison[];
  /** Largest |reference − float64 run|; null when there is no float64 run or nothing to compare. */
  readonly referenceError: number | null;
}

/** The criteria of a comparison. */
export interface Judging {
  /** How each step of the reference is judged by itself, where values say nothing any more. */
  readonly steps?: JudgedSteps | null;
  readonly tolerance: Tolerance;
  /** The measurements of the float64 run of the same network; null when there is none. */
  readonly rounding: Rounding | null;
}

/** Compares results with their references. @throws CancelledError when `control` says so. */
export function compare(
  { run }: Pick<PreparedRun, "run">,
  results: Results,
  references: readonly Reference[],
  judging: Judging,
  control: RunControl = noControl,
): ComparedTensor[] {
  const comparing = new Comparing({ run }, results, references, judging);
  walk(comparing.meters, control, text("Comparing"));
  return comparing.finish();
}

/** A comparison whose rows the caller walks over, together with other readers of the same values. */
export class Comparing {
  readonly #references: readonly Reference[];
  /** By reference, by part. */
  readonly #comparers: readonly (readonly PartComparer[])[];
  readonly #rounding: Rounding | null;

  constructor(
    { run }: Pick<PreparedRun, "run">,
    results: Results,
    references: readonly Reference[],
    { tolerance, rounding, steps = null }: Judging,
  ) {
    this.#references = references;
    this.#rounding = rounding;
    this.#comparers = references.map((reference) =>
      partsOf(run, results, reference, { rounding, steps }).map(
        (part) => new PartComparer(part, toleranceFor(tolerance, reference.name)),
      ),
    );
  }

  get meters(): readonly Meter[] {
    return this.#comparers.flat();
  }

  /** The result, after the walk. */
  finish(): ComparedTensor[] {
    return this.#references.map((reference, index) => {
      const { name, found, expected, values, reading, recognition } = reference;
      const parts = this.#comparers[index]!.map((comparer) => comparer.result());
      const comparisons = parts.map(({ comparison }) => comparison);
      return {
        name,
        found,
        expected,
        comparison: parts.length === 0 ? null : joinComparisons(comparisons),
        // Those of a part of the result are not those of its directions.
        parts: values === null ? [] : parts,
        referenceError: this.#rounding?.errors[name] ?? null,
        ...(reading === undefined ? {} : { reading: reading.what }),
        ...(recognition === undefined ? {} : { recognition }),
      };
    });
  }
}

const unmeasured = { states: null, logits: null };

/** Values in memory, compared with those of the reference. */
type Beside = (
  ours: StateArray,
  units: number,
) => Pick<ComparedPart, "units" | "ours" | "reference">;

function logitsPart(
  run: PreparedRun["run"],
  { values, units }: Logits,
  beside: Beside,
  noise: Float64Array | null,
): ComparedPart {
  const count = values.length / (run.batchSize * units);
  return outsidePart(run, count, beside(values, units), noise);
}

/** What parts are compared with beside their reference. */
export interface PartsFrame {
  readonly rounding: Rounding | null;
  readonly steps: JudgedSteps | null;
}

/** A result as it is compared, or the part of it that the reference holds. */
export function partsOf(
  run: PreparedRun["run"],
  results: Results,
  { name, values, reading }: Reference,
  frame: PartsFrame,
): ComparedPart[] {
  if (values !== null) return wholeParts(run, results, { name, expected: values }, frame);
  return reading?.parts(results, frame.rounding?.states ?? null) ?? [];
}

function wholeParts(
  run: PreparedRun["run"],
  results: Results,
  { name, expected }: { readonly name: Reference["name"]; readonly expected: StateArray },
  { rounding, steps }: PartsFrame,
): ComparedPart[] {
  const { config, seqLength, batchSize } = run;
  const { states, logits: logitsNoise } = rounding ?? unmeasured;
  const beside: Beside = (ours, units) => ({
    units,
    ours: arraySteps(ours, batchSize * units),
    reference: arraySteps(expected, batchSize * units),
  });
  switch (name) {
    case "embedded": {
      const values = beside(results.embedded, config.inputSize);
      return [outsidePart(run, seqLength, values, null)];
    }
    case "output": {
      const units = stateSize(config);
      const halves = directionSteps(run, expected);
      return results.output.map((ours, direction) => {
        const values = { units, ours, reference: halves[direction]! };
        return judgedByStep(outputPart(run, direction, values, states), steps?.output?.[direction]);
      });
    }
    case "h_n": {
      const units = stateSize(config);
      const part = finalPart(run, "h", beside(results.hn, units), states);
      return [judgedByStep(part, steps?.finalsOf("h", { values: expected, units }))];
    }
    case "c_n": {
      const { cn } = results;
      if (cn === null) return [];
      const units = cellSizeOf(config);
      const part = finalPart(run, "c", beside(cn, units), states);
      return [judgedByStep(part, steps?.finalsOf("c", { values: expected, units }))];
    }
    case "logits":
      return results.logits === null ? [] : [logitsPart(run, results.logits, beside, logitsNoise)];
  }
}
