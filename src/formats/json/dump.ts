/**
 * Outputs that other tools wrote as JSON: Polygraphy, and the model debugger of Hugging Face.
 *
 * Sources: polygraphy/json/serde.py and polygraphy/comparator/struct.py (NVIDIA, Apache 2.0): an array is a base64 .npy;
 *          transformers/model_debugging_utils.py (Hugging Face, Apache 2.0): a tensor is its shape and dtype as Python
 *          prints them and its `value`: the lines that print it, or the name of a .safetensors beside the file.
 */
import { text, type Text } from "../../core/text";
import { isUnrollError } from "../../core/errors";
import type { JsonObject, JsonValue } from "./text";
import { isNumberList, parseJson } from "./text";
import type { TensorRecord } from "./tensor";

const polygraphyMarker = "polygraphy_class";
const oldPolygraphyMarker = "__polygraphy_encoded_";

/** True for an object that Polygraphy wrote. */
function isPolygraphy(object: JsonObject): boolean {
  return (
    object.has(polygraphyMarker) ||
    [...object.keys()].some((key) => key.startsWith(oldPolygraphyMarker))
  );
}

/** The bytes of a Polygraphy array: an .npy, or with older versions an .npz; undefined for anything else. */
export function polygraphyArray(object: JsonObject): Uint8Array | undefined {
  const array = object.get("array");
  if (typeof array !== "string" || !isPolygraphy(object)) return undefined;
  try {
    return Uint8Array.from(atob(array), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The value that an object of Polygraphy wraps; undefined for other objects. */
export function polygraphyValue(object: JsonObject): JsonValue | undefined {
  if (!isPolygraphy(object)) return undefined;
  return object.get("values") ?? object.get("outputs");
}

/**
 * Results of Polygraphy's runners, as an object of what they put out: named by the output; by runner and iteration
 * where there are several.
 */
export function polygraphyResults(object: JsonObject): JsonObject | undefined {
  const runners = object.get("lst");
  if (!Array.isArray(runners) || !isPolygraphy(object)) return undefined;
  const results: JsonObject = new Map();
  for (const runner of runners) {
    const [name, iterations] = Array.isArray(runner) ? runner : [];
    if (typeof name !== "string" || !Array.isArray(iterations)) return undefined;
    const [first] = iterations;
    const outputs = iterations.length === 1 && first !== undefined ? first : iterations;
    if (results.has(name)) return undefined;
    results.set(name, outputs);
  }
  const [only] = results.values();
  return results.size === 1 && only instanceof Map ? only : results;
}

/** A node of a debugger's tree, with the path of its module and what it took and gave. */
export interface DebugNode {
  readonly modulePath: string;
  readonly parts: readonly (readonly [string, JsonValue])[];
  readonly children: readonly JsonValue[];
}

/** An object as a node of a debugger's tree; undefined when it is none. */
export function debugNode(object: JsonObject): DebugNode | undefined {
  const path = object.get("module_path");
  if (
    typeof path !== "string" ||
    !(object.has("inputs") || object.has("outputs") || object.has("children"))
  )
    return undefined;
  const parts = ["inputs", "outputs"].map((key) => [key, object.get(key) ?? null] as const);
  const children = object.get("children");
  return {
    modulePath: path.replace(" (top-level)", ""),
    parts,
    children: Array.isArray(children) ? children : [],
  };
}

/** A tensor that a debugger's tree describes. */
export interface DebugTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** The text that prints it, or the file beside the tree that holds it. */
  readonly printed: string | undefined;
  readonly file: string | undefined;
}

/** An object as a tensor of a debugger's tree; undefined when it is none. */
export function debugTensor(object: JsonObject): DebugTensor | undefined {
  const shape = object.get("shape");
  const dtype = object.get("dtype");
  const value = object.get("value");
  const [, sizes] =
    typeof shape === "string" ? (/^torch\.Size\(\[([0-9, ]*)\]\)$/.exec(shape) ?? []) : [];
  if (sizes === undefined || typeof dtype !== "string") return undefined;
  const lines = Array.isArray(value) && !isNumberList(value) ? value : undefined;
  return {
    shape: sizes.trim() === "" ? [] : sizes.split(",").map(Number),
    dtype,
    printed:
      lines?.every((line) => typeof line === "string") === true ? lines.join("\n") : undefined,
    file: typeof value === "string" ? value : undefined,
  };
}

/** The numbers in the text that prints a tensor, or why there are not all of them. */
export function printedTensor(
  file: string,
  { shape, dtype, printed = "" }: DebugTensor,
): TensorRecord | Text {
  if (printed.includes("...")) {
    return text("was printed in parts only, with … for the rest");
  }
  const list = printedList(printed);
  if (list === undefined) return text("is not printed as a tensor");
  const json = list
    .replace(/\bnan\b/g, "NaN")
    .replace(/\binf\b/g, "Infinity")
    .replace(/\bTrue\b/g, "true")
    .replace(/\bFalse\b/g, "false")
    .replace(/(\d)\.(?!\d)/g, "$1.0");
  try {
    const data = parseJson(
      file,
      new TextEncoder().encode(list.startsWith("[") ? json : `[${json}]`),
    );
    return { shape, dtype, data };
  } catch (error) {
    if (!isUnrollError(error)) throw error;
    return text("is not printed as a tensor");
  }
}

/** The list, or the number, that `tensor(…)` begins with. Searched, not matched: the text may be of any length. */
function printedList(printed: string): string | undefined {
  const opening = "tensor(";
  const start = printed.indexOf(opening) + opening.length;
  if (start < opening.length) return undefined;
  const first = printed.slice(start).trimStart();
  if (first.startsWith("[")) return first.slice(0, first.lastIndexOf("]") + 1);
  const end = Math.max(0, first.search(/[,)]/));
  return first.slice(0, end);
}
