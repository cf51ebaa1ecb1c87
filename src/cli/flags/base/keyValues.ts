/**
 * The values of flags that set a key of a run file, by the kind of the key.
 */
import { gateActivationNames, type GateActivationOption } from "../../../model/variant";
import { entriesOf } from "../../../run/spec/keys";
import type { Key, Kind } from "../../../run/spec/key";
import type { OwnTolerance, TensorRef } from "../../../run/spec/spec";
import { text } from "../../../core/text";
import {
  assertTensorRef,
  choiceOf,
  numberOf,
  parseNumber,
  present,
  stringOf,
  tensorOf,
  usage,
  type Values,
} from "./values";

/** How the help and errors call a line by its slope and its value at 0. */
const LINE = "ALPHA,BETA";
/** What stands for the null of a run file. */
const NONE = "none";

/** What was typed for keys that have flags. */
export function valuesOf(keys: Readonly<Record<string, Key>>, values: Values): object {
  return Object.assign(
    {},
    ...entriesOf(keys).map(([name, { flag, ...key }]) =>
      flag === undefined ? {} : present(name, valueOf[key.kind](values, flag, key)),
    ),
  ) as object;
}

/** The value of a flag by the kind of its key; undefined when it was not given. */
const valueOf: Readonly<
  Record<Kind, (values: Values, flag: string, key: Omit<Key, "flag">) => unknown>
> = {
  switch: (values, flag) => (values[flag] === true ? true : undefined),
  boolean: (values, flag) => {
    const value = choiceOf(values, flag, ["true", "false"] as const);
    return value === undefined ? undefined : value === "true";
  },
  choice: (values, flag, { values: choices = [] }) => {
    const chosen = choiceOf(
      values,
      flag,
      choices.map((choice) => choice ?? NONE),
    );
    return chosen === NONE ? null : chosen;
  },
  gateActivation: (values, flag) => {
    const value = stringOf(values, flag);
    return value === undefined ? undefined : parseGateActivation(flag, value);
  },
  positive: (values, flag) =>
    numberOf(
      values,
      flag,
      (number) => number > 0,
      (value) => text("expected a number larger than 0, not {0}", value),
    ),
  count: (values, flag) =>
    numberOf(
      values,
      flag,
      (count) => Number.isSafeInteger(count) && count > 0,
      (value) => text("expected a whole number that is 1 or larger, not {0}", value),
    ),
  tolerance: (values, flag) =>
    numberOf(
      values,
      flag,
      (tolerance) => tolerance >= 0,
      (value) => text("expected a number that is 0 or larger, not {0}", value),
    ),
  tolerances: (values, flag, { values: names = [] }) => {
    const value = stringOf(values, flag);
    return value === undefined ? undefined : parseTolerances(flag, value, names);
  },
  layer: (values, flag) => {
    const name = stringOf(values, flag);
    if (name === "") throw usage(`--${flag}`, text("expected the name of a layer, or none"));
    return name === NONE ? null : name;
  },
  tensor: tensorOf,
  archive: stringOf,
  file: (values, flag) => {
    const file = stringOf(values, flag);
    if (file === "") throw usage(`--${flag}`, text("expected the name of a file"));
    return file;
  },
  map: (values, flag) => {
    const file = stringOf(values, flag);
    if (file === "") throw usage(`--${flag}`, text("expected a file of a map"));
    return file;
  },
  lengths: (values, flag) => {
    const value = stringOf(values, flag);
    return value === undefined ? undefined : parseLengths(value);
  },
  // They are given among the references.
  engines: () => undefined,
};

/** `c_n=1e-4:1e-3,logits=:0.01`: rtol and atol by the names of results, one of the two may be left out. */
function parseTolerances(
  flag: string,
  value: string,
  names: readonly (string | null)[],
): Readonly<Record<string, OwnTolerance>> {
  const found = value.split(",").map((part) => {
    const [name = "", numbers = "", more] = part.split("=");
    const [rtol = "", atol = "", third] = numbers.split(":");
    const isWhole = names.includes(name) && more === undefined && third === undefined;
    const given = { ...ownPart("rtol", rtol), ...ownPart("atol", atol) };
    const isRight = Object.values(given).every((number) => number >= 0);
    if (isWhole && isRight && Object.keys(given).length > 0) return [name, given] as const;
    const known = names.map((each) => String(each)).join("|");
    throw usage(`--${flag}`, text("expected {0}=RTOL:ATOL, not {1}", known, part));
  });
  return Object.fromEntries(found);
}

function ownPart(name: "rtol" | "atol", value: string): OwnTolerance {
  return value === "" ? {} : { [name]: parseNumber(value) };
}

function parseGateActivation(flag: string, value: string): GateActivationOption {
  const name = gateActivationNames.find((each) => each === value);
  if (name !== undefined) return name;
  const [alpha = Number.NaN, beta = Number.NaN, ...more] = value.split(",").map(parseNumber);
  if (Number.isNaN(alpha) || Number.isNaN(beta) || more.length > 0) {
    const known = [...gateActivationNames, LINE].join(" | ");
    throw usage(`--${flag}`, text("expected {0}, not {1}", known, value));
  }
  return { alpha, beta };
}

function parseLengths(value: string): readonly number[] | TensorRef {
  if (!/^[-+\d\s,.e]*$/i.test(value)) return assertTensorRef("--lengths", value);
  const lengths = value.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!lengths.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw usage("--lengths", text("expected whole numbers that are 1 or larger, e.g. 5,3,2"));
  }
  return lengths;
}
