/**
 * PyTorch's messages about nn.RNNCell, LSTMCell and GRUCell, and about packing, torch 0.4 to 2.13.
 */
import { text, type Text } from "../../core/text";
import { message, type MessageKind } from "./base/message";
import { featuresReading } from "./torchForward";
import { hasStates } from "./base/wanted";
import { numberIn, wordIn } from "./base/wording";

export const cellMessages: readonly MessageKind[] = [
  message(
    "torch/cell-input-rank",
    [
      "{cell:cell}: Expected input to be 1D or 2D, got {found:n}D instead",
      "{cell:cell}: Expected input to be 1-D or 2-D but received {found:n}-D tensor",
    ],
    (values) => ({
      means: [
        text(
          "nn.{0} computes one step: its input is [B, I], or [I] without a batch; this one has {1} axes.",
          wordIn(values, "cell"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text(
          "Call it once for each step, as for x_t in x: h = cell(x_t, h), or use the module without Cell in its name.",
        ),
      ],
    }),
  ),
  message(
    "torch/cell-hidden-rank",
    [
      "{cell:cell}: Expected hidden to be 1D or 2D, got {found:n}D instead",
      "{cell:cell}: Expected hx[{index:n}] to be 1D or 2D, got {found:n}D instead",
    ],
    (values) => ({
      means: [
        text(
          "nn.{0} takes states [B, H], or [H] without a batch; this one has {1} axes.",
          wordIn(values, "cell"),
          numberIn(values, "found"),
        ),
      ],
      fits: [text("Take one layer and direction of it: h0[0].")],
    }),
  ),
  message(
    "torch/cell-input-features",
    [
      "input has inconsistent input_size: got {found:n} expected {expected:n}",
      "input has inconsistent input_size: got {found:n}, expected {expected:n}",
    ],
    (values) => featuresReading(numberIn(values, "expected"), numberIn(values, "found")),
  ),
  message(
    "torch/cell-hidden-features",
    [
      "hidden0 has inconsistent hidden_size: got {found:n}, expected {expected:n}",
      "hidden1 has inconsistent hidden_size: got {found:n}, expected {expected:n}",
      "hidden has inconsistent hidden_size: got {found:n}, expected {expected:n}",
    ],
    (values) => {
      const [expected, found] = [numberIn(values, "expected"), numberIn(values, "found")];
      return {
        means: [
          text(
            "{0} is H, the columns of weight_hh: the size of a state. {1} is the size of the state's last axis.",
            expected,
            found,
          ),
        ],
        fits: [
          text("Give states [B, {0}], or build the cell with hidden_size={1}.", expected, found),
        ],
        wanted: [hasStates(null, expected)],
      };
    },
  ),
  message(
    "torch/cell-batch",
    [
      "Input batch size {input:n} doesn't match hidden0 batch size {hidden:n}",
      "Input batch size {input:n} doesn't match hidden1 batch size {hidden:n}",
      "Input batch size {input:n} doesn't match hidden batch size {hidden:n}",
    ],
    (values) => ({
      means: [
        text(
          "The step has {0} rows, the state {1}; both are the batch.",
          numberIn(values, "input"),
          numberIn(values, "hidden"),
        ),
      ],
      fits: [
        text(
          "Loop over the axis of steps, not over the batch: of [B, T, I] the step t is x[:, t]. Otherwise make the state from the step's batch.",
        ),
      ],
    }),
  ),
];

const sorted: Text = text(
  "Pass enforce_sorted=False, which sorts and puts the rows back, or sort input and lengths together, longest first.",
);

export const packingMessages: readonly MessageKind[] = [
  message(
    "torch/lengths-sorted",
    [
      "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True",
      "'lengths' array has to be sorted in decreasing order",
      "lengths array has to be sorted in decreasing order",
    ],
    () => ({
      means: [text("pack_padded_sequence was given lengths that are not in falling order.")],
      fits: [sorted],
    }),
  ),
  message(
    "torch/lengths-count",
    [
      "Expected `len(lengths)` to be equal to batch_size, but got {found:n} (batch_size={batch:n})",
      "Expected `len(lengths)` to be equal to batch_size, but got {found:n} (batch_size={batch:n}",
      "lengths array has incorrect size",
    ],
    (values) => {
      const counted = "found" in values;
      return {
        means: counted
          ? [
              text(
                "There are {0} lengths, and {1} is what packing took for the batch.",
                numberIn(values, "found"),
                numberIn(values, "batch"),
              ),
            ]
          : [text("There is another number of lengths than of sequences.")],
        fits: [
          text(
            "If that is really the number of steps, batch_first of pack_padded_sequence is wrong: True for [B, T, I], False for [T, B, I]. Otherwise give one length for each sequence.",
          ),
        ],
      };
    },
  ),
  message(
    "torch/lengths-zero",
    [
      "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    ],
    () => ({
      means: [text("One of the lengths is 0 or less: a sequence without steps cannot be packed.")],
      fits: [
        text(
          "Leave empty sequences out of the batch, or give them one step of padding and mask their result.",
        ),
      ],
    }),
  ),
  message(
    "torch/lengths-device",
    [
      "'lengths' argument should be a 1D CPU int64 tensor, but got {rank:n}D {device:word} {dtype:word} tensor",
    ],
    (values) => ({
      means: [
        text(
          "The lengths must be a list of whole numbers in main memory; they are a tensor on {0}.",
          wordIn(values, "device"),
        ),
      ],
      fits: [text("Pass lengths.cpu(), or lengths.tolist().")],
    }),
  ),
  message(
    "torch/lengths-too-long",
    ["start ({start:n}) + length ({length:n}) exceeds dimension size ({size:n})"],
    (values) => ({
      means: [
        text(
          "Rows {0} to {1} of packed data were asked for, and there are {2}: one of the lengths is larger than T, which packing does not check.",
          numberIn(values, "start"),
          numberIn(values, "start") + numberIn(values, "length"),
          numberIn(values, "size"),
        ),
      ],
      fits: [
        text(
          "No length may be larger than the number of steps of the padded input; count the lengths before the input is cut.",
        ),
      ],
    }),
  ),
  message(
    "torch/total-length",
    [
      "Expected total_length to be at least the length of the longest sequence in input, but got total_length={total:n} and max sequence length being {longest:n}",
    ],
    (values) => ({
      means: [
        text(
          "pad_packed_sequence was asked for {0} steps, and the longest sequence has {1}.",
          numberIn(values, "total"),
          numberIn(values, "longest"),
        ),
      ],
      fits: [text("total_length must be at least {0}.", numberIn(values, "longest"))],
    }),
  ),
];
