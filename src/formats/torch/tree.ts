/**
 * The tensors of an unpickled checkpoint, named by the keys that lead to them, and their modules.
 *
 * Goes through dictionaries, lists and the state of objects, whole modules and TorchScript included, without knowing
 * their classes. Values that hold no tensor are passed over; objects that could not be rebuilt are noted.
 */
import type { Bound } from "../../core/bounds";
import { LimitError } from "../../core/errors";
import { text } from "../../core/text";
import type { TorchModule } from "../base/declared";
import { maxDepth, maxEntries } from "../base/limits";
import type { NoteList } from "../base/notes";
import { NumpyReference } from "../numpy/arrayPickle";
import { PickleDict, PickleOpaque, type PickleValue } from "../pickle/values";
import { splitFlat } from "./flat";
import {
  type Container,
  isContainer,
  isModule,
  isPlain,
  keyName,
  mayHoldTensors,
  prefixOf,
} from "./kinds";
import {
  cellParameters,
  linearParameters,
  packedIn,
  PackedCells,
  packedPair,
  type NamedParameter,
  type PackedCell,
  type PackedLinear,
} from "./packed";
import { TensorReference } from "./pickle";

/** Dictionaries of an nn.Module whose keys are part of parameter names, while their own names are not. */
const moduleDictionaries = ["_parameters", "_buffers", "_modules"] as const;

/** What `pack_padded_sequence` returns: a named tuple of the tensors that it is made of. */
const packedSequence = "torch.nn.utils.rnn.PackedSequence";

/** Bounds the walk over shared containers: far more than a checkpoint holds, a fraction of a second of work. */
const maxVisits = 1_000_000;

export interface NamedReference {
  readonly name: string;
  readonly tensor: TensorReference | NumpyReference;
}

/** A module, and the full name of its class, by which a scripted program has its constants. */
export interface FoundModule {
  readonly module: TorchModule;
  readonly fullName: string;
}

export interface TensorTree {
  readonly tensors: readonly NamedReference[];
  readonly modules: readonly FoundModule[];
  /** Prefixes of the names of the tensors that a PackedSequence is made of. */
  readonly packed: readonly string[];
  /** Names of objects that were not rebuilt, in the order they were met. */
  readonly opaque: readonly string[];
  /** Why a part of the tree was not entered. */
  readonly problem: LimitError | undefined;
}

/**
 * Lists the tensors below `root`; a bare tensor is called `rootName`.
 * @throws LimitError when there are too many tensors.
 */
export function collectTensors(
  file: string,
  root: PickleValue,
  rootName: string,
  notes: NoteList,
): TensorTree {
  const walk = new TreeWalk(file, rootName, notes);
  walk.visit(root, []);
  walk.nameCells();
  walk.nameFlat(root);
  return walk;
}

class TreeWalk implements TensorTree {
  readonly tensors: NamedReference[] = [];
  readonly modules: FoundModule[] = [];
  readonly packed: string[] = [];
  readonly opaque: string[] = [];
  problem: LimitError | undefined;
  readonly #names = new Set<string>();
  readonly #cells = new PackedCells();
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
    if (value instanceof NumpyReference && Array.isArray(value.bytes)) {
      this.#visitObjects(value, value.bytes, path);
    } else if (value instanceof TensorReference || value instanceof NumpyReference) {
      this.#add(value, path);
    } else if (isContainer(value) && !this.#open.has(value) && !this.#barren.has(value)) {
      if (this.#mayEnter(path)) this.#enter(value, path);
    }
  }

