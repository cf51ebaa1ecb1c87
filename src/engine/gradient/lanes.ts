/**
 * The arrays that back-propagation fills: gradients of each layer and direction, and the one carried in time.
 */
import { numDirections, stateSize, type Direction } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { widenWeights, type WideWeights } from "../readable/cells";
import type { ForwardInput, StateArray } from "../base/engine";
import type { OutputGradient, UnitGradient } from "./outputGradient";
import {
  createCellGradient,
  zeroLayerGradients,
  type CellGradient,
  type LayerGradients,
} from "./cells";
import { cellSizeOf, type LanePlace } from "../base/trace";

/** Gradients of every step, on the input's time axis for both directions, 0 in the padding. */
export interface StepGradients {
  /** ∂L/∂x_t, time-major (T, B, I). */
  readonly input: Float64Array;
  /** ∂L/∂h_t by layer and direction, (T, B, P). */
  readonly h: readonly (readonly Float64Array[])[];
  /** ∂L/∂c_t by layer and direction, (T, B, H); null for cells without a cell state. */
  readonly c: readonly (readonly Float64Array[])[] | null;
}

/** A gradient on its way from step to step, for all batch rows: of h (B, P), of c (B, H) for an LSTM. */
export interface CarriedGradient {
  readonly h: Float64Array;
  readonly c: Float64Array | null;
}

/** One direction of one layer while the gradients go through it. */
export interface GradientLane extends LanePlace {
  readonly direction: Direction;
  readonly weights: WideWeights;
  /** False where 0 times a weight may be another value than 0. */
  readonly keepsZeros: boolean;
  readonly cell: CellGradient;
  /** null when the gradients of the parameters are not needed. */
  readonly sums: LayerGradients | null;
  /** Views of the gradients of h0 and c0, in which the gradient is carried from block to block. */
  readonly carried: CarriedGradient;
  /** (T, B). */
  readonly norms: Float64Array;
  readonly h: Float64Array | null;
  readonly c: Float64Array | null;
  readonly units: readonly UnitGradient[];
}

export interface GradientLanes {
  readonly layers: readonly (readonly GradientLane[])[];
  readonly h0: Float64Array;
  readonly c0: Float64Array | null;
}

/** Zeros for the gradients of every step. */
export function gradientSteps({ config, seqLength, batchSize }: ForwardInput): StepGradients {
  const rows = seqLength * batchSize;
  const lanesOf = (size: number): Float64Array[][] =>
    Array.from({ length: config.numLayers }, () =>
      directionsOf(config).map(() => new Float64Array(rows * size)),
    );
  return {
    input: new Float64Array(rows * config.inputSize),
    h: lanesOf(stateSize(config)),
    c: config.cell === "LSTM" ? lanesOf(config.hiddenSize) : null,
  };
}

/** The lanes of a run before the first step back: their carried gradients are those of h_n and c_n. */
export function gradientLanes(
  run: ForwardInput,
  arriving: OutputGradient,
  { steps, needsParameters }: { steps: StepGradients | null; needsParameters: boolean },
): GradientLanes {
  const { config, seqLength, batchSize } = run;
  const directions = numDirections(config);
  const sizes = { h: batchSize * stateSize(config), c: batchSize * cellSizeOf(config) };
  const slots = config.numLayers * directions;
  const h0 = arriving.hn?.slice() ?? new Float64Array(slots * sizes.h);
  const c0 =
    config.cell === "LSTM" ? (arriving.cn?.slice() ?? new Float64Array(slots * sizes.c)) : null;
  const layers = run.weights.map((layerWeights, layer) =>
    directionsOf(config).map((direction, directionIndex) => {
      const slot = layer * directions + directionIndex;
      const weights = widenWeights(layerWeights[directionIndex]!);
      const sums = needsParameters ? zeroLayerGradients(weights) : null;
      return {
        layer,
        directionIndex,
        direction,
        weights,
        keepsZeros: Object.values(weights).every(
          (values: unknown) => !(values instanceof Float64Array) || keepsZeros(values),
        ),
        sums,
        cell: createCellGradient(config, weights, sums),
        carried: {
          h: h0.subarray(slot * sizes.h, (slot + 1) * sizes.h),
          c: c0?.subarray(slot * sizes.c, (slot + 1) * sizes.c) ?? null,
        },
        norms: new Float64Array(seqLength * batchSize),
        h: steps?.h[layer]?.[directionIndex] ?? null,
        c: steps?.c?.[layer]?.[directionIndex] ?? null,
        units: (arriving.units ?? []).filter(
          (unit) => unit.layer === layer && unit.directionIndex === directionIndex,
        ),
      };
    }),
  );
  return { layers, h0, c0 };
}

/** Magnitudes whose sums and products with 0 are no other values than 0. */
const LARGEST_PLAIN = 1e100;

/** False where a 0 may be multiplied by a value that is not finite. */
export function keepsZeros(values: StateArray | null): boolean {
  return values?.every((value) => Math.abs(value) < LARGEST_PLAIN) ?? true;
}
