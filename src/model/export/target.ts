/**
 * What a framework that modules are exported to has to say of itself.
 */
import type { Text } from "../../core/text";
import type { OnnxModel } from "../../formats/write/onnxModel";
import type { TensorSource } from "../../tensor/source";
import type { RecurrentConfig } from "../config";
import type { Feature } from "./features";
import type { ModuleToExport } from "./module";

/** Graph inputs of an ONNX file beside the input itself; zeros, and all steps, without them. */
export interface GraphInputs {
  readonly states: boolean;
  readonly lengths: boolean;
}

export interface ExportTarget {
  readonly id: "pytorch" | "keras" | "onnx" | "flax" | "mlx";
  /** The framework's name. */
  readonly title: string;
  /** Endings of the files that it is written to, without the dot, the usual one first. */
  readonly endings: readonly string[];
  /** What its modules have not, of what ours may have. */
  readonly lacks: readonly Feature[];
  /** The tensors in its names and layouts; nothing is read. */
  readonly tensors: (module: ModuleToExport, ending: string) => readonly TensorSource[];
  /** The graph, where a file holds one. */
  readonly graph?: (module: ModuleToExport, inputs: GraphInputs) => OnnxModel;
  /** Lines of Python that make the module and load the file of this name. */
  readonly lines: (module: ModuleToExport, file: LoadedFile) => readonly string[];
  /** What is to be known of this module there. */
  readonly notes?: (config: RecurrentConfig, dtype: string) => readonly Text[];
}

export interface LoadedFile {
  /** Without its folder. */
  readonly name: string;
  readonly ending: string;
  readonly inputs: GraphInputs;
}
