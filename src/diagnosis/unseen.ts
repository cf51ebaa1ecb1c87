/**
 * Why a run cannot show a mistake, where one fact about it says so for certain.
 */
import { text, type Text } from "../core/text";
import type { Case } from "./base/model";

interface Fact {
  /** Beginnings of the ids that it hides. */
  readonly hides: readonly string[];
  readonly holds: (the: Case) => boolean;
  readonly reason: Text;
}

/** Mistakes that are made with initial states alone. */
const INITIAL = [
  ...["state/h0-c0-ignored", "state/h0-c0-swapped", "state/first-layer-only"],
  ...["state/layer0-for-all", "state/directions-swapped", "state/direction-major"],
  ...["state/view-for-permute", "state/first-row-for-all"],
];

const facts: readonly Fact[] = [
  {
    hides: ["h_n/"],
    holds: ({ reference }) => reference.hn === null,
    reason: text("the reference has no h_n"),
  },
  {
    hides: ["c_n/"],
    holds: ({ reference }) => reference.cn === null,
    reason: text("the reference has no c_n"),
  },
  {
    hides: ["output/"],
    holds: ({ reference }) => reference.output === null,
    reason: text("the reference has no output"),
  },
  {
    hides: INITIAL,
    holds: ({ model }) => isZero(model.h0) && isZero(model.c0),
    reason: text("the initial states are zeros"),
  },
  {
    hides: ["state/c0-ignored"],
    holds: ({ model }) => isZero(model.c0),
    reason: text("c0 is zeros"),
  },
  {
    hides: ["state/h0-ignored"],
    holds: ({ model }) => isZero(model.h0),
    reason: text("h0 is zeros"),
  },
  {
    hides: ["bias/", "gru/bias-"],
    holds: ({ model }) =>
      model.layers.flat().every(({ biasIh, biasHh }) => isZero(biasIh) && isZero(biasHh)),
    reason: text("every bias is zero"),
  },
  {
    hides: ["packing/"],
    holds: ({ hasPadding }) => !hasPadding,
    reason: text("every sequence has all steps"),
  },
];

/** The fact that hides the mistake of this id; null where none is known to. */
export function reasonUnseen(id: string, the: Case): Text | null {
  const fact = facts.find(
    ({ hides, holds }) => hides.some((start) => id.startsWith(start)) && holds(the),
  );
  return fact?.reason ?? null;
}

function isZero(values: Float64Array | null): boolean {
  return values === null || values.every((value) => value === 0);
}
