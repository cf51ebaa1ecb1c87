/**
 * Reads and writes `*.unroll.json`; every problem has the position of the value that causes it.
 *
 * Accepts JSON with comments, trailing commas and a byte order mark. Paths are left as they are written.
 */
import type { Node } from "jsonc-parser";
import {
  closestKey,
  gateFields,
  isGateActivation,
  itemChecks,
  requiredKeys,
  runFields,
  type Check,
  type Fault,
  type Fields,
} from "./fields";
import { runFileTree } from "./fileTree";
import { parseTensorRef, type RunSpec } from "./spec";
import { type Text, text } from "../../core/text";

export interface RunFileProblem {
  readonly message: Text;
  /** Position of the value in the text, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  readonly severity: "error" | "warning" | "information";
  /** Valid replacements, the best first. */
  readonly replacements: readonly string[];
}

export interface ParsedRunFile {
  /** null when a problem is an error. */
  readonly spec: RunSpec | null;
  readonly problems: readonly RunFileProblem[];
}

/** A run file with tens of thousands of problems is not one; an editor needs only the first. */
const maxProblems = 200;

/** Checks a run file as a person types it. */
export function parseRunFile(source: string): ParsedRunFile {
  if (source.replace(/^\uFEFF/, "").trim() === "") {
    const message = text("The run file is empty; it needs {0} and {1}", '"weights"', '"input"');
    const place = { offset: 0, length: source.length };
    const problem = { message, ...place, severity: "error", replacements: [] } as const;
    return { spec: null, problems: [problem] };
  }
  const { root, problems: syntax } = runFileTree(source);
  const problems: RunFileProblem[] = syntax.map((problem) => ({
    ...problem,
    severity: "error",
    replacements: [],
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

/** Checks an object's keys and values; returns its contents without `$schema`. */
function checkObject(
  node: Node,
  fields: Fields,
  path: string,
  problems: RunFileProblem[],
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (node.type !== "object") {
    problems.push(problemAt(node, notAnObject(node, fields)));
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
    ...missing.map((key) => ({
      ...problemAt(node, { message: text('"{0}" is missing', key), replacements: [] }),
      length: 1,
    })),
  );
  return found;
}

/** The check of a key's value; none for an unknown key. */
function fieldOf(fields: Fields, key: string): Check | Fields {
  return (Object.hasOwn(fields, key) ? fields[key] : undefined) ?? (() => null);
}

function joinPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function warningOf(key: string, fields: Fields, found: object): Fault | null {
  if (!Object.hasOwn(fields, key)) {
    const closest = closestKey(key, fields);
    return {
      message: text('Unknown key "{0}"; known are {1}', key, keysOf(fields)),
      replacements: closest === undefined ? [] : [JSON.stringify(closest)],
    };
  }
  return Object.hasOwn(found, key)
    ? { message: text('"{0}" is written twice; the last one counts', key), replacements: [] }
    : null;
}

function checkValue(
  node: Node,
  field: Check | Fields,
  path: string,
  problems: RunFileProblem[],
): unknown {
  if (typeof field !== "function") {
    const short = path === "weights" ? shortWeights(node) : undefined;
    return short ?? checkObject(node, field, path, problems);
  }
  const fault = field(node);
  if (fault !== null) {
    problems.push(problemAt(node, fault));
    return null;
  }
  if (field === isGateActivation && node.type === "object") {
    return checkObject(node, gateFields, path, problems);
  }
  const item = itemChecks.get(field);
  if (item === undefined || node.type !== "array") return node.value;
  return (node.children ?? []).map((each) => checkValue(each, item, path, problems));
}

/** `"file"` and `"file#module"` in the place of an object with the two; undefined where a value is neither. */
function shortWeights({ type, value }: Node): RunSpec["weights"] | undefined {
  if (type !== "string") return undefined;
  const { file, tensor: module } = parseTensorRef(value as string);
  if (file === "") return undefined;
  return module === undefined || module === "" ? { file } : { file, module };
}

function problemAt(
  { offset, length }: Node,
  fault: Fault,
  severity: RunFileProblem["severity"] = "error",
): RunFileProblem {
  return { ...fault, offset, length, severity };
}

/** A single name is most likely meant for the first key; that of the schema is for editors. */
function notAnObject(node: Node, fields: Fields): Fault {
  if (node.type !== "string") {
    return { message: text("Expected an object: {0}", keysOf(fields)), replacements: [] };
  }
  const first = Object.keys(fields).find((key) => !key.startsWith("$")) ?? "";
  const object = `{ "${first}": ${JSON.stringify(node.value)} }`;
  return { message: text("Expected an object, such as {0}", object), replacements: [object] };
}

function keysOf(fields: Fields): string {
  return Object.keys(fields).join(", ");
}

function ordered(value: object, fields: Fields): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([key, field]) => {
    const held = (value as Record<string, unknown>)[key];
    if (held === undefined) return [];
    return [[key, typeof field === "function" ? held : ordered(held as object, field)] as const];
  });
  return Object.fromEntries(entries);
}
