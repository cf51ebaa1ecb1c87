/**
 * Guesses what a file without a recurrent module holds, from names and shapes, and says what to do.
 *
 * The sentence says that the file looks like something, not that it is. `lookAlikes` is the only list of layouts.
 */
import type { TensorEntry } from "../../tensor/tensor";
import type { Remedy } from "../../core/remedies";
import { text, type Text } from "../../core/text";
import {
  flaxGates,
  haveSiblings,
  isKerasList,
  jointLayer,
  kerasGates,
  maxLook,
  namedGates,
  ofKeras,
  ofLetter,
  pairedLayer,
} from "./foreignNames";
import { hasGateTensors } from "./gateTensors";

/** What the tensors of a file without a recurrent module look like. Survives `postMessage`. */
export interface Resemblance {
  /** For programs; null where they look like nothing that is known. */
  readonly looksLike: string | null;
  /** The end of a sentence about the file. */
  readonly text: Text;
  /** What would make a module of them; none for what has no recurrent weights. */
  readonly remedies: readonly Remedy[];
}

/** Names and shapes of one way to write weights. */
interface LookAlike {
  readonly looksLike: string;
  /** A name that only this kind of file has. */
  readonly name?: RegExp;
  /** Checks the shapes, if names are not enough. */
  readonly fits?: (entries: readonly TensorEntry[]) => boolean;
  readonly look: Look | ((entries: readonly TensorEntry[]) => Look);
}

interface Look {
  readonly what: Text;
  readonly remedies: readonly Remedy[];
}

function jointLook(entries: readonly TensorEntry[]): Look {
  const { name = "", shape: [units = 0, columns = 0] = [] } = jointLayer(entries) ?? {};
  const inputs = columns - units;
  return {
    what: text(
      "a cell with one linear layer for input and state together: {0} is H × (I + H) = {1} × ({2} + {1})",
      name,
      units,
      inputs,
    ),
    remedies: [{ do: "split-columns", tensor: name, inputs, units }],
  };
}

function pairedLook(entries: readonly TensorEntry[]): Look {
  const { input = "i2h.", state = "h2h." } = pairedLayer(entries) ?? {};
  return {
    what: text("a cell of two linear layers ({0}, {1})", input.slice(0, -1), state.slice(0, -1)),
    remedies: [
      {
        do: "rename",
        names: [
          [`${input}weight`, "weight_ih_l0"],
          [`${input}bias`, "bias_ih_l0"],
          [`${state}weight`, "weight_hh_l0"],
          [`${state}bias`, "bias_hh_l0"],
        ],
        but: "where-order-fits",
      },
    ],
  };
}

const kerasFiles = [".keras", ".weights.h5"];

