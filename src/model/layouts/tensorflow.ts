/**
 * Cells of TensorFlow 1, with the names of all its versions, and recurrent layers of Keras outside of a Keras file.
 *
 * Sources: tensorflow/python/ops/rnn_cell_impl.py, tensorflow/contrib/rnn (lstm_ops.py, gru_ops.py), and the weights of
 * ELMo (bilm/model.py). One kernel is applied to [x, h]; the forget bias, 1 unless the constructor says otherwise, is
 * added in each step.
 */
import { text } from "../../core/text";
import { storedGates } from "../gates";
import { partOf, type WeightLayout } from "./layout";

const kernels = ["kernel", "weights", "W_0", "Linear.Matrix", "W", "w"];
const biases = ["bias", "biases", "B", "Linear.Bias", "b"];
const lstmGates = storedGates("TensorFlow 1", "LSTM");

/** `basic_lstm_cell`, `lstm_cell_1`, `BasicLSTMCell`, `LSTMCell`, `lstm_fused_cell`. */
const lstmCell =
  /(?:^|[./])[a-z0-9_]*(?:lstm_(?:\w+_)?cell|lstmcell|lstm_block_\w*cell)(?:_\d+)?$/i;
const gruCell = /(?:^|[./])[a-z0-9_]*gru_?(?:block_?)?cell(?:_v2)?(?:_\d+)?$/i;
const rnnCell = /(?:^|[./])(?:basic_?)?rnn_?cell(?:_\d+)?$/i;

const common = {
  framework: "TensorFlow 1",
  axes: ["columns"],
  reverseWithin: /(?:^|[./])(?:bidirectional_rnn[./]bw|BiRNN[./]BW)[./]/i,
} as const;

/** With the weights of cuDNN, which adds nothing. */
const cudnnLayout: WeightLayout = {
  ...common,
  id: "tf1-cudnn-lstm",
  title: "TensorFlow 1 CudnnCompatibleLSTMCell",
  cell: "LSTM",
  within: /(?:^|[./])cudnn_compatible_lstm_cell(?:_\d+)?$/i,
  parts: [
    partOf("LSTM", "joint", kernels, lstmGates),
    partOf("LSTM", "inputBias", biases, lstmGates),
  ],
};

const lstmLayout: WeightLayout = {
  ...common,
  id: "tf1-lstm",
  title: "TensorFlow 1 BasicLSTMCell, LSTMCell, LSTMBlockCell",
  cell: "LSTM",
  within: lstmCell,
  forgetBias: 1,
  assumes: [text("forget_bias = 1 is assumed, the cell's default; no cell_clip or proj_clip")],
  parts: [
    partOf("LSTM", "joint", kernels, lstmGates),
    partOf("LSTM", "inputBias", biases, lstmGates),
    partOf("LSTM", "projection", ["projection.kernel", "W_P_0"], [""]),
    partOf("LSTM", "peephole", ["w_i_diag", "W_I_diag"], ["i"]),
    partOf("LSTM", "peephole", ["w_f_diag", "W_F_diag"], ["f"]),
    partOf("LSTM", "peephole", ["w_o_diag", "W_O_diag"], ["o"]),
  ],
};

const elmoLayout: WeightLayout = {
  ...common,
  id: "elmo-lstm",
  title: "ELMo's LSTM cell with projection (TensorFlow 1)",
  cell: "LSTM",
  within: /(?:^|[./])RNN_[01][./]RNN[./]MultiRNNCell[./]Cell\d+[./]LSTMCell$/,
  reverseWithin: /(?:^|[./])RNN_1[./]/,
  forgetBias: 1,
  assumes: [
    text("cell_clip and proj_clip of ELMo's options, and the sum of its layers, are not computed"),
  ],
  parts: [
    partOf("LSTM", "joint", ["W_0"], lstmGates),
    partOf("LSTM", "inputBias", ["B"], lstmGates),
    { ...partOf("LSTM", "projection", ["W_P_0"], [""]), isOptional: false },
  ],
};

