/**
 * One run: weights + input + reference → trace, comparison.
 */
import {
  compareRows,
  defaultTolerance,
  largestDistance,
  type Comparison,
  type Tolerance,
} from "./analysis/compare";
import {
  buildLanes,
  finalStateRows,
  outputLane,
  outputReferenceError,
  outputRows,
  splitDirections,
  type Lane,
  type LaneContext,
} from "./analysis/lanes";
import { measureNoise, type Noise } from "./analysis/noise";
import { controlOfPart, type RunControl } from "./engine/control";
import type { ForwardInput, StateArray } from "./engine/engine";
import { forward } from "./engine/forward";
import type { ForwardTrace } from "./engine/trace";
import { bindWeights } from "./model/bind";
import { directionsOf, numDirections, stateSize, type RecurrentConfig } from "./model/config";
import { outputShapes, sequenceSizes, toTimeMajor, type SequenceSizes } from "./model/sequence";
import type { Precision, ToleranceSpec } from "./runSpec";
import type { DType } from "./tensor/dtype";
import { sameShape, type Shape, type Tensor } from "./tensor/tensor";
import { text } from "./text";

/** Everything a run needs, read and checked against the ledger. */
export interface RunInputs {
  readonly config: RecurrentConfig;
  /** By name without the prefix. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly input: Tensor;
  readonly h0: Tensor | null;
  readonly c0: Tensor | null;
  readonly lengths: readonly number[] | null;
  readonly reference: {
    readonly output: Tensor | null;
    readonly hn: Tensor | null;
    readonly cn: Tensor | null;
  };
  readonly precision: Precision;
  readonly tolerance: ToleranceSpec;
}

/** A tensor beside its reference; `comparison` is null when their shapes differ. */
export interface ComparedTensor {
  readonly name: "output" | "h_n";
  readonly found: Shape;
  readonly expected: Shape;
  readonly comparison: Comparison | null;
  /** Largest |reference − float64 run|; null when there is no float64 run or nothing to compare. */
  readonly referenceError: number | null;
}

export interface RunResult {
  readonly inputs: RunInputs;
  readonly sizes: SequenceSizes;
  readonly forwardInput: ForwardInput;
  readonly trace: ForwardTrace;
  readonly lanes: readonly Lane[];
  readonly context: LaneContext;
  /** Reference h_n where it has the right shape. */
  readonly referenceHn: StateArray | null;
  readonly noise: Noise | null;
  readonly compared: readonly ComparedTensor[];
}

/**
 * Runs the forward, in float64 as well where there is a float32 reference to judge, and compares.
 * @throws ShapeError, NotFoundError when the weights do not fit; LimitError, UnsupportedError, CancelledError.
 */
export function executeRun(inputs: RunInputs, control: RunControl): RunResult {
  const { config, input, lengths, precision } = inputs;
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (sizes === null) throw new RangeError("the ledger admits inputs of rank 2 and 3 only");
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
  const { trace, trace64 } = runForward(inputs, forwardInput, control);
  control.report(1, text("Comparing"));
  const noise =
    trace64 === null || precision === "f64" ? null : measureNoise(config, trace, trace64, lengths);
  const { output: referenceOutput, hn } = fittingReference(inputs, sizes);
  const context: LaneContext = {
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    lengths,
    tolerance: resolveTolerance(inputs),
  };
  const lanes = buildLanes(forwardInput, trace, referenceOutput, noise);
  const partial = { inputs, sizes, forwardInput, trace, lanes, context, referenceHn: hn, noise };
  control.check();
  return { ...partial, compared: compareAll(partial, trace64) };
}

/** The run, and the float64 run of the same network that a reference is judged by; null where nobody needs one. */
function runForward(
  { reference }: RunInputs,
  run: ForwardInput,
  control: RunControl,
): { trace: ForwardTrace; trace64: ForwardTrace | null } {
  if (run.precision === "f64") {
    const trace = forward(run, { control });
    return { trace, trace64: trace };
  }
  if (reference.output === null && reference.hn === null && reference.cn === null) {
    return { trace: forward(run, { control }), trace64: null };
  }
  return {
    trace: forward(run, { control: controlOfPart(control, 0, 0.5) }),
    trace64: forward({ ...run, precision: "f64" }, { control: controlOfPart(control, 0.5, 1) }),
  };
}

/** The dtype that torch would give the results of a run in each arithmetic. */
const storedDtypes: Readonly<Record<Precision, DType>> = {
  f32: "float32",
  f64: "float64",
  f16: "float16",
  bf16: "bfloat16",
};

/** What the run states of itself for the defaults of assert_close. */
function resolveTolerance({ tolerance, precision, reference }: RunInputs): Tolerance {
  const ours = storedDtypes[precision];
  const dtype = reference.output?.dtype ?? reference.hn?.dtype ?? reference.cn?.dtype ?? ours;
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
): { output: StateArray[] | null; hn: StateArray | null } {
  const shapes = outputShapes(config, sizes);
  const { output, hn } = reference;
  return {
    output:
      output === null || !sameShape(output.shape, shapes.output)
        ? null
        : splitDirections(
            toTimeMajor(output, config.batchFirst),
            numDirections(config),
            stateSize(config),
          ),
    hn: hn === null || !sameShape(hn.shape, shapes.hn) ? null : hn.data,
  };
}

/** The float64 states of the last layer's directions. */
function lastLayer(
  trace: ForwardTrace | null,
  { config, seqLength }: ForwardInput,
): StateArray[] | undefined {
  return trace === null
    ? undefined
    : directionsOf(config).map((_, directionIndex) =>
        trace.read("h", { layer: config.numLayers - 1, directionIndex }, 0, seqLength),
      );
}

function compareAll(
  run: Omit<RunResult, "compared">,
  trace64: ForwardTrace | null,
): ComparedTensor[] {
  const { inputs, sizes, forwardInput, trace, lanes, context, referenceHn, noise } = run;
  const { config, reference } = inputs;
  const shapes = outputShapes(config, sizes);
  const compared: ComparedTensor[] = [];
  const { parts } = outputLane(lanes);
  if (reference.output !== null) {
    const fits = parts.every((part) => part.reference !== null);
    const rows = outputRows(config.numLayers - 1, parts, context);
    const exact = lastLayer(trace64, forwardInput);
    compared.push({
      name: "output",
      found: reference.output.shape,
      expected: shapes.output,
      comparison: fits ? compareRows(rows, context.tolerance) : null,
      referenceError: exact === undefined ? null : outputReferenceError(parts, exact),
    });
  }
  if (reference.hn !== null) {
    compared.push({
      name: "h_n",
      found: reference.hn.shape,
      expected: shapes.hn,
      comparison:
        referenceHn === null
          ? null
          : compareRows(finalStateRows(forwardInput, trace, referenceHn, noise), context.tolerance),
      referenceError:
        referenceHn === null || trace64 === null ? null : largestDistance(referenceHn, trace64.hn),
    });
  }
  return compared;
}
