/**
 * The layout of the fast path's memory, with sizes in bytes.
 *
 * The files of this folder are imported by the kernel and by the code that drives it: plain constants, which both
 * AssemblyScript and TypeScript understand.
 *
 * 0 … 64 KiB   constants of the activations, put there by the compiler
 * 64 KiB …     handed out in ascending order by memory.ts, every block at a multiple of a cache line: layers
 *              (layer.ts, weights, biases), spans (task.ts, x, state, h, c), scratch of each thread, barriers
 *
 * Real numbers are f32 or f64 throughout one memory; a vector is 4 or 2 of them ("lanes").
 *
 * Gates     One row of gates is `vectors` vectors: a group of as many units as a vector has lanes, then its next gate;
 *           for an LSTM i f g o, for a GRU r z n, for an RNN the only one. The last group is padded with units whose
 *           weights are 0, and an odd number of vectors with one more.
 * Weights   A matrix (gates, K) is cut into tiles of 2 vectors of gates; a tile is K lines of 2 vectors, so that
 *           several tiles are read side by side, each from its first byte to its last.
 */

/** Address of the first block that is handed out. */
export const firstBlock = 65536;

export const cacheLineBytes = 64;
export const vectorBytes = 16;
/** A line of a tile. */
export const tileLineBytes = 32;
