/**
 * The keys of a run file in the order they are written, with the type of each value.
 */
import type { Node } from "jsonc-parser";
import { gateActivationNames } from "../../model/variant";
import { engineIds } from "./engineIds";
import { entriesOf, groups, inputKeys, weightKeys } from "./keys";
import type { Key, Kind } from "./key";
import { parseTensorRef } from "./spec";
import { type Text, text } from "../../core/text";

/** A problem of a value, and JSON texts that would be valid in its place, the best first. */
export interface Fault {
  readonly message: Text;
  readonly replacements: readonly string[];
}

/** Checks a value; null when it is valid. */
export type Check = (value: Node) => Fault | null;

/** The keys of an object, in the order they are written, each with its check or its own keys. */
export interface Fields {
  readonly [key: string]: Check | Fields;
}

function check(
  isRight: (value: unknown) => boolean,
  message: Text,
  replacements: readonly string[] = [],
): Check {
  const fault: Fault = { message, replacements };
  return (node) => (isRight(node.value) ? null : fault);
}

function oneOf(values: readonly (string | null)[]): Check {
  const replacements = values.map((value) => JSON.stringify(value));
  const isKnown = (value: unknown): boolean => values.some((each) => each === value);
  // A value that is an object or a list has no `value`, nor has null a value of its own kind.
  return check(isKnown, text("Expected one of {0}", replacements.join(", ")), replacements);
}

