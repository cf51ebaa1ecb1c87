/**
 * The flags that describe a run, each with the key of a run file that it sets.
 */
import {
  entriesOf,
  groups,
  inputKeys,
  optionKeys,
  surroundingKeys,
  toleranceKeys,
  weightKeys,
} from "../../../run/spec/keys";
import { compareKeys, ownKeys, referenceKeys } from "../../../run/spec/comparedKeys";
import { engineIds, isEngineId } from "../../../run/spec/engineIds";
import type { Key } from "../../../run/spec/key";
import {
  parseTensorRef,
  type CompareSpec,
  type RunOptions,
  type RunSpec,
  type SurroundingSpec,
  type TensorRef,
  type ToleranceSpec,
} from "../../../run/spec/spec";
import { text, type Text } from "../../../core/text";
import { pythonFlag, pythonOf } from "./python";
import { valuesOf } from "./keyValues";
import { assertTensorRef, stringOf, usage, type FlagTypes, type Values } from "./values";

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

/** Flags of the options that are a module's own, not a run's. */
export const moduleFlags: FlagTypes = flagTypesOf(
  Object.fromEntries(entriesOf(optionKeys).filter(([, { isOfRun }]) => isOfRun !== true)),
);

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

function parseWeights(value: string): RunSpec["weights"] {
  const { file, tensor } = parseTensorRef(value);
  if (file === "") throw usage("--weights", text("expected FILE or FILE#module"));
  return tensor === undefined || tensor === "" ? { file } : { file, module: tensor };
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
