/**
 * A run as the diagnosis edits it: weights, input, states and lengths in float64, each free to be replaced.
 */
import type { WideParameters } from "../../engine/readable/cells";
import { joinDirections } from "../../analysis/lanes";
import { directionsOf } from "../../model/directions";
import { stateValues } from "../../run/stateValues";
import type { RunInputs } from "../../run/inputs";
import { bindWeights } from "../../model/bind";
import type { RecurrentConfig } from "../../model/config";
import { numDirections, stateSize } from "../../model/config";
import { outputShapes, sequenceSizes, toTimeMajor } from "../../model/sequence";
import { sameShape, type Tensor } from "../../tensor/tensor";

/**
 * Parameters of one direction of one layer, row-major: weightIh (G·H, inputSize), weightHh (G·H, R), biases (G·H),
 * weightHr (R, H), peephole (3·H: i, f, o).
 */
export interface LayerParameters extends WideParameters {
  readonly inputSize: number;
}

/** A network and what it reads. Edits return another one that shares what they leave alone. */
export interface Model {
  readonly config: RecurrentConfig;
  /** By layer, then direction. */
  readonly layers: readonly (readonly LayerParameters[])[];
  /** (T, B, I). */
  readonly input: Float64Array;
  readonly seqLength: number;
  readonly batchSize: number;
  /** (L·D, B, R); zeros where the run has none. */
  readonly h0: Float64Array;
  /** (L·D, B, H); null for a cell without a cell state. */
  readonly c0: Float64Array | null;
  /** Valid steps of each row. */
  readonly lengths: Int32Array;
}

/** A result or a reference, row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What a module returns, in the layout of the run's files; null where it has none or it is not asked for. */
export type ReturnedName = "output" | "hn" | "cn";
export type Returned = Readonly<Record<ReturnedName, Values | null>>;

export const returnedNames: readonly ReturnedName[] = ["output", "hn", "cn"];

/** The states of a layer's directions side by side, time-major: (T, B, D·R) and (T, B, D·H); null where not all are known. */
export interface LayerStates {
  readonly h: Float64Array | null;
  readonly c: Float64Array | null;
}

/** A run to be explained: the network as its file has it, and what the reference says that it returns. */
export interface Case {
  readonly model: Model;
  readonly reference: Returned;
  /** States inside the layers that the reference has as well, by layer; not given where it has none. */
  readonly inside?: readonly LayerStates[];
  /** True where sequences have lengths of their own. */
  readonly hasLengths: boolean;
  /** True where the run is given h0. */
  readonly hasH0: boolean;
  /** True for an input without a batch axis. */
  readonly unbatched: boolean;
  /** True where padding counts in no verdict: rows are shorter than T. */
  readonly hasPadding: boolean;
  /** Of a part that begins in the middle of a run: its first step there. */
  readonly first?: number;
  /** Of a part with some rows alone: which ones of the run. */
  readonly rows?: readonly number[];
  /** True for a part that ends before the run does: the final states of the reference are not its own. */
  readonly isOpen?: true;
}

/** The case of a run. @throws ShapeError, NotFoundError when the weights do not fit. */
export function caseOf(inputs: RunInputs): Case {
  const { config, reference } = inputs;
  const sizes = sequenceSizes(inputs.input.shape, config.batchFirst);
  if (sizes === null) throw new RangeError("the shape check admits inputs of rank 2 and 3 only");
  const { seqLength, batchSize, unbatched } = sizes;
  const layers = bindWeights(config, inputs.parameters).map((directions) =>
    directions.map(
      ({ inputSize, weightIh, weightHh, biasIh, biasHh, weightHr, peephole }): LayerParameters => ({
        inputSize,
        weightIh: wide(weightIh),
        weightHh: wide(weightHh),
        biasIh: wideOrNull(biasIh),
        biasHh: wideOrNull(biasHh),
        weightHr: wideOrNull(weightHr),
        peephole: wideOrNull(peephole),
      }),
    ),
  );
  const rows = config.numLayers * numDirections(config) * batchSize;
  const lengths = Int32Array.from(inputs.lengths ?? new Array<number>(batchSize).fill(seqLength));
  return {
    model: {
      config,
      layers,
      input: wide(toTimeMajor(inputs.input, config.batchFirst)),
      seqLength,
      batchSize,
      h0: wideOrNull(inputs.h0?.data ?? null) ?? new Float64Array(rows * stateSize(config)),
      c0:
        config.cell === "LSTM"
          ? (wideOrNull(inputs.c0?.data ?? null) ?? new Float64Array(rows * config.hiddenSize))
          : null,
      lengths,
    },
    reference: {
      output: valuesOf(reference.output),
      hn: valuesOf(reference.hn),
      cn: valuesOf(reference.cn),
    },
    ...insideOf(inputs),
    hasLengths: inputs.lengths !== null,
    hasH0: inputs.h0 !== null,
    unbatched,
    hasPadding: lengths.some((length) => length < seqLength),
  };
}

/** True where every tensor that is there has the shape that the module returns. */
export function hasReturnedShapes({ model, unbatched }: Case, returned: Returned): boolean {
  const { config, seqLength, batchSize } = model;
  const sizes = { seqLength, batchSize, features: config.inputSize, unbatched };
  const expected = outputShapes(config, sizes);
  return returnedNames.every((name) => {
    const found = returned[name];
    const shape = expected[name];
    return found === null || (shape !== null && sameShape(found.shape, shape));
  });
}

/** Rows of (count, B, size) along the axis of the batch. */
export function takeRows(
  values: Float64Array,
  batchSize: number,
  rows: readonly number[],
  size: number,
): Float64Array {
  const count = values.length / (batchSize * size);
  const taken = new Float64Array(count * rows.length * size);
  for (let index = 0; index < count; index++) {
    rows.forEach((row, at) => {
      const from = (index * batchSize + row) * size;
      taken.set(values.subarray(from, from + size), (index * rows.length + at) * size);
    });
  }
  return taken;
}

function insideOf({ config, states = [] }: RunInputs): Pick<Case, "inside"> {
  if (states.length === 0) return {};
  const inside = Array.from({ length: config.numLayers }, (_, layer) => {
    const joined = (quantity: "h" | "c", size: number): Float64Array | null => {
      const halves = directionsOf(config).map((direction) =>
        stateValues(states, { layer, direction, quantity }),
      );
      const known = halves.filter((half) => half !== null);
      return known.length < halves.length ? null : wide(joinDirections(known, size));
    };
    return { h: joined("h", stateSize(config)), c: joined("c", config.hiddenSize) };
  });
  return { inside };
}

function valuesOf(tensor: Tensor | null): Values | null {
  return tensor === null ? null : { shape: tensor.shape, data: wide(tensor.data) };
}

function wide(values: Float32Array | Float64Array): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

function wideOrNull(values: Float32Array | Float64Array | null): Float64Array | null {
  return values === null ? null : wide(values);
}
