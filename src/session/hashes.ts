/**
 * A line for each step of each state of a run, by which two runs can be told apart without their values.
 */
import type { RunControl } from "../core/control";
import { text } from "../core/text";
import type { StateArray } from "../engine/base/engine";
import { directionsOf } from "../model/directions";
import { stateName } from "../model/stateNames";
import type { RunResult } from "../run/execute";

/** All rows and units of a state at one step. */
export interface StepHash {
  /** `layer{l}.{direction}.{h|c}` */
  readonly state: string;
  readonly step: number;
  /** Σ |value|, summed in float64. */
  readonly l1: number;
  /** Sixteen hexadecimal digits: MurmurHash3 (x86, 32 bits) of the little-endian bits with two seeds. */
  readonly hash: string;
}

const SEEDS = [0, 0x9747b28c] as const;
/** The bits of every NaN: engines keep others. */
const NAN_BITS = 0x7fc00000;
const NAN_HIGH_BITS = 0x7ff80000;

/**
 * In the order of dependency: layers from the bottom up, each direction in its order of processing. The first line that
 * differs between two runs is where they part.
 * @throws CancelledError when `control` says so.
 */
export function* stepHashes(
  { trace, forwardInput }: RunResult,
  control: RunControl,
): Generator<StepHash> {
  const { config, seqLength, batchSize } = forwardInput;
  const quantities = trace.cn === null ? (["h"] as const) : (["h", "c"] as const);
  const lanes = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction, directionIndex) => ({ layer, direction, directionIndex })),
  ).flat();
  let done = 0;
  for (const { layer, direction, directionIndex } of lanes) {
    for (const quantity of quantities) {
      const state = stateName({ layer, direction, quantity });
      const size = batchSize * (quantity === "h" ? trace.stateSize : trace.cellSize);
      const starts = blockStarts(seqLength, trace.blockSteps);
      for (const from of direction === "reverse" ? starts.reverse() : starts) {
        const to = Math.min(seqLength, from + trace.blockSteps);
        const values = trace.read(quantity, { layer, directionIndex }, from, to, () => {
          control.check();
        });
        // The values are valid until the next read, and the reader may take its time.
        yield* inOrder(direction, hashesOf(values, { state, from, to, size }));
        control.check();
        done += to - from;
        const all = seqLength * lanes.length * quantities.length;
        control.report(done / all, text("Hashing the states"));
      }
    }
  }
}

function blockStarts(seqLength: number, blockSteps: number): number[] {
  return Array.from({ length: Math.ceil(seqLength / blockSteps) }, (_, at) => at * blockSteps);
}

function inOrder(direction: "forward" | "reverse", hashes: StepHash[]): StepHash[] {
  return direction === "reverse" ? hashes.reverse() : hashes;
}

function hashesOf(
  values: StateArray,
  block: {
    readonly state: string;
    readonly from: number;
    readonly to: number;
    readonly size: number;
  },
): StepHash[] {
  const { state, from, to, size } = block;
  return Array.from({ length: to - from }, (_, at) => {
    const row = values.subarray(at * size, (at + 1) * size);
    return { state, step: from + at, l1: l1Norm(row), hash: hashOf(row) };
  });
}

function l1Norm(values: StateArray): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum;
}

/** The hash of values by their bits. */
export function hashOf(values: StateArray): string {
  const words = wordsOf(values);
  return SEEDS.map((seed) => murmur(words, seed).toString(16).padStart(8, "0")).join("");
}

/** Little-endian words of 32 bits, as every machine that runs this has them. */
function wordsOf(values: StateArray): Uint32Array {
  const copy = values.slice();
  const words = new Uint32Array(copy.buffer);
  const perValue = copy.BYTES_PER_ELEMENT / 4;
  copy.forEach((value, at) => {
    if (!Number.isNaN(value)) return;
    words[perValue * at] = perValue === 1 ? NAN_BITS : 0;
    if (perValue === 2) words[2 * at + 1] = NAN_HIGH_BITS;
  });
  return words;
}

/** MurmurHash3_x86_32 of whole words. */
function murmur(words: Uint32Array, seed: number): number {
  let hash = seed;
  for (const word of words) {
    let mixed = Math.imul(word, 0xcc9e2d51);
    mixed = (mixed << 15) | (mixed >>> 17);
    hash ^= Math.imul(mixed, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= words.length * 4;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
