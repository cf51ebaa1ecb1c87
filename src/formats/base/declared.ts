/**
 * What a file declares about its modules: pickled modules, graph nodes, layers.
 *
 * Plain records of the file's own declarations; `src/model` interprets them.
 */

export type DeclaredModule = TorchModule | OnnxRecurrent | OnnxLayer | KerasRecurrent | KerasLayer;

/** A whole nn.Module out of a pickle or a TorchScript archive: the attributes that are plain values. */
export interface TorchModule {
  readonly framework: "pytorch";
  /** The prefix of its parameters' names, including the dot; empty for the root. */
  readonly prefix: string;
  /** Last part of its class's name: `LSTM`. */
  readonly className: string;
  /** e.g. `batch_first`, `nonlinearity`, `dropout`, `hidden_size`, `mode`. */
  readonly attributes: ReadonlyMap<string, string | number | boolean | null>;
}

/** The inputs of a recurrent node of ONNX besides X and its weights. */
export type OnnxOperand =
  /** A tensor of the file; the first `batch` entries along its axis B, where 1 is one for every sequence. */
  | { readonly kind: "constant"; readonly entry: string; readonly batch: number }
  /** An input of the model. */
  | { readonly kind: "input"; readonly name: string }
  /** The value is computed by another node from the model's inputs. */
  | { readonly kind: "computed"; readonly by: string };

/** An RNN, GRU or LSTM node of an ONNX graph (operators of opset 1 to 22). */
export interface OnnxRecurrent {
  readonly framework: "onnx";
  readonly kind: "recurrent";
  /** The node's name; operator and index where it has none. */
  readonly name: string;
  readonly cell: "RNN" | "GRU" | "LSTM";
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly hiddenSize: number;
  /** As written, per direction; the operator's defaults where the node has none. */
  readonly activations: readonly string[];
  readonly activationAlpha: readonly number[];
  readonly activationBeta: readonly number[];
  /** null for no limit. */
  readonly clip: number | null;
  readonly inputForget: boolean;
  readonly linearBeforeReset: boolean;
  /** 0: X is (T, B, I); 1: X is (B, T, I). */
  readonly layout: 0 | 1;
  /** Whether what the module is given has the batch first; null where X is computed and no Transpose tells. */
  readonly batchFirst: boolean | null;
  /** Names of entries: W (D, G·H, I), R (D, G·H, H), B (D, 2·G·H), P (D, 3·H); null where the node has none. */
  readonly w: string;
  readonly r: string;
  readonly b: string | null;
  readonly p: string | null;
  /** (D, B, H), or (B, D, H) in layout 1; null for zeros. */
  readonly initialH: OnnxOperand | null;
  readonly initialC: OnnxOperand | null;
  /** (B); null where every sequence has all steps. */
  readonly sequenceLens: OnnxOperand | null;
  /** Name of the recurrent node whose output it reads through nothing but reshaping: the layer below. */
  readonly below: string | null;
  /** The operator that computes X, `body` for what a loop gives its body; null for an input of the model, rearranged at most. */
  readonly readsFrom: string | null;
  /** Names of what it gives in its graph, Y, Y_h and Y_c; empty for those that it does not give. */
  readonly gives: readonly string[];
}

/** A Gather from a table (nn.Embedding) or a Gemm / MatMul + Add (nn.Linear) of an ONNX graph. */
export interface OnnxLayer {
  readonly framework: "onnx";
  readonly kind: "embedding" | "linear";
  readonly name: string;
  /** Name of an entry. */
  readonly weight: string;
  /** Name of an entry; null without bias. */
  readonly bias: string | null;
  /** True when the weight is (in, out) and nn.Linear's is its transpose. */
  readonly transposed: boolean;
}

/** Weights of one direction of a recurrent layer of Keras, by names of entries: one, or of Keras 1 one for each gate. */
export interface KerasWeights {
  /** (I, G·H), or (I, H) for each gate in Keras' order: i f c o, z r h. */
  readonly kernel: string | readonly string[];
  /** (H, G·H), or (H, H) for each gate. */
  readonly recurrentKernel: string | readonly string[];
  /** (G·H), or (H) for each gate, or (2, G·H) of a GRU with reset_after; null without. */
  readonly bias: string | readonly string[] | null;
}

/** The layer that masks steps. */
export interface KerasMask {
  readonly layer: string;
  /** Of Masking, the value that all features of a masked step have; of an embedding, the token 0. */
  readonly kind: "Masking" | "Embedding";
  readonly value: number;
  /** True where nothing between it and the layer changes a value. */
  readonly isDirect: boolean;
}

/** A SimpleRNN, GRU or LSTM layer of a Keras file, alone or within Bidirectional. */
export interface KerasRecurrent {
  readonly framework: "keras";
  readonly kind: "recurrent";
  /** As Keras names it; where several layers of nested models have a name, after theirs: `encoder.lstm`. */
  readonly name: string;
  readonly cell: "RNN" | "GRU" | "LSTM";
  /** Its class when it is not one of Keras' own, such as one derived from LSTM. */
  readonly customClass: string | null;
  /** True for CuDNNLSTM and CuDNNGRU, which store each gate as cuDNN has it, and both biases one after the other. */
  readonly isCudnn: boolean;
  /** null where the file has weights only and does not say. */
  readonly activation: string | null;
  readonly recurrentActivation: string | null;
  readonly resetAfter: boolean | null;
  readonly goBackwards: boolean | null;
  /** True for an input and output of (T, B, …), which Keras 2 could be asked for. */
  readonly timeMajor: boolean | null;
  /** False where it gives its last output alone; null where the file does not say. */
  readonly returnSequences: boolean | null;
  /** True for a cell of StackedRNNCells: the next cell reads its output at every step. */
  readonly isStackedCell: boolean;
  /** The layer before it that masks steps; null where there is none, or the file does not say. */
  readonly mask: KerasMask | null;
  /** The layer whose states it begins with; null for zeros. */
  readonly statesFrom: string | null;
  /** The layer whose output it reads; null for the model's input, masked or looked up in a table. */
  readonly readsFrom: string | null;
  /** How Bidirectional joins its halves, "null" for not at all; null where it does not say or there is one direction. */
  readonly mergeMode: string | null;
  /** Major version of Keras that wrote the file, which decides what hard_sigmoid is; null where unknown. */
  readonly kerasMajor: number | null;
  readonly forward: KerasWeights;
  readonly backward: KerasWeights | null;
}

/** An Embedding or Dense layer of a Keras file; a Dense kernel is (in, out). */
export interface KerasLayer {
  readonly framework: "keras";
  readonly kind: "embedding" | "linear";
  readonly name: string;
  /** Name of an entry. */
  readonly weight: string;
  /** Name of an entry; null without bias. */
  readonly bias: string | null;
}
