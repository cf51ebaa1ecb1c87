/**
 * The tensors in an unpickled checkpoint, named by the keys that lead to them.
 *
 * Goes through dictionaries, lists and the state of modules, whole modules and TorchScript included, without knowing
 * their classes. Values that hold no tensor are passed over; objects that could not be rebuilt are noted.
 */
import { LimitError } from "../errors";
import { text } from "../text";
import { maxDepth, maxEntries } from "./limits";
import type { NoteList } from "./notes";
import { PickleDict, PickleOpaque, type PickleValue } from "./pickleValues";
import { TensorReference } from "./torchPickle";

/** Dictionaries of an nn.Module whose keys are part of parameter names, while their own names are not. */
const moduleDictionaries = ["_parameters", "_buffers", "_modules"] as const;

/** Bounds the walk over shared containers: far more than a checkpoint holds, a fraction of a second of work. */
const maxVisits = 2_000_000;

export interface NamedReference {
  readonly name: string;
  readonly tensor: TensorReference;
}

export interface TensorTree {
  readonly tensors: readonly NamedReference[];
  /** Names of objects that were not rebuilt, in the order they were met. */
  readonly opaque: readonly string[];
}

/**
 * Lists the tensors below `root`; a bare tensor is called `rootName`.
 * @throws LimitError when the value nests too deeply or holds too many tensors.
 */
export function collectTensors(
  file: string,
  root: PickleValue,
  rootName: string,
  notes: NoteList,
): TensorTree {
  const walk = new TreeWalk(file, rootName, notes);
  walk.visit(root, []);
  return { tensors: walk.tensors, opaque: walk.opaque };
}

class TreeWalk {
  readonly tensors: NamedReference[] = [];
  readonly opaque: string[] = [];
  readonly #names = new Set<string>();
  readonly #file: string;
  readonly #rootName: string;
  readonly #notes: NoteList;
  /** Containers on the way from the root: a value that contains itself is entered once. */
  readonly #open = new Set<PickleValue>();
  /** Containers found to hold no tensor: values that are shared a thousandfold are entered once. */
  readonly #barren = new Set<PickleValue>();
  #visits = 0;

  constructor(file: string, rootName: string, notes: NoteList) {
    this.#file = file;
    this.#rootName = rootName;
    this.#notes = notes;
  }

  visit(value: PickleValue, path: readonly string[]): void {
    this.#visits += 1;
    this.#bound(text("the number of values"), maxVisits, this.#visits);
    if (value instanceof TensorReference) {
      this.#add(value, path);
      return;
    }
    const isContainer =
      Array.isArray(value) || value instanceof PickleDict || value instanceof PickleOpaque;
    if (!isContainer || this.#open.has(value) || this.#barren.has(value)) return;
    this.#bound(text("the nesting of the pickled value"), maxDepth, path.length);
    const before = this.tensors.length;
    this.#open.add(value);
    if (value instanceof PickleOpaque) this.#visitOpaque(value, path);
    else if (value instanceof PickleDict) this.#visitDict(value, path);
    else this.#visitList(value, path);
    this.#open.delete(value);
    if (this.tensors.length === before) this.#barren.add(value);
  }

  #visitList(list: readonly PickleValue[], path: readonly string[]): void {
    for (const [index, item] of list.entries()) this.visit(item, [...path, String(index)]);
  }

  #visitDict(dict: PickleDict, path: readonly string[]): void {
    for (const [key, item] of dict.items) this.visit(item, [...path, keyName(key)]);
  }

  #visitOpaque(object: PickleOpaque, path: readonly string[]): void {
    const before = this.tensors.length;
    this.#visitDict(object.dict, path);
    if (object.state instanceof PickleDict) this.#visitState(object.state, path);
    if (this.tensors.length > before) return;
    this.opaque.push(object.name);
    this.#notes.add(text("{0} is {1}, not read", this.#name(path), object.name));
  }

  #visitState(state: PickleDict, path: readonly string[]): void {
    if (state.items.has("_parameters")) {
      for (const key of moduleDictionaries) this.visit(state.items.get(key) ?? null, path);
      return;
    }
    for (const [key, item] of state.items) {
      // What an object keeps for itself repeats its tensors, as `_flat_weights` of a recurrent module does.
      if (!keyName(key).startsWith("_")) this.visit(item, [...path, keyName(key)]);
    }
  }

  #add(tensor: TensorReference, path: readonly string[]): void {
    const name = this.#name(path);
    if (this.#names.has(name)) {
      this.#notes.add(text("another tensor is named {0} as well, not read", name));
      return;
    }
    this.#names.add(name);
    this.tensors.push({ name, tensor });
    this.#bound(text("the number of tensors"), maxEntries, this.tensors.length);
  }

  #name(path: readonly string[]): string {
    return path.length === 0 ? this.#rootName : path.join(".");
  }

  #bound(what: ReturnType<typeof text>, limit: number, actual: number): void {
    if (actual > limit) throw new LimitError(this.#file, what, limit, actual);
  }
}

function keyName(key: PickleValue): string {
  if (typeof key === "string") return key;
  return Array.isArray(key) || (typeof key === "object" && key !== null) ? "?" : String(key);
}
