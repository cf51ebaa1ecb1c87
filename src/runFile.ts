/**
 * Reads and writes `*.unroll.json`; every problem carries the place of the value that causes it.
 *
 * Accepts JSON with comments, trailing commas and a byte order mark. Paths are left as they are written.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { heads } from "./model/head";
import { gateActivationNames } from "./model/variant";
import { parseTensorRef, type RunSpec } from "./runSpec";
import { type Text, text } from "./text";

export interface RunFileProblem {
  readonly message: Text;
  /** Where the value lies in the text, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  readonly severity: "error" | "warning";
}

export interface ParsedRunFile {
  /** null when a problem is an error. */
  readonly spec: RunSpec | null;
  readonly problems: readonly RunFileProblem[];
}

/** What a value must be; returns the sentence that says what is wrong with it, or null. */
type Check = (value: Node) => Text | null;

/** The keys of an object, in the order they are written, each with its check or its own keys. */
interface Fields {
  readonly [key: string]: Check | Fields;
}

const isFile: Check = (node) =>
  typeof node.value === "string" && node.value !== ""
    ? null
    : text('Expected a file name, e.g. "weights.pt"');

const isTensorRef: Check = (node) =>
  typeof node.value === "string" && parseTensorRef(node.value).file !== ""
    ? null
    : text('Expected a tensor in a file, written "file#tensor"');

const isString: Check = (node) => (typeof node.value === "string" ? null : text("Expected a text"));

const isLayer: Check = (node) =>
  node.type === "null" || (typeof node.value === "string" && node.value !== "")
    ? null
    : text('Expected the name of a layer, e.g. "fc", or null for none');

const isBoolean: Check = (node) =>
  typeof node.value === "boolean" ? null : text("Expected true or false");

const isHead: Check = (node) =>
  node.type === "null" || heads.some((head) => head === node.value)
    ? null
    : text("Expected one of {0}", [...heads.map((head) => `"${head}"`), "null"].join(", "));

const isTolerance: Check = (node) =>
  typeof node.value === "number" && Number.isFinite(node.value) && node.value >= 0
    ? null
    : text("Expected a number that is 0 or larger");

const isPositive: Check = (node) =>
  typeof node.value === "number" && Number.isFinite(node.value) && node.value > 0
    ? null
    : text("Expected a number larger than 0");

const isNumber: Check = (node) =>
  typeof node.value === "number" && Number.isFinite(node.value) ? null : text("Expected a number");

const isCount: Check = (node) =>
  typeof node.value === "number" && Number.isSafeInteger(node.value) && node.value > 0
    ? null
    : text("Expected a whole number that is 1 or larger");

const isGateActivation: Check = (node) =>
  node.type === "object" || gateActivationNames.some((name) => name === node.value)
    ? null
    : text(
        "Expected one of {0}, or an object such as {1}",
        gateActivationNames.map((name) => `"${name}"`).join(", "),
        '{ "alpha": 0.2, "beta": 0.5 }',
      );

const isLengths: Check = (node) => {
  if (node.type !== "array") {
    return isTensorRef(node) === null
      ? null
      : text('Expected a list of sequence lengths, or a tensor written "file#tensor"');
  }
  if (node.children?.length === 0)
    return text("Expected one length for each sequence of the batch");
  return null;
};

const isLength: Check = (node) =>
  typeof node.value === "number" && Number.isSafeInteger(node.value) && node.value > 0
    ? null
    : text("Expected a sequence length: a whole number that is 1 or larger");

const oneOf =
  (...values: readonly string[]): Check =>
  (node) =>
    values.includes(node.value as string)
      ? null
      : text("Expected one of {0}", values.map((value) => `"${value}"`).join(", "));

const runFields: Fields = {
  $schema: isString,
  weights: { file: isFile, module: isString },
  input: isTensorRef,
  h0: isTensorRef,
  c0: isTensorRef,
  lengths: isLengths,
  options: {
    batchFirst: isBoolean,
    nonlinearity: oneOf("tanh", "relu"),
    precision: oneOf("f32", "f64", "f16", "bf16"),
    resetAfter: isBoolean,
    gateActivation: isGateActivation,
    clip: isPositive,
    coupledInputForget: isBoolean,
    repeat: isCount,
  },
  pipeline: { embedding: isLayer, linear: isLayer, head: isHead },
  reference: {
    output: isTensorRef,
    h_n: isTensorRef,
    c_n: isTensorRef,
    embedded: isTensorRef,
    logits: isTensorRef,
  },
  tolerance: { rtol: isTolerance, atol: isTolerance, equalNan: isBoolean },
};

/** The line of a hard sigmoid. */
const gateFields: Fields = { alpha: isNumber, beta: isNumber };

