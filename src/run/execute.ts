/**
 * One run: weights + input + reference → trace, comparison.
 */
import {
  compareRows,
  defaultTolerance,
  largestDistance,
  type Comparison,
  type Tolerance,
} from "../analysis/compare";
import type { ComparedName } from "../analysis/first";
import { measureExact } from "../analysis/exact";
import {
  buildLanes,
  finalStateRows,
  outputLane,
  type FinalValues,
  type Lane,
  type LaneContext,
} from "../analysis/lanes";
import { measureLanes, type LaneNumbers } from "../analysis/measure";
import type { Noise } from "../analysis/noise";
import {
  runSurrounding,
  type MeasuredLane,
  type SurroundingResult,
  type RunSurrounding,
} from "../analysis/surrounding";
import { controlOfPart, type RunControl } from "../core/control";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import { forward, type ForwardOptions } from "../engine/forward";
import type { ForwardTrace, StateName } from "../engine/base/trace";
import { assertMemory, defaultTraceBytes } from "../engine/base/traceMemory";
import { bindWeights } from "../model/bind";
import { numDirections, type RecurrentConfig } from "../model/config";
import { outputShapes, sequenceSizes, toTimeMajor, type SequenceSizes } from "../model/sequence";
import type { Precision, ToleranceSpec } from "./spec/spec";
import type { DType } from "../tensor/dtype";
import { sameShape, type Shape, type Tensor } from "../tensor/tensor";
import { text } from "../core/text";

/** Everything a run needs, read and checked against the shape check. */
export interface RunInputs {
  readonly config: RecurrentConfig;
  /** By name without the prefix. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly input: Tensor;
  readonly h0: Tensor | null;
  /** null for a cell without a cell state as well. */
  readonly c0: Tensor | null;
  readonly lengths: readonly number[] | null;
  readonly reference: {
    readonly output: Tensor | null;
    readonly hn: Tensor | null;
    /** null for a cell without a cell state as well. */
    readonly cn: Tensor | null;
  };
  readonly precision: Precision;
  readonly tolerance: ToleranceSpec;
  /** What runs around the module; not given for a bare one. `input` is what layer 0 reads either way. */
  readonly surrounding?: RunSurrounding;
}

/** A tensor beside its reference; `comparison` is null when their shapes differ. */
export interface ComparedTensor {
  readonly name: ComparedName;
  readonly found: Shape;
  readonly expected: Shape;
  readonly comparison: Comparison | null;
  /** Largest |reference − float64 run|; null when there is no float64 run or nothing to compare. */
  readonly referenceError: number | null;
}

/** Reference values where they have the right shape; the output time-major, (T, B, D·P). */
export interface FittingReference {
  readonly output: StateArray | null;
  readonly hn: StateArray | null;
  readonly cn: StateArray | null;
}

export interface RunResult {
  readonly inputs: RunInputs;
  readonly sizes: SequenceSizes;
  readonly forwardInput: ForwardInput;
  readonly trace: ForwardTrace;
  readonly lanes: readonly Lane[];
  /** By lane. */
  readonly numbers: readonly LaneNumbers[];
  readonly context: LaneContext;
  readonly reference: FittingReference;
  readonly noise: Noise | null;
  /** In the order that data flows through them. */
  readonly compared: readonly ComparedTensor[];
  /** What stands around the module's lanes; null for a bare module. */
  readonly surrounding: SurroundingResult | null;
}

/** How a run is computed. */
export interface RunMeans extends Pick<ForwardOptions, "createEngine"> {
  readonly control: RunControl;
  /** Bytes that the states of a run may take, the float64 run's included; `defaultTraceBytes` when not given. */
  readonly maxTraceBytes?: number;
}

/**
 * Runs the forward, in float64 as well where there is a reference to judge, and compares. The trace is the caller's.
 * @throws ShapeError, NotFoundError when the weights do not fit; LimitError, UnsupportedError, CancelledError.
 */
export function executeRun(inputs: RunInputs, means: RunMeans): RunResult {
  const { config, input, lengths, precision } = inputs;
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (sizes === null) throw new RangeError("the shape check admits inputs of rank 2 and 3 only");
  const forwardInput: ForwardInput = {
    config,
    weights: bindWeights(config, inputs.parameters),
    input: toTimeMajor(input, config.batchFirst),
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    h0: inputs.h0?.data ?? null,
    c0: inputs.c0?.data ?? null,
    lengths,
    precision,
  };
  const { trace, exact } = runForward(inputs, forwardInput, means);
  try {
    return analyse({ inputs, sizes, forwardInput, trace, exact }, means.control);
  } catch (error) {
    trace.dispose();
    throw error;
  } finally {
    if (exact !== trace) exact?.dispose();
  }
}

