/**
 * Messages of operators in hand-written cells: products, sums and joins that do not fit, of PyTorch 0.4 to 2.13,
 * NumPy and TensorFlow.
 */
import { text, type Text } from "../../core/text";
import type { Shape } from "../../tensor/tensor";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasShape, hasTransposed } from "./base/wanted";
import { formatSizes, numberIn, shapeIn, sizesIn, type OpenShape } from "./base/wording";

export const productMessages: readonly MessageKind[] = [
  message(
    "torch/product",
    [
      "mat1 and mat2 shapes cannot be multiplied ({left:pair} and {right:pair})",
      "size mismatch, m1: {left:pair}, m2: {right:pair}",
      "shapes {left:shape} and {right:shape} not aligned",
      "Matrix size-incompatible: In[0]: {left:shape}, In[1]: {right:shape}",
    ],
    (values) => productReading(sizesIn(values, "left"), sizesIn(values, "right")),
  ),
  message("torch/product-sizes", ["mat1 dim 1 must match mat2 dim 0"], () => ({
    means: [
      text(
        "In a product the columns of the first matrix must be the rows of the second; here they are not.",
      ),
    ],
    fits: [
      text(
        "PyTorch's weights are [G·H, I] and [G·H, H]: a step is x @ weight_ih.T + h @ weight_hh.T.",
      ),
    ],
  })),
  message(
    "numpy/product",
    [
      "has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size {right:n} is different from {left:n})",
    ],
    (values) => {
      const [left, right] = [numberIn(values, "left"), numberIn(values, "right")];
      return {
        means: [
          text(
            "The first factor of a product has {0} columns, the second has {1} rows; the two must be equal.",
            left,
            right,
          ),
        ],
        fits: [
          text(
            "PyTorch's weights are [G·H, I] and [G·H, H]: a step is x @ weight_ih.T + h @ weight_hh.T.",
          ),
        ],
      };
    },
  ),
  message(
    "tensorflow/product",
    ["Dimensions must be equal, but are {left:n} and {right:n} for"],
    (values) => ({
      means: [
        text(
          "The first factor of a product has {0} columns, the second has {1} rows; the two must be equal.",
          numberIn(values, "left"),
          numberIn(values, "right"),
        ),
      ],
      fits: [
        text(
          "Keras' kernel is [I, G·H]: the last axis of the input must have as many sizes as it has rows.",
        ),
      ],
    }),
  ),
  message(
    "torch/sum",
    [
      "The size of tensor a ({left:n}) must match the size of tensor b ({right:n}) at non-singleton dimension {axis:n}",
    ],
    (values) =>
      sumReading(numberIn(values, "left"), numberIn(values, "right"), numberIn(values, "axis")),
  ),
  message(
    "numpy/sum",
    ["operands could not be broadcast together with shapes {left:shape} {right:shape}"],
    (values) => {
      const [left, right] = [sizesIn(values, "left"), sizesIn(values, "right")];
      const reading = sumReading(left.at(-1) ?? 0, right.at(-1) ?? 0, null);
      const means = text(
        "Arrays of {0} and {1} were combined element by element; from the end, their sizes must be equal or 1.",
        formatSizes(left),
        formatSizes(right),
      );
      return {
        ...reading,
        means: left.at(-1) === right.at(-1) ? [means] : [means, ...reading.means],
        wanted: [hasShape(shapeIn(values, "left")), hasShape(shapeIn(values, "right"))],
      };
    },
  ),
  message(
    "torch/batched-product",
    [
      "Expected size for first two dimensions of batch2 tensor to be: {expected:shape} but got: {found:shape}",
    ],
    (values) => ({
      means: [
        text(
          "In a batched product [B, n, k] · [B, k, m] the second factor must begin with {0}; it begins with {1}.",
          formatSizes(sizesIn(values, "expected")),
          formatSizes(sizesIn(values, "found")),
        ),
      ],
      fits: batchedFix(sizesIn(values, "expected"), sizesIn(values, "found")),
    }),
  ),
  message(
    "torch/batched-product-axis",
    [
      "Expected tensor to have size {expected:n} at dimension {axis:n}, but got size {found:n} for argument #2 'batch2'",
    ],
    (values) => ({
      means: [
        text(
          "In a batched product [B, n, k] · [B, k, m] axis {0} of the second factor must have {1}; it has {2}.",
          numberIn(values, "axis"),
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text(
          "Exchange its last two axes (transpose(1, 2)), or put the batch first (transpose(0, 1)).",
        ),
      ],
    }),
  ),
  message(
    "torch/vector-product",
    ["size mismatch, got input ({input:n}), mat ({mat:pair}), vec ({vector:n})"],
    (values) => ({
      means: [
        text(
          "A matrix of {0} was multiplied with a vector of {1}: its columns must be as many as the vector has elements.",
          formatSizes(sizesIn(values, "mat")),
          numberIn(values, "vector"),
        ),
      ],
      fits: [
        text(
          "weight_ih takes I elements, weight_hh takes H: look which of the two was given x and which h.",
        ),
      ],
      wanted: [hasShape(shapeIn(values, "mat"))],
    }),
  ),
];

function batchedFix(expected: OpenShape, found: OpenShape): Text[] {
  const isExchanged = expected[0] === found[1] && expected[1] === found[0];
  return [
    isExchanged
      ? text("Its first two axes are exchanged: transpose(0, 1) fits.")
      : text(
          "Exchange its last two axes (transpose(1, 2)), or put the batch first (transpose(0, 1)).",
        ),
  ];
}

/** A product of [n, k] and [k', m]. */
function productReading(left: OpenShape, right: OpenShape): Reading {
  const [rows = null, columns = null] = left.slice(-2);
  const [depth = null, width = null] = right.slice(-2);
  const means = [
    text(
      "A product {0} · {1}: the {2} columns of the first must be the {3} rows of the second.",
      formatSizes(left),
      formatSizes(right),
      String(columns),
      String(depth),
    ),
  ];
  const [first, second] = [knownShape(left), knownShape(right)];
  const wanted = [hasShape(second), hasTransposed(second), hasShape(first), hasTransposed(first)];
  if (columns === width && columns !== null) {
    return {
      means: [
        ...means,
        text(
          "The second has {0} columns: it is a weight as PyTorch stores it, [G·H, {0}].",
          columns,
        ),
      ],
      fits: [text("Transpose the weight: x @ weight.T.")],
      wanted,
    };
  }
  return {
    means,
    fits: [...productFixes(rows, columns, depth)],
    wanted,
  };
}

function productFixes(rows: number | null, columns: number | null, depth: number | null): Text[] {
  const fixes: Text[] = [];
  if (rows !== null && rows === depth) {
    fixes.push(
      text("The first has {0} rows: its axes may be exchanged, and its transpose fits.", rows),
    );
  }
  fixes.push(
    text(
      "If the second is a weight of an input, x has {0} features and the weight takes {1}; of a recurrent weight, h has {0} features instead of {1}.",
      String(columns),
      String(depth),
    ),
  );
  if (columns !== null && depth !== null && columns === 2 * depth) {
    fixes.push(
      text(
        "{0} is twice {1}: a linear or next layer behind a bidirectional module takes both directions, 2·H.",
        columns,
        depth,
      ),
    );
  }
  if (columns !== null && depth !== null && depth === 2 * columns) {
    fixes.push(
      text(
        "{0} is twice {1}: the weight is made for both directions of a bidirectional module, and got one.",
        depth,
        columns,
      ),
    );
  }
  return fixes;
}

function knownShape(sizes: OpenShape): Shape | null {
  return sizes.every((size) => size !== null) ? sizes : null;
}

/** Two sizes along one axis of a sum, as pre-activations of hand-written cells have them. */
function sumReading(left: number | null, right: number | null, axis: number | null): Reading {
  const means: Text[] = [];
  if (axis !== null) {
    means.push(
      text(
        "Two tensors were combined element by element: along axis {0} one has {1}, the other {2}.",
        axis,
        String(left),
        String(right),
      ),
    );
  }
  const fixes: Text[] = [];
  const gates = left === null || right === null ? null : commonState(left, right);
  if (gates !== null) {
    fixes.push(
      text(
        "With H = {0} these are the rows of {1} and of {2} gates, as of an LSTM (4), a GRU (3) and an RNN (1): weights of two kinds of cells were mixed.",
        gates.hidden,
        gates.left,
        gates.right,
      ),
    );
  }
  fixes.push(
    text(
      "If they are batch and steps, one side is [B, T, ·] and the other [T, B, ·]; if they are features, look at the width of what was added.",
    ),
  );
  return { means, fits: fixes };
}

/** H where the two sizes are rows of different cells with the same H. */
function commonState(
  left: number,
  right: number,
): { hidden: number; left: number; right: number } | null {
  for (const [first, second] of [
    [4, 3],
    [3, 4],
    [4, 1],
    [1, 4],
    [3, 1],
    [1, 3],
  ] as const) {
    if (left % first === 0 && left / first === right / second) {
      return { hidden: left / first, left: first, right: second };
    }
  }
  return null;
}
