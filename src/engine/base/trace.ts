/**
 * The states of a run: the layout of layers, directions and steps, and access to the states that are kept.
 */
import { numDirections, stateSize, type Direction, type RecurrentConfig } from "../../model/config";
import type { StateArray } from "./engine";

/** A place in the trace. `step` is the time index of the input, for both directions. */
export interface Place {
  readonly layer: number;
  readonly direction: Direction;
  readonly step: number;
  readonly batch: number;
  readonly unit: number;
}

/** One direction of one layer, by name; `LanePlace` has its index. */
export type DirectionPlace = Pick<Place, "layer" | "direction">;

/** h for every cell; c for an LSTM. */
export type StateName = "h" | "c";

/** One direction of one layer. */
export interface LanePlace {
  readonly layer: number;
  readonly directionIndex: number;
}

/** All states of one forward. Axes: T time, B batch, H units, P features of one direction's h (H or the projection). */
export interface ForwardTrace {
  readonly seqLength: number;
  readonly batchSize: number;
  /** Features of h: P. */
  readonly stateSize: number;
  /** Features of c: H; 0 for cells without one. */
  readonly cellSize: number;
  /** h after the last processed step, rows layer-major and direction-minor: (L·D, B, P). */
  readonly hn: StateArray;
  /** c after the last processed step, (L·D, B, H); null for cells without one. */
  readonly cn: StateArray | null;
  /**
   * Steps of a block. Readers that follow time should read whole blocks, from a multiple of this number: reads within
   * one block are cheap, because a block is computed as a whole.
   */
  readonly blockSteps: number;
  /** How the numbers were computed. */
  readonly path: TracePath;
  /**
   * The states of a lane at steps from…to (exclusive): (to − from, B, P or H), aligned with the input's time axis for
   * both directions, 0 in padding. The values are valid until the next call and must not be changed.
   * `check` is called from time to time while values are computed, and may throw.
   */
  read(
    stateName: StateName,
    lane: LanePlace,
    from: number,
    to: number,
    check?: () => void,
  ): StateArray;
  /** Frees the memory and the engine for recomputing blocks; the trace must not be read afterwards. */
  dispose(): void;
}

/** How a forward was computed. */
export interface TracePath {
  readonly engine: "readable" | "simd" | "relaxed-simd";
  readonly threads: number;
  /** True when states are kept at checkpoints only, and blocks are recomputed when they are read. */
  readonly checkpoints: boolean;
}

/** Features of c; 0 for cells without a cell state. */
export function cellSizeOf(config: Pick<RecurrentConfig, "cell" | "hiddenSize">): number {
  return config.cell === "LSTM" ? config.hiddenSize : 0;
}

/** Bytes of all states of a run, h and c, at `bytesPerValue` each. */
export function traceBytes(
  config: RecurrentConfig,
  seqLength: number,
  batchSize: number,
  bytesPerValue: number,
): number {
  const lanes = config.numLayers * numDirections(config);
  return lanes * seqLength * batchSize * (stateSize(config) + cellSizeOf(config)) * bytesPerValue;
}

/** A trace of kept states: h and c of each lane as (T, B, size). @throws RangeError for a lane that was not kept. */
export function completeTrace(
  frame: Omit<ForwardTrace, "read" | "blockSteps" | "dispose">,
  lanes: readonly (readonly Readonly<Record<StateName, StateArray | null>>[])[],
): ForwardTrace {
  const rowSizes = { h: frame.batchSize * frame.stateSize, c: frame.batchSize * frame.cellSize };
  return {
    ...frame,
    blockSteps: Math.max(1, frame.seqLength),
    read: (stateName, { layer, directionIndex }, from, to) => {
      const states = lanes[layer]![directionIndex]?.[stateName] ?? null;
      if (states === null) throw new RangeError("these states were not kept");
      const size = rowSizes[stateName];
      return states.subarray(from * size, to * size);
    },
    dispose: () => undefined,
  };
}
