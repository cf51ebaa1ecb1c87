/**
 * What about a run keeps it from showing a mistake, or from telling two apart: zeros, a single step, row or tensor.
 *
 * Which mistakes a run cannot show is found by running them; this says why, where it is known.
 */
import { text, type Text } from "../../core/text";
import type { Case, Model } from "../base/model";

/** A property of a run. */
type Weakness =
  | "zeroStates"
  | "zeroBiases"
  | "zeroBiasHh"
  | "zeroBiasIh"
  | "oneStep"
  | "twoSteps"
  | "oneRow"
  | "oneUnit"
  | "noOutput"
  | "noHn"
  | "noCn"
  | "openEnd"
  | "fullLengths"
  | "sortedLengths";

/** What is so, and what a run would need to tell more. */
const sentences: Readonly<Record<Weakness, readonly [so: Text, needs: Text]>> = {
  zeroStates: [text("the initial states are zero"), text("initial states that are not zero")],
  zeroBiases: [text("all biases are zero"), text("biases that are not zero")],
  zeroBiasHh: [text("b_hh is zero"), text("a b_hh that is not zero")],
  zeroBiasIh: [text("b_ih is zero"), text("a b_ih that is not zero")],
  oneStep: [text("there is one step only"), text("three steps or more")],
  twoSteps: [text("there are two steps only"), text("three steps or more")],
  oneRow: [text("the batch has one row only"), text("two rows or more")],
  oneUnit: [text("there is one unit only"), text("two units or more")],
  noOutput: [text("the reference has no output"), text("the output as a reference")],
  noHn: [text("the reference has no h_n"), text("h_n as a reference")],
  noCn: [text("the reference has no c_n"), text("c_n as a reference")],
  openEnd: [
    text("h_n and c_n lie after the steps that were looked at"),
    text("a run that is short enough to be looked at to its end"),
  ],
  fullLengths: [text("all rows have every step"), text("rows of different lengths")],
  sortedLengths: [
    text("the rows are sorted by length"),
    text("rows that are not sorted by length"),
  ],
};

const isZero = (values: Float64Array | null): boolean =>
  values === null || values.every((value) => value === 0);

function isBiasZero({ layers }: Model, name: "biasIh" | "biasHh"): boolean {
  return layers.flat().every((weights) => isZero(weights[name]));
}

/** What a run is weak in, the most telling first. */
export function weaknessesOf(the: Case): Weakness[] {
  const { model, reference, hasLengths, isOpen = false } = the;
  const { lengths, seqLength, batchSize, config } = model;
  const [ih, hh] = [isBiasZero(model, "biasIh"), isBiasZero(model, "biasHh")];
  const isSorted = lengths.every((length, row) => row === 0 || length <= lengths[row - 1]!);
  const holds: Readonly<Record<Weakness, boolean>> = {
    oneStep: seqLength === 1,
    zeroStates: isZero(model.h0) && isZero(model.c0),
    zeroBiases: config.bias && ih && hh,
    zeroBiasHh: config.bias && hh && !ih,
    zeroBiasIh: config.bias && ih && !hh,
    oneRow: batchSize === 1,
    oneUnit: config.hiddenSize === 1,
    noOutput: reference.output === null,
    openEnd: isOpen,
    noHn: reference.hn === null,
    noCn: config.cell === "LSTM" && reference.cn === null,
    fullLengths: hasLengths && lengths.every((length) => length === seqLength),
    sortedLengths: hasLengths && isSorted,
    twoSteps: seqLength === 2,
  };
  return (Object.keys(holds) as Weakness[]).filter((name) => holds[name]);
}

/** What may hide the mistakes of a family. */
const hiding: readonly (readonly [RegExp, readonly Weakness[]])[] = [
  [/^state\/(?!not-carried)/, ["zeroStates", "oneRow"]],
  [/^packing\/states-not-sorted/, ["zeroStates", "sortedLengths", "fullLengths"]],
  [/^packing\//, ["openEnd", "fullLengths", "sortedLengths", "oneStep", "noHn", "noOutput"]],
  [/^bias\/hh/, ["zeroBiases", "zeroBiasHh"]],
  [/^bias\/ih/, ["zeroBiases", "zeroBiasIh"]],
  [/^(bias\/|gru\/bias)/, ["zeroBiases", "zeroBiasHh", "zeroBiasIh"]],
  [/^h_n\/c_n/, ["openEnd", "noCn", "noHn", "oneStep"]],
  [/^h_n\//, ["openEnd", "noHn", "oneRow", "oneStep"]],
  [/^(output\/|concat\/|layout\/output)/, ["noOutput", "oneStep", "oneUnit", "oneRow"]],
  [/./, ["oneStep", "zeroStates", "oneUnit", "oneRow", "noOutput"]],
];

/** Why a run with these weaknesses cannot show a mistake; null where it is not known. */
export function reasonOf(id: string, weaknesses: readonly Weakness[]): Text | null {
  const family = hiding.find(([pattern]) => pattern.test(id));
  const found = family?.[1].find((name) => weaknesses.includes(name));
  return found === undefined ? null : sentences[found][0];
}

/** What a run would need to tell mistakes apart that it cannot; null where nothing is known that would. */
export function needsOf(ids: readonly string[], weaknesses: readonly Weakness[]): Text | null {
  for (const id of ids) {
    const family = hiding.find(([pattern]) => pattern.test(id));
    const found = family?.[1].find((name) => weaknesses.includes(name));
    if (found !== undefined) return sentences[found][1];
  }
  const [first] = weaknesses;
  return first === undefined ? null : sentences[first][1];
}
