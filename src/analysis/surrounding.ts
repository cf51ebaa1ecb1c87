/**
 * The layers around a module beside their references: the lanes of tokens, embedded input and logits, and their
 * comparisons.
 */
import { controlOfPart, noControl, type RunControl } from "../core/control";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import { runHead, type LinearWeights } from "../engine/surrounding";
import type { ForwardTrace } from "../engine/base/trace";
import { logitsShape, type Head } from "../model/find/head";
import { sequenceShape, swapLeadingAxes, toTimeMajor, type SequenceSizes } from "../model/sequence";
import { sameShape, type Shape, type Tensor } from "../tensor/tensor";
import {
  Comparer,
  difference,
  FiniteRange,
  largestDistance,
  type Comparison,
  type Tolerance,
} from "./compare";
import type { Lane, LanePart } from "./lanes";
import type { LaneNumbers } from "./measure";
import { arraySteps } from "./steps";

/** What runs around a module, read. */
export interface RunSurrounding {
  /** The input as given, (T, B), (B, T) or (T), where it is tokens; one step where the run repeats it. */
  readonly tokens: Tensor | null;
  /** Rows of the embedding's table; 0 where the input is not tokens. */
  readonly vocabulary: number;
  /** null where the linear layer does not run. */
  readonly head: { readonly head: Head; readonly linear: LinearWeights } | null;
  readonly reference: { readonly embedded: Tensor | null; readonly logits: Tensor | null };
}

/** The logits of a run; T is 1 for the heads `last` and `h_n`. */
export interface Logits {
  readonly head: Head;
  /** (T, B, out), time-major. */
  readonly values: StateArray;
  readonly units: number;
  /** In the layout of the input. */
  readonly shape: Shape;
}

/** A lane that lies outside the module, and what was measured of it. */
export interface MeasuredLane {
  readonly lane: Lane;
  readonly numbers: LaneNumbers;
}

/** A tensor around the module beside its reference; `comparison` is null when their shapes differ. */
export interface ComparedLayer {
  readonly name: "embedded" | "logits";
  readonly found: Shape;
  readonly expected: Shape;
  readonly comparison: Comparison | null;
  readonly referenceError: number | null;
}

/** What stands around a module's own lanes. */
export interface SurroundingResult {
  /** The tokens, below the input; null where the input has features. */
  readonly tokens: MeasuredLane | null;
  /** The input beside what the embedding is compared with; null where it is not. */
  readonly input: MeasuredLane | null;
  /** The logits, above the output; null where the linear layer does not run. */
  readonly head: { readonly logits: Logits; readonly measured: MeasuredLane } | null;
  readonly embedded: ComparedLayer | null;
  readonly logits: ComparedLayer | null;
}

/** What the layers around a module need of its run. */
export interface SurroundingFrame {
  readonly run: ForwardInput;
  readonly sizes: SequenceSizes;
  readonly trace: ForwardTrace;
  /** The float64 run of the same network; null where nobody needs one. */
  readonly exact: ForwardTrace | null;
  readonly tolerance: Tolerance;
  readonly control?: RunControl;
}

/** Runs the linear layer and compares what lies around the module. @throws LimitError, CancelledError. */
export function runSurrounding(
  surrounding: RunSurrounding,
  frame: SurroundingFrame,
): SurroundingResult {
  const embedded = compareEmbedded(surrounding, frame);
  const head =
    surrounding.head === null ? null : measureLogits(surrounding, surrounding.head, frame);
  return {
    tokens: surrounding.tokens === null ? null : tokensLane(surrounding.tokens, frame),
    input: embedded?.input ?? null,
    head: head?.result ?? null,
    embedded: embedded?.compared ?? null,
    logits: head?.compared ?? null,
  };
}

const outsideLayers = { layer: null, direction: null, cell: null };

/** One token a step. An input that is repeated has one, which stands at every step. */
function tokensLane(tokens: Tensor, { run }: SurroundingFrame): MeasuredLane {
  const { config, seqLength, batchSize } = run;
  const [rows = 0, columns = 1] = tokens.shape;
  const isBatchFirst = config.batchFirst && tokens.shape.length === 2;
  const once = isBatchFirst ? swapLeadingAxes(tokens.data, [rows, columns, 1]) : tokens.data;
  const values = Float64Array.from(
    { length: seqLength * batchSize },
    (_, index) => once[index % once.length]!,
  );
  const ours = arraySteps(values, batchSize);
  const part: LanePart = { units: 1, ours, reference: null, noise: null };
  const lane: Lane = { ...outsideLayers, id: "tokens", units: 1, parts: [part] };
  return { lane, numbers: measure({ values, units: 1, reference: null }) };
}

function compareEmbedded(
  { reference }: RunSurrounding,
  { run, sizes, tolerance }: SurroundingFrame,
): { input: MeasuredLane | null; compared: ComparedLayer } | null {
  const { embedded } = reference;
  if (embedded === null) return null;
  const { config, batchSize, input } = run;
  const units = config.inputSize;
  const expected = sequenceShape({ ...sizes, features: units }, config.batchFirst);
  const shapes = { name: "embedded", found: embedded.shape, expected } as const;
  if (!sameShape(embedded.shape, expected)) {
    return { input: null, compared: { ...shapes, comparison: null, referenceError: null } };
  }
  const expectedValues = toTimeMajor(embedded, config.batchFirst);
  const compared = { values: input, units, reference: expectedValues };
  const comparison = compareLayer(compared, { batchSize, tolerance, noise: null });
  const rowSize = batchSize * units;
  const part: LanePart = {
    units,
    ours: arraySteps(input, rowSize),
    reference: arraySteps(expectedValues, rowSize),
    noise: null,
  };
  const lane: Lane = { ...outsideLayers, id: "input", units, parts: [part] };
  const numbers = measure(compared, comparison, tolerance);
  const referenceError = largestDistance(expectedValues, input);
  return { input: { lane, numbers }, compared: { ...shapes, comparison, referenceError } };
}

