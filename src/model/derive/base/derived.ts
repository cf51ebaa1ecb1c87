/**
 * Tensors in PyTorch's names, shapes and gate order that are computed from others when they are read.
 */
import type { Box, RawValues } from "../../../tensor/raw";
import type { TensorEntry } from "../../../tensor/tensor";
import type { ModuleFacts } from "../../facts";

/** An entry with an `origin`, and how a part of it is read; the box lies within its shape. */
export interface DerivedEntry {
  readonly entry: TensorEntry;
  readonly readBox: (box: Box) => Promise<RawValues>;
}

/** The tensors of a file in PyTorch's terms. */
export interface DerivedModules {
  readonly entries: readonly DerivedEntry[];
  /** Facts by the prefix of the module's derived entries, e.g. `encoder.lstm.`. */
  readonly facts: ReadonlyMap<string, ModuleFacts>;
}
