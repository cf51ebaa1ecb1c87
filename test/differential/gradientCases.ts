/**
 * Runs whose gradients PyTorch computed: stored ones, and lines of random_gradients.py.
 */
import type { ForwardInput } from "../../src/engine/base/engine";
import type { Loss } from "../../src/engine/gradient/loss";
import { bindWeights } from "../../src/model/bind";
import { pytorchVariant, type CellKind, type RecurrentConfig } from "../../src/model/config";
import type { Head } from "../../src/model/find/head";
import { expectedParameters } from "../../src/model/parameters";
import { toTimeMajor } from "../../src/model/sequence";
import type { Tensor } from "../../src/tensor/tensor";
import { present } from "../unit/support/present";
import { describeCase } from "./cases";

type Values = readonly [shape: number[], values: (number | string)[]];

/** One line of random_gradients.py. */
export interface LiveCase {
  readonly config: Omit<RecurrentConfig, "variant"> & {
    readonly seqLength: number;
    readonly batchSize: number;
    readonly lengths: number[] | null;
    readonly loss: Loss["kind"] | "h_n" | "cross-entropy";
    readonly head: Head;
    readonly reduction: "mean" | "sum";
  };
  readonly targets: number[] | null;
  readonly unit: readonly [step: number, batch: number, feature: number] | null;
  readonly value: string;
  readonly arrays: Readonly<Record<string, Values>>;
  readonly gradients: Readonly<Record<string, Values>>;
}

/** The arrays of a line by name. */
export function tensorsOf(arrays: Readonly<Record<string, Values>>): Map<string, Tensor> {
  return new Map(
    Object.entries(arrays).map(([name, [shape, values]]) => [
      name,
      { dtype: "float64", shape, data: Float64Array.from(values, numberOf) },
    ]),
  );
}

function numberOf(value: number | string): number {
  if (typeof value === "number") return value;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number.NaN;
}

/** The parameters of a module among other tensors. */
export function parametersIn(
  config: RecurrentConfig,
  tensors: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  return new Map(expectedParameters(config).map(({ name }) => [name, present(tensors.get(name))]));
}

interface CaseConstructor {
  readonly input_size: number;
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly bidirectional: boolean;
  readonly bias: boolean;
  readonly batch_first: boolean;
  readonly nonlinearity?: "tanh" | "relu";
}

/** The configuration of a stored case. */
export function caseConfig(folder: string): RecurrentConfig {
  const { cell, constructor } = describeCase(folder) as unknown as {
    cell: CellKind;
    constructor: CaseConstructor;
  };
  return {
    cell,
    isCellClass: false,
    inputSize: constructor.input_size,
    hiddenSize: constructor.hidden_size,
    numLayers: constructor.num_layers,
    bidirectional: constructor.bidirectional,
    bias: constructor.bias,
    projSize: 0,
    batchFirst: constructor.batch_first,
    nonlinearity: constructor.nonlinearity ?? "tanh",
    variant: pytorchVariant,
  };
}

/** The run of a stored case, in float64. */
export function runOf(
  config: RecurrentConfig,
  weights: ReadonlyMap<string, Tensor>,
  io: ReadonlyMap<string, Tensor>,
): ForwardInput {
  const input = present(io.get("input"));
  const [first = 0, second = 0] = input.shape;
  return {
    config,
    weights: bindWeights(config, parametersIn(config, weights)),
    input: toTimeMajor(input, config.batchFirst),
    seqLength: config.batchFirst ? second : first,
    batchSize: config.batchFirst ? first : second,
    h0: io.get("h0")?.data ?? null,
    c0: io.get("c0")?.data ?? null,
    lengths: null,
    precision: "f64",
  };
}
