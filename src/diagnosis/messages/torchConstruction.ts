/**
 * PyTorch's messages about the arguments of nn.RNN, LSTM and GRU, and about what a module returns.
 */
import { text } from "../../core/text";
import { message, type MessageKind } from "./base/message";
import { numberIn, wordIn } from "./base/wording";

/** The order that positional arguments have. */
const order = text(
  "The arguments are input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size in this order; of nn.RNN nonlinearity stands after num_layers. Name them, as in batch_first=True, and none can slip.",
);

export const constructionMessages: readonly MessageKind[] = [
  message(
    "torch/argument-type",
    [
      "bias should be of type {expected:word}, got: {found:word}",
      "batch_first should be of type {expected:word}, got: {found:word}",
      "input_size should be of type {expected:word}, got: {found:word}",
      "hidden_size should be of type {expected:word}, got: {found:word}",
    ],
    (values) => ({
      means: [
        text(
          "An argument is {0} where {1} is needed: most often one of the positional arguments stands in the wrong place.",
          wordIn(values, "found"),
          wordIn(values, "expected"),
        ),
      ],
      fits: [order],
    }),
  ),
  message(
    "torch/argument-zero",
    [
      "input_size must be greater than zero",
      "hidden_size must be greater than zero",
      "num_layers must be greater than zero",
    ],
    () => ({
      means: [text("A size of the module is 0 or less.")],
      fits: [text("Give a number that is 1 or larger; where it was computed, print it before.")],
    }),
  ),
  message("torch/dropout-range", ["dropout should be a number in range [0, 1]"], () => ({
    means: [text("dropout is a probability; this one is not between 0 and 1.")],
    fits: [order],
  })),
  message(
    "torch/dropout-one-layer",
    [
      "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout={dropout:word} and num_layers={layers:n}",
    ],
    (values) => ({
      means: [
        text(
          "A warning: dropout acts between layers, and there is {0}, so it does nothing. The numbers are right.",
          numberIn(values, "layers"),
        ),
      ],
      fits: [text("Leave dropout out, or put an nn.Dropout behind the module.")],
    }),
  ),
  message(
    "torch/proj-size",
    [
      "proj_size should be a positive integer or zero to disable projections",
      "proj_size has to be smaller than hidden_size",
      "proj_size argument is only supported for LSTM, not RNN or GRU",
    ],
    () => ({
      means: [
        text(
          "proj_size makes h smaller than c: it is 0 for none, or smaller than hidden_size, and only an LSTM has it.",
        ),
      ],
      fits: [order],
    }),
  ),
  message(
    "torch/nonlinearity",
    ["Unknown nonlinearity '{found:word}'", "Unrecognized RNN mode: {found:word}"],
    (values) => ({
      means: [text("nn.RNN knows tanh and relu; {0} is neither.", wordIn(values, "found"))],
      fits: [
        text(
          "Write nonlinearity='tanh' or nonlinearity='relu'; its third positional argument is num_layers.",
        ),
      ],
    }),
  ),
  message(
    "torch/states-as-tensor",
    ["index 1 is out of bounds for dimension 0 with size 1"],
    () => ({
      means: [
        text(
          "Something was indexed with 1 that has one element along axis 0. Out of nn.LSTM it means: a tensor was given where the tuple (h0, c0) belongs, and c0 was looked for in it.",
        ),
      ],
      fits: [text("Call lstm(x, (h0, c0)); nn.GRU and nn.RNN take h0 alone.")],
    }),
  ),
  message(
    "torch/result-is-tuple",
    [
      "'tuple' object has no attribute '{attribute:word}'",
      "argument 'input' (position 1) must be Tensor, not tuple",
    ],
    () => ({
      means: [
        text(
          "A recurrent module returns two things: output, and h_n (of an LSTM the tuple (h_n, c_n)).",
        ),
      ],
      fits: [
        text(
          "Take it apart: output, h_n = gru(x), or output, (h_n, c_n) = lstm(x). In nn.Sequential nothing does that for you.",
        ),
      ],
    }),
  ),
  message(
    "python/unpack",
    [
      "not enough values to unpack (expected {expected:n}, got {found:n})",
      "too many values to unpack (expected {expected:n})",
      "too many values to unpack (expected {expected:n}, got {found:n})",
    ],
    (values) => ({
      means: [
        text(
          "{0} names stand on the left, and there is another number of values.",
          numberIn(values, "expected"),
        ),
      ],
      fits: [
        text(
          "Gates: chunk(4) for an LSTM (i, f, g, o), chunk(3) for a GRU (r, z, n), 1 for an RNN.",
        ),
        text("Results: output, (h_n, c_n) of an LSTM; output, h_n of a GRU or RNN."),
      ],
    }),
  ),
  message(
    "torch/weights-not-contiguous",
    ["RNN module weights are not part of single contiguous chunk of memory"],
    () => ({
      means: [
        text(
          "A warning: the weights lie apart in memory, which costs memory at every call. The numbers are right.",
        ),
      ],
      fits: [text("Call module.flatten_parameters() at the beginning of forward.")],
    }),
  ),
];
