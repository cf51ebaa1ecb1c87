/**
 * What a check of a map found, in words.
 */
import { text, type Text } from "../../core/text";
import { formatShape } from "../../tensor/tensor";
import type { MapCheck, MapNote, MapProblem, SlotCheck, SlotFault } from "./check";
import type { SlotPart } from "./map";
import type { Remedy } from "./place";

/** The state of a slot in a sentence: that it fits, or why not and what would. */
export function slotSentence(check: SlotCheck): Text {
  const { state, fault, expected, slot, remedies } = check;
  if (state === "fits") return text("fits: {0}", formatShape(expected));
  if (fault === null) return text("none: zeros");
  const sentence = faultSentence(fault, expected, slot);
  const [first] = remedies;
  return first === undefined ? sentence : text("{0}; {1}", sentence, remedySentence(first));
}

/** Why a slot does not fit, without what would make it fit. */
export function faultSentence(
  fault: SlotFault,
  expected: SlotCheck["expected"],
  slot: string,
): Text {
  switch (fault.kind) {
    case "missing":
      return text("{0} is missing, expected {1}", slot, formatShape(expected));
    case "unknownTensor":
      return text("the file has no tensor {0}", fault.tensor);
    case "dtype":
      return text("{0} is {1}, which is no real number", fault.tensor, fault.dtype);
    case "range":
      return rangeSentence(fault);
    case "rank":
      return fault.isMatrix
        ? text("expected a matrix, {0} has {1} left", fault.tensor, formatShape(fault.shape))
        : text("expected a vector, {0} has {1} left", fault.tensor, formatShape(fault.shape));
    case "shape":
      return text(
        "expected {0}, found {1} in {2}",
        formatShape(fault.expected),
        formatShape(fault.found),
        fault.tensor,
      );
    case "gates":
      return text("none of its tensors holds {0}", fault.missing.join(" "));
  }
}

function rangeSentence({
  field,
  range,
  size,
  tensor,
}: Extract<SlotFault, { kind: "range" }>): Text {
  const [from = 0, to = 0] = range;
  if (field === "index")
    return text("there is no index {0} in {1}, whose axis has {2}", from, tensor, size);
  const written = `[${from}, ${to}]`;
  return field === "rows"
    ? text("the rows {0} are not in {1}, which has {2}", written, tensor, size)
    : text("the columns {0} are not in {1}, which has {2}", written, tensor, size);
}

/** What would make it fit. */
export function remedySentence({ kind, part }: Remedy): Text {
  if (kind === "transposed") return text("transposed it would fit");
  const base = partText(kind, part);
  if (part.transposed === undefined) return text("{0} would fit", base);
  return part.transposed
    ? text("{0} would fit, transposed", base)
    : text("{0} would fit, not transposed", base);
}

function partText(kind: Exclude<Remedy["kind"], "transposed">, part: SlotPart): Text {
  const { rows = [], columns = [], index = [] } = part;
  const [from = 0, to = 0] = kind === "rows" ? rows : columns;
  if (kind === "index") return text("its slice {0}", index.join(", "));
  return kind === "rows"
    ? text("its rows {0} to {1}", from, to - 1)
    : text("its columns {0} to {1}", from, to - 1);
}

/** What is wrong with a map as a whole. */
export function problemSentence(problem: MapProblem): Text {
  switch (problem.kind) {
    case "noSizes":
      return text(
        "the sizes are not known: neither inputSize and hiddenSize are given, nor do weight_ih_l0 and weight_hh_l0 tell them",
      );
    case "unknownSlot":
      return text(
        "the module has no parameter {0} with these layers, directions and sizes",
        problem.slot,
      );
    case "tooMany":
      return text("a module with {0} parameters is more than can be shown", problem.parameters);
  }
}

/** What may be meant, and is said. */
export function noteSentence(note: MapNote): Text {
  switch (note.kind) {
    case "usedTwice":
      return text("{0} is used more than once: {1}", note.tensor, note.slots);
    case "unused":
      return note.count === 1
        ? text("one tensor of the file is not used: {0}", note.tensors)
        : text("{0} tensors of the file are not used: {1}", note.count, note.tensors);
    case "zeros":
      return text("zeros stand for {0}, which the file does not have", note.slots);
  }
}

/** The first thing that keeps a map from being used, and how many more there are; null where it fits. */
export function mapSentence({ problems, slots }: MapCheck): Text | null {
  const bad = slots.filter(({ state }) => state === "misfit" || state === "missing");
  const sentences = [
    ...bad.map((slot) =>
      slot.state === "missing"
        ? slotSentence(slot)
        : text("{0}: {1}", slot.slot, slotSentence(slot)),
    ),
    ...problems.map(problemSentence),
  ];
  const [first] = sentences;
  if (first === undefined) return null;
  return sentences.length === 1 ? first : text("{0} (and {1} more)", first, sentences.length - 1);
}

/** The same as a part of a list: `transposed`, `its rows 0 to 7`. */
export function remedyLabel({ kind, part }: Remedy): Text {
  if (kind === "transposed")
    return part.transposed === false ? text("not transposed") : text("transposed");
  const base = partText(kind, part);
  if (part.transposed === undefined) return base;
  return part.transposed ? text("{0}, transposed", base) : text("{0}, not transposed", base);
}
