/**
 * Guesses what a file without a recurrent module holds, from names and shapes, and says what to do.
 *
 * The sentence says that the file looks like something, not that it is. `lookAlikes` is the only list of layouts.
 */
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";

/** Names and shapes of one way to write weights. */
interface LookAlike {
  /** A name that only this kind of file has. */
  readonly name?: RegExp;
  /** Checks the shapes, if names are not enough. */
  readonly fits?: (entries: readonly TensorEntry[]) => boolean;
  readonly look: Text;
}

/** Only the end of a name is matched, since a pattern may take time that grows with the square of the length. */
const maxLook = 512;

const separator = String.raw`(?:^|[./_])`;

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
    name: new RegExp(String.raw`${separator}(?:W|U|w|u|weight)_?[ih][iofgcrzn](?:[._]weight)?$`),
    look: text(
      "weights with a tensor for each gate (W_ii, W_hi, …); stack those of the input to weight_ih_l0 and those of the state to weight_hh_l0, LSTM i, f, g, o, GRU r, z, n",
    ),
  },
  {
    name: /[./](?:[ih][iofgrzn])\/?[./](?:kernel|bias)$/,
    look: text(
      "a cell of Flax, which has a kernel for each gate (ii, hi, …); stack their transposes to weight_ih_l0 and weight_hh_l0, LSTM i, f, g, o, GRU r, z, n",
    ),
  },
  {
    name: /(?:^|[./_])(?:W|U|b|kernel|recurrent_kernel|bias)_(?:i|f|c|o|z|r|h)$/,
    look: text(
      "a layer of Keras 1, which has a tensor for each gate (W_i, U_i, b_i, …); stack their transposes to weight_ih_l0 and weight_hh_l0",
    ),
  },
  {
    name: /(?:^|[./])(?:Wx|Wh|bhn)$/,
    look: text(
      "a layer of MLX (Wx, Wh, bias); rename Wx to weight_ih_l0, Wh to weight_hh_l0 and bias to bias_ih_l0, with zeros for bias_hh_l0",
    ),
  },
  {
    name: /(?:^|[./])(?:i2h|h2h|x2h)(?:_weight|_bias|\.weight|\.bias)$/,
    look: text(
      "a cell of two linear layers (i2h, h2h); rename i2h to weight_ih_l0 and bias_ih_l0, h2h to weight_hh_l0 and bias_hh_l0 where its gates are in PyTorch's order",
    ),
  },
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

/** Examples of recurrent weights that stand in these sentences, where nothing is recognised. */
const unknownLook = text("no tensor has a name that torch.nn gives, such as weight_ih_l0");

/** The end of the sentence about a file without a recurrent module: a resemblance, otherwise the missing tensors. */
export function lookAlike(entries: readonly TensorEntry[]): Text {
  const found = lookAlikes.find(
    ({ name, fits }) =>
      (name !== undefined && entries.some((entry) => name.test(entry.name.slice(-maxLook)))) ||
      fits?.(entries) === true,
  );
  return found === undefined ? unknownLook : text("the tensors look like {0}", found.look);
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
