/**
 * Keras' messages about the input and the states of recurrent layers, Keras 1 to 3 and tf.keras.
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

/** How versions begin the sentence about a layer's input. */
const beginnings = [
  "Input {input:n} with name '{name:word}' of layer '{layer:word}' is incompatible with the layer: ",
  'Input {input:n} of layer "{layer:word}" is incompatible with the layer: ',
  "Input {input:n} of layer '{layer:word}' is incompatible with the layer: ",
  "Input {input:n} of layer {layer:word} is incompatible with the layer: ",
  "Input {input:n} is incompatible with layer {layer:word} ",
  "Input {input:n} is incompatible with layer {layer:word}: ",
  "Input {input:n} is incompatible with the layer: ",
];

const whole = text("A recurrent layer of Keras takes [B, T, I]: batch, steps, features.");

function atLayer(...endings: readonly string[]): string[] {
  return beginnings.flatMap((beginning) => endings.map((ending) => beginning + ending));
}

export const kerasMessages: readonly MessageKind[] = [
  message(
    "keras/input-rank",
    [
      ...atLayer(
        "expected ndim={expected:n}, found ndim={found:n}. Full shape received: {shape:shape}",
        "expected ndim={expected:n}, found ndim={found:n}",
        "expected min_ndim={expected:n}, found ndim={found:n}. Full shape received: {shape:shape}",
        "expected min_ndim={expected:n}, found ndim={found:n}",
      ),
      "expected {layer:word} to have {expected:n} dimensions, but got array with shape {shape:shape}",
    ],
    rankReading,
  ),
  message(
    "keras/input-axis",
    atLayer(
      "expected axis {axis:n} of input shape to have value {expected:n}, but received input with shape {shape:shape}",
      "expected axis {axis:n} of input shape to have value {expected:n} but received input with shape {shape:shape}",
    ),
    (values) => axisReading(values, numberIn(values, "expected"), sizesIn(values, "shape")),
  ),
  message(
    "keras/input-shape",
    [
      ...atLayer("expected shape={expected:shape}, found shape={found:shape}"),
      "expected {layer:word} to have shape {expected:shape} but got array with shape {found:shape}",
      "Expected shape {expected:shape}, but input has incompatible shape {found:shape}",
      "Model was constructed with shape {expected:shape} for input",
    ],
    (values) => shapeReading(sizesIn(values, "expected"), sizesIn(values, "found")),
  ),
  message(
    "keras/initial-state",
    ["An `initial_state` was passed that is not compatible with `cell.state_size`"],
    () => ({
      means: [
        text(
          "initial_state does not fit the cell: an LSTM takes a list of two states [B, H], h and c; a GRU or SimpleRNN one; Bidirectional twice as many.",
        ),
      ],
      fits: [
        text(
          "Give as many states as the message has numbers in cell.state_size, each with that many features.",
        ),
      ],
    }),
  ),
  message(
    "keras/state-shape",
    [
      "State {index:n} is incompatible with layer {layer:word} expected shape={expected:shape}, found shape={found:shape}",
    ],
    (values) => ({
      means: [
        text(
          "A state of the layer is {0}, [B, H]; {1} was given.",
          formatSizes(sizesIn(values, "expected")),
          formatSizes(sizesIn(values, "found")),
        ),
      ],
      fits: [text("The batch of a stateful layer is the one that it was built with.")],
    }),
  ),
  message(
    "keras/stateful-batch",
    ["Expected batch size: {expected:n} - Received batch size: {found:n}"],
    (values) => ({
      means: [
        text(
          "The layer is stateful and keeps the states of {0} sequences; this batch has {1}.",
          numberIn(values, "expected"),
          numberIn(values, "found"),
        ),
      ],
      fits: [
        text(
          "Give batches of the same size, leave the last, smaller one out, or call reset_states().",
        ),
      ],
    }),
  ),
];

function rankReading(values: Values): Reading {
  const [expected, found] = [
    numberIn(values, "expected"),
    "found" in values ? numberIn(values, "found") : sizesIn(values, "shape").length,
  ];
  const shape = sizesIn(values, "shape");
  const means = [
    text(
      "Layer {0} takes {1} axes, and got {2}.",
      wordIn(values, "layer") === "" ? "?" : wordIn(values, "layer"),
      expected,
      found,
    ),
    ...(shape.length === 0 ? [] : [text("What it got is {0}.", formatSizes(shape))]),
  ];
  if (expected !== 3) return { means, fits: [] };
  return {
    means: [...means, whole],
    fits: rankFixes(found),
    wanted: [hasShape(shapeIn(values, "shape"))],
  };
}

function rankFixes(found: number): Text[] {
  if (found > 3) {
    return [
      text(
        "Take the surplus axis out: input_shape is (T, I) without the batch, and an axis of size 1 is squeezed.",
      ),
    ];
  }
  return [
    text(
      "If a recurrent layer stands before it, that one needs return_sequences=True: without it gives the last step alone, [B, H].",
    ),
    text(
      "If it is the input, reshape it to [B, T, I]: x[:, :, None] where each step has one feature, x[None] where the batch is missing.",
    ),
  ];
}

function axisReading(values: Values, expected: number, shape: OpenShape): Reading {
  const found = shape.at(-1) ?? null;
  return {
    means: [
      text(
        "Layer {0} was built for {1} features on its last axis; it got {2}.",
        wordIn(values, "layer") === "" ? "?" : wordIn(values, "layer"),
        expected,
        formatSizes(shape),
      ),
      whole,
    ],
    fits: [
      shape.includes(expected)
        ? text(
            "{0} has {1} on another axis: its axes are in another order.",
            formatSizes(shape),
            expected,
          )
        : text(
            "No axis has {0}: the data have other features than the layer was built for.",
            expected,
          ),
    ],
    wanted: [
      takesFeatures(expected),
      ...(found === null ? [] : [hasFeaturesElsewhere(expected, found)]),
    ],
  };
}

function shapeReading(expected: OpenShape, found: OpenShape): Reading {
  const names = expected.length === 3 ? ["B", "T", "I"] : ["T", "I"];
  const differing = expected.flatMap((size, axis) =>
    size === null || found.length !== expected.length || size === found[axis]
      ? []
      : [
          text(
            "{0} is {1} here, and {2} in the model.",
            names[axis] ?? "?",
            String(found[axis]),
            size,
          ),
        ],
  );
  return {
    means: [
      text(
        "The model takes {0} (None is any size), and got {1}.",
        formatSizes(expected),
        formatSizes(found),
      ),
      ...differing,
    ],
    fits: [
      found.length < expected.length
        ? text("The batch axis is missing: x[None] adds one.")
        : text(
            "Exchange axes where the sizes stand in another order; T alone may be left open by building with input_shape=(None, I).",
          ),
    ],
  };
}