function measureLogits(
  { reference }: RunSurrounding,
  { head, linear }: NonNullable<RunSurrounding["head"]>,
  frame: SurroundingFrame,
): { result: NonNullable<SurroundingResult["head"]>; compared: ComparedLayer | null } {
  const { run, sizes, trace, control = noControl } = frame;
  const { config, batchSize } = run;
  const units = linear.outFeatures;
  const shape = logitsShape(config, sizes, head, units);
  const values = runHead(head, linear, run, trace, controlOfPart(control, 0, 0.5));
  const given = reference.logits;
  const isBatchFirst = head === "every" && config.batchFirst;
  const expected =
    given !== null && sameShape(given.shape, shape) ? toTimeMajor(given, isBatchFirst) : null;
  const judged =
    expected === null
      ? unjudged
      : judgeLogits({ values, units, reference: expected }, { head, linear }, frame);
  const rowSize = batchSize * units;
  const part: LanePart = {
    units,
    ours: arraySteps(values, rowSize),
    reference: expected === null ? null : arraySteps(expected, rowSize),
    noise: judged.noise,
  };
  const lane: Lane = { ...outsideLayers, id: "logits", units, parts: [part] };
  const arrays = { values, units, reference: expected };
  const { comparison, referenceError } = judged;
  const result = {
    logits: { head, values, units, shape },
    measured: { lane, numbers: measure(arrays, comparison, frame.tolerance) },
  };
  if (given === null) return { result, compared: null };
  const shapes = { name: "logits", found: given.shape, expected: shape } as const;
  return { result, compared: { ...shapes, comparison, referenceError } };
}

/** What a reference says of logits. */
interface Judged {
  readonly noise: Float64Array | null;
  readonly comparison: Comparison | null;
  readonly referenceError: number | null;
}

const unjudged: Judged = { noise: null, comparison: null, referenceError: null };

function judgeLogits(
  arrays: LayerArrays & { readonly reference: StateArray },
  { head, linear }: NonNullable<RunSurrounding["head"]>,
  { run, exact, tolerance, control = noControl }: SurroundingFrame,
): Judged {
  const { batchSize, precision } = run;
  const precise =
    exact === null
      ? null
      : runHead(head, linear, { ...run, precision: "f64" }, exact, controlOfPart(control, 0.5, 1));
  const noise =
    precise === null || precision === "f64" ? null : noiseOf(run, linear, arrays.values, precise);
  return {
    noise,
    comparison: compareLayer(arrays, { batchSize, tolerance, noise }),
    referenceError: precise === null ? null : largestDistance(arrays.reference, precise),
  };
}

/**
 * Rounding allowance of logits by t · B + batch: as that of states (see noise.ts), from the distance to the logits of
 * the float64 run; a row's own, and those before it in time.
 */
function noiseOf(
  run: ForwardInput,
  { inFeatures, outFeatures }: LinearWeights,
  values: StateArray,
  exact: StateArray,
): Float64Array {
  const { config, batchSize, precision } = run;
  const terms = config.inputSize + config.hiddenSize + inFeatures;
  const factor = precision === "f32" ? 4 * Math.sqrt(terms) : 4;
  const noise = new Float64Array(values.length / outFeatures);
  for (let row = 0; row < noise.length; row++) {
    let largest = row < batchSize ? 0 : noise[row - batchSize]!;
    for (let k = row * outFeatures; k < (row + 1) * outFeatures; k++) {
      const distance = factor * Math.abs(values[k]! - exact[k]!);
      if (distance > largest && distance !== Infinity) largest = distance;
    }
    noise[row] = largest;
  }
  return noise;
}

interface LayerArrays {
  readonly values: StateArray;
  readonly units: number;
  readonly reference: StateArray | null;
}

/** Compares (T, B, units) with its reference: step by step, batch by batch. */
function compareLayer(
  { values, units, reference }: LayerArrays & { readonly reference: StateArray },
  options: {
    readonly batchSize: number;
    readonly tolerance: Tolerance;
    readonly noise: Float64Array | null;
  },
): Comparison {
  const { batchSize, tolerance, noise } = options;
  const comparer = new Comparer(tolerance);
  for (let rank = 0; rank < values.length / units; rank++) {
    const batch = rank % batchSize;
    const offset = rank * units;
    comparer.add({
      ...{ layer: 0, direction: "forward", step: (rank - batch) / batchSize, batch, rank, units },
      ...{ ours: values, oursOffset: offset, reference, referenceOffset: offset },
      noise: noise?.[rank] ?? 0,
    });
  }
  return comparer.result();
}

function measure(
  { values, reference }: LayerArrays,
  comparison: Comparison | null = null,
  tolerance: Tolerance | null = null,
): LaneNumbers {
  const range = new FiniteRange();
  const deltas = new FiniteRange();
  values.forEach((value: number, index: number) => {
    range.add(value);
    if (reference === null || tolerance === null) return;
    deltas.add(difference(value, reference[index]!, tolerance.equalNan));
  });
  return {
    outside: comparison?.outside ?? 0,
    total: values.length,
    range: range.bounds(),
    deltaRange: deltas.bounds(),
    cell: null,
  };
}
