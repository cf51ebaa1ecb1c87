/**
 * The configuration of a recurrent module: everything that its forward needs besides weights.
 */

export type CellKind = "RNN" | "LSTM" | "GRU";
export type Nonlinearity = "tanh" | "relu";
export type Direction = "forward" | "reverse";

/** The activation of the gates i, f, o of an LSTM and r, z of a GRU. */
export type GateActivation =
  | { readonly kind: "sigmoid" }
  /** max(0, min(1, alpha·x + beta)): Keras 2 and ONNX have 0.2 and 0.5, Keras 3 has 1/6 and 0.5. */
  | { readonly kind: "hard_sigmoid"; readonly alpha: number; readonly beta: number };

/** The differences of a cell of another framework from PyTorch's. */
export interface CellVariant {
  /**
   * GRU: the reset gate scales W_hn·h + b_hn (PyTorch, cuDNN, Keras' reset_after=True, ONNX' linear_before_reset=1);
   * false: it scales h before the product (Cho et al. 2014, Keras' reset_after=False, ONNX' default).
   */
  readonly resetAfter: boolean;
  readonly gateActivation: GateActivation;
  /** Pre-activations are limited to −clip…clip (ONNX `clip`); null for no limit. */
  readonly clip: number | null;
  /** LSTM: f = 1 − i (ONNX `input_forget`). */
  readonly coupledInputForget: boolean;
  /** LSTM: i and f read c_(t−1), o reads c_t, through diagonal weights (Gers & Schmidhuber 2000; ONNX `P`). */
  readonly peephole: boolean;
}

/** The cells as torch.nn has them. */
export const pytorchVariant: CellVariant = {
  resetAfter: true,
  gateActivation: { kind: "sigmoid" },
  clip: null,
  coupledInputForget: false,
  peephole: false,
};

/** Constructor arguments of a torch.nn.RNN, LSTM or GRU, or of one of their cell classes. */
export interface RecurrentConfig {
  readonly cell: CellKind;
  /** True for nn.RNNCell, LSTMCell and GRUCell: unrolled over time, states without a layer axis. */
  readonly isCellClass: boolean;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  /** The one direction goes from the last step to the first, as in ONNX with direction = reverse; torch.nn has no such module. */
  readonly reverseOnly?: boolean;
  readonly bias: boolean;
  /** Projection size of an LSTM; 0 for none. */
  readonly projSize: number;
  readonly batchFirst: boolean;
  /** Activation of an RNN; LSTM and GRU ignore it. */
  readonly nonlinearity: Nonlinearity;
  readonly variant: CellVariant;
}

/** True where the cell computes what torch.nn's does. */
export function isPytorchVariant({
  cell,
  variant,
}: Pick<RecurrentConfig, "cell" | "variant">): boolean {
  return (
    variant.clip === null &&
    (cell === "RNN" || variant.gateActivation.kind === "sigmoid") &&
    (cell !== "GRU" || variant.resetAfter) &&
    (cell !== "LSTM" || !(variant.coupledInputForget || variant.peephole))
  );
}

/** 2 for a bidirectional module, else 1: PyTorch's `num_directions`. */
export function numDirections(config: Pick<RecurrentConfig, "bidirectional">): number {
  return config.bidirectional ? 2 : 1;
}

/** Features of one direction's h: the projection size where there is one, else the hidden size. */
export function stateSize(config: Pick<RecurrentConfig, "projSize" | "hiddenSize">): number {
  return config.projSize > 0 ? config.projSize : config.hiddenSize;
}

/** Features that a layer takes: the input's for layer 0, both directions of the layer below above it. */
export function layerInputSize(config: RecurrentConfig, layer: number): number {
  return layer === 0 ? config.inputSize : numDirections(config) * stateSize(config);
}

/** The line of Python that constructs the module, without defaults and unknown arguments. */
export function constructorLine(config: RecurrentConfig, dropout: number | null = null): string {
  const isRelu = config.cell === "RNN" && config.nonlinearity === "relu";
  const given: readonly (readonly [boolean, string])[] = [
    [config.numLayers > 1, `num_layers=${config.numLayers}`],
    [isRelu, "nonlinearity='relu'"],
    [!config.bias, "bias=False"],
    [config.batchFirst && !config.isCellClass, "batch_first=True"],
    [(dropout ?? 0) > 0, `dropout=${String(dropout)}`],
    [config.bidirectional, "bidirectional=True"],
    [config.projSize > 0, `proj_size=${config.projSize}`],
  ];
  const options = given.flatMap(([isGiven, option]) => (isGiven ? [option] : []));
  const name = config.cell + (config.isCellClass ? "Cell" : "");
  return `nn.${name}(${[config.inputSize, config.hiddenSize, ...options].join(", ")})`;
}
