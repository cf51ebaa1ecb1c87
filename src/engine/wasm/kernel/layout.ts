/**
 * Where things lie in the memory of the fast path. AssemblyScript: compiled by scripts/kernel.mjs.
 *
 * 0 … 64 KiB   constants of the activations, put there by the compiler
 * 64 KiB …     handed out from below by pack.ts and wasm.ts, every block at a multiple of 64 bytes (a cache line):
 *              layers (`Layer` below, weights, biases), spans (`Task` below, x, state, h, c), scratch of each thread
 *
 * Real numbers are f32 or f64 throughout one memory; a vector is 16 bytes: 4 or 2 of them ("lanes").
 *
 * Gates     One row of gates is `vectors` vectors: a group of as many units as a vector has lanes, then its next gate;
 *           for an LSTM i f g o, for a GRU r z n, for an RNN the only one. The last group is padded with units whose
 *           weights are 0, and an odd number of vectors with one more.
 * Weights   A matrix (gates, K) is cut into tiles of 2 vectors of gates; a tile is K lines of 2 vectors, so that
 *           several tiles are read side by side, each from its first byte to its last.
 */

/**
 * Words of a layer: what one direction of one layer computes with, or a part of its units. Addresses and counts, 4 bytes
 * each; `vectors`, weights and biases of the gates are those of the part.
 */
export namespace Layer {
  export const cell: usize = 0;
  export const inputSize: usize = 4;
  export const hiddenSize: usize = 8;
  /** Features of h: the projection size where there is one, else the hidden size. */
  export const stateSize: usize = 12;
  /** Vectors in one row of gates: an even number. */
  export const vectors: usize = 16;
  export const weightIh: usize = 20;
  export const weightHh: usize = 24;
  /** RNN and LSTM: both biases; GRU: that of the input. One row of gates. */
  export const bias: usize = 28;
  /** GRU: bias of the state, one row of gates. */
  export const biasHh: usize = 32;
  /** Projection, 0 without one. */
  export const weightHr: usize = 36;
  /** A row of zeros as long as the projection's. */
  export const zeros: usize = 40;
  /** Not 0 when some weight of the state is NaN or infinite. */
  export const hasNonFinite: usize = 44;
  /** Units that are computed: the first, and how many. */
  export const firstUnit: usize = 48;
  export const units: usize = 52;
}

export namespace Cell {
  export const rnnTanh: i32 = 0;
  export const rnnRelu: i32 = 1;
  export const lstm: i32 = 2;
  export const gru: i32 = 3;
}

/** Words of a task: steps of one direction of one layer, for some batch rows. It may be run in several turns. */
export namespace Task {
  export const layer: usize = 0;
  /** Steps of the span. */
  export const steps: usize = 4;
  /** Time of the first step of the span, which lengths are compared with. */
  export const time: usize = 8;
  /** 1: from the last step to the first. */
  export const reverse: usize = 12;
  export const batchSize: usize = 16;
  /** Rows rowFrom … rowTo (exclusive) of the batch. */
  export const rowFrom: usize = 20;
  export const rowTo: usize = 24;
  /** Valid steps of each row (i32), 0 where all have all. */
  export const lengths: usize = 28;
  /** (B, P or H) and (B, H), read and written; c: 0 without. */
  export const stateH: usize = 32;
  export const stateC: usize = 36;
  /** (steps, B, P or H) and (steps, B, H), written; c: 0 where it is not wanted. */
  export const h: usize = 40;
  export const c: usize = 44;
  /** Of the thread: as many bytes as `scratchBytes` says. */
  export const scratch: usize = 48;
  /** Steps whose x is multiplied at a time, counted from the first that is run. */
  export const block: usize = 52;
  /** Steps that have been run, and how many are to have been when the task is left. */
  export const done: usize = 56;
  export const until: usize = 60;
  /**
   * Where other tasks compute the other units at the same time: a second place for h (B = 1), read and written in turn
   * with `stateH`, where the tasks meet after each step (meet.ts), and how many they are. 0 without.
   */
  export const otherH: usize = 64;
  export const meeting: usize = 68;
  export const parties: usize = 72;
  /** Parts of x, each (steps, B, features): their number, then address and features of each. */
  export const parts: usize = 76;
  export const part: usize = 80;
}

/** Lanes of a vector. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / sizeof<T>();
}

/** Bytes of `count` reals. */
// @ts-ignore: decorator
@inline
export function bytesOf<T>(count: i32): usize {
  return (count as usize) * sizeof<T>();
}

/** `count` reals rounded up to whole tiles, in bytes. */
// @ts-ignore: decorator
@inline
export function paddedBytes<T>(count: i32): usize {
  return (bytesOf<T>(count) + 31) & ~31;
}
