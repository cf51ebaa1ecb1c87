/**
 * The tensors in a parsed JSON document, named by the keys that lead to them.
 */
import { FormatError, isUnrollError, LimitError } from "../../core/errors";
import type { RawValues } from "../../tensor/raw";
import type { TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { nameFromFile, type Archive } from "../base/archive";
import { MemorySource } from "../base/bytes";
import {
  debugNode,
  debugTensor,
  polygraphyArray,
  polygraphyResults,
  polygraphyValue,
  printedTensor,
  type DebugNode,
  type DebugTensor,
} from "./dump";
import { tensorFromList, tensorFromRecord, type TensorRecord } from "./tensor";
import { isNumberList, sizesOf, type JsonObject, type JsonValue } from "./text";
import { maxEntries } from "../base/limits";
import { NoteList } from "../base/notes";
import { siblingName, type Surroundings } from "../base/siblings";

/** The values of a tensor, or the tensor of another archive that they are in. */
export type JsonContent = RawValues | { readonly archive: Archive; readonly entry: TensorEntry };

type Path = readonly string[];

export class JsonTensors {
  readonly content = new Map<string, JsonContent>();
  readonly notes = new NoteList();
  readonly #file: string;
  readonly #context: Surroundings;
  /** How often each module of a debugger's tree was met: a cell is called for each step. Its empty lists are no tensors. */
  readonly #calls = new Map<string, number>();
  #hasPrinted = false;

  constructor(file: string, context: Surroundings) {
    this.#file = file;
    this.#context = context;
  }

  /**
   * Goes through the document, whose nesting is bounded by the parser.
   * @throws FormatError when a list is not rectangular or a name occurs twice.
   */
  async collect(root: JsonValue): Promise<void> {
    await this.#visit(root, []);
    if (this.#hasPrinted) {
      this.notes.addFirst(text("the values are those that were printed, rounded to a few digits"));
    }
  }

  async #visit(value: JsonValue, path: Path): Promise<void> {
    if (value instanceof Map) await this.#visitObject(value, path);
    else if (Array.isArray(value) && value.length === 0 && this.#calls.size > 0) return;
    else if (isNumberList(value) || (Array.isArray(value) && holdsNumbers(value))) {
      const name = this.#name(path);
      this.#add(name, tensorFromList(this.#file, name, value));
    } else if (Array.isArray(value)) {
      for (const [index, child] of value.entries()) {
        if (typeof child === "object") await this.#visit(child, [...path, itemName(child, index)]);
      }
    }
  }

  async #visitObject(object: JsonObject, path: Path): Promise<void> {
    const name = this.#name(path);
    const record = asRecord(object);
    if (record !== undefined) {
      this.#add(name, tensorFromRecord(this.#file, name, record));
      return;
    }
    const array = polygraphyArray(object);
    if (array !== undefined) return this.#addFile(array, name);
    const tensor = debugTensor(object);
    if (tensor !== undefined) return this.#addDebugTensor(tensor, name);
    const node = debugNode(object);
    if (node !== undefined) return this.#visitNode(node);
    const wrapped = polygraphyResults(object) ?? polygraphyValue(object);
    if (wrapped !== undefined) return this.#visit(wrapped, path);
    for (const [key, child] of object) {
      if (typeof child === "object") await this.#visit(child, [...path, key]);
    }
  }

  async #visitNode({ modulePath, parts, children }: DebugNode): Promise<void> {
    const call = (this.#calls.get(modulePath) ?? 0) + 1;
    this.#calls.set(modulePath, call);
    const name = call === 1 ? modulePath : `${modulePath}(${call})`;
    for (const [key, value] of parts) await this.#visit(value, [name, key]);
    for (const child of children) await this.#visit(child, [name]);
  }

  async #addDebugTensor(tensor: DebugTensor, name: string): Promise<void> {
    if (tensor.file !== undefined) return this.#addSibling(tensor.file, name);
    const record = printedTensor(this.#file, tensor);
    if ("template" in record) {
      this.notes.add(text("{0} {1}, not read", name, record));
      return;
    }
    this.#hasPrinted = true;
    this.#add(name, tensorFromRecord(this.#file, name, record));
  }

  /** A tensor in a file beside this one; where it cannot be read, the rest is listed. */
  async #addSibling(written: string, name: string): Promise<void> {
    try {
      const source = await this.#context.siblings?.open(siblingName(this.#file, written));
      if (source === undefined) {
        this.notes.add(text("{0} is in the file {1}, which is not at hand", name, written));
        return;
      }
      this.#addFirst(await this.#context.openInner(source), name);
    } catch (error) {
      if (!isUnrollError(error)) throw error;
      this.notes.add(text("{0} is in a file that is not read: {1}", name, error.text));
    }
  }

  /** A tensor in a whole file that stands in the text. */
  async #addFile(bytes: Uint8Array, name: string): Promise<void> {
    const source = new MemorySource(`${this.#file}: ${name}`, bytes);
    try {
      this.#addFirst(await this.#context.openInner(source), name);
    } catch (error) {
      if (!isUnrollError(error)) throw error;
      this.notes.add(error.text);
    }
  }

  #addFirst(archive: Archive, name: string): void {
    const [entry] = archive.entries;
    if (entry !== undefined) this.#add(name, { archive, entry });
  }

  #add(name: string, content: JsonContent): void {
    const file = this.#file;
    if (this.content.has(name)) {
      throw new FormatError(file, text("the name {0} occurs twice", name));
    }
    this.content.set(name, content);
    if (this.content.size > maxEntries) {
      throw new LimitError(file, { of: "tensor-count" }, maxEntries, this.content.size);
    }
  }

  #name(path: Path): string {
    return path.length === 0 ? nameFromFile(this.#file) : path.join(".");
  }
}

function asRecord(object: JsonObject): TensorRecord | undefined {
  const shape = object.get("shape");
  const data = object.get("data") ?? object.get("values");
  const hasShape = isNumberList(shape) || (Array.isArray(shape) && shape.length === 0);
  if (!hasShape || data === undefined || data === null || typeof data === "string")
    return undefined;
  return { shape: isNumberList(shape) ? sizesOf(shape) : [], dtype: object.get("dtype"), data };
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
