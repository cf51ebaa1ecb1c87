/**
 * The flags that describe a run, each with the key of a run file that it sets.
 */
import { gateActivationNames, type GateActivationOption } from "../../model/variant";
import {
  entriesOf,
  groups,
  inputKeys,
  optionKeys,
  surroundingKeys,
  toleranceKeys,
  weightKeys,
} from "../../run/spec/keys";
import { compareKeys, ownKeys, referenceKeys } from "../../run/spec/comparedKeys";
import { engineIds, isEngineId } from "../../run/spec/engineIds";
import type { Key, Kind } from "../../run/spec/key";
import {
  parseTensorRef,
  type CompareSpec,
  type OwnTolerance,
  type RunOptions,
  type RunSpec,
  type SurroundingSpec,
  type TensorRef,
  type ToleranceSpec,
} from "../../run/spec/spec";
import { text, type Text } from "../../core/text";
import { pythonFlag, pythonOf } from "./python";
import {
  assertTensorRef,
  choiceOf,
  numberOf,
  parseNumber,
  present,
  stringOf,
  tensorOf,
  usage,
  type FlagTypes,
  type Values,
} from "./values";

/** What flags say about a run; a run file says the rest. Paths are relative to the working directory. */
export interface RunFlags extends Partial<
  Pick<
    RunSpec,
    "weights" | "input" | "h0" | "c0" | "lengths" | "pipeline" | "reference" | "compareWith" | "own"
  >
> {
  /** A file of a map. */
  readonly map?: string;
  readonly options: RunOptions;
  readonly tolerance: ToleranceSpec;
  /** Files of references, whose tensors say by their names what they are. */
  readonly referenceFiles?: readonly string[];
  /** The Python of PyTorch and Keras. */
  readonly python?: string;
}

/** The flags of keys, as `parseArgs` takes them. */
function flagTypesOf(keys: Readonly<Record<string, Key>>): FlagTypes {
  const flags = entriesOf(keys).flatMap(([, { flag, kind }]) =>
    flag === undefined
      ? []
      : [[flag, { type: kind === "switch" ? "boolean" : "string" } as const] as const],
  );
  return Object.fromEntries(flags);
}

/** What a run is compared with: tensors in files, and engines. */
export const referenceFlag: FlagTypes = { reference: { type: "string", multiple: true } };

/** Flags of the files that a run has beside its weights. */
export const tensorFlags: FlagTypes = {
  ...flagTypesOf(inputKeys),
  ...referenceFlag,
  own: { type: "string", multiple: true },
};

/** Flags of the files that a run is made of. */
export const fileFlags: FlagTypes = {
  weights: { type: "string" },
  ...tensorFlags,
};

/** The flag of a map of the weights. */
export const mapFlag: FlagTypes = flagTypesOf(weightKeys);

/** Flags of what is computed and how it is compared. */
export const computedFlags: FlagTypes = Object.assign(
  { ...pythonFlag },
  ...Object.values(groups).map(({ keys }) => flagTypesOf(keys)),
) as FlagTypes;

/** Those, and that of a map. */
export const optionFlags: FlagTypes = { ...mapFlag, ...computedFlags };

/** Options that are a run's, not a module's own. */
const ofRuns: readonly string[] = ["precision", "repeat", "inputOf"];

/** Flags of the options that are a module's own, not a run's. */
export const moduleFlags: FlagTypes = flagTypesOf(
  Object.fromEntries(entriesOf(optionKeys).filter(([name]) => !ofRuns.includes(name))),
);

/** How the help and errors call a line by its slope and its value at 0. */
const LINE = "ALPHA,BETA";
/** What stands for the null of a run file. */
const NONE = "none";

/** @throws UnsupportedError with one sentence that names the flag. */
export function flagsOf(values: Values): RunFlags {
  const weights = stringOf(values, "weights");
  const references = values["reference"] as readonly string[] | undefined;
  const own = values["own"] as readonly string[] | undefined;
  const pipeline: SurroundingSpec = valuesOf(surroundingKeys, values);
  return {
    ...(weights === undefined ? {} : { weights: parseWeights(weights) }),
    ...valuesOf(weightKeys, values),
    ...valuesOf(inputKeys, values),
    ...(Object.keys(pipeline).length === 0 ? {} : { pipeline }),
    ...referencesOf(references, values),
    ...(own === undefined ? {} : { own: parseTensors("--own", ownKeys, own) }),
    options: valuesOf(optionKeys, values),
    tolerance: valuesOf(toleranceKeys, values),
    ...pythonOf(values),
  };
}