/** A run whose states are there and not compared yet. */
interface Computed extends Pick<RunResult, "inputs" | "sizes" | "forwardInput" | "trace"> {
  /** The float64 run of the same network that a reference is judged by; null where nobody needs one. */
  readonly exact: ForwardTrace | null;
}

/** Shares of the time that the parts of a run take, roughly: where progress stands after each. */
const forwardShare = 0.6;
const exactShare = 0.8;
const measuredShare = 0.95;

function analyse(computed: Computed, control: RunControl): RunResult {
  const { inputs, sizes, forwardInput, trace, exact } = computed;
  const reference = fittingReference(inputs, sizes);
  const bare = buildLanes(forwardInput, trace, reference.output, null);
  const measured =
    exact === null
      ? { noise: null, outputError: null }
      : measureExact(
          forwardInput,
          { own: trace, exact },
          outputLane(bare).parts,
          controlOfPart(control, forwardShare, exactShare),
        );
  const { noise } = measured;
  const lanes = buildLanes(forwardInput, trace, reference.output, noise);
  const context: LaneContext = {
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    lengths: inputs.lengths,
    tolerance: resolveTolerance(inputs),
  };
  const { surrounding } = inputs;
  const measuredEnd = surrounding?.head == null ? 1 : measuredShare;
  const { lanes: numbers, output } = measureLanes(
    lanes,
    context,
    controlOfPart(control, exactShare, measuredEnd),
  );
  const found = { output, outputError: measured.outputError, noise, tolerance: context.tolerance };
  const compared = compareAll(computed, reference, found);
  const own = { inputs, sizes, forwardInput, trace, lanes, numbers, context, reference, noise };
  if (surrounding === undefined) return { ...own, compared, surrounding: null };
  const { tolerance } = context;
  const part = controlOfPart(control, measuredEnd, 1);
  const frame = { run: forwardInput, sizes, trace, exact, tolerance, control: part };
  return surround({ ...own, compared }, runSurrounding(surrounding, frame));
}

/** A run with the lanes and comparisons of the layers around its module. */
function surround(run: Omit<RunResult, "surrounding">, surrounding: SurroundingResult): RunResult {
  const { tokens, input, head, embedded, logits } = surrounding;
  const lanes = [...run.lanes];
  const numbers = [...run.numbers];
  const put = (measured: MeasuredLane | null, at: number, replaced: number): void => {
    if (measured === null) return;
    lanes.splice(at, replaced, measured.lane);
    numbers.splice(at, replaced, measured.numbers);
  };
  put(head?.measured ?? null, lanes.length, 0);
  put(input, 0, 1);
  put(tokens, 0, 0);
  const compared = [embedded, ...run.compared, logits].filter((tensor) => tensor !== null);
  return { ...run, lanes, numbers, compared, surrounding };
}

/** The run, and the float64 run beside it where a reference is judged. Each trace gets its share of the memory. */
function runForward(
  { reference, surrounding }: RunInputs,
  run: ForwardInput,
  means: RunMeans,
): Pick<Computed, "trace" | "exact"> {
  const { control, maxTraceBytes = defaultTraceBytes, createEngine } = means;
  const options = createEngine === undefined ? {} : { createEngine };
  const references = Object.values({ ...reference, ...surrounding?.reference });
  const isJudged = references.some((tensor) => tensor !== null);
  if (run.precision === "f64" || !isJudged) {
    const part = controlOfPart(control, 0, forwardShare);
    const trace = forward(run, { ...options, control: part, maxTraceBytes });
    return { trace, exact: isJudged ? trace : null };
  }
  assertNoise(run, maxTraceBytes);
  const half = { ...options, maxTraceBytes: maxTraceBytes / 2, memoryShare: 1 / 2 };
  const trace = forward(run, { ...half, control: controlOfPart(control, 0, forwardShare / 2) });
  try {
    const part = controlOfPart(control, forwardShare / 2, forwardShare);
    return { trace, exact: forward({ ...run, precision: "f64" }, { ...half, control: part }) };
  } catch (error) {
    trace.dispose();
    throw error;
  }
}

