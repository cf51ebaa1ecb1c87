/** Golden files that PyTorch wrote, and what it takes to use them: configurations, tensors, entries. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pytorchVariant, type CellKind, type RecurrentConfig } from "../../../src/model/config";
import { byteWidth, type DType } from "../../../src/tensor/dtype";
import {
  elementCount,
  type Shape,
  type Tensor,
  type TensorEntry,
} from "../../../src/tensor/tensor";

/** Constructor arguments as PyTorch takes them. */
export interface Constructor {
  readonly class: string;
  readonly sizes: readonly number[];
  readonly options: {
    readonly bidirectional?: boolean;
    readonly batch_first?: boolean;
    readonly bias?: boolean;
    readonly nonlinearity?: "tanh" | "relu";
    readonly proj_size?: number;
  };
}

/** Shape and row-major values. */
export type Values = readonly [shape: number[], values: number[]];

/** One case of forward.json, computed in float64. */
export interface ForwardCase extends Omit<Constructor, "class"> {
  readonly name: string;
  readonly lengths: number[] | null;
  readonly parameters: readonly (readonly [name: string, shape: number[], values: number[]])[];
  readonly input: Values;
  readonly h0: Values | null;
  readonly output: Values;
  readonly h_n: Values;
}

export const fixtures = join(process.cwd(), "test/fixtures");

/** The cases of a golden file. */
export function goldenCases(name: string): readonly unknown[] {
  const file = JSON.parse(readFileSync(join(fixtures, "golden", name), "utf8")) as {
    cases: unknown[];
  };
  return file.cases;
}

/** The configuration of `nn.{class}(*sizes, **options)`. */
export function configOf({ class: kind, sizes, options }: Constructor): RecurrentConfig {
  const [inputSize = 0, hiddenSize = 0, numLayers = 1] = sizes;
  return {
    cell: kind.replace("Cell", "") as CellKind,
    isCellClass: kind.endsWith("Cell"),
    inputSize,
    hiddenSize,
    numLayers,
    bidirectional: options.bidirectional ?? false,
    bias: options.bias ?? true,
    projSize: options.proj_size ?? 0,
    batchFirst: options.batch_first ?? false,
    nonlinearity: options.nonlinearity ?? "tanh",
    variant: pytorchVariant,
  };
}

/** An `nn.RNN` with PyTorch's defaults but for `changes`. */
export function rnnConfig(changes: Partial<RecurrentConfig> = {}): RecurrentConfig {
  return { ...configOf({ class: "RNN", sizes: [2, 3], options: {} }), ...changes };
}

export function entryOf(name: string, shape: Shape, dtype: DType = "float32"): TensorEntry {
  return { name, dtype, shape, byteLength: elementCount(shape) * byteWidth(dtype) };
}

export function float64([shape, values]: Values): Tensor {
  return { dtype: "float64", shape, data: Float64Array.from(values) };
}

export function float32([shape, values]: Values): Tensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

/** The parameters of a forward case by name. */
export function parametersOf({ parameters }: ForwardCase): ReadonlyMap<string, Tensor> {
  return new Map(parameters.map(([name, shape, values]) => [name, float64([shape, values])]));
}
