/**
 * The references of a run, in the layout of its results.
 */
import type { ComparedName } from "../analysis/first";
import type { StateArray } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import { hasReverse } from "../model/directions";
import { logitsShape } from "../model/find/head";
import { outputShapes, sequenceShape, toTimeMajor } from "../model/sequence";
import { sameShape, type Shape, type Tensor } from "../tensor/tensor";
import { toleranceFor, type Tolerance } from "../analysis/compare";
import type { RunControl } from "../core/control";
import type { PreparedRun, RunInputs } from "./inputs";
import { chosenReading, type Recognition } from "./readings/choose";
import type { Reading, ReadResults } from "./readings/reading";

/** A result of the module or of a layer around it. */
export type ResultName = Exclude<ComparedName, "states">;

/** A tensor that a result is compared with. */
export interface Reference {
  readonly name: ResultName;
  readonly found: Shape;
  readonly expected: Shape;
  /** True when the first axis of the values is time. */
  readonly hasSteps: boolean;
  /** Time-major; null when the shape differs, and where it is a part of the result. */
  readonly values: StateArray | null;
  /** As it is given. */
  readonly tensor: Tensor;
  /** What it holds, where its shape is another one and that was recognised. */
  readonly reading?: Reading;
  /** What was found of a reference of another shape beside that. */
  readonly recognition?: Pick<Recognition, "hint" | "unfit">;
}

/** The references of a run, in the order that data flows through what they belong to. */
export function referencesOf(
  { reference, surrounding }: Pick<RunInputs, "reference" | "surrounding">,
  { run, sizes }: PreparedRun,
): Reference[] {
  const { config } = run;
  const shapes = outputShapes(config, sizes);
  const head = surrounding?.head ?? null;
  const input = sequenceShape({ ...sizes, features: config.inputSize }, config.batchFirst);
  const every = head?.head === "every";
  const logits =
    head === null ? null : logitsShape(config, sizes, head.head, head.linear.outFeatures);
  const given: readonly [ResultName, Tensor | null | undefined, Shape | null, boolean][] = [
    ["embedded", surrounding?.reference.embedded, input, true],
    ["output", reference.output, shapes.output, true],
    ["h_n", reference.hn, shapes.hn, false],
    // A note reports references for a state that the cell does not have.
    ["c_n", reference.cn, shapes.cn, false],
    ["logits", surrounding?.reference.logits, logits, every],
  ];
  return given.flatMap(([name, tensor, expected, hasSteps]) => {
    if (tensor == null || expected === null) return [];
    const fits = sameShape(tensor.shape, expected);
    const values = fits ? toTimeMajor(tensor, hasSteps && config.batchFirst) : null;
    return [{ name, found: tensor.shape, expected, hasSteps, values, tensor }];
  });
}

/**
 * The same references; one of another shape as the part of the results that it holds, when its values show it.
 * @throws CancelledError when `control` says so.
 */
export function recognised(
  references: readonly Reference[],
  { run }: Pick<PreparedRun, "run">,
  results: ReadResults,
  { tolerance, control }: { readonly tolerance: Tolerance; readonly control: RunControl },
): Reference[] {
  const where = { run, results, control };
  return references.map((reference) => {
    const { name, values, tensor } = reference;
    if (values !== null || name === "embedded" || name === "logits") return reference;
    const { reading, ...recognition } = chosenReading(
      { ...where, tolerance: toleranceFor(tolerance, name) },
      name,
      tensor,
    );
    const found = { ...reference, recognition };
    return reading === null ? found : { ...found, values: reading.values, reading };
  });
}

/** The values of a reference; null where there is none that fits. */
export function valuesOf(references: readonly Reference[], name: ResultName): StateArray | null {
  return references.find((reference) => reference.name === name)?.values ?? null;
}

/**
 * The references of some steps. Those of the end of the sequence are left out, unless the steps include it.
 */
export function referencesOfSteps(
  references: readonly Reference[],
  { run }: Pick<PreparedRun, "run">,
  { from, to }: StepBlock,
): Reference[] {
  const { config, seqLength } = run;
  const endsThere = to === seqLength && !hasReverse(config);
  return references.flatMap((reference) => {
    if (!reference.hasSteps) return endsThere ? [reference] : [];
    const { values } = reference;
    if (values === null) return [reference];
    const size = values.length / seqLength;
    return [{ ...reference, values: values.subarray(from * size, to * size) }];
  });
}
