/**
 * PyTorch's messages about the input of a recurrent module, torch 0.4 to 2.13.
 */
import { text, type Text } from "../../core/text";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasFeaturesElsewhere, takesFeatures, wouldTake } from "./base/wanted";
import { numberIn, wordIn } from "./base/wording";

const layouts = text(
  "A sequence is [T, I], a batch of them [T, B, I], or [B, T, I] with batch_first=True.",
);

export const forwardMessages: readonly MessageKind[] = [
  message(
    "torch/input-rank",
    [
      "{cell:cell}: Expected input to be 2D or 3D, got {found:n}D instead",
      "{cell:cell}: Expected input to be 2D or 3D, got {found:n}D tensor instead",
      "{cell:cell}: Expected input to be 2-D or 3-D but received {found:n}-D tensor",
    ],
    (values) => ({
      means: [
        text(
          "The input of nn.{0} has {1} axes.",
          wordIn(values, "cell"),
          numberIn(values, "found"),
        ),
        layouts,
      ],
      fits: [rankFix(numberIn(values, "found"), 3)],
    }),
  ),
  message(
    "torch/input-rank-packed",
    ["input must have {expected:n} dimensions, got {found:n}"],
    (values) => ({
      means: [
        text(
          "The input has {1} axes, {0} are needed: 2 for the data of a PackedSequence, otherwise 3 (before torch 1.11 always).",
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
        layouts,
      ],
      fits: [rankFix(numberIn(values, "found"), numberIn(values, "expected"))],
    }),
  ),
  message(
    "torch/input-features",
    ["input.size(-1) must be equal to input_size. Expected {expected:n}, got {found:n}"],
    (values) => featuresReading(numberIn(values, "expected"), numberIn(values, "found")),
  ),
  message(
    "torch/input-dtype",
    [
      "RNN input dtype ({input:word}) does not match weight dtype ({weight:word})",
      "Input and parameter tensors are not the same dtype, found input tensor with {input:word} and parameter tensor with {weight:word}",
    ],
    (values) => dtypeReading(wordIn(values, "input"), wordIn(values, "weight")),
  ),
  message(
    "torch/input-device",
    [
      "Input and {other:word} tensors are not at the same device, found input tensor at {input:word} and {what:word} tensor at {weight:word}",
    ],
    (values) => ({
      means: [
        text(
          "The input lies on {0}, the weights or states on {1}.",
          wordIn(values, "input"),
          wordIn(values, "weight"),
        ),
      ],
      fits: [text("Move one of them: x = x.to(next(module.parameters()).device).")],
    }),
  ),
  message("torch/input-empty", ["Expected sequence length to be larger than 0 in RNN"], () => ({
    means: [text("The input has no steps: T is 0.")],
    fits: [
      text(
        "Give at least one step; where batch_first is wrong, it may be the batch that is empty.",
      ),
    ],
  })),
];

/** What to do about an input, or its step, with too many or too few axes. */
function rankFix(found: number, expected: number): Text {
  if (found > expected) {
    return text(
      "Take out axes of size 1 (squeeze), or join axes (reshape), until it has {0}.",
      expected,
    );
  }
  return text(
    "Add the missing axis: x.unsqueeze(1) for a batch of one, x.unsqueeze(0) for one step.",
  );
}

/** The last axis of an input has another size than the weights have columns. */
export function featuresReading(expected: number, found: number): Reading {
  return {
    means: [
      text(
        "{0} is I, the columns of weight_ih_l0: the features that a step must have. {1} is the size of the input's last axis.",
        expected,
        found,
      ),
    ],
    fits: [
      text(
        "If another axis of the input has size {0}, its axes are in another order: move that axis to the end. batch_first alone never changes the last axis.",
        expected,
      ),
      text("If the input is right, the module must be built with input_size={0}.", found),
    ],
    wanted: [takesFeatures(expected), hasFeaturesElsewhere(expected, found), wouldTake(found)],
  };
}

/** A product of two different dtypes. */
export function dtypeReading(input: string, weight: string): Reading {
  const isWhole = /int|long/i.test(input);
  return {
    means: [
      text("The input is {0}, the weights are {1}; a product needs one dtype.", input, weight),
      ...(isWhole
        ? [
            text(
              "Whole numbers are tokens more often than features: they go through nn.Embedding first.",
            ),
          ]
        : []),
    ],
    fits: [
      text(
        "Convert the input, x = x.to(next(module.parameters()).dtype), or the module, module.double().",
      ),
    ],
  };
}
