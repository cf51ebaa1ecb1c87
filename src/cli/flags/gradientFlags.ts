/**
 * The flags of `unroll gradients`, which choose the loss.
 */
import type { Place, StateName } from "../../protocol/run/messages";
import type { TensorRef } from "../../run/spec/spec";
import { text } from "../../core/text";
import {
  choiceOf,
  parseNumber,
  tensorOf,
  stringOf,
  usage,
  type FlagTypes,
  type Values,
} from "./base/values";

/** A loss as it was typed. What --at leaves out is the run's: the last layer and step, and 0. */
export type LossFlags =
  | { readonly kind: "sum" | "last" }
  | { readonly kind: "weighted"; readonly against: TensorRef }
  | { readonly kind: "unit"; readonly place: Partial<Place>; readonly stateName: StateName }
  | {
      readonly kind: "cross-entropy";
      readonly targets: readonly number[] | TensorRef;
      readonly reduction: "mean" | "sum";
    };

const losses = ["sum", "last", "weighted", "unit", "cross-entropy"] as const;

/** The flags, for `parseArgs`. */
export const lossFlagTypes: FlagTypes = {
  loss: { type: "string" },
  against: { type: "string" },
  at: { type: "string" },
  targets: { type: "string" },
  reduction: { type: "string" },
};

/** Which loss each flag belongs to. */
const lossOfFlag: Readonly<Record<string, LossFlags["kind"]>> = {
  against: "weighted",
  at: "unit",
  targets: "cross-entropy",
  reduction: "cross-entropy",
};

/** @throws UnsupportedError with one sentence that names the flag. */
export function lossFlagsOf(values: Values): LossFlags {
  const kind = choiceOf(values, "loss", losses) ?? "sum";
  for (const [flag, owner] of Object.entries(lossOfFlag)) {
    if (values[flag] !== undefined && owner !== kind) {
      throw usage(`--${flag}`, text("belongs to --loss {0}", owner));
    }
  }
  switch (kind) {
    case "sum":
    case "last":
      return { kind };
    case "weighted":
      return { kind, against: needed(tensorOf(values, "against"), "--against", "weighted") };
    case "unit":
      return { kind, ...parsePlace(needed(stringOf(values, "at"), "--at", "unit")) };
    case "cross-entropy": {
      const targets = needed(stringOf(values, "targets"), "--targets", "cross-entropy");
      const reduction = choiceOf(values, "reduction", ["mean", "sum"] as const) ?? "mean";
      return { kind, targets: parseTargets(targets, values), reduction };
    }
  }
}

function needed<Value>(value: Value | undefined, flag: string, loss: string): Value {
  if (value !== undefined) return value;
  throw usage(`--loss ${loss}`, text("needs {0}", flag));
}

/** `2,0,1`, or a tensor in a file. */
function parseTargets(value: string, values: Values): readonly number[] | TensorRef {
  if (!/^[-\d\s,]*$/.test(value)) return tensorOf(values, "targets") ?? value;
  const targets = value.split(",").map(parseNumber);
  if (targets.every((target) => Number.isSafeInteger(target))) return targets;
  throw usage("--targets", text("expected class numbers, e.g. 2,0,1, or FILE#tensor"));
}

/** `layer=1,direction=reverse,step=12,batch=0,unit=3,state=h`, any of them left out. */
function parsePlace(value: string): { place: Partial<Place>; stateName: StateName } {
  const place: { -readonly [Key in keyof Place]?: Place[Key] } = {};
  let stateName: StateName = "h";
  for (const part of value.split(",")) {
    const [key = "", given = ""] = part.split("=").map((word) => word.trim());
    if (key === "state" && (given === "h" || given === "c")) stateName = given;
    else if (key === "direction" && (given === "forward" || given === "reverse")) {
      place.direction = given;
    } else if (isIndexName(key) && /^\d+$/.test(given)) place[key] = Number(given);
    else {
      const example = "layer=1,direction=reverse,step=12,batch=0,unit=3,state=h";
      throw usage("--at", text("expected {0}, not {1}", example, part));
    }
  }
  return { place, stateName };
}

function isIndexName(key: string): key is "layer" | "step" | "batch" | "unit" {
  return ["layer", "step", "batch", "unit"].includes(key);
}
