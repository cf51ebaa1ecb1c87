/**
 * Facts that a file states about a recurrent module, beyond names and shapes.
 */
import type { Text } from "../core/text";
import type { CellVariant, Nonlinearity } from "./config";
import type { ModuleGiven } from "./given";

/** Who defines the module; PyTorch also where only its names are known. */
export type Framework =
  | "PyTorch"
  | "ONNX"
  | "Keras"
  | "TensorFlow 1"
  | "MLX"
  | "Flax"
  | "Haiku"
  | "Equinox"
  | "MXNet"
  | "PaddlePaddle";

/** null (or absent) when the file does not state a fact. */
export interface ModuleFacts {
  readonly framework: Framework;
  readonly batchFirst: boolean | null;
  /** Of ONNX nodes, `layout`: whether their X, Y and states have the batch first. */
  readonly onnxLayout?: 0 | 1;
  /** The ONNX nodes that it is made of. */
  readonly onnxNodes?: OnnxNodes;
  readonly nonlinearity: Nonlinearity | null;
  /** Probability between layers, in training only. */
  readonly dropout: number | null;
  /** The differences of its cell from torch.nn's. */
  readonly variant: Partial<CellVariant>;
  /** True for a module whose one direction goes from the last step to the first, which torch.nn does not have. */
  readonly reverseOnly: boolean;
  /** Properties that a run does not reproduce, one sentence each. */
  readonly departures: readonly Text[];
  /** What its tensors were recognised as, and what was assumed for that; one sentence each. */
  readonly remarks?: readonly Text[];
  /** What the file does not tell and is taken to be as its framework's default. */
  readonly assumed?: readonly Assumption[];
  /** Operations that Unroll cannot run, one sentence each; a module with any of them is refused. */
  readonly refusals: readonly Text[];
  /** The layout of the outputs of Keras layers. */
  readonly kerasOutput?: KerasOutput;
  /** Its initial states and lengths, or a note that they come from outside. */
  readonly given: ModuleGiven;
}

/** A module among the nodes of a graph. */
export interface OnnxNodes {
  /** Of its layers, the lowest one first. */
  readonly names: readonly string[];
  /** The operator that computes its input; null where that is an input of the model, rearranged at most. */
  readonly readsFrom: string | null;
  /** True where a state or lengths come from outside of the file. */
  readonly asksForMore: boolean;
  /** True where one of them is computed in the graph. */
  readonly computesMore: boolean;
  /** Names in the graph of Y of the last layer, and of Y_h and Y_c where there is one layer; empty for none. */
  readonly gives: Readonly<Record<"output" | "h_n" | "c_n", string>>;
}

/** A default that stands where the file does not tell a fact. */
export interface Assumption {
  /** The option of a run that tells it; null where none does. */
  readonly option: "gateActivation" | "resetAfter" | "reverse" | null;
  readonly sentence: Text;
}

/** What its tensors were recognised as, and what is assumed as far as `options` do not tell it. */
export function remarksOf(
  { remarks = [], assumed = [] }: ModuleFacts,
  options: Readonly<Partial<Record<NonNullable<Assumption["option"]>, unknown>>>,
): readonly Text[] {
  const open = assumed.filter(({ option }) => option === null || options[option] === undefined);
  return [...remarks, ...open.map(({ sentence }) => sentence)];
}

/** How a layer of Keras gives its outputs. */
export interface KerasOutput {
  /** The last one alone (return_sequences=False). */
  readonly isLastOnly: boolean;
  /** In the order of its steps, the last one of the input first (go_backwards). */
  readonly isReversed: boolean;
  /** How Bidirectional joins its halves, where that is not side by side. */
  readonly mergeMode: string | null;
  /** True where the half called forward reads the last step first (go_backwards within Bidirectional). */
  readonly isSwapped: boolean;
  /** Those of its departures that speak of this: a layer of Keras that is made of it has it. */
  readonly departures: readonly Text[];
}

/** The facts of a file that holds only tensors: none. */
export const noFacts: ModuleFacts = {
  framework: "PyTorch",
  batchFirst: null,
  nonlinearity: null,
  dropout: null,
  variant: {},
  reverseOnly: false,
  departures: [],
  refusals: [],
  given: {},
};
