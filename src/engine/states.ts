/**
 * The arrays that a forward fills.
 */
import { numDirections, stateSize } from "../model/config";
import type { CarriedState, ForwardInput, Network, StateArray } from "./engine";
import { cellSizeOf } from "./trace";

/** One direction of one layer while the forward fills it. */
export interface LaneStates extends CarriedState {
  /** Views of h_n and c_n, which carry the state from span to span. */
  readonly carried: CarriedState;
}

/** A zeroed array of the kind that an precision keeps its values in. */
export function allocate(precision: Network["precision"], length: number): StateArray {
  return precision === "f64" ? new Float64Array(length) : new Float32Array(length);
}

/** Values that h_n and c_n have together. */
export function finalValues({ config, batchSize }: Network): number {
  const slots = config.numLayers * numDirections(config);
  return slots * batchSize * (stateSize(config) + cellSizeOf(config));
}

/** h_n and c_n before the first step, that is h0 and c0, with the views of each lane's rows; in zeros that `take` gives. */
export function initialStates(
  run: ForwardInput,
  take: (length: number) => StateArray = (length) => allocate(run.precision, length),
): {
  hn: StateArray;
  cn: StateArray | null;
  carried: CarriedState[][];
} {
  const { config, batchSize } = run;
  const directions = numDirections(config);
  const sizes = { h: batchSize * stateSize(config), c: batchSize * cellSizeOf(config) };
  const slots = config.numLayers * directions;
  const hn = take(slots * sizes.h);
  const cn = config.cell !== "LSTM" ? null : take(slots * sizes.c);
  if (run.h0 !== null) hn.set(run.h0);
  if (run.c0 !== null) cn?.set(run.c0);
  // Loops: of a short run, Array.from of Array.from is a good part.
  const carried: CarriedState[][] = [];
  for (let slot = 0; slot < slots;) {
    const layer: CarriedState[] = [];
    for (let end = slot + directions; slot < end; slot++) {
      const h = hn.subarray(slot * sizes.h, (slot + 1) * sizes.h);
      layer.push({ h, c: cn?.subarray(slot * sizes.c, (slot + 1) * sizes.c) ?? null });
    }
    carried.push(layer);
  }
  return { hn, cn, carried };
}
