/**
 * Keras' messages about weights that are set or loaded into recurrent layers, Keras 1 to 3 and tf.keras.
 */
import { text, type Text } from "../../core/text";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasShape, hasTransposed } from "./base/wanted";
import {
  formatSizes,
  numberIn,
  shapeIn,
  sizesIn,
  wordIn,
  type OpenShape,
  type Values,
} from "./base/wording";

export const kerasWeightMessages: readonly MessageKind[] = [
  message(
    "keras/weight-shape",
    [
      "Layer {layer:word} weight shape {expected:shape} is not compatible with provided weight shape {found:shape}",
      "Layer weight shape {expected:shape} not compatible with provided weight shape {found:shape}",
      "Layer shape {expected:shape} not compatible with weight shape {found:shape}",
      "variable.shape={expected:shape}, Received: value.shape={found:shape}",
      "Weight expects shape {expected:shape}. Received saved weight with shape {found:shape}",
      "Shapes {expected:shape} and {found:shape} are incompatible",
    ],
    weightReading,
  ),
  message(
    "keras/weight-shape-assign",
    [
      "Dimension {axis:n} in both shapes must be equal, but are {expected:n} and {found:n}. Shapes are {left:shape} and {right:shape}",
      "Dimension {axis:n} in both shapes must be equal, but are {expected:n} and {found:n} for",
    ],
    (values) => ({
      means: [
        text(
          "A weight was set from a file: along axis {0} the layer has {1}, the file {2}.",
          numberIn(values, "axis"),
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: ratioFixes(numberIn(values, "expected"), numberIn(values, "found")),
    }),
  ),
  message(
    "keras/weight-count",
    [
      "on layer '{layer:word}' with a weight list of length {found:n}, but the layer was expecting {expected:n} weights",
      'on layer "{layer:word}" with a weight list of length {found:n}, but the layer was expecting {expected:n} weights',
      "on layer {layer:word} with a weight list of length {found:n}, but the layer was expecting {expected:n} weights",
      "Layer '{layer:word}' expected {expected:n} variables, but received {found:n} variables during loading",
    ],
    (values) => ({
      means: [
        text(
          "Layer {0} has {1} weights and got {2}. An LSTM or GRU has kernel, recurrent_kernel and bias: 3, without bias 2, and twice as many in Bidirectional.",
          wordIn(values, "layer"),
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text(
          "Where 0 came, the file has another kind of layer in this place (a GRU for an LSTM, Bidirectional for one direction), or has it under another name: build the model as it was when it was saved.",
        ),
      ],
    }),
  ),
  message(
    "keras/layer-count",
    [
      "Model expected {expected:n} layers, found {found:n} saved layers",
      "You are trying to load a weight file containing {found:n} layers into a model with {expected:n} layers",
    ],
    (values) => ({
      means: [
        text(
          "The model has {0} layers with weights, the file {1}.",
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text(
          "Build the model as it was when it was saved; look at the file's layers in its list of tensors.",
        ),
      ],
    }),
  ),
];

function weightReading(values: Values): Reading {
  const [expected, found] = [sizesIn(values, "expected"), sizesIn(values, "found")];
  return {
    means: [
      text(
        "The layer's weight is {0}, the one that was given is {1}. Keras' kernel is [I, G·H], its recurrent_kernel [H, G·H], its bias [G·H], or [2, G·H] of a GRU with reset_after=True.",
        formatSizes(expected),
        formatSizes(found),
      ),
    ],
    fits: [...axisFixes(expected, found), ...biasFixes(expected, found)],
    wanted: [hasShape(shapeIn(values, "found")), hasTransposed(shapeIn(values, "found"))],
  };
}

function axisFixes(expected: OpenShape, found: OpenShape): Text[] {
  if (isTransposed(expected, found)) {
    return [text("The axes are exchanged: PyTorch stores [G·H, I], Keras [I, G·H].")];
  }
  const [layer = null, file = null] = [expected.at(-1), found.at(-1)];
  if (layer !== null && file !== null && layer !== file) return ratioFixes(layer, file);
  return expected.length === 2 && found.length === 2 && expected[0] !== found[0]
    ? [
        text(
          "The first axis differs: the features that the layer takes, or H of a recurrent_kernel.",
        ),
      ]
    : [];
}

/** Biases of a GRU: two rows with reset_after=True, one axis without. */
function biasFixes(expected: OpenShape, found: OpenShape): Text[] {
  if (expected.length === 2 && found.length === 1 && expected[0] === 2) {
    return [
      text(
        "The layer has reset_after=True (two biases), the weights are of one with reset_after=False.",
      ),
    ];
  }
  if (expected.length === 1 && found.length === 2 && found[0] === 2) {
    return [
      text(
        "The weights are of a GRU with reset_after=True (two biases), the layer has reset_after=False.",
      ),
    ];
  }
  return [];
}

function isTransposed(expected: OpenShape, found: OpenShape): boolean {
  const [rows, columns] = expected;
  return (
    expected.length === 2 &&
    found.length === 2 &&
    rows !== columns &&
    rows === found[1] &&
    columns === found[0]
  );
}

/** What the ratio of the columns of all gates tells. */
function ratioFixes(layer: number, file: number): Text[] {
  if (layer * 4 === file * 3) {
    return [
      text("{0} to {1} is 3 to 4: the layer is a GRU, the weights are of an LSTM.", layer, file),
    ];
  }
  if (layer * 3 === file * 4) {
    return [
      text("{0} to {1} is 4 to 3: the layer is an LSTM, the weights are of a GRU.", layer, file),
    ];
  }
  if (layer * 2 === file) {
    return [
      text(
        "The file has twice as many, {0} for {1}: twice the units, or the two biases of a CuDNN layer, whose sum an LSTM takes.",
        file,
        layer,
      ),
    ];
  }
  return [
    text(
      "Units are these columns divided by 4 (LSTM), 3 (GRU) or 1 (SimpleRNN): {0} here, {1} in the file.",
      layer,
      file,
    ),
  ];
}
