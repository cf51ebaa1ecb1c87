/**
 * Back-propagation through time: the gradient of a loss for every state, input and parameter of a run.
 *
 * Source: P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990). The
 * gradient reported for a state is the total derivative of the loss: through the later steps of its own direction, and
 * through the layers above.
 */
import { numDirections, stateSize } from "../../model/config";
import { noControl, type RunControl } from "../../core/control";
import { inOneGo, type Parts } from "../../core/turns";
import type { ForwardInput } from "../base/engine";
import type { LayerGradients } from "./cells";
import type { OutputGradient } from "./outputGradient";
import { GradientPass } from "./pass";
import { gradientLanes, gradientSteps, type StepGradients } from "./lanes";
import { cellSizeOf, type ForwardTrace } from "../base/trace";
import { assertMemory, defaultTraceBytes } from "../base/traceMemory";

export interface GradientOptions {
  readonly control?: RunControl;
  /** Keeps the gradients of every step: as large as the input and the trace together. */
  readonly keepsSteps?: boolean;
  /** False when the gradients of the parameters are not needed. */
  readonly needsParameters?: boolean;
  /** Limit of the gradients kept between bidirectional layers, in bytes; beyond it, blocks run again. */
  readonly maxBytes?: number;
  /** Bytes that the gradients of h0 and c0 and the norms may take. */
  readonly maxResultBytes?: number;
}

/** Gradients of a loss. Axes: T time, B batch, H units, P features of one direction's h. */
export interface Gradients {
  /** By layer, then by direction; null when they were not asked for. */
  readonly parameters: readonly (readonly LayerGradients[])[] | null;
  /** (L·D, B, P). */
  readonly h0: Float64Array;
  /** (L·D, B, H); null for cells without a cell state. */
  readonly c0: Float64Array | null;
  /** ‖∂L/∂h_t‖₂ by layer and direction, (T, B); 0 in the padding. */
  readonly norms: readonly (readonly Float64Array[])[];
  /** null when they were not asked for. */
  readonly steps: StepGradients | null;
}

/**
 * Carries a gradient back through a float64 run, block by block from its end.
 *
 * Gates are recomputed from the trace's states, and a checkpointed trace recomputes its blocks. So memory does not grow
 * with T, except for the requested gradients, the norms, and one state per block and lane.
 * @throws CancelledError when `control` says so; LimitError when the gradients of the states do not fit.
 */
export function backward(
  run: ForwardInput,
  trace: ForwardTrace,
  arriving: OutputGradient,
  options: GradientOptions = {},
): Gradients {
  return inOneGo(backwardParts(run, trace, arriving, options));
}

/** As `backward`, in parts. @throws as `backward`. */
export function* backwardParts(
  run: ForwardInput,
  trace: ForwardTrace,
  arriving: OutputGradient,
  options: GradientOptions,
): Parts<Gradients> {
  const { control = noControl, keepsSteps = false, needsParameters = true } = options;
  assertFits(run, arriving);
  assertRoom(run, options.maxResultBytes ?? defaultTraceBytes);
  const steps = keepsSteps ? gradientSteps(run) : null;
  const lanes = gradientLanes(run, arriving, { steps, needsParameters });
  const maxBytes = options.maxBytes ?? defaultTraceBytes;
  yield* new GradientPass({ run, trace, arriving, lanes, steps, control, maxBytes }).run();
  const parameters = lanes.layers.map((layer) => layer.flatMap(({ sums }) => sums ?? []));
  return {
    parameters: needsParameters ? parameters : null,
    h0: lanes.h0,
    c0: lanes.c0,
    norms: lanes.layers.map((layer) => layer.map(({ norms }) => norms)),
    steps,
  };
}

/** @throws LimitError when h0's and c0's gradients and the norms take more than `limit` bytes. */
function assertRoom({ config, seqLength, batchSize }: ForwardInput, limit: number): void {
  const rows = config.numLayers * numDirections(config) * batchSize;
  const values = rows * (stateSize(config) + cellSizeOf(config) + seqLength);
  const bytes = values * Float64Array.BYTES_PER_ELEMENT;
  assertMemory(config, { of: "gradients-megabytes", batchSize }, { bytes, limit });
}

/** @throws RangeError when the arriving gradient is not of the run's sizes: the caller's mistake. */
function assertFits(run: ForwardInput, { output, hn, cn }: OutputGradient): void {
  const { config, seqLength, batchSize } = run;
  const directions = numDirections(config);
  const slots = config.numLayers * directions * batchSize;
  const sizes = {
    output: seqLength * batchSize * directions * stateSize(config),
    hn: slots * stateSize(config),
    cn: slots * cellSizeOf(config),
  };
  const assertLength = (name: keyof typeof sizes, values: Float64Array | null): void => {
    if (values === null || values.length === sizes[name]) return;
    throw new RangeError(`the gradient of ${name} has ${values.length} values, not ${sizes[name]}`);
  };
  assertLength("output", output instanceof Float64Array ? output : null);
  assertLength("hn", hn);
  assertLength("cn", cn);
}
