/** Networks to run: built from a golden case, or from a seed. */
import type { ForwardInput, Precision, StateArray } from "../../../src/engine/base/engine";
import { forward, type ForwardOptions } from "../../../src/engine/forward";
import type { ForwardTrace, StateName } from "../../../src/engine/base/trace";
import { bindWeights } from "../../../src/model/bind";
import type { RecurrentConfig } from "../../../src/model/config";
import { expectedParameters } from "../../../src/model/parameters";
import { numDirections, stateSize } from "../../../src/model/config";
import { sequenceSizes, toTimeMajor } from "../../../src/model/sequence";
import { elementCount, zerosLike, type Tensor } from "../../../src/tensor/tensor";
import { configOf, float64, parametersOf, type ForwardCase } from "./goldens";

/** What `forward` takes for a golden case, read from its file layout. */
export function forwardInputOf(item: ForwardCase, precision: Precision): ForwardInput {
  const config = configOf({ class: "RNN", ...item });
  const input = float64(item.input);
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (sizes === null) throw new Error(`${item.name} has an input of another rank`);
  return {
    config,
    weights: bindWeights(config, parametersOf(item)),
    input: toTimeMajor(input, config.batchFirst),
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    h0: item.h0 === null ? null : float64(item.h0).data,
    c0: null,
    lengths: item.lengths,
    precision,
  };
}

/** Numbers in −1…1 that follow from a seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export function filled(length: number, next: () => number): Float64Array {
  return Float64Array.from({ length }, next);
}

/** Parameters of a module with values from `next`, by name. */
export function randomParameters(
  config: RecurrentConfig,
  next: () => number,
): ReadonlyMap<string, Tensor> {
  return new Map(
    expectedParameters(config).map(({ name, shape }) => [
      name,
      { dtype: "float64", shape, data: filled(elementCount(shape), next) },
    ]),
  );
}

export interface RandomRun {
  readonly config: RecurrentConfig;
  readonly seed: number;
  readonly seqLength: number;
  readonly batchSize: number;
  readonly givenH0?: boolean;
  readonly lengths?: readonly number[] | null;
  readonly precision?: Precision;
}

/** A run whose weights, input and h0 follow from a seed. */
export function randomRun(run: RandomRun): ForwardInput {
  const { config, seqLength, batchSize } = run;
  const next = numbersFrom(run.seed);
  const slots = config.numLayers * numDirections(config);
  return {
    config,
    weights: bindWeights(config, randomParameters(config, next)),
    input: filled(seqLength * batchSize * config.inputSize, next),
    seqLength,
    batchSize,
    h0: run.givenH0 === true ? filled(slots * batchSize * stateSize(config), next) : null,
    c0:
      run.givenH0 === true && config.cell === "LSTM"
        ? filled(slots * batchSize * config.hiddenSize, next)
        : null,
    lengths: run.lengths ?? null,
    precision: run.precision ?? "f64",
  };
}

/** Every state of a run, by layer and direction: (T, B, P), or (T, B, H) for c. */
export function statesOf(
  { config, seqLength }: ForwardInput,
  trace: ForwardTrace,
  stateName: StateName = "h",
): StateArray[][] {
  return Array.from({ length: config.numLayers }, (_, layer) =>
    Array.from({ length: numDirections(config) }, (__, directionIndex) =>
      trace.read(stateName, { layer, directionIndex }, 0, seqLength),
    ),
  );
}

/** A run with every h read; its trace stays readable. */
export function runStates(
  run: ForwardInput,
  options: ForwardOptions = {},
): { trace: ForwardTrace; states: StateArray[][]; hn: StateArray } {
  const trace = forward(run, options);
  return { trace, states: statesOf(run, trace), hn: trace.hn };
}

/** Largest |left − right|; NaN where one is NaN, Infinity where the lengths differ. */
export function largestDistance(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return Infinity;
  return Array.from(left).reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (right[index] ?? Number.NaN))),
    0,
  );
}

/** Values of `states`, (T, B, H), at one step and batch row. */
export function rowOf(
  states: StateArray,
  { step, batch, batchSize, units }: Record<"step" | "batch" | "batchSize" | "units", number>,
): number[] {
  const offset = (step * batchSize + batch) * units;
  return [...states.subarray(offset, offset + units)];
}

/** Of values (outer, rows, size) the rows of `keep`, in its order. */
export function pickRows(
  values: StateArray,
  [outer, rows]: readonly [number, number],
  keep: readonly number[],
): StateArray {
  const size = values.length / (outer * rows);
  const picked = zerosLike(values, outer * keep.length * size);
  for (let index = 0; index < outer; index++) {
    keep.forEach((row, place) => {
      const from = (index * rows + row) * size;
      picked.set(values.subarray(from, from + size), (index * keep.length + place) * size);
    });
  }
  return picked;
}