function numberThat(isRight: (value: number) => boolean, message: Text): Check {
  const isNumber = (value: unknown): boolean =>
    typeof value === "number" && Number.isFinite(value) && isRight(value);
  return check(isNumber, message);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isCounting = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

function isWholeFile(value: string): boolean {
  const { file, tensor = "" } = parseTensorRef(value);
  return file !== "" && tensor === "";
}

const isFile = check(
  (value) => isText(value) && value !== "",
  text('Expected a file name, e.g. "weights.pt"'),
);
const isTextFile = check(
  (value) => isText(value) && value !== "",
  text('Expected a file name, e.g. "vocabulary.json"'),
);
const isTensorRef = check(
  (value) => isText(value) && parseTensorRef(value).file !== "",
  text('Expected a tensor in a file, written "file#tensor"'),
);
const isArchive = check(
  (value) => isText(value) && isWholeFile(value),
  text('Expected a file of tensors, e.g. "states.npz"'),
);
const isString = check(isText, text("Expected a text"));
const isLayer = check(
  (value) => value === null || (isText(value) && value !== ""),
  text('Expected the name of a layer, e.g. "fc", or null for none'),
);
const isBoolean = check((value) => typeof value === "boolean", text("Expected true or false"), [
  "true",
  "false",
]);
const isTolerance = numberThat(
  (value) => value >= 0,
  text("Expected a number that is 0 or larger"),
);
const isPositive = numberThat((value) => value > 0, text("Expected a number larger than 0"));
const isNumber = numberThat(() => true, text("Expected a number"));
const isCount = numberThat(isCounting, text("Expected a whole number that is 1 or larger"));

const gateNames = gateActivationNames.map((name) => JSON.stringify(name));
const isGateName = check(
  (value) => gateActivationNames.some((name) => name === value),
  text(
    "Expected one of {0}, or an object such as {1}",
    gateNames.join(", "),
    '{ "alpha": 0.2, "beta": 0.5 }',
  ),
  gateNames,
);

/** A gate activation by its name; by its line it is an object with `gateFields`. */
export const isGateActivation: Check = (node) => (node.type === "object" ? null : isGateName(node));

/** The line of a hard sigmoid. */
export const gateFields: Fields = { alpha: isNumber, beta: isNumber };

/** A tensor of lengths, or a list, each item of which is an `isLength`. */
const isLengths: Check = (node) => {
  if (node.type !== "array") {
    if (isTensorRef(node) === null) return null;
    const message = text('Expected a list of sequence lengths, or a tensor written "file#tensor"');
    return { message, replacements: [] };
  }
  if (node.children?.length !== 0) return null;
  return {
    message: text("Expected one length for each sequence of the batch"),
    replacements: [],
  };
};

/** A map of a module, or the name of its file; what is wrong within a map is said of its values. */
export const isMap: Check = ({ type, value }) => {
  if (type === "object" || (isText(value) && value !== "")) return null;
  const example = '{ "kind": "LSTM", "slots": { "weight_ih_l0": "W", "weight_hh_l0": "U" } }';
  return {
    message: text("Expected a map of a module, such as {0}, or the name of a file of one", example),
    replacements: [],
  };
};

/** One length of a list. */
const isLength = numberThat(
  isCounting,
  text("Expected a sequence length: a whole number that is 1 or larger"),
);

/** A list of engines, each item of which is an `isEngine`. */
const isEngines: Check = (node) =>
  node.type === "array"
    ? null
    : { message: text("Expected a list of {0}", engineIds.join(", ")), replacements: [] };
const isEngine = oneOf(engineIds);

/** What each item of a list has to be, by the check of the list. */
export const itemChecks: ReadonlyMap<Check | Fields, Check> = new Map([
  [isLengths, isLength],
  [isEngines, isEngine],
]);

/** The check of the value of each kind of key. */
const checkOf: Readonly<Record<Kind, (key: Key) => Check | Fields>> = {
  switch: () => isBoolean,
  boolean: () => isBoolean,
  choice: ({ values = [] }) => oneOf(values),
  gateActivation: () => isGateActivation,
  positive: () => isPositive,
  count: () => isCount,
  tolerance: () => isTolerance,
  tolerances: ({ values = [] }) =>
    Object.fromEntries(
      values.map((name): [string, Fields] => [
        String(name),
        { rtol: isTolerance, atol: isTolerance },
      ]),
    ),
  layer: () => isLayer,
  tensor: () => isTensorRef,
  archive: () => isArchive,
  file: () => isTextFile,
  lengths: () => isLengths,
  map: () => isMap,
  engines: () => isEngines,
};

function fieldsOf(keys: Readonly<Record<string, Key>>): Fields {
  return Object.fromEntries(entriesOf(keys).map(([name, key]) => [name, checkOf[key.kind](key)]));
}

/** The keys of a run file. */
export const runFields: Fields = {
  $schema: isString,
  weights: { file: isFile, module: isString, ...fieldsOf(weightKeys) },
  ...fieldsOf(inputKeys),
  ...Object.fromEntries(Object.entries(groups).map(([name, { keys }]) => [name, fieldsOf(keys)])),
};

/** Keys without which there is no run, by the path of their object. */
export const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "": ["weights", "input"],
  weights: ["file"],
  "options.gateActivation": ["alpha", "beta"],
};

/** The known key that an unknown one is most likely meant for: `batch_first` → `batchFirst`, `refrence` → `reference`. */
export function closestKey(key: string, fields: Fields): string | undefined {
  const wanted = plain(key);
  const distances = Object.keys(fields).map(
    (known) => [editDistance(wanted, plain(known)), known] as const,
  );
  const [closest] = distances.sort(([left], [right]) => left - right);
  if (closest === undefined) return undefined;
  const [distance, known] = closest;
  return distance <= Math.min(2, Math.floor(wanted.length / 3)) ? known : undefined;
}

/** Longer names are no misspelling of a key. */
const longestKey = 32;

function plain(key: string): string {
  return key
    .slice(0, longestKey)
    .toLowerCase()
    .replace(/[-_\s]/g, "");
}

/** Letters to insert, remove or replace (Levenshtein 1966). */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, k) => k);
  for (const [row, letter] of Array.from(left).entries()) {
    const next = [row + 1];
    for (const [column, other] of Array.from(right).entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      const removed = (previous[column + 1] ?? 0) + 1;
      next.push(Math.min(replaced, removed, (next[column] ?? 0) + 1));
    }
    previous = next;
  }
  return previous.at(-1) ?? 0;
}
