/** What the benchmark measures of Unroll: the readable forward, and opening archives. */
import { joinDirections } from "../src/analysis/lanes";
import { forward, type ForwardInput } from "../src/engine/forward";
import { bindWeights } from "../src/model/bind";
import type { RecurrentConfig } from "../src/model/config";
import { expectedParameters } from "../src/model/parameters";
import { FileSource } from "../src/node/fileSource";
import { openArchive } from "../src/formats/open";
import { elementCount, type Tensor } from "../src/tensor/tensor";

export interface Size {
  readonly name: string;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly seqLength: number;
  readonly batchSize: number;
}

/** One network and its input, as every engine of the benchmark gets it. */
export interface Network {
  readonly size: Size;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** Time-major: (T, B, I). */
  readonly input: Float32Array;
}

/** Weights in ±1/√H, as PyTorch draws them, and an input in ±1; the same at every call. */
export function makeNetwork(size: Size): Network {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const draw = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => scale * next());
  const scale = 1 / Math.sqrt(size.hiddenSize);
  const parameters = new Map(
    expectedParameters(configOf(size)).map(({ name, shape }): [string, Tensor] => [
      name,
      { dtype: "float32", shape, data: draw(elementCount(shape), scale) },
    ]),
  );
  return { size, parameters, input: draw(size.seqLength * size.batchSize * size.inputSize, 1) };
}

/** The network ready to run; each call of the result is one forward and gives its output, (T, B, D·H). */
export function prepare({ size, parameters, input }: Network): () => Float32Array | Float64Array {
  const config = configOf(size);
  const { seqLength, batchSize } = size;
  const weights = bindWeights(config, parameters);
  const given = { h0: null, lengths: null, precision: "f32" } as const;
  const run: ForwardInput = { config, weights, input, seqLength, batchSize, ...given };
  return () => {
    const { states, stateSize } = forward(run);
    return joinDirections(states.at(-1) ?? [], stateSize);
  };
}

/** Opens an archive, counts its entries and closes it. */
export async function openOnce(path: string): Promise<number> {
  const source = await FileSource.open(path);
  try {
    return (await openArchive(source)).entries.length;
  } finally {
    await source.close();
  }
}

function configOf({ inputSize, hiddenSize, numLayers, bidirectional }: Size): RecurrentConfig {
  return {
    ...{ cell: "RNN", isCellClass: false, inputSize, hiddenSize, numLayers, bidirectional },
    ...{ bias: true, projSize: 0, batchFirst: false, nonlinearity: "tanh" },
  };
}
