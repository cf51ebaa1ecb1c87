/**
 * Guesses what a file without a recurrent module holds, from names and shapes, and says what to do.
 *
 * The sentence says that the file looks like something, not that it is. `lookAlikes` is the only list of layouts.
 */
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { hasGateTensors } from "./gateTensors";

/** Names and shapes of one way to write weights. */
interface LookAlike {
  /** A name that only this kind of file has. */
  readonly name?: RegExp;
  /** Checks the shapes, if names are not enough. */
  readonly fits?: (entries: readonly TensorEntry[]) => boolean;
  readonly look: Text | ((entries: readonly TensorEntry[]) => Text);
}

/** Only the end of a name is matched, since a pattern may take time that grows with the square of the length. */
const maxLook = 512;

/** Names with a tensor for each gate: W_ii and W_xi, of Flax, and of Keras 1. */
const namedGates =
  /(?<![^./_])(?:W|U|w|u|weight)_?(?<side>[ihx])(?<gate>[iofgcrzn])(?:[._]weight)?$/;
const flaxGates = /(?<=[./]|^)(?<side>[ih])(?<gate>[iofgrzn])\/?[./]kernel$/;
const kerasGates =
  /(?<![^./_])(?<side>W|U|kernel|recurrent_kernel)_(?<gate>[ifcozrh])(?:[._]weight)?(?::0)?$/;

const ofLetter = (side: string): "input" | "state" => (side === "h" ? "state" : "input");
const ofKeras = (side: string): "input" | "state" => (/^[Ur]/.test(side) ? "state" : "input");

/** True where the file has all of these names below one prefix. */
function haveSiblings(entries: readonly TensorEntry[], names: readonly string[]): boolean {
  const [first = "", ...others] = names;
  const known = new Set(entries.map(({ name }) => name));
  return entries.some(({ name }) => {
    const prefix = name.slice(0, -first.length);
    return (
      name.endsWith(first) &&
      /(?:^|[./_])$/.test(prefix.slice(-1)) &&
      others.every((other) => known.has(prefix + other))
    );
  });
}

/** The weight of one linear layer that reads [x, h], as the character RNN of PyTorch's tutorial has it. */
function jointLayer(entries: readonly TensorEntry[]): TensorEntry | undefined {
  return entries.find(({ name, shape: [rows = 0, columns = 0, ...more] }) => {
    const isNamed = /(?:^|[./_])(?:i2h|x2h)[._]weight$/.test(name.slice(-maxLook));
    return isNamed && more.length === 0 && rows > 0 && columns > rows;
  });
}

function jointLook(entries: readonly TensorEntry[]): Text {
  const { name = "", shape: [rows = 0, columns = 0] = [] } = jointLayer(entries) ?? {};
  return text(
    "a cell with one linear layer for input and state together: {0} is H × (I + H) = {1} × ({2} + {1}); where its code applies tanh, the first {2} columns are weight_ih_l0 of an nn.RNN, the last {1} weight_hh_l0",
    name,
    rows,
    columns - rows,
  );
}