/** Tensors in files, whole files, and engines by their names. */
function referencesOf(
  given: readonly string[] = [],
  values: Values,
): Pick<RunFlags, "reference" | "referenceFiles" | "compareWith"> {
  const parts = given.flatMap(partsOfReference);
  const engines = [...new Set(parts.filter(isEngineId))];
  const others = parts.filter((part) => !isEngineId(part));
  const tensors = others.filter(isNamedReference);
  const files = others.filter((part) => !isNamedReference(part));
  if (files.includes("")) throw usage("--reference", expectedTensors("--reference"));
  const how: CompareSpec = {
    ...valuesOf(compareKeys, values),
    ...(engines.length === 0 ? {} : { engines }),
  };
  return {
    ...(tensors.length === 0
      ? {}
      : { reference: parseTensors("--reference", referenceKeys, tensors) }),
    ...(files.length === 0 ? {} : { referenceFiles: files }),
    ...(Object.keys(how).length === 0 ? {} : { compareWith: how }),
  };
}

/** Engines in a list, and what stands between them, whose commas are its own. */
function partsOfReference(value: string): string[] {
  const parts: string[] = [];
  let isOpen = false;
  for (const part of value.split(",")) {
    const isEngine = isEngineId(part);
    const last = parts.at(-1);
    if (isEngine || !isOpen || last === undefined) parts.push(part);
    else parts[parts.length - 1] = `${last},${part}`;
    isOpen = !isEngine;
  }
  return parts;
}

/** `output=FILE`, and what is written alike: a name of letters and an equals sign. */
function isNamedReference(part: string): boolean {
  return /^\w+=/.test(part);
}

/** What was typed for keys that have flags. */
function valuesOf(keys: Readonly<Record<string, Key>>, values: Values): object {
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

function parseWeights(value: string): RunSpec["weights"] {
  const { file, tensor } = parseTensorRef(value);
  if (file === "") throw usage("--weights", text("expected FILE or FILE#module"));
  return tensor === undefined || tensor === "" ? { file } : { file, module: tensor };
}

function parseLengths(value: string): readonly number[] | TensorRef {
  if (!/^[-+\d\s,.e]*$/i.test(value)) return assertTensorRef("--lengths", value);
  const lengths = value.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!lengths.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw usage("--lengths", text("expected whole numbers that are 1 or larger, e.g. 5,3,2"));
  }
  return lengths;
}

function expectedTensors(flag: "--reference" | "--own"): Text {
  const tensors = "output=FILE#tensor,h_n=FILE#tensor";
  return flag === "--own"
    ? text("expected {0}", tensors)
    : text("expected {0}, a file that holds them, or {1}", tensors, engineIds.join(", "));
}

/** Tensors by the keys that one flag takes. */
function parseTensors(
  flag: "--reference" | "--own",
  keys: Readonly<Record<string, Key>>,
  values: readonly string[],
): Readonly<Record<string, TensorRef>> {
  const names = Object.keys(keys).join("|");
  // A comma before one of the names ends a tensor; any other comma belongs to a file name.
  const pairs = values.flatMap((value) => value.split(new RegExp(`,(?=(?:${names})=)`)));
  const found: Record<string, TensorRef> = {};
  for (const pair of pairs) {
    const [, name = "", ref] = new RegExp(`^(${names})=(.+)$`, "s").exec(pair) ?? [];
    if (ref === undefined) {
      throw usage(flag, expectedTensors(flag));
    }
    const { tensor = "" } = parseTensorRef(assertTensorRef(flag, ref));
    if (keys[name]?.kind === "archive" && tensor !== "") {
      throw usage(flag, text("expected {0}=FILE", name));
    }
    found[name] = ref;
  }
  return found;
}