/** @throws LimitError when what the rounding noise of each row is measured into does not fit. */
function assertNoise({ config, seqLength, batchSize }: ForwardInput, limit: number): void {
  const rows = seqLength * batchSize * config.numLayers * numDirections(config);
  const what = text("the memory for the rounding noise of each batch row and step, in MB");
  assertMemory(config.cell, what, { bytes: rows * Float64Array.BYTES_PER_ELEMENT, limit });
}

/** The dtype that torch would give the results of a run in each arithmetic. */
const storedDtypes: Readonly<Record<Precision, DType>> = {
  f32: "float32",
  f64: "float64",
  f16: "float16",
  bf16: "bfloat16",
};

/** What the run states of itself for the defaults of assert_close. */
function resolveTolerance({ tolerance, precision, reference, surrounding }: RunInputs): Tolerance {
  const ours = storedDtypes[precision];
  const { output, hn, cn } = reference;
  const given = [output, hn, cn, surrounding?.reference.logits, surrounding?.reference.embedded];
  const dtype = given.find((tensor) => tensor != null)?.dtype ?? ours;
  const defaults = defaultTolerance(ours, dtype);
  return {
    rtol: tolerance.rtol ?? defaults.rtol,
    atol: tolerance.atol ?? defaults.atol,
    equalNan: tolerance.equalNan ?? false,
  };
}

function fittingReference(
  { config, reference }: RunInputs,
  sizes: SequenceSizes,
): FittingReference {
  const shapes = outputShapes(config, sizes);
  const fitting = (tensor: Tensor | null, shape: Shape | null): Tensor | null =>
    tensor !== null && shape !== null && sameShape(tensor.shape, shape) ? tensor : null;
  const output = fitting(reference.output, shapes.output);
  return {
    output: output === null ? null : toTimeMajor(output, config.batchFirst),
    hn: fitting(reference.hn, shapes.hn)?.data ?? null,
    cn: fitting(reference.cn, shapes.cn)?.data ?? null,
  };
}

/** What has been found about the states. */
interface Found extends Pick<RunResult, "noise"> {
  readonly output: Comparison | null;
  readonly outputError: number | null;
  readonly tolerance: Tolerance;
}

function compareAll(
  computed: Computed,
  reference: FittingReference,
  found: Found,
): ComparedTensor[] {
  const { inputs, sizes, trace } = computed;
  const shapes = outputShapes(inputs.config, sizes);
  const compared: ComparedTensor[] = [];
  if (inputs.reference.output !== null) {
    compared.push({
      name: "output",
      found: inputs.reference.output.shape,
      expected: shapes.output,
      comparison: found.output,
      referenceError: found.outputError,
    });
  }
  const finals = [
    { name: "h_n", stateName: "h", given: inputs.reference.hn, fitting: reference.hn },
    { name: "c_n", stateName: "c", given: inputs.reference.cn, fitting: reference.cn },
  ] as const;
  for (const { name, stateName, given, fitting } of finals) {
    const expected = stateName === "h" ? shapes.hn : shapes.cn;
    // A reference for a state that the cell does not have is said in a note.
    if (given === null || expected === null) continue;
    compared.push({
      name,
      found: given.shape,
      expected,
      ...compareFinals(
        computed,
        { stateName, ours: finalStates(trace, stateName), reference: fitting },
        found,
      ),
    });
  }
  return compared;
}

function compareFinals(
  { forwardInput, exact }: Computed,
  {
    reference,
    ...values
  }: Omit<FinalValues, "reference"> & { readonly reference: StateArray | null },
  { noise, tolerance }: Found,
): Pick<ComparedTensor, "comparison" | "referenceError"> {
  if (reference === null) return { comparison: null, referenceError: null };
  const rows = finalStateRows(forwardInput, { ...values, reference }, noise);
  return {
    comparison: compareRows(rows, tolerance),
    referenceError:
      exact === null ? null : largestDistance(reference, finalStates(exact, values.stateName)),
  };
}

/** h_n, (L·D, B, P), or c_n, (L·D, B, H). @throws RangeError for c_n of a cell without one. */
export function finalStates({ hn, cn }: ForwardTrace, stateName: StateName): StateArray {
  const states = stateName === "h" ? hn : cn;
  if (states === null) throw new RangeError("this cell has no cell state");
  return states;
}
