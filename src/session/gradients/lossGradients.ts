/**
 * All gradients of one loss of an opened run, for files and reports, and how they change along time.
 */
import { norm } from "../../core/numeric";
import { gradientFlow, type GradientFlow } from "../../analysis/gradientFlow";
import { ignoredTarget, linearCrossEntropy } from "../../engine/gradient/crossEntropy";
import type { RunControl } from "../../core/control";
import type { ForwardInput } from "../../engine/base/engine";
import type { Gradients } from "../../engine/gradient/gradient";
import { headFeatures, headGradient } from "../../engine/gradient/head";
import { lossStart, type Loss, type LossStart } from "../../engine/gradient/loss";
import {
  cellSizeOf,
  type DirectionPlace,
  type ForwardTrace,
  type Place,
} from "../../engine/base/trace";
import { LimitError, ShapeError, UnsupportedError } from "../../core/errors";
import { numDirections, stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { outputShapes, toTimeMajor } from "../../model/sequence";
import type { LossChoice } from "../../protocol/run/curveMessages";
import type { RunResult } from "../../run/execute";
import {
  elementCount,
  formatShape,
  sameShape,
  swapLeadingAxes,
  type Tensor,
} from "../../tensor/tensor";
import { text } from "../../core/text";
import { embeddingGradient } from "./embeddingGradient";
import { gradientTensors } from "./tensors";
import type { GradientReader } from "./gradients";

/** A loss with the tensors that it takes. */
export type LossInput =
  | LossChoice
  /** Σ output·factors; factors in the layout of the output. */
  | { readonly kind: "weighted"; readonly factors: Tensor }
  /** Of the logits of the run's linear head; as many class indices as the head has rows, in the input's layout. */
  | {
      readonly kind: "cross-entropy";
      readonly targets: Tensor;
      readonly reduction: "mean" | "sum";
    };

export interface LossGradientOptions {
  readonly control: RunControl;
  /** The gradients of x_t, h_t and c_t of every step as well. */
  readonly keepsSteps: boolean;
}

/** The gradient's way through one direction of one layer, all batch rows together. */
export interface LaneFlow extends GradientFlow, DirectionPlace {
  /** ‖∂L/∂h_t‖ over all batch rows, (T). */
  readonly perStep: Float64Array;
}

export interface LossGradients {
  readonly value: number;
  /** As `gradientTensors` names them; those of the layers around the module as
   * `d_embedding.weight`, `d_linear.weight` and `d_linear.bias`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly lanes: readonly LaneFlow[];
}

/** Bytes of gradients that are held at once, and once more while they are written. */
const maxGradientBytes = 2 ** 31;

/**
 * Computes every gradient of a loss.
 * @throws ShapeError, UnsupportedError when the loss does not fit the run; LimitError when the gradients of every step
 * are too large; CancelledError.
 */
export function lossGradients(
  run: RunResult,
  reader: GradientReader,
  loss: LossInput,
  { control, keepsSteps }: LossGradientOptions,
): LossGradients {
  if (keepsSteps) assertSize(run.forwardInput);
  const ofHead = new Map<string, Tensor>();
  const start = (input: ForwardInput, trace: ForwardTrace, part: RunControl): LossStart =>
    loss.kind === "cross-entropy"
      ? crossEntropyStart(run, loss, { input, trace, ofHead })
      : lossStart(input, trace, lossOf(run, loss), part);
  const { value, gradients } = reader.gradients(start, keepsSteps, control);
  const { unbatched } = run.sizes;
  const tensors = gradientTensors(run.forwardInput, gradients, { unbatched });
  return {
    value,
    tensors: new Map([...withEmbedding(tensors, run), ...ofHead]),
    lanes: laneFlows(run.forwardInput, gradients, feedsEveryStep(run, loss)),
  };
}

/** With tokens, the input of layer 0 is the embedded one: `d_embedded`, and `d_embedding.weight` from it. */
function withEmbedding(
  tensors: ReadonlyMap<string, Tensor>,
  { inputs }: RunResult,
): ReadonlyMap<string, Tensor> {
  const { surrounding, config } = inputs;
  const tokens = surrounding?.tokens ?? null;
  const embedded = tensors.get("d_input");
  if (surrounding === undefined || tokens === null || embedded === undefined) return tensors;
  const { vocabulary } = surrounding;
  const weight = embeddingGradient(embedded, tokens, {
    vocabulary,
    batchFirst: config.batchFirst && tokens.shape.length > 1,
  });
  const rest = [...tensors].filter(([name]) => name !== "d_input");
  return new Map([["d_embedded", embedded], ...rest, ["d_embedding.weight", weight]]);
}

function lossOf(
  { inputs, sizes, forwardInput }: RunResult,
  loss: Exclude<LossInput, { kind: "cross-entropy" }>,
): Loss {
  const { config } = forwardInput;
  switch (loss.kind) {
    case "weighted": {
      const { output } = outputShapes(config, sizes);
      if (!sameShape(loss.factors.shape, output)) {
        const reason = text("as the output");
        throw new ShapeError({ option: "against" }, output, loss.factors.shape, reason);
      }
      const factors = toTimeMajor(loss.factors, inputs.config.batchFirst);
      return { kind: "weighted", weights: Float64Array.from(factors) };
    }
    case "unit":
      assertPlace(forwardInput, loss.place, loss.stateName);
      return loss;
    case "sum":
    case "last":
      return loss;
  }
}

/** @throws UnsupportedError that names the first index which the run does not have. */
function assertPlace(run: ForwardInput, place: Place, stateName: "h" | "c"): void {
  const { config, seqLength, batchSize } = run;
  const units = stateName === "h" ? stateSize(config) : cellSizeOf(config);
  const sizes = {
    layer: config.numLayers,
    step: seqLength,
    batch: batchSize,
    unit: units,
  } as const;
  if (units === 0)
    throw new UnsupportedError({ option: "at" }, text("{0} has no cell state", config.cell));
  if (!directionsOf(config).includes(place.direction)) {
    throw new UnsupportedError({ option: "at" }, text("the module has one direction"));
  }
  for (const name of ["layer", "step", "batch", "unit"] as const) {
    if (place[name] < sizes[name]) continue;
    const last = sizes[name] - 1;
    const missing = text("{0} is {1}, and the run has 0 to {2}", name, place[name], last);
    throw new UnsupportedError({ option: "at" }, missing);
  }
}

/** Cross-entropy of the run's own linear head; the head's gradients go into `ofHead`. */
function crossEntropyStart(
  { inputs, sizes }: RunResult,
  { targets, reduction }: Extract<LossInput, { kind: "cross-entropy" }>,
  {
    input,
    trace,
    ofHead,
  }: { input: ForwardInput; trace: ForwardTrace; ofHead: Map<string, Tensor> },
): LossStart {
  const head = inputs.surrounding?.head ?? null;
  if (head === null) {
    throw new UnsupportedError(
      { option: "loss" },
      text("the run has no logits: it needs a linear layer after the module, and a head"),
    );
  }
  const { linear } = head;
  const rows = head.head === "every" ? sizes.seqLength * sizes.batchSize : sizes.batchSize;
  const classes = classIndices(targets, rows, linear.outFeatures);
  const isBatchFirst = head.head === "every" && inputs.config.batchFirst && !sizes.unbatched;
  const { inFeatures } = linear;
  const result = linearCrossEntropy({
    features: headFeatures(head.head, input, trace, inFeatures),
    weight: Float64Array.from(linear.weight),
    bias: linear.bias === null ? null : Float64Array.from(linear.bias),
    targets: isBatchFirst
      ? swapLeadingAxes(classes, [sizes.batchSize, sizes.seqLength, 1])
      : classes,
    reduction,
  });
  const put = (name: string, shape: readonly number[], data: Float64Array): void => {
    ofHead.set(`d_linear.${name}`, { dtype: "float64", shape, data });
  };
  put("weight", [linear.outFeatures, inFeatures], result.weight);
  if (result.bias !== null) put("bias", [linear.outFeatures], result.bias);
  return {
    value: result.loss,
    arriving: headGradient(head.head, input, result.features, inFeatures),
  };
}

/** @throws ShapeError, UnsupportedError when the targets are not one class for each row of logits. */
function classIndices({ shape, data }: Tensor, rows: number, classes: number): Tensor["data"] {
  if (elementCount(shape) !== rows) {
    const reason = text("one class for each of {0} rows of logits", rows);
    throw new ShapeError({ option: "targets" }, [rows], shape, reason);
  }
  const isClass = (target: number): boolean =>
    target === ignoredTarget || (Number.isInteger(target) && target >= 0 && target < classes);
  const bad = data.find((target) => !isClass(target));
  if (bad === undefined) return data;
  throw new UnsupportedError(
    { option: "targets" },
    text(
      "{0} in {1} is no class: classes are 0 to {2}",
      String(bad),
      formatShape(shape),
      classes - 1,
    ),
  );
}

function feedsEveryStep({ inputs }: RunResult, { kind }: LossInput): boolean {
  if (kind === "cross-entropy") return inputs.surrounding?.head?.head === "every";
  return kind === "sum" || kind === "weighted";
}

function laneFlows(run: ForwardInput, { norms }: Gradients, feeds: boolean): LaneFlow[] {
  const { config, batchSize, seqLength, lengths } = run;
  const length =
    lengths === null ? seqLength : lengths.reduce((most, each) => Math.max(most, each), 0);
  return norms.flatMap((lanes, layer) =>
    directionsOf(config).map((direction, directionIndex) => {
      const perStep = overRows(lanes[directionIndex]!, batchSize);
      const one = { batchSize: 1, batch: 0, feedsEveryStep: feeds };
      const lane = { norms: perStep, length, direction, ...one };
      return { layer, direction, perStep, ...gradientFlow(lane) };
    }),
  );
}

/** √Σ of the squares over batch rows: (T, B) to (T). */
function overRows(norms: Float64Array, batchSize: number): Float64Array {
  return Float64Array.from({ length: norms.length / batchSize }, (_, step) =>
    norm(norms.subarray(step * batchSize, (step + 1) * batchSize)),
  );
}

function assertSize({ config, seqLength, batchSize, input }: ForwardInput): void {
  const features = numDirections(config) * (stateSize(config) + cellSizeOf(config));
  const values = input.length + seqLength * batchSize * config.numLayers * features;
  const bytes = values * Float64Array.BYTES_PER_ELEMENT;
  if (bytes <= maxGradientBytes) return;
  const { cell } = config;
  throw new LimitError({ cell }, { of: "step-gradient-bytes" }, maxGradientBytes, bytes);
}
