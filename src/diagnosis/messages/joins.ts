/**
 * Messages of operators that join, split or reshape tensors, and of mixed dtypes; of PyTorch 0.4 to 2.13 and NumPy.
 */
import { grouped } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import { elementCount } from "../../tensor/tensor";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasShape } from "./base/wanted";
import { formatSizes, numberIn, shapeIn, sizesIn, wordIn, type Values } from "./base/wording";
import { dtypeReading } from "./torchForward";

export const joinMessages: readonly MessageKind[] = [
  message(
    "torch/join",
    [
      "Sizes of tensors must match except in dimension {axis:n}. Expected size {expected:n} but got size {found:n} for tensor number {index:n} in the list",
      "Sizes of tensors must match except in dimension {axis:n}. Got {expected:n} and {found:n} in dimension {other:n}",
      "Sizes of tensors must match except in dimension {axis:n}. Got {expected:n} and {found:n}",
      "must match exactly, but along dimension {other:n}, the array at index 0 has size {expected:n} and the array at index {index:n} has size {found:n}",
    ],
    (values) => ({
      means: [
        text(
          "Tensors were joined (cat), and along an axis that is not joined one has {0}, another {1}.",
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text(
          "Both directions are joined along features, the last axis (dim=-1), and must have the same batch and steps.",
        ),
      ],
    }),
  ),
  message(
    "torch/join-rank",
    ["Tensors must have same number of dimensions: got {left:n} and {right:n}"],
    (values) => ({
      means: [
        text(
          "Tensors with {0} and with {1} axes were joined (cat).",
          numberIn(values, "left"),
          numberIn(values, "right"),
        ),
      ],
      fits: [
        text(
          "One is a single step or state, the other a sequence: give it the axis that is missing (unsqueeze), or join what is alike.",
        ),
      ],
    }),
  ),
  message(
    "torch/stack",
    [
      "stack expects each tensor to be equal size, but got {left:shape} at entry 0 and {right:shape} at entry {index:n}",
    ],
    (values) => ({
      means: [
        text(
          "Tensors of {0} and {1} were put side by side on a new axis (stack), which takes equal shapes only.",
          formatSizes(sizesIn(values, "left")),
          formatSizes(sizesIn(values, "right")),
        ),
      ],
      fits: [
        text(
          "Sequences of different lengths are padded first: nn.utils.rnn.pad_sequence, and their lengths packed along.",
        ),
      ],
      wanted: [hasShape(shapeIn(values, "left")), hasShape(shapeIn(values, "right"))],
    }),
  ),
  message(
    "torch/split",
    [
      "split_with_sizes expects split_sizes to sum exactly to {total:n} (input tensor's size at dimension {axis:n}), but got split_sizes={sizes:list}",
    ],
    (values) => ({
      means: [
        text(
          "An axis of {0} was cut into parts of {1}, whose sum is another.",
          numberIn(values, "total"),
          wordIn(values, "sizes"),
        ),
      ],
      fits: [gateRows(numberIn(values, "total"))],
    }),
  ),
  message(
    "torch/reshape",
    [
      "shape '{wanted:shape}' is invalid for input of size {count:n}",
      "size '{wanted:shape}' is invalid for input with {count:n} elements",
      "cannot reshape array of size {count:n} into shape {wanted:shape}",
    ],
    reshapeReading,
  ),
  message(
    "torch/view",
    ["view size is not compatible with input tensor's size and stride"],
    () => ({
      means: [
        text(
          "view() was called on a tensor whose axes were exchanged before (transpose, permute), so that its values no longer lie in order.",
        ),
      ],
      fits: [
        text(
          "Use reshape(), which copies where it must. Look also whether a view over exchanged axes means what you want: h_n.view(B, -1) mixes sequences, h_n.transpose(0, 1).reshape(B, -1) does not.",
        ),
      ],
    }),
  ),
  message(
    "torch/expand",
    [
      "The expanded size of the tensor ({wanted:n}) must match the existing size ({found:n}) at non-singleton dimension {axis:n}",
    ],
    (values) => ({
      means: [
        text(
          "Axis {0} has {1} and was to be repeated to {2}; only an axis of size 1 can be.",
          numberIn(values, "axis"),
          numberIn(values, "found"),
          numberIn(values, "wanted"),
        ),
      ],
      fits: [
        text("A state that was made for another batch is made anew: h0.expand needs [L·D, 1, H]."),
      ],
    }),
  ),
  message(
    "torch/einsum",
    [
      "einsum(): subscript {letter:word} has size {found:n} for operand {operand:n} which does not broadcast with previously seen size {expected:n}",
    ],
    (values) => ({
      means: [
        text(
          "The axis called {0} has {1} in operand {2}, and had {3} before.",
          wordIn(values, "letter"),
          numberIn(values, "found"),
          numberIn(values, "operand"),
          numberIn(values, "expected"),
        ),
      ],
      fits: [
        text(
          "With PyTorch's weights a step is einsum('bi,gi->bg', x, weight_ih): the weight's second letter is the one of x.",
        ),
      ],
    }),
  ),
  message(
    "torch/axis-range",
    ["Dimension out of range (expected to be in range of {range:list}, but got {found:n})"],
    (values) => ({
      means: [
        text(
          "Axis {0} was asked for of a tensor that has only the axes {1}.",
          numberIn(values, "found"),
          wordIn(values, "range"),
        ),
      ],
      fits: [
        text(
          "It lost an axis before: an unbatched run gives [T, H], and x[0] or squeeze() takes one away.",
        ),
      ],
    }),
  ),
  message(
    "torch/dtype",
    [
      "expected m1 and m2 to have the same dtype, but got: {input:word} != {weight:word}",
      "mat1 and mat2 must have the same dtype, but got {input:word} and {weight:word}",
      "expected scalar type {weight:word} but found {input:word}",
      "Expected object of scalar type {weight:word} but got scalar type {input:word} for argument",
      "Expected object of type {weight:word} but found type {input:word} for argument",
      "{input:dtype} did not match {weight:dtype}",
    ],
    (values) => dtypeReading(wordIn(values, "input"), wordIn(values, "weight")),
  ),
  message(
    "torch/embedding-dtype",
    [
      "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {found:word} instead",
      "Expected tensor for argument #1 'indices' to have scalar type Long; but got {found:word} instead",
    ],
    (values) => ({
      means: [
        text("nn.Embedding looks up whole numbers; it was given {0}.", wordIn(values, "found")),
      ],
      fits: [
        text(
          "Tokens are integers: tokens.long(). Features, which are no tokens, do not go through an embedding.",
        ),
      ],
    }),
  ),
  message("torch/embedding-range", ["index out of range in self"], () => ({
    means: [
      text(
        "A token is as large as the embedding's table or larger, or below 0: it has rows 0 to num_embeddings − 1.",
      ),
    ],
    fits: [
      text(
        "Build the embedding with num_embeddings = largest token + 1, or find out where the token comes from.",
      ),
    ],
  })),
];

function gateRows(total: number): Text {
  return text(
    "Rows of all gates are 4·H of an LSTM, 3·H of a GRU, H of an RNN: with {0} rows H is {1}, {2} or {0}.",
    total,
    partOf(total, 4),
    partOf(total, 3),
  );
}

function partOf(total: number, gates: number): string {
  return total % gates === 0 ? String(total / gates) : "—";
}

function reshapeReading(values: Values): Reading {
  const wanted = shapeIn(values, "wanted");
  const count = numberIn(values, "count");
  const shape = formatSizes(sizesIn(values, "wanted"));
  const means = [
    wanted === null
      ? text("{0} values cannot be laid out as {1}.", grouped(count), shape)
      : text(
          "{0} values cannot be laid out as {1}, which has {2}.",
          grouped(count),
          shape,
          grouped(elementCount(wanted)),
        ),
  ];
  return {
    means,
    fits: [
      text(
        "Usual causes: the last batch is smaller than the others (take B from the tensor, x.size(0)), or the module is bidirectional and gives 2·H features.",
      ),
    ],
  };
}
