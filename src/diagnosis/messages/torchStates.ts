/**
 * PyTorch's messages about the initial states of a recurrent module, torch 0.4 to 2.13.
 */
import { text, type Text } from "../../core/text";
import type { Shape } from "../../tensor/tensor";
import { message, type MessageKind, type Reading } from "./base/message";
import { hasShape, hasStates } from "./base/wanted";
import { formatSizes, numberIn, shapeIn, sizesIn, type Values } from "./base/wording";

export const stateMessages: readonly MessageKind[] = [
  message(
    "torch/hidden-size",
    ["Expected hidden size {expected:shape}, got {found:shape}"],
    (values) => statesReading(values, "h0"),
  ),
  message(
    "torch/h0-size",
    ["Expected hidden[0] size {expected:shape}, got {found:shape}"],
    (values) => statesReading(values, "h0"),
  ),
  message(
    "torch/c0-size",
    ["Expected hidden[1] size {expected:shape}, got {found:shape}"],
    (values) => statesReading(values, "c0"),
  ),
  message(
    "torch/hidden-rank",
    [
      "For {input:word} {inputRank:n}-D input, hx should also be {expected:n}-D but got {found:n}-D tensor",
    ],
    (values) => stateRankReading(values, [numberIn(values, "found")]),
  ),
  message(
    "torch/hidden-rank-lstm",
    [
      "For {input:word} {inputRank:n}-D input, hx and cx should also be {expected:n}-D but got ({h:n}-D, {c:n}-D) tensors",
    ],
    (values) => stateRankReading(values, [numberIn(values, "h"), numberIn(values, "c")]),
  ),
];

const axisNames = [
  text("layers times directions"),
  text("the batch"),
  text("the features of a state"),
] as const;

function statesReading(values: Values, name: "h0" | "c0"): Reading {
  const expected = sizesIn(values, "expected");
  const found = sizesIn(values, "found");
  const [slots = null, batch = null, features = null] = expected;
  const differing = axisNames.flatMap((axis, index) =>
    expected[index] === found[index]
      ? []
      : [
          text(
            "axis {0} ({1}) is {2}, needed {3}",
            index,
            axis,
            show(found[index]),
            show(expected[index]),
          ),
        ],
  );
  return {
    means: [
      text(
        "{0} must be [L·D, B, H] whatever batch_first says: {1} = layers times directions, {2} = batch, {3} = features.",
        name,
        show(slots),
        show(batch),
        show(features),
      ),
      ...(name === "c0"
        ? [
            text(
              "Its last axis is hidden_size, also of an LSTM with proj_size; that of h0 is proj_size.",
            ),
          ]
        : []),
      ...differing.map((each) => text("In {0} {1}.", name, each)),
    ],
    fits: stateFixes(expected.map(Number), found.map(Number), name),
    wanted: [
      hasShape(shapeIn(values, "found")),
      ...(features === null ? [] : [hasStates(slots, features)]),
    ],
  };
}

function show(size: number | null | undefined): string {
  return size == null ? "?" : String(size);
}

/** A state of three axes: what is needed and what was found. */
interface StateSizes {
  readonly name: string;
  readonly expected: readonly [slots: number, batch: number, features: number];
  readonly found: readonly [slots: number, batch: number, features: number];
}

/** What single change turns the shape that was found into the one that is needed. */
function stateFixes(expected: Shape, found: Shape, name: string): Text[] {
  const [slots = 0, batch = 0, features = 0] = expected;
  const [first = 0, second = 0, last = 0] = found;
  const sizes: StateSizes = {
    name,
    expected: [slots, batch, features],
    found: [first, second, last],
  };
  const fixes = stateRules.flatMap((rule) => rule(sizes) ?? []);
  if (fixes.length > 0) return fixes;
  const zeros = formatSizes(expected).slice(1, -1);
  return [text("Make it with torch.zeros({0}) or leave it out: zeros are the default.", zeros)];
}

const stateRules: readonly ((sizes: StateSizes) => Text | null)[] = [
  ({ name, expected: [slots, batch], found: [first, second] }) =>
    first === batch && second === slots && slots !== batch
      ? text("Its first two axes are exchanged: {0}.transpose(0, 1).contiguous() fits.", name)
      : null,
  ({ name, expected: [slots, batch, features], found: [first, second, last] }) =>
    second === slots && last === features && first !== slots && first !== batch
      ? text(
          "Its first two axes are exchanged, and the module took {0} for the batch where it has {1}: {2}.transpose(0, 1).contiguous(), and batch_first=True where the input is [B, T, I] with B = {1}.",
          batch,
          first,
          name,
        )
      : null,
  ({ expected: [slots, batch, features], found: [first, second, last] }) =>
    first === slots && last === features && second !== batch
      ? text(
          "It was made for a batch of {0}, and the input has {1}: make it from the input's batch, or look whether batch_first is wrong, so that {1} is really T.",
          second,
          batch,
        )
      : null,
  ({ expected: [slots, batch, features], found: [first, second, last] }) =>
    second === batch && last === features && first !== slots ? slotFix(slots, first) : null,
  ({ expected: [slots, batch, features], found: [first, second, last] }) =>
    first === slots && second === batch && last !== features
      ? text(
          "Its last axis must have {0} sizes instead of {1}: hidden_size, or proj_size for h0.",
          features,
          last,
        )
      : null,
];

function slotFix(slots: number, found: number): Text {
  if (slots === 2 * found) {
    return text(
      "It has {0} of {1} slots: the module is bidirectional, or has twice the layers.",
      found,
      slots,
    );
  }
  if (found === 2 * slots) {
    return text(
      "It has {0} slots for {1}: it was made for a bidirectional module, or for twice the layers.",
      found,
      slots,
    );
  }
  return text(
    "It has {0} slots, one for each layer and direction; the module has {1}.",
    found,
    slots,
  );
}

function stateRankReading(values: Values, ranks: readonly number[]): Reading {
  const expected = numberIn(values, "expected");
  const isBatched = expected === 3;
  return {
    means: [
      isBatched
        ? text(
            "The input has 3 axes, a batch, so each state must have 3 as well, [L·D, B, H]; found {0}.",
            ranks.join(", "),
          )
        : text(
            "The input has 2 axes and is taken as one sequence [T, I] without a batch, so each state must be [L·D, H]; found {0} axes.",
            ranks.join(", "),
          ),
    ],
    fits: isBatched
      ? [
          text(
            "Add the missing axis: h0.unsqueeze(0) where there is one layer and direction, h0.unsqueeze(1) for a batch of one.",
          ),
          text(
            "nn.LSTM takes a tuple (h0, c0); one tensor in its place is taken apart along its first axis.",
          ),
        ]
      : [
          text(
            "If the input is a batch of single steps [B, I], give it an axis of steps: x.unsqueeze(0), or x.unsqueeze(1) with batch_first=True.",
          ),
          text("If it is one sequence, take the batch axis out of the states: h0.squeeze(1)."),
        ],
  };
}