/** Keys without which there is no run, by the path of their object. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "": ["weights", "input"],
  weights: ["file"],
  "options.gateActivation": ["alpha", "beta"],
};

/** A run file with tens of thousands of problems is not one; an editor needs only the first. */
const maxProblems = 200;

/** Checks a run file as a person types it. */
export function parseRunFile(source: string): ParsedRunFile {
  const readable = source.startsWith("\uFEFF") ? ` ${source.slice(1)}` : source;
  if (readable.trim() === "") {
    const message = text("The run file is empty; it needs {0} and {1}", '"weights"', '"input"');
    const problem = { message, offset: 0, length: source.length, severity: "error" } as const;
    return { spec: null, problems: [problem] };
  }
  const syntax: ParseError[] = [];
  const root = parseTree(readable, syntax, { allowTrailingComma: true });
  const problems: RunFileProblem[] = syntax.map((error) => ({
    message: text("Not valid JSON: {0}", spaced(printParseErrorCode(error.error))),
    offset: error.offset,
    length: error.length,
    severity: "error",
  }));
  const spec = root === undefined ? {} : checkObject(root, runFields, "", problems);
  const failed = problems.some((problem) => problem.severity === "error");
  return {
    spec: failed ? null : (spec as unknown as RunSpec),
    problems: problems.slice(0, maxProblems),
  };
}

/** The text of a run file: known keys in their order, two spaces, a newline at the end. */
export function writeRunFile(spec: RunSpec, schema?: string): string {
  const whole = { ...(schema === undefined ? {} : { $schema: schema }), ...spec };
  return `${JSON.stringify(ordered(whole, runFields), null, 2)}\n`;
}

/** Checks an object's keys and values; returns what it holds, `$schema` left out. */
function checkObject(
  node: Node,
  fields: Fields,
  path: string,
  problems: RunFileProblem[],
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (node.type !== "object") {
    problems.push(problemAt(node, objectExpected(node, fields)));
    return found;
  }
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? [];
    // A key without its value is a syntax error and was reported as one.
    if (keyNode === undefined || valueNode === undefined) continue;
    const key = keyNode.value as string;
    const warning = warningOf(key, fields, found);
    if (warning !== null) problems.push(problemAt(keyNode, warning, "warning"));
    const value = checkValue(valueNode, fieldOf(fields, key), joinPath(path, key), problems);
    if (Object.hasOwn(fields, key) && key !== "$schema") found[key] = value;
  }
  const missing = (requiredKeys[path] ?? []).filter((key) => !Object.hasOwn(found, key));
  problems.push(
    ...missing.map((key) => ({ ...problemAt(node, text('"{0}" is missing', key)), length: 1 })),
  );
  return found;
}

/** What an own key asks of its value; a key that is not known asks for nothing. */
function fieldOf(fields: Fields, key: string): Check | Fields {
  return (Object.hasOwn(fields, key) ? fields[key] : undefined) ?? (() => null);
}

function joinPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function warningOf(key: string, fields: Fields, found: object): Text | null {
  if (!Object.hasOwn(fields, key)) {
    return text('Unknown key "{0}"; known are {1}', key, keysOf(fields));
  }
  return Object.hasOwn(found, key)
    ? text('"{0}" is written twice; the last one counts', key)
    : null;
}

function checkValue(
  node: Node,
  field: Check | Fields,
  path: string,
  problems: RunFileProblem[],
): unknown {
  if (typeof field !== "function") return checkObject(node, field, path, problems);
  const message = field(node);
  if (message !== null) {
    problems.push(problemAt(node, message));
    return null;
  }
  if (field === isGateActivation && node.type === "object") {
    return checkObject(node, gateFields, path, problems);
  }
  if (field !== isLengths || node.type !== "array") return node.value;
  return (node.children ?? []).map((item) => checkValue(item, isLength, path, problems));
}

function problemAt(
  node: Node,
  message: Text,
  severity: RunFileProblem["severity"] = "error",
): RunFileProblem {
  return { message, offset: node.offset, length: node.length, severity };
}

/** A single name is most likely meant for the first key. */
function objectExpected(node: Node, fields: Fields): Text {
  const [first = ""] = Object.keys(fields);
  return node.type === "string"
    ? text("Expected an object, such as {0}", `{ "${first}": ${JSON.stringify(node.value)} }`)
    : text("Expected an object: {0}", keysOf(fields));
}

function keysOf(fields: Fields): string {
  return Object.keys(fields).join(", ");
}

/** `InvalidSymbol` → `invalid symbol`: the library has names for its errors, no sentences. */
function spaced(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function ordered(value: object, fields: Fields): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([key, field]) => {
    const held = (value as Record<string, unknown>)[key];
    if (held === undefined) return [];
    return [[key, typeof field === "function" ? held : ordered(held as object, field)] as const];
  });
  return Object.fromEntries(entries);
}