const gruLayouts: readonly WeightLayout[] = [
  {
    ...common,
    id: "tf1-gru",
    title: "TensorFlow 1 GRUCell, GRUBlockCell",
    cell: "GRU",
    within: gruCell,
    variant: { resetAfter: false },
    parts: [
      partOf(
        "GRU",
        "joint",
        ["gates.kernel", "gates.weights", "Gates.Linear.Matrix", "w_ru"],
        ["r", "z"],
      ),
      partOf(
        "GRU",
        "joint",
        ["candidate.kernel", "candidate.weights", "Candidate.Linear.Matrix", "w_c"],
        ["n"],
      ),
      partOf(
        "GRU",
        "inputBias",
        ["gates.bias", "gates.biases", "Gates.Linear.Bias", "b_ru"],
        ["r", "z"],
      ),
      partOf(
        "GRU",
        "inputBias",
        ["candidate.bias", "candidate.biases", "Candidate.Linear.Bias", "b_c"],
        ["n"],
      ),
    ],
  },
  {
    ...common,
    id: "tf1-cudnn-gru",
    title: "TensorFlow 1 CudnnCompatibleGRUCell",
    cell: "GRU",
    within: /gru_?cell(?:_\d+)?$/i,
    parts: [
      partOf("GRU", "joint", ["gates.kernel"], ["r", "z"]),
      partOf("GRU", "inputBias", ["gates.bias"], ["r", "z"]),
      partOf("GRU", "input", ["candidate.input_projection.kernel"], ["n"]),
      partOf("GRU", "inputBias", ["candidate.input_projection.bias"], ["n"]),
      partOf("GRU", "state", ["candidate.hidden_projection.kernel"], ["n"]),
      partOf("GRU", "stateBias", ["candidate.hidden_projection.bias"], ["n"]),
    ],
  },
];

const rnnLayout: WeightLayout = {
  ...common,
  id: "tf1-rnn",
  title: "TensorFlow 1 BasicRNNCell",
  cell: "RNN",
  within: rnnCell,
  nonlinearity: "tanh",
  parts: [partOf("RNN", "joint", kernels), partOf("RNN", "inputBias", biases)],
};

const kerasDefaults = text("tanh and sigmoid are assumed, Keras' default activations");

const simpleDefault = text("tanh is assumed, Keras' default activation");

/** In a Keras file the file itself says more. */
const kerasLayouts = (["LSTM", "GRU", "RNN"] as const).map((cell): WeightLayout => {
  const gates = storedGates("Keras", cell);
  return {
    id: `keras-${cell.toLowerCase()}`,
    title: `Keras ${cell === "RNN" ? "SimpleRNN" : cell}`,
    framework: "Keras",
    cell,
    axes: ["columns"],
    batchFirst: true,
    ...(cell === "GRU" ? { variant: { resetAfter: false } } : {}),
    assumes: [cell === "RNN" ? simpleDefault : kerasDefaults],
    parts: [
      partOf(cell, "input", ["kernel"], gates),
      partOf(cell, "state", ["recurrent_kernel"], gates),
      { ...partOf(cell, "inputBias", ["bias"], gates), isOptional: cell !== "GRU" },
    ],
  };
});

/** The shape of its bias tells where a GRU resets; without one, Keras' default is assumed. */
const kerasGruUnbiased: WeightLayout = {
  id: "keras-gru-unbiased",
  title: "Keras GRU",
  framework: "Keras",
  cell: "GRU",
  axes: ["columns"],
  batchFirst: true,
  assumes: [
    kerasDefaults,
    text("reset_after = True is assumed, Keras' default, which a GRU without bias does not tell"),
  ],
  parts: [
    partOf("GRU", "input", ["kernel"], storedGates("Keras", "GRU")),
    partOf("GRU", "state", ["recurrent_kernel"], storedGates("Keras", "GRU")),
  ],
};

/** With a bias for each product, which stand below each other. */
const kerasGru: WeightLayout = {
  id: "keras-gru-reset-after",
  title: "Keras GRU",
  framework: "Keras",
  cell: "GRU",
  axes: ["columns"],
  batchFirst: true,
  assumes: [kerasDefaults],
  parts: [
    partOf("GRU", "input", ["kernel"], storedGates("Keras", "GRU")),
    partOf("GRU", "state", ["recurrent_kernel"], storedGates("Keras", "GRU")),
    partOf("GRU", "biases", ["bias"], storedGates("Keras", "GRU")),
  ],
};

export const tensorflowLayouts: readonly WeightLayout[] = [
  kerasGru,
  ...kerasLayouts,
  kerasGruUnbiased,
  elmoLayout,
  cudnnLayout,
  lstmLayout,
  ...gruLayouts,
  rnnLayout,
];
