/**
 * ONNX Runtime's messages about the operators RNN, LSTM and GRU, and about a model's inputs.
 */
import { text, type Text } from "../../core/text";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasFeaturesElsewhere, hasShape, takesFeatures } from "./base/wanted";
import {
  formatSizes,
  numberIn,
  shapeIn,
  sizesIn,
  wordIn,
  type OpenShape,
  type Values,
} from "./base/wording";

/** What the axes of each input are. */
const axesOf: Readonly<Record<string, readonly string[]>> = {
  W: ["D", "G·H", "I"],
  R: ["D", "G·H", "H"],
  B: ["D", "2·G·H"],
  P: ["D", "3·H"],
  initial_h: ["D", "B", "H"],
  initial_c: ["D", "B", "H"],
  sequence_lens: ["B"],
};

export const onnxMessages: readonly MessageKind[] = [
  message(
    "onnx/x-rank",
    [
      "Input X must have 3 dimensions only. Actual:{found:shape}",
      "Input X must have 3 dimensions only. Actual: {found:shape}",
    ],
    (values) => ({
      means: [
        text("X of the node is {0}; it must be [T, B, I].", formatSizes(sizesIn(values, "found"))),
      ],
      fits: [
        text(
          "Add the batch axis to the model's input, or take a surplus axis out before the node (Squeeze).",
        ),
      ],
      wanted: [hasShape(shapeIn(values, "found"))],
    }),
  ),
  message("onnx/x-rank-inference", ["First input tensor must have rank 3"], () => ({
    means: [
      text(
        "The model declares an X for a recurrent node that has not 3 axes; it must be [T, B, I].",
      ),
    ],
    fits: [
      text(
        "Export the model with an input of three axes, or add an axis before the node (Unsqueeze).",
      ),
    ],
  })),
  ...Object.keys(axesOf).map((name) =>
    message(
      `onnx/${name.replace("_", "-").toLowerCase()}-shape`,
      [
        `Input ${name} must have shape {expected:shape}. Actual:{found:shape}`,
        `Input ${name} must have shape {expected:shape}. Actual: {found:shape}`,
      ],
      (values) => operandReading(name, values),
    ),
  ),
  message(
    "onnx/lengths",
    [
      "Invalid value/s in sequence_lens. All values must be >= 0 and <= seq_length. seq_length={steps:n}",
      "Invalid value/s in sequence_lens. All values must be > 0 and < seq_length. seq_length={steps:n}",
    ],
    (values) => ({
      means: [text("One of sequence_lens is below 0 or above T = {0}.", numberIn(values, "steps"))],
      fits: [
        text(
          "No length may be larger than the steps of X; where it is, X may have batch and steps exchanged.",
        ),
      ],
    }),
  ),
  message(
    "onnx/input-rank",
    ["Invalid rank for input: {name:key} Got: {found:n} Expected: {expected:n}"],
    (values) => ({
      means: [
        text(
          "The model's input {0} has {1} axes and was given {2}.",
          wordIn(values, "name"),
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text("Add or take out axes: x[None] for a missing batch, squeeze() for one of size 1."),
      ],
    }),
  ),
  message(
    "onnx/input-shape",
    [
      "Got invalid dimensions for input: {name:key} for the following indices index: {axis:n} Got: {found:n} Expected: {expected:n}",
    ],
    (values) => inputReading(values, [axisLine(values, "")]),
  ),
  message(
    "onnx/input-shape-axes",
    [
      "Got invalid dimensions for input: {name:key} for the following indices index: {axis:n} Got: {found:n} Expected: {expected:n} index: {axis2:n} Got: {found2:n} Expected: {expected2:n}",
    ],
    (values) => inputReading(values, [axisLine(values, ""), axisLine(values, "2")]),
  ),
  message(
    "onnx/layout",
    ["Batchwise recurrent operations (layout == 1) are not supported"],
    () => ({
      means: [text("The node has layout 1, batch first, which ONNX Runtime does not compute.")],
      fits: [
        text(
          "Export with layout 0 and exchange the first two axes before and behind the node (Transpose).",
        ),
      ],
    }),
  ),
  message("onnx/direction", ["Invalid 'direction' argument of '{found:word}'"], (values) => ({
    means: [text("The attribute direction of the node is {0}.", wordIn(values, "found"))],
    fits: [
      text(
        "It is forward, reverse or bidirectional; W, R and B have 2 along their first axis for bidirectional, else 1.",
      ),
    ],
  })),
  message("onnx/hidden-size", ["int64_value > 0 was false"], () => ({
    means: [text("The attribute hidden_size of the node is missing, or 0 or less.")],
    fits: [text("hidden_size is H, the last axis of R.")],
  })),
  message(
    "onnx/missing-input",
    ["Required inputs ({missing:list}) are missing from input feed ({given:list})"],
    (values) => ({
      means: [
        text(
          "The model needs the inputs {0}; given were {1}.",
          wordIn(values, "missing"),
          wordIn(values, "given"),
        ),
      ],
      fits: [
        text(
          "An LSTM that was exported with its states takes h0 and c0 too: zeros of [L·D, B, H] for a new sequence.",
        ),
      ],
    }),
  ),
  message(
    "onnx/input-dtype",
    [
      "Unexpected input data type. Actual: (tensor({found:word})) , expected: (tensor({expected:word}))",
    ],
    (values) => ({
      means: [
        text(
          "An input has the dtype {0}, the model takes {1}.",
          wordIn(values, "found"),
          wordIn(values, "expected"),
        ),
      ],
      fits: [text("Convert it: x.astype(np.float32). NumPy makes float64 where nothing is said.")],
    }),
  ),
];

function operandReading(name: string, values: Values): Reading {
  const [expected, found] = [sizesIn(values, "expected"), sizesIn(values, "found")];
  const letters = axesOf[name] ?? [];
  return {
    means: [
      text(
        "{0} of the node is [{1}]: from its attributes and X it must be {2}, and it is {3}.",
        name,
        letters.join(", "),
        formatSizes(expected),
        formatSizes(found),
      ),
    ],
    fits: letters.flatMap((letter, axis) =>
      expected[axis] === found[axis] ? [] : axisFixes(letter, expected, found, axis),
    ),
    wanted: [
      hasShape(shapeIn(values, "found")),
      ...(name === "W" ? featuresWanted(expected.at(-1), found.at(-1)) : []),
    ],
  };
}

function featuresWanted(expected?: number | null, found?: number | null) {
  if (expected == null || found == null || expected === found) return [];
  // W is right and X is not, more often than the other way round.
  return [takesFeatures(found), hasFeaturesElsewhere(found, expected)];
}

function axisFixes(letter: string, expected: OpenShape, found: OpenShape, axis: number): Text[] {
  const [needed, given] = [String(expected[axis]), String(found[axis])];
  switch (letter) {
    case "I":
      return [
        text(
          "X has {0} features, and W was made for {1}: give an X whose last axis is {1}.",
          needed,
          given,
        ),
      ];
    case "D":
      return [
        text(
          "The node's direction asks for {0} along the first axis, and there is {1}: 2 for bidirectional, else 1.",
          needed,
          given,
        ),
      ];
    case "B":
      return [
        text(
          "X has the batch {0}, this has {1}: X is [T, B, I], so look whether its first two axes are exchanged.",
          needed,
          given,
        ),
      ];
    case "H":
      return [text("hidden_size of the node is {0}, and this was made for {1}.", needed, given)];
    default:
      return [
        text(
          "{0} is {1} from hidden_size and the kind of node (4 gates of an LSTM, 3 of a GRU), and {2} here.",
          letter,
          needed,
          given,
        ),
      ];
  }
}

function axisLine(values: Values, suffix: string): Text {
  return text(
    "Axis {0} is {1} in the model, and {2} was given.",
    numberIn(values, `axis${suffix}`),
    numberIn(values, `expected${suffix}`),
    numberIn(values, `found${suffix}`),
  );
}

function inputReading(values: Values, lines: readonly Text[]): Reading {
  return {
    means: [
      text("The model was exported with fixed sizes for its input {0}.", wordIn(values, "name")),
      ...lines,
    ],
    fits: [
      text(
        "Give these sizes, or export with dynamic_axes (dynamic_shapes), which leaves batch and steps open; I stays fixed.",
      ),
    ],
  };
}