/** In the order in which they are tried, the most certain first. */
const lookAlikes: readonly LookAlike[] = [
  {
    name: /(?:^|[._])flat_param(?:_\d+)?$/,
    look: text(
      "an FSDP flat parameter, the weights of a module in one row and cut among the ranks; save the full state_dict (FSDP.state_dict_type with FULL_STATE_DICT)",
    ),
  },
  {
    name: /(?:_packed_params|_all_weight_values|\bpacked_params\b)/,
    look: text(
      "a dynamically quantised module, its weights packed as 8-bit integers or float16; save the state_dict of the module before quantize_dynamic",
    ),
  },
  {
    name: /_quantized$|_(?:zero_point|scale)$/,
    look: text("a quantised model; open the model before quantisation"),
  },
  {
    fits: (entries) => hasGateTensors(entries, namedGates, ofLetter),
    look: text(
      "weights with a tensor for each gate (W_ii, W_hi, …); stack those of the input to weight_ih_l0 and those of the state to weight_hh_l0, LSTM i, f, g, o, GRU r, z, n",
    ),
  },
  {
    fits: (entries) => hasGateTensors(entries, flaxGates, ofLetter),
    look: text(
      "a cell of Flax, which has a kernel for each gate (ii, hi, …); stack their transposes to weight_ih_l0 and weight_hh_l0, LSTM i, f, g, o, GRU r, z, n",
    ),
  },
  {
    fits: (entries) => hasGateTensors(entries, kerasGates, ofKeras),
    look: text(
      "a layer of Keras 1, which has a tensor for each gate (W_i, U_i, b_i, …); stack their transposes to weight_ih_l0 and weight_hh_l0",
    ),
  },
  {
    fits: (entries) => haveSiblings(entries, ["Wx", "bhn"]),
    look: text(
      "a GRU of MLX (Wx, Wh, b, bhn); rename Wx to weight_ih_l0, Wh to weight_hh_l0 and b to bias_ih_l0, and write bias_hh_l0: zeros for r and z, then bhn for n",
    ),
  },
  {
    fits: (entries) => haveSiblings(entries, ["Wx", "Wh"]),
    look: text(
      "a layer of MLX (Wx, Wh, bias); rename Wx to weight_ih_l0, Wh to weight_hh_l0 and bias to bias_ih_l0, with zeros for bias_hh_l0",
    ),
  },
  {
    fits: (entries) =>
      ["i2h", "x2h"].some((input) =>
        ["_", "."].some((dot) =>
          haveSiblings(entries, [`${input}${dot}weight`, `h2h${dot}weight`]),
        ),
      ),
    look: text(
      "a cell of two linear layers (i2h, h2h); rename i2h to weight_ih_l0 and bias_ih_l0, h2h to weight_hh_l0 and bias_hh_l0 where its gates are in PyTorch's order",
    ),
  },
  { fits: (entries) => jointLayer(entries) !== undefined, look: jointLook },
  {
    name: /(?:basic_lstm_cell|lstm_cell|LSTMCell|rnn\/.*cell|Cell\d+|gru_cell|\/gates|\/candidate)\/(?:kernel|weights?|W_0|w|bias|biases|B)/i,
    look: text(
      "a cell of TensorFlow 1: one kernel (I + H, 4·H) for input and state, gates i, j, f, o, and 1 added to the forget gate at run time; split and transpose it to weight_ih_l0 and weight_hh_l0",
    ),
  },
  {
    name: /(?:^|\/)(?:InputWeights|RecurrentWeights)$/,
    look: text(
      "a layer of MATLAB (InputWeights, RecurrentWeights, gates i, f, g, o); rename them to weight_ih_l0 and weight_hh_l0, transposed where a row is not a gate's unit",
    ),
  },
  {
    name: /(?:^|[./:])recurrent_kernel(?::\d+)?$/,
    look: text(
      "a recurrent layer of Keras outside of a Keras file; save the model as .keras or .weights.h5",
    ),
  },
  {
    fits: isKerasList,
    look: text(
      "the get_weights() of a Keras layer: kernel, recurrent kernel and bias; save the model as .keras or .weights.h5, or transpose them to weight_ih_l0 and weight_hh_l0",
    ),
  },
  {
    fits: (entries) => entries.some(({ shape }) => shape.length >= 4),
    look: text("a convolutional network, which has no recurrent weights"),
  },
  {
    name: /(?:q_proj|k_proj|v_proj|in_proj_weight|self_attn|attention|\bqkv\b|\bc_attn\b)/i,
    look: text("a transformer, which has no recurrent weights"),
  },
];

/** What is said where nothing is recognised. */
const unknownLook = text(
  "its tensors have the names and shapes of none of the layouts in docs/layouts.md, such as weight_ih_l0 and weight_hh_l0 of PyTorch",
);

/** The end of the sentence about a file without a recurrent module: a resemblance, otherwise the missing tensors. */
export function lookAlike(entries: readonly TensorEntry[]): Text {
  if (entries.length === 0) return text("the file holds no tensors");
  const found = lookAlikes.find(
    ({ name, fits }) =>
      (name !== undefined && entries.some((entry) => name.test(entry.name.slice(-maxLook)))) ||
      fits?.(entries) === true,
  );
  if (found === undefined) return unknownLook;
  const { look } = found;
  return text("the tensors look like {0}", typeof look === "function" ? look(entries) : look);
}

/** Matrices (I, G·H) and (H, G·H) that follow each other, as kernel and recurrent kernel do; G is 1, 3 or 4. */
function isKerasList(entries: readonly TensorEntry[]): boolean {
  return entries.some((kernel, index) => {
    const recurrent = entries[index + 1];
    const [units = 0, columns = 0] = recurrent?.shape ?? [];
    return (
      recurrent !== undefined &&
      kernel.shape.length === 2 &&
      recurrent.shape.length === 2 &&
      elementCount(recurrent.shape) > 0 &&
      kernel.shape[1] === columns &&
      (columns === 3 * units || columns === 4 * units)
    );
  });
}
