/**
 * What the scripts in `python/` are asked and what they answer, once its bytes are read.
 */
import type { RecurrentConfig } from "../../model/config";
import type { Tensor } from "../../tensor/tensor";

/** Tensors by name; floats of 32 and 64 bits only. */
export type NamedTensors = ReadonlyMap<string, Tensor>;

/** The sum of the output: of all steps, or of the last one of each sequence. */
export type LossName = "sum" | "last";

/** A request without its tensors. */
export type PythonHeader = TorchHeader | KerasHeader;

interface CommonHeader {
  /** Valid steps of each row; null where all have every step. */
  readonly lengths: readonly number[] | null;
}

export interface TorchHeader extends CommonHeader {
  readonly op: "pytorch";
  readonly config: RecurrentConfig;
  readonly dtype: "float32" | "float64";
  readonly device: "cpu" | "gpu";
  readonly tf32: boolean;
  readonly gates: boolean;
  /** Losses whose ‖∂L/∂h_t‖ are asked for as well. */
  readonly losses: readonly LossName[];
}

export interface KerasHeader extends CommonHeader {
  readonly op: "keras";
  readonly path: string;
  readonly format: "keras" | "hdf5";
  /** Names of the layers, each of which reads what the one before gives. */
  readonly layers: readonly string[];
  readonly device: "cpu" | "gpu";
}

/** A request with its tensors by name. */
export interface PythonRequest {
  readonly header: PythonHeader;
  readonly tensors: NamedTensors;
}

/** An answer without its tensors. */
export interface PythonAnswer {
  readonly version: string;
  readonly device: string;
  readonly dtype: "float32" | "float64";
  /** Largest difference of each result between the module's own call and its steps; a name where it is not finite. */
  readonly apart: Readonly<Record<string, number | string>>;
  /** PyTorch: whether output, h_n and c_n are those of torch.nn's module. */
  readonly fused?: boolean;
  /** PyTorch: why they are not, by names of options. */
  readonly why?: readonly string[];
  /** PyTorch: whether TF32 was used. */
  readonly tf32?: boolean;
  /** Keras: what it computes with. */
  readonly backend?: string;
  /** Keras: what of the whole model was left out. */
  readonly missing?: readonly string[];
}

/** Why the scripts refuse a request. */
export interface PythonRefusal {
  readonly code: string;
  readonly package?: string;
  readonly version?: string;
  readonly needed?: string;
  readonly lacks?: string;
  readonly device?: string;
  readonly name?: string;
  readonly message?: string;
}