  /** An array of objects is a list of them; one object alone, as np.save writes a dict, is the object. */
  #visitObjects(array: NumpyReference, objects: PickleValue[], path: readonly string[]): void {
    const [only = null] = objects;
    const isOne = Array.isArray(array.shape) && array.shape.length === 0 && objects.length === 1;
    if (!isOne) {
      this.visit(objects, path);
    } else if (!this.#open.has(objects) && this.#mayEnter(path)) {
      this.#open.add(objects);
      this.visit(only, path);
      this.#open.delete(objects);
    }
  }

  #enter(value: Container, path: readonly string[]): void {
    const before = this.tensors.length;
    this.#open.add(value);
    if (value instanceof PickleOpaque) this.#visitOpaque(value, path);
    else if (value instanceof PickleDict) this.#visitDict(value, path);
    else this.#visitList(value, path);
    this.#open.delete(value);
    if (this.tensors.length === before) this.#barren.add(value);
  }

  /** False when the tree is too deep, or its shared containers would have one go on for ever. */
  #mayEnter(path: readonly string[]): boolean {
    this.#visits += 1;
    if (this.#visits > maxVisits) {
      this.#stop({ of: "value-count" }, maxVisits, this.#visits);
    } else if (this.#open.size > maxDepth * 2 || path.length > maxDepth) {
      this.#stop({ of: "pickle-depth" }, maxDepth, path.length);
    } else {
      return true;
    }
    return false;
  }

  #stop(bound: Bound, limit: number, actual: number): void {
    this.problem ??= new LimitError(this.#file, bound, limit, actual);
  }

  /** Names the parameters of dynamically quantised modules, of each once all of its cells are known. */
  nameCells(): void {
    for (const [prefix, parameters] of this.#cells.parameters(this.modules)) {
      this.#addParameters(prefix, parameters);
    }
  }

  /** Names the parameters in flat ones, where the checkpoint says which they are. */
  nameFlat(root: PickleValue): void {
    const { parameters, notes } = splitFlat(root, this.tensors);
    for (const [name, tensor] of parameters) this.#add(tensor, [name]);
    for (const note of notes) this.#notes.addFirst(note);
  }

  /** The parameters that quantisation has packed, under the names that they had; those of cells follow later. */
  #visitPacked(packed: PackedLinear | PackedCell, path: readonly string[]): void {
    const name = path.join(".");
    if (packed.kind === "linear") {
      this.#addParameters(...linearParameters(name, packed));
    } else if (!this.#cells.add(name, packed)) {
      const prefix = prefixOf(path);
      this.#addParameters(prefix, cellParameters(prefix, [packed], false));
    }
  }

  #addParameters(prefix: string, parameters: readonly NamedParameter[]): void {
    for (const [name, tensor] of parameters) this.#add(tensor, [name]);
    const module = prefix === "" ? this.#rootName : prefix.replace(/\.$/, "");
    const isInteger = parameters.some(([, tensor]) => tensor.isDequantised);
    this.#notes.addFirst(
      isInteger
        ? text("{0} is quantised to 8 bits; its weights are dequantised to float32", module)
        : text("{0} is quantised to float16 when it runs; its weights are read as float32", module),
    );
  }

  #visitList(list: readonly PickleValue[], path: readonly string[]): void {
    const packed = packedPair(list, path);
    if (packed !== undefined) {
      this.#visitPacked(packed, path);
      return;
    }
    for (let index = 0; index < list.length && this.problem === undefined; index += 1) {
      const item = list[index];
      if (mayHoldTensors(item)) this.visit(item, [...path, String(index)]);
    }
  }

  #visitDict(dict: PickleDict, path: readonly string[]): void {
    for (const [key, item] of dict.items) {
      if (this.problem !== undefined) return;
      if (mayHoldTensors(item)) this.visit(item, [...path, keyName(key)]);
    }
  }

  #visitOpaque(object: PickleOpaque, path: readonly string[]): void {
    const packed = packedIn(object);
    if (packed !== undefined) {
      this.#visitPacked(packed, path);
      return;
    }
    const before = this.tensors.length;
    this.#visitDict(object.dict, path);
    if (object.list !== undefined) this.#visitList(object.list, path);
    if (object.state instanceof PickleDict) this.#visitState(object, object.state, path);
    else this.visit(object.state, path);
    if (this.tensors.length > before || isModule(object)) return;
    this.#visitList(object.args, path);
    this.opaque.push(object.name);
    if (object.name === packedSequence) this.packed.push(prefixOf(path));
    this.#notes.add(
      this.tensors.length > before
        ? text("{0} is {1}, listed by the tensors it is made of", this.#name(path), object.name)
        : text("{0} is {1}, not read", this.#name(path), object.name),
    );
  }

  #visitState(object: PickleOpaque, state: PickleDict, path: readonly string[]): void {
    if (isModule(object)) this.#addModule(object, state, path);
    if (state.get("_parameters") !== undefined) {
      for (const key of moduleDictionaries) this.visit(state.get(key) ?? null, path);
      for (const [key, item] of state.items) {
        const packed = item instanceof PickleOpaque ? packedIn(item) : undefined;
        if (packed !== undefined) this.#visitPacked(packed, [...path, keyName(key)]);
      }
      return;
    }
    for (const [key, item] of state.items) {
      // Private attributes repeat the tensors of an object, like `_flat_weights` of a recurrent module.
      const isPacked = /^_(?:all_weight_values|packed_)/.test(keyName(key));
      if (isPacked || !keyName(key).startsWith("_")) this.visit(item, [...path, keyName(key)]);
    }
  }

  #addModule(object: PickleOpaque, state: PickleDict, path: readonly string[]): void {
    if (this.modules.length === maxEntries) return;
    const attributes = new Map<string, string | number | boolean | null>();
    for (const [key, value] of state.items) {
      if (typeof key === "string" && !key.startsWith("_") && isPlain(value)) {
        attributes.set(key, value);
      }
    }
    this.modules.push({
      fullName: object.name,
      module: {
        framework: "pytorch",
        prefix: prefixOf(path),
        className: object.name.slice(object.name.lastIndexOf(".") + 1),
        attributes,
      },
    });
  }

  #add(tensor: NamedReference["tensor"], path: readonly string[]): void {
    const name = this.#name(path);
    if (this.#names.has(name)) {
      this.#notes.add(text("another tensor is named {0} as well, not read", name));
      return;
    }
    this.#names.add(name);
    this.tensors.push({ name, tensor });
    if (this.tensors.length > maxEntries) {
      throw new LimitError(this.#file, { of: "tensor-count" }, maxEntries, this.tensors.length);
    }
  }

  #name(path: readonly string[]): string {
    return path.length === 0 ? this.#rootName : path.join(".");
  }
}
