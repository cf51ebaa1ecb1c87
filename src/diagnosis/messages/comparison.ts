/**
 * Reports of torch.testing.assert_close and numpy.testing.assert_allclose.
 */
import { grouped } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import { sameShape, type Shape } from "../../tensor/tensor";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasShape } from "./base/wanted";
import { formatSizes, numberIn, shapeIn, sizesIn, wordIn, type Values } from "./base/wording";

export const comparisonMessages: readonly MessageKind[] = [
  message("compare/values", ["Mismatched elements: {outside:n} / {total:n}"], (values) => {
    const [outside, total] = [numberIn(values, "outside"), numberIn(values, "total")];
    const means = [
      text("{0} of {1} values lie outside the tolerance.", grouped(outside), grouped(total)),
    ];
    return { means, fits: [shareFix(outside, total)] };
  }),
  message(
    "compare/greatest-difference",
    [
      "Greatest absolute difference: {difference:word} at index {index:list} (up to {allowed:word} allowed)",
      "Greatest absolute difference: {difference:word} at index ({index:word}, {batch:n}, {unit:n}) (up to {allowed:word} allowed)",
      "Greatest absolute difference: {difference:word} (up to {allowed:word} allowed)",
      "Max absolute difference among violations: {difference:word}",
      "Max absolute difference: {difference:word}",
    ],
    (values) => {
      const difference = Number(wordIn(values, "difference"));
      return {
        means: [text("The largest difference is {0}.", wordIn(values, "difference"))],
        fits: [sizeFix(difference)],
      };
    },
  ),
  message(
    "compare/shape",
    [
      "The values for attribute 'shape' do not match: {left:shape} != {right:shape}",
      "(shapes {left:shape}, {right:shape} mismatch)",
    ],
    shapesReading,
  ),
  message(
    "compare/dtype",
    ["The values for attribute 'dtype' do not match: {left:word} != {right:word}"],
    (values) => ({
      means: [
        text(
          "The two have the dtypes {0} and {1}; the values were not compared.",
          wordIn(values, "left"),
          wordIn(values, "right"),
        ),
      ],
      fits: [
        text(
          "Pass check_dtype=False, or convert one of the two; then compare with the tolerance of the coarser dtype.",
        ),
      ],
    }),
  ),
  message("compare/nan", ["nan location mismatch"], () => ({
    means: [text("NaN stands in different places of the two.")],
    fits: [
      text(
        "Look for the first step that has NaN in one of them: from there on all later states have it.",
      ),
    ],
  })),
];

function shareFix(outside: number, total: number): Text {
  if (outside === total) {
    return text(
      "All of them differ: gates in another order, a bias or the first state; look whether the first step is wrong already.",
    );
  }
  if (outside * 2 === total) {
    return text(
      "Exactly half of them differ: one of two directions, if the module is bidirectional.",
    );
  }
  return text(
    "Where the first of them lies tells most: open both as a run, and Unroll shows layer, direction, step and unit.",
  );
}

function sizeFix(difference: number): Text {
  if (difference < 1e-5) {
    return text(
      "That is float32 rounding: a tolerance of rtol 1.3e-6 and atol 1e-5 lets it pass; rtol 1e-5 with atol 1e-8 does not.",
    );
  }
  if (difference < 5e-3) {
    return text(
      "That is what float16, bfloat16 or TF32 leave: compare in float32, or look whether one side was stored or computed in less.",
    );
  }
  return text("That is no rounding: something is computed otherwise.");
}

function shapesReading(values: Values): Reading {
  const [left, right] = [shapeIn(values, "left"), shapeIn(values, "right")];
  const means = [
    text(
      "The two have the shapes {0} and {1}; the values were not compared.",
      formatSizes(sizesIn(values, "left")),
      formatSizes(sizesIn(values, "right")),
    ),
  ];
  const wanted = [hasShape(left), hasShape(right)];
  if (left === null || right === null) return { means, fits: [], wanted };
  return { means, fits: shapeFixes(left, right), wanted };
}

const exchanged = text(
  "The first two axes are exchanged: batch and steps, or batch and layers; transpose(0, 1) of one fits.",
);
const lacksAxis = text(
  "One of the two has a first axis that the other has not: one step, one layer, or no batch.",
);
const twiceFeatures = text(
  "The last axis of one is twice the other's: both directions side by side, and one of them or their sum.",
);
const twiceSlots = text(
  "The first axis of one is twice the other's: both directions or twice the layers, and half of them.",
);

function shapeFixes(left: Shape, right: Shape): Text[] {
  if (isExchanged(left, right)) return [exchanged];
  if (sameShape(left.slice(1), right) || sameShape(right.slice(1), left)) return [lacksAxis];
  if (sameShape(left.slice(0, -1), right.slice(0, -1)) && isTwice(left.at(-1), right.at(-1))) {
    return [twiceFeatures];
  }
  if (sameShape(left.slice(1), right.slice(1)) && isTwice(left[0], right[0])) return [twiceSlots];
  return [
    text("Open both as a run: the shapes view says what a reference of another shape looks like."),
  ];
}

function isExchanged(left: Shape, [first = 0, second = 0, ...rest]: Shape): boolean {
  return left.length > 1 && sameShape(left, [second, first, ...rest]);
}

/** True where one of two sizes is twice the other. */
function isTwice(left = 0, right = 0): boolean {
  return left === 2 * right || right === 2 * left;
}