/** In the order in which they are tried, the most certain first. */
const lookAlikes: readonly LookAlike[] = [
  {
    looksLike: "fsdp",
    name: /(?:^|[._])flat_param(?:_\d+)?$/,
    look: {
      what: text(
        "an FSDP flat parameter, the weights of a module in one row and cut among the ranks",
      ),
      remedies: [{ do: "save-state-dict", of: "all-ranks" }],
    },
  },
  {
    looksLike: "dynamically-quantised",
    name: /(?:_packed_params|_all_weight_values|\bpacked_params\b)/,
    look: {
      what: text("a dynamically quantised module, its weights packed as 8-bit integers or float16"),
      remedies: [{ do: "save-state-dict", of: "before-quantisation" }],
    },
  },
  {
    looksLike: "quantised",
    name: /_quantized$|_(?:zero_point|scale)$/,
    look: { what: text("a quantised model"), remedies: [{ do: "open-before-quantisation" }] },
  },
  {
    looksLike: "gate-tensors",
    fits: (entries) => hasGateTensors(entries, namedGates, ofLetter),
    look: {
      what: text("weights with a tensor for each gate (W_ii, W_hi, …)"),
      remedies: [{ do: "stack-gates", transposed: false }],
    },
  },
  {
    looksLike: "flax",
    fits: (entries) => hasGateTensors(entries, flaxGates, ofLetter),
    look: {
      what: text("a cell of Flax, which has a kernel for each gate (ii, hi, …)"),
      remedies: [{ do: "stack-gates", transposed: true }],
    },
  },
  {
    looksLike: "keras-1",
    fits: (entries) => hasGateTensors(entries, kerasGates, ofKeras),
    look: {
      what: text("a layer of Keras 1, which has a tensor for each gate (W_i, U_i, b_i, …)"),
      remedies: [{ do: "stack-gates", transposed: true }],
    },
  },
  {
    looksLike: "mlx-gru",
    fits: (entries) => haveSiblings(entries, ["Wx", "bhn"]),
    look: {
      what: text("a GRU of MLX (Wx, Wh, b, bhn)"),
      remedies: [
        {
          do: "rename",
          names: [
            ["Wx", "weight_ih_l0"],
            ["Wh", "weight_hh_l0"],
            ["b", "bias_ih_l0"],
          ],
          but: "bias-of-n",
        },
      ],
    },
  },
  {
    looksLike: "mlx",
    fits: (entries) => haveSiblings(entries, ["Wx", "Wh"]),
    look: {
      what: text("a layer of MLX (Wx, Wh, bias)"),
      remedies: [
        {
          do: "rename",
          names: [
            ["Wx", "weight_ih_l0"],
            ["Wh", "weight_hh_l0"],
            ["bias", "bias_ih_l0"],
          ],
          but: "zero-bias",
        },
      ],
    },
  },
  {
    looksLike: "paired-layers",
    fits: (entries) => pairedLayer(entries) !== undefined,
    look: pairedLook,
  },
  {
    looksLike: "joint-layer",
    fits: (entries) => jointLayer(entries) !== undefined,
    look: jointLook,
  },
  {
    looksLike: "tensorflow-1",
    name: /(?:basic_lstm_cell|lstm_cell|LSTMCell|rnn\/.*cell|Cell\d+|gru_cell|\/gates|\/candidate)\/(?:kernel|weights?|W_0|w|bias|biases|B)/i,
    look: {
      what: text(
        "a cell of TensorFlow 1: one kernel (I + H, 4·H) for input and state, gates i, j, f, o, and 1 added to the forget gate at run time",
      ),
      remedies: [{ do: "split-kernel" }],
    },
  },
  {
    looksLike: "matlab",
    name: /(?:^|\/)(?:InputWeights|RecurrentWeights)$/,
    look: {
      what: text("a layer of MATLAB (InputWeights, RecurrentWeights, gates i, f, g, o)"),
      remedies: [
        {
          do: "rename",
          names: [
            ["InputWeights", "weight_ih_l0"],
            ["RecurrentWeights", "weight_hh_l0"],
          ],
          but: "transpose-columns",
        },
      ],
    },
  },
  {
    looksLike: "keras",
    name: /(?:^|[./:])recurrent_kernel(?::\d+)?$/,
    look: {
      what: text("a recurrent layer of Keras outside of a Keras file"),
      remedies: [{ do: "save-model-as", formats: kerasFiles }],
    },
  },
  {
    looksLike: "keras-weights",
    fits: isKerasList,
    look: {
      what: text("the get_weights() of a Keras layer: kernel, recurrent kernel and bias"),
      remedies: [{ do: "save-model-as", formats: kerasFiles }, { do: "transpose-kernels" }],
    },
  },
  {
    looksLike: "convolutional",
    fits: (entries) => entries.some(({ shape }) => shape.length >= 4),
    look: {
      what: text("a convolutional network, which has no recurrent weights"),
      remedies: [],
    },
  },
  {
    looksLike: "transformer",
    name: /(?:q_proj|k_proj|v_proj|in_proj_weight|self_attn|attention|\bqkv\b|\bc_attn\b)/i,
    look: { what: text("a transformer, which has no recurrent weights"), remedies: [] },
  },
];

/** What is said where nothing is recognised. */
const unknownLook: Resemblance = {
  looksLike: null,
  text: text(
    "its tensors have the names and shapes of none of the layouts in docs/layouts.md, such as weight_ih_l0 and weight_hh_l0 of PyTorch",
  ),
  remedies: [],
};

/** What a file without a recurrent module resembles; otherwise which tensors are missing. */
export function lookAlike(entries: readonly TensorEntry[]): Resemblance {
  if (entries.length === 0) {
    return { looksLike: null, text: text("the file holds no tensors"), remedies: [] };
  }
  const found = lookAlikes.find(
    ({ name, fits }) =>
      (name !== undefined && entries.some((entry) => name.test(entry.name.slice(-maxLook)))) ||
      fits?.(entries) === true,
  );
  if (found === undefined) return unknownLook;
  const { look, looksLike } = found;
  const { what, remedies } = typeof look === "function" ? look(entries) : look;
  return { looksLike, text: text("the tensors look like {0}", what), remedies };
}
