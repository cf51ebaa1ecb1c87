/**
 * The arrays that a forward fills.
 */
import { numDirections, stateSize } from "../../model/config";
import type { CarriedState, ForwardInput, Network, StateArray } from "./engine";
import { cellSizeOf } from "./trace";
import { outOfMemory } from "./traceMemory";

/** h_n (L·D, B, P or H) and c_n (L·D, B, H); null for cells without a cell state. */
export interface FinalStates {
  readonly hn: StateArray;
  readonly cn: StateArray | null;
}

/** The number of values of h_n, of c_n, of h and c of one lane, and of everything together. */
export interface StateLengths {
  readonly hn: number;
  readonly cn: number;
  readonly h: number;
  readonly c: number;
  readonly all: number;
}

/**
 * A zeroed array of the type that stores values of a precision.
 * @throws UnsupportedError when there is no memory for it.
 */
export function allocate(precision: Network["precision"], length: number): StateArray {
  try {
    return precision === "f64" ? new Float64Array(length) : new Float32Array(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw outOfMemory(length * bytesPerValue(precision), error);
  }
}

/** The dtype that the values of a precision are kept in: those rounded to 16 bits lie in float32. */
export function keptDtype(precision: Network["precision"]): "float32" | "float64" {
  return precision === "f64" ? "float64" : "float32";
}

/** Bytes that a value of a precision is kept in. */
export function bytesPerValue(precision: Network["precision"]): 4 | 8 {
  return precision === "f64" ? 8 : 4;
}

/**
 * The number of values of the states of a run. One array of `all` values holds h_n and c_n, then h and c of each layer
 * and direction. c has 0 values for cells without a cell state.
 */
export function stateLengths({ config, seqLength, batchSize }: ForwardInput): StateLengths {
  const lanes = config.numLayers * numDirections(config);
  const ofStep = { h: batchSize * stateSize(config), c: batchSize * cellSizeOf(config) };
  const finals = { hn: lanes * ofStep.h, cn: lanes * ofStep.c };
  const [h, c] = [seqLength * ofStep.h, seqLength * ofStep.c];
  return { ...finals, h, c, all: finals.hn + finals.cn + lanes * (h + c) };
}

/** h_n and c_n, and each lane's h and c, in one array as `stateLengths` says. */
export function statesIn(
  run: ForwardInput,
  all: StateArray,
): { readonly finals: FinalStates; readonly lanes: readonly (readonly CarriedState[])[] } {
  const lengths = stateLengths(run);
  const directions = numDirections(run.config);
  let end = 0;
  const take = (length: number): StateArray => all.subarray(end, (end += length));
  const hasC = run.config.cell === "LSTM";
  const finals = { hn: take(lengths.hn), cn: hasC ? take(lengths.cn) : null };
  // Loops here and below, because nested Array.from takes a large part of the time of a short run.
  const lanes: CarriedState[][] = [];
  for (let layer = 0; layer < run.config.numLayers; layer++) {
    const ofLayer: CarriedState[] = [];
    for (let direction = 0; direction < directions; direction++) {
      ofLayer.push({ h: take(lengths.h), c: hasC ? take(lengths.c) : null });
    }
    lanes.push(ofLayer);
  }
  return { finals, lanes };
}

/**
 * Arrays for a run of which only the last layer's h is read afterwards. The layers below share two arrays: a layer
 * overwrites a block as soon as the next layer has read its previous contents.
 */
export function outputStates(run: ForwardInput): {
  readonly finals: FinalStates;
  readonly lanes: readonly (readonly CarriedState[])[];
} {
  const { numLayers } = run.config;
  const { h } = stateLengths(run);
  const layerStates = (): CarriedState[] =>
    Array.from({ length: numDirections(run.config) }, () => ({
      h: allocate(run.precision, h),
      c: null,
    }));
  const below = Array.from({ length: Math.min(2, numLayers - 1) }, layerStates);
  const last = layerStates();
  const lanes = Array.from({ length: numLayers }, (_, layer) =>
    layer === numLayers - 1 ? last : below[layer % 2]!,
  );
  return { finals: allocateFinals(run), lanes };
}

/** New arrays for h_n and c_n. */
export function allocateFinals(run: ForwardInput): FinalStates {
  const { hn, cn } = stateLengths(run);
  const hasC = run.config.cell === "LSTM";
  return { hn: allocate(run.precision, hn), cn: hasC ? allocate(run.precision, cn) : null };
}

/** Copies h0 and c0 into the arrays of h_n and c_n; returns the views of each lane's rows, which carry its state. */
export function initialStates(run: ForwardInput, { hn, cn }: FinalStates): CarriedState[][] {
  const { config, batchSize } = run;
  const directions = numDirections(config);
  const sizes = { h: batchSize * stateSize(config), c: batchSize * cellSizeOf(config) };
  const slots = config.numLayers * directions;
  if (run.h0 !== null) hn.set(run.h0);
  if (run.c0 !== null) cn?.set(run.c0);
  const carried: CarriedState[][] = [];
  for (let slot = 0; slot < slots;) {
    const layer: CarriedState[] = [];
    for (let end = slot + directions; slot < end; slot++) {
      const h = hn.subarray(slot * sizes.h, (slot + 1) * sizes.h);
      layer.push({ h, c: cn?.subarray(slot * sizes.c, (slot + 1) * sizes.c) ?? null });
    }
    carried.push(layer);
  }
  return carried;
}
