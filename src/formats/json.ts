/**
 * Tensors written as JSON text.
 *
 * Reads:   nested lists of numbers or of true and false; `{shape, data}` with an optional `dtype`, `data` flat or
 *          nested (`values` is another word for it); objects of those at any depth, whose keys joined by dots
 *          are the names; lists of objects, named by their `name` or their index.
 * Skips:   bare numbers, strings and null beside the tensors: a configuration, say.
 * Refuses: rows of different length, numbers beside lists or strings: FormatError.
 */
import { FormatError, LimitError } from "../errors";
import { byteWidth } from "../tensor/dtype";
import { cropRaw, encodeRaw } from "../tensor/raw";
import { elementCount, type Tensor, type TensorEntry } from "../tensor/tensor";
import { text } from "../text";
import { missingEntry, nameFromFile, type Archive } from "./archive";
import type { ByteSource } from "./bytes";
import { isNumberList, parseJson, type JsonObject, type JsonValue } from "./jsonText";
import { tensorFromList, tensorFromRecord, type TensorRecord } from "./jsonTensor";
import { maxEntries } from "./limits";

/** JSON is parsed as one string, which the platform bounds at half a billion characters; memory use is ten times it. */
const maxJsonBytes = 2 ** 28;

/**
 * Reads a JSON file; its tensors are decoded at once, because the text has to be parsed as a whole.
 * @throws FormatError when it is not JSON or a list is not rectangular, LimitError when it is too large or too deep.
 */
export async function readJson(source: ByteSource): Promise<Archive> {
  if (source.size > maxJsonBytes) {
    throw new LimitError(
      source.name,
      text("the size of the JSON text in bytes"),
      maxJsonBytes,
      source.size,
    );
  }
  const tensors = new Map<string, Tensor>();
  const root = parseJson(source.name, await source.read(0, source.size));
  collectTensors(source.name, root, [], tensors);
  if (tensors.size === 0) {
    throw new FormatError(
      source.name,
      text("no tensor found; expected nested lists of numbers, or objects with shape and data"),
    );
  }
  return {
    format: "json",
    entries: Array.from(tensors, ([name, { dtype, shape }]): TensorEntry => {
      return { name, dtype, shape, byteLength: elementCount(shape) * byteWidth(dtype) };
    }),
    notes: [],
    declared: [],
    read: (entry) => readEntry(source.name, tensors, entry),
    readBox: async (entry, box) => {
      const { dtype, shape, data } = await readEntry(source.name, tensors, entry);
      return cropRaw(encodeRaw(dtype, shape, data), box);
    },
  };
}

function readEntry(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  entry: TensorEntry,
): Promise<Tensor> {
  const tensor = tensors.get(entry.name);
  return tensor === undefined ? Promise.reject(missingEntry(file, entry)) : Promise.resolve(tensor);
}

/** Walks the document; its nesting is bounded by the parser. */
function collectTensors(
  file: string,
  value: JsonValue,
  path: readonly string[],
  tensors: Map<string, Tensor>,
): void {
  const name = path.length === 0 ? nameFromFile(file) : path.join(".");
  if (value instanceof Map) {
    const record = asRecord(value);
    if (record !== undefined) {
      addTensor(file, name, tensorFromRecord(file, name, record), tensors);
      return;
    }
    for (const [key, child] of value) collectTensors(file, child, [...path, key], tensors);
  } else if (isNumberList(value) || (Array.isArray(value) && holdsNumbers(value))) {
    addTensor(file, name, tensorFromList(file, name, value), tensors);
  } else if (Array.isArray(value)) {
    value.forEach((child, index) => {
      if (typeof child === "object")
        collectTensors(file, child, [...path, itemName(child, index)], tensors);
    });
  }
}

function addTensor(file: string, name: string, tensor: Tensor, tensors: Map<string, Tensor>): void {
  if (tensors.has(name)) throw new FormatError(file, text("the name {0} occurs twice", name));
  tensors.set(name, tensor);
  if (tensors.size > maxEntries) {
    throw new LimitError(file, text("the number of tensors"), maxEntries, tensors.size);
  }
}

function asRecord(object: JsonObject): TensorRecord | undefined {
  const shape = object.get("shape");
  const data = object.get("data") ?? object.get("values");
  const hasShape = isNumberList(shape) || (Array.isArray(shape) && shape.length === 0);
  if (!hasShape || data === undefined || data === null || typeof data === "string")
    return undefined;
  return { shape: isNumberList(shape) ? shape.numbers : [], dtype: object.get("dtype"), data };
}

/** True when a list is meant as a tensor: it has a number or a boolean somewhere, or is empty all through. */
function holdsNumbers(list: readonly JsonValue[]): boolean {
  if (list.length === 0) return true;
  return list.some(
    (value) =>
      typeof value === "number" ||
      typeof value === "boolean" ||
      isNumberList(value) ||
      (Array.isArray(value) && holdsNumbers(value)),
  );
}

function itemName(item: JsonValue, index: number): string {
  const name = item instanceof Map ? item.get("name") : undefined;
  return typeof name === "string" ? name : String(index);
}
