/**
 * Recurrent cells of Flax (linen and nnx), Haiku and Equinox.
 *
 * Sources: flax/linen/recurrent.py, flax/nnx/nn/recurrent.py, haiku/_src/recurrent.py, equinox/nn/_rnn.py.
 */
import { text } from "../../core/text";
import type { CellKind } from "../config";
import { storedGates } from "../gates";
import { partOf, partsOf, type WeightLayout } from "./layout";

const lstmLetters = { i: ["i"], f: ["f", "f_"], g: ["g"], o: ["o"] };
const gruLetters = { r: ["r"], z: ["z"], n: ["n"] };

/** Letters of further dense layers, beside which those called i and h are no SimpleCell. */
const furtherLetters = "a b c d e f g j k l m n o p q r s t u v w x y z".split(" ");

/** A kernel (I, H) for each gate. */
const flaxLayouts: readonly WeightLayout[] = [
  {
    id: "flax-lstm",
    title: "Flax LSTMCell, OptimizedLSTMCell",
    framework: "Flax",
    cell: "LSTM",
    axes: ["columns"],
    parts: [
      ...partsOf("input", ["i{}.kernel"], lstmLetters),
      ...partsOf("state", ["h{}.kernel"], lstmLetters),
      ...partsOf("inputBias", ["i{}.bias"], lstmLetters),
      ...partsOf("stateBias", ["h{}.bias"], lstmLetters),
    ],
  },
  {
    id: "flax-gru",
    title: "Flax GRUCell",
    framework: "Flax",
    cell: "GRU",
    axes: ["columns"],
    parts: [
      ...partsOf("input", ["i{}.kernel"], gruLetters),
      ...partsOf("state", ["h{}.kernel"], gruLetters),
      ...partsOf("inputBias", ["i{}.bias"], gruLetters),
      ...partsOf("stateBias", ["h{}.bias"], gruLetters),
    ],
  },
  {
    id: "flax-rnn",
    noneBeside: furtherLetters.map((letter) => `${letter}.kernel`),
    title: "Flax SimpleCell",
    framework: "Flax",
    cell: "RNN",
    axes: ["columns"],
    nonlinearity: "tanh",
    assumes: [text("residual = False and tanh are assumed, which the file does not tell")],
    parts: [
      partOf("RNN", "input", ["i.kernel"]),
      partOf("RNN", "state", ["h.kernel"]),
      partOf("RNN", "inputBias", ["i.bias"]),
      partOf("RNN", "stateBias", ["h.bias"]),
    ],
  },
];

/** Two Linear layers with all gates; the sizes of their kernels tell the cell. */
const nnxLayouts = (["LSTM", "GRU", "RNN"] as const).map((cell): WeightLayout => {
  const className = { LSTM: "OptimizedLSTMCell", GRU: "GRUCell", RNN: "SimpleCell" }[cell];
  return {
    id: `nnx-${cell.toLowerCase()}`,
    title: `Flax nnx.${className}`,
    framework: "Flax",
    cell,
    axes: ["columns"],
    ...(cell === "RNN"
      ? {
          nonlinearity: "tanh",
          noneBeside: [...furtherLetters, "out"].map((name) => `dense_${name}.kernel`),
        }
      : {}),
    parts: [
      partOf(cell, "input", ["dense_i.kernel"]),
      partOf(cell, "state", ["dense_h.kernel"]),
      partOf(cell, "inputBias", ["dense_i.bias"]),
      partOf(cell, "stateBias", ["dense_h.bias"]),
    ],
  };
});

const haikuLayouts: readonly WeightLayout[] = [
  {
    id: "haiku-lstm",
    title: "Haiku hk.LSTM",
    framework: "Haiku",
    cell: "LSTM",
    axes: ["columns"],
    within: /(?:lstm|rnn|core)[^./]*$/i,
    forgetBias: 1,
    parts: [
      partOf("LSTM", "joint", ["linear.w"], storedGates("Haiku", "LSTM")),
      partOf("LSTM", "inputBias", ["linear.b"], storedGates("Haiku", "LSTM")),
    ],
  },
  {
    id: "haiku-gru",
    title: "Haiku hk.GRU",
    framework: "Haiku",
    cell: "GRU",
    axes: ["columns"],
    isUpdateTurned: true,
    variant: { resetAfter: false },
    parts: [
      partOf("GRU", "input", ["w_i"], ["z", "r", "n"]),
      partOf("GRU", "state", ["w_h"], ["z", "r", "n"]),
      partOf("GRU", "inputBias", ["b"], ["z", "r", "n"]),
    ],
  },
  {
    id: "haiku-rnn",
    title: "Haiku hk.VanillaRNN",
    framework: "Haiku",
    cell: "RNN",
    axes: ["columns"],
    within: /(?:rnn|core)[^./]*$/i,
    nonlinearity: "relu",
    parts: [
      partOf("RNN", "input", ["input_to_hidden.w", "linear.w"]),
      partOf("RNN", "state", ["hidden_to_hidden.w", "linear_1.w"]),
      partOf("RNN", "inputBias", ["input_to_hidden.b", "linear.b"]),
      partOf("RNN", "stateBias", ["hidden_to_hidden.b", "linear_1.b"]),
    ],
  },
];

/** PyTorch's names and order; the bias is one, and a GRU has that of n within the product with r beside it. */
function equinoxLayout(cell: Exclude<CellKind, "RNN">): WeightLayout {
  return {
    id: `equinox-${cell.toLowerCase()}`,
    title: `Equinox eqx.nn.${cell}Cell`,
    framework: "Equinox",
    cell,
    axes: ["rows"],
    parts: [
      partOf(cell, "input", ["weight_ih"]),
      partOf(cell, "state", ["weight_hh"]),
      // Without it the names are PyTorch's.
      { ...partOf(cell, "inputBias", ["bias"]), isOptional: false },
      ...(cell === "GRU" ? [partOf(cell, "stateBias", ["bias_n"], ["n"])] : []),
    ],
  };
}

export const jaxLayouts: readonly WeightLayout[] = [
  ...flaxLayouts,
  ...nnxLayouts,
  ...haikuLayouts,
  equinoxLayout("LSTM"),
  equinoxLayout("GRU"),
];
