/**
 * The computation that a file holds beside its tensors, where it can be run as it is.
 */
import type { DType } from "../../tensor/dtype";

/** An input of a graph that has no value in the file. */
export interface GraphInput {
  readonly name: string;
  /** null where the file does not tell, or it is no tensor. */
  readonly dtype: DType | null;
}

/** A recurrent node of a graph: names of values that the graph gives, all as a node of layout 0 has them. */
export interface ExposedNode {
  /** (T, B, I). */
  readonly x: string;
  /** (B), int32; null where the node has none. */
  readonly lengths: string | null;
  /** (D, B, H); null where the node begins with zeros. */
  readonly h0: string | null;
  readonly c0: string | null;
  /** (T, D, B, H). */
  readonly y: string;
  /** (D, B, H). */
  readonly hn: string;
  /** (D, B, H); null for a cell without one. */
  readonly cn: string | null;
  /** True where the file has it in layout 1, and it is computed in layout 0 between transpositions. */
  readonly isTurned: boolean;
}

/** A model that gives what its recurrent nodes are given and give, beside its own outputs. */
export interface ExposedModel {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Bytes of the files beside it that it names, by the names that it has for them. */
  readonly external: Readonly<Record<string, Uint8Array>>;
  readonly inputs: readonly GraphInput[];
  /** By the names that recurrent nodes have as declared modules. */
  readonly nodes: ReadonlyMap<string, ExposedNode>;
  /** Nodes in bodies that may be computed more than once, such as those of Loop, and the operator of each body. */
  readonly repeated: ReadonlyMap<string, string>;
}

/** A graph that can be run. */
export interface ComputedGraph {
  /** Names of the inputs that have no value in the file, in its order. */
  readonly inputs: readonly string[];
  /** Names of its own outputs, in its order. */
  readonly outputs: readonly string[];
  /** Bytes of all its files. */
  readonly bytes: () => Promise<number>;
  /**
   * The model with the values of its recurrent nodes as further outputs.
   * @throws FormatError when it is damaged, LimitError when it is too large, NotFoundError when a file is missing.
   */
  readonly exposed: () => Promise<ExposedModel>;
}
