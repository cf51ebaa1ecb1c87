/**
 * The graphs of a model, indexed: constants by name, constants computed from others, and the node of each value.
 */
import { isUnrollError, LimitError } from "../../../core/errors";
import type { BoxSource, ReadBox } from "../../../tensor/boxSource";
import { byteWidth, type DType } from "../../../tensor/dtype";
import { cropRaw, encodeRaw } from "../../../tensor/raw";
import { elementCount, type Shape, type TensorEntry } from "../../../tensor/tensor";
import { text } from "../../../core/text";
import { maxEntries } from "../../base/limits";
import type { NoteList } from "../../base/notes";
import type { Budget, Constant } from "../constants/constant";
import { canFold, fold } from "../constants/fold";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../protobuf/graph";
import type { OnnxTensor, UnreadTensor } from "../protobuf/tensor";
import type { OnnxValues } from "../protobuf/values";

/** A recurrent operator of another domain, such as com.microsoft.DynamicQuantizeLSTM. */
export function isForeignCell({ operator }: OnnxNode): boolean {
  return /\..*(?:LSTM|GRU|RNN)$/.test(operator);
}

/** Values by name, of one graph; a body sees those of the graphs around it too. */
export interface Scope {
  readonly parent: Scope | null;
  /** Names of the nodes around this graph, each with its slash. */
  readonly path: string;
  /** Inputs of a body, which hide what is called alike around it. */
  readonly inputs: ReadonlySet<string>;
  readonly constants: Map<string, Constant>;
  readonly producers: Map<string, Producer>;
}

/** A node with its graph. */
export interface PlacedNode {
  readonly node: OnnxNode;
  readonly scope: Scope;
  /** Position among all nodes, which tells unnamed ones apart. */
  readonly index: number;
}

export interface Producer {
  readonly placed: PlacedNode;
  /** Which of its outputs. */
  readonly output: number;
}

/** Integers of shapes and indices that are read in one model. */
const maxIntegers = 2 ** 21;

/** Operators that `src/formats/onnx/declared.ts` reads. */
const interesting: ReadonlySet<string> = new Set([
  ...["RNN", "GRU", "LSTM", "Gather", "Gemm", "MatMul", "Add", "Transpose"],
]);

export class OnnxModel {
  readonly budget: Budget = { integers: maxIntegers };
  /** Nodes that compute something from the model's inputs, in order: those that may be layers. */
  readonly layers: PlacedNode[] = [];
  /** The outputs of the model. */
  readonly outputs: { readonly scope: Scope; readonly name: string }[] = [];
  /** Files beside the model that have values, and of how many tensors. */
  readonly external = new Map<string, number>();
  readonly #file: string;
  readonly #values: OnnxValues;
  readonly #notes: NoteList;
  readonly #entries = new Map<TensorEntry, Constant>();
  readonly #entryOf = new Map<Constant, TensorEntry>();
  readonly #byName = new Map<string, TensorEntry>();
  /** Names that are taken; the last number that was put behind each. */
  readonly #names = new Map<string, number>();
  readonly #attributes: TensorEntry[] = [];
  readonly #computed: TensorEntry[] = [];
  #nodes = 0;

  constructor(file: string, values: OnnxValues, notes: NoteList) {
    this.#file = file;
    this.#values = values;
    this.#notes = notes;
  }

  /** Entries: initializers, what layers read that is made of constants, values of Constant nodes. */
  get entries(): readonly TensorEntry[] {
    const others = new Set([...this.#attributes, ...this.#computed]);
    const initializers = [...this.#entries.keys()].filter((entry) => !others.has(entry));
    return [...initializers, ...this.#computed, ...this.#attributes];
  }

  constantOf(entry: TensorEntry): Constant | undefined {
    return this.#entries.get(entry);
  }

  /** The constant of a name; null for a value that is computed, and for no name. */
  constantNamed(scope: Scope, name: string | undefined): Constant | null {
    if (name === undefined || name === "") return null;
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const found = at.constants.get(name);
      if (found !== undefined) return found;
      if (at.producers.has(name) || at.inputs.has(name)) return null;
    }
    return null;
  }

  /** The node that gives a value; null for the model's inputs. */
  producerOf(scope: Scope, name: string | undefined): Producer | null {
    if (name === undefined || name === "") return null;
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const found = at.producers.get(name);
      if (found !== undefined) return found;
      if (at.inputs.has(name)) return null;
    }
    return null;
  }

  /** The tensor of the file that a constant is the transpose of; null where it is none. */
  transposeOf({ by, depth, from }: Constant): TensorEntry | null {
    const [name] = from;
    if (depth !== 1 || by[0] !== "Transpose" || name === undefined) return null;
    return this.#byName.get(name) ?? null;
  }

  /** The entry of a constant; one that is made of others becomes an entry when it is first asked for. */
  entryOf(constant: Constant, scope: Scope): TensorEntry {
    const known = this.#entryOf.get(constant);
    if (known !== undefined) return known;
    const how = text("computed by {0}", constant.by);
    const name = this.#uniqueName(constant.name, scope.path);
    const entry = this.#add(constant, name, { from: constant.from, how });
    this.#computed.push(entry);
    return entry;
  }

  /** Outputs of a node of constants; those whose shapes and axes cannot be read are null: reading them will say why. */
  async fold(
    node: OnnxNode,
    inputs: readonly (Constant | null)[],
  ): Promise<readonly (Constant | null)[]> {
    const attribute = (name: string): Constant | null => {
      const tensor = node.attributes.get(name)?.tensor ?? null;
      if (tensor === null || "unread" in tensor) return null;
      const { dtype, shape } = tensor;
      const readBox: ReadBox = (box) => this.#values.readBox(tensor, box);
      return { name, dtype, shape, readBox, from: [], by: [], depth: 0, reads: 1 };
    };
    try {
      return await fold({ node, inputs, budget: this.budget, attribute });
    } catch (error) {
      if (isUnrollError(error)) return [];
      throw error;
    }
  }

  /** @throws what reading the shapes and axes of operators throws, LimitError when there are too many entries. */
  async walk(graph: OnnxGraph, parent: Scope | null = null, path = ""): Promise<void> {
    // Of the model itself, inputs may be initializers as well: defaults.
    const inputs = new Set(parent === null ? [] : graph.inputs);
    const scope: Scope = { parent, path, inputs, constants: new Map(), producers: new Map() };
    for (const tensor of graph.initializers) this.#stored(tensor, scope, tensor.name);
    for (const node of graph.nodes) await this.#node(node, scope);
    for (const name of graph.outputs) {
      this.#expose(this.constantNamed(scope, name), scope);
      if (parent === null) this.outputs.push({ scope, name });
    }
  }

  async #node(node: OnnxNode, scope: Scope): Promise<void> {
    const index = this.#nodes;
    this.#nodes += 1;
    if (node.operator === "Constant") {
      this.#constantNode(node, scope);
      return;
    }
    const inputs = node.inputs.map((name) => this.constantNamed(scope, name));
    if (canFold(node) && inputs.every((input, at) => input !== null || node.inputs[at] === "")) {
      const made = await this.fold(node, inputs);
      made.forEach((constant, output) => {
        const name = node.outputs[output];
        if (constant !== null && name !== undefined) scope.constants.set(name, constant);
      });
      if (made.some((constant) => constant !== null)) return;
    }
    const placed = { node, scope, index };
    node.outputs.forEach((name, output) => {
      if (name !== "") scope.producers.set(name, { placed, output });
    });
    if (interesting.has(node.operator) || isForeignCell(node)) this.layers.push(placed);
    for (const input of inputs) this.#expose(input, scope);
    const path = `${scope.path}${placedName(placed)}/`;
    for (const graph of node.graphs) await this.walk(graph, scope, path.slice(-maxPath));
  }

  /** Computed weights that a node reads are entries; shapes and axes are not listed. */
  #expose(constant: Constant | null, scope: Scope): void {
    if (constant === null || constant.by.length === 0 || constant.shape.length === 0) return;
    if (constant.dtype.includes("float") || constant.dtype.startsWith("complex")) {
      this.entryOf(constant, scope);
    }
  }

  #constantNode({ attributes, outputs }: OnnxNode, scope: Scope): void {
    const [name = ""] = outputs;
    const tensor = attributes.get("value")?.tensor ?? null;
    if (tensor !== null) {
      const entry = this.#stored(tensor, scope, name);
      if (entry !== null) this.#attributes.push(entry);
      return;
    }
    const values = [...attributes].map(([key, value]) => plainConstant(key, value));
    const plain = values.find((each) => each !== null) ?? null;
    if (plain !== null) this.#attributes.push(this.#addLeaf(name, plain, scope));
  }

  #stored(tensor: OnnxTensor | UnreadTensor, scope: Scope, name: string): TensorEntry | null {
    if ("unread" in tensor) {
      this.#notes.add(tensor.unread);
      return null;
    }
    const { dtype, shape, place } = tensor;
    if (place.kind === "external") {
      this.external.set(place.location, (this.external.get(place.location) ?? 0) + 1);
    }
    const readBox: ReadBox = (box) => this.#values.readBox(tensor, box);
    return this.#addLeaf(name, { dtype, shape, readBox }, scope);
  }

  #addLeaf(name: string, source: BoxSource, scope: Scope): TensorEntry {
    const unique = this.#uniqueName(name, scope.path);
    const leaf = { from: [unique], by: [], depth: 0, reads: 1 };
    const constant: Constant = { ...source, name: unique, ...leaf };
    scope.constants.set(name, constant);
    return this.#add(constant, unique);
  }

  #add(constant: Constant, name: string, origin?: TensorEntry["origin"]): TensorEntry {
    const { dtype, shape } = constant;
    const byteLength = elementCount(shape) * byteWidth(dtype);
    const entry = { name, dtype, shape, byteLength, ...(origin === undefined ? {} : { origin }) };
    this.#entries.set(entry, constant);
    this.#entryOf.set(constant, entry);
    this.#byName.set(name, entry);
    if (this.#entries.size > maxEntries) {
      throw new LimitError(this.#file, { of: "tensor-count" }, maxEntries, this.#entries.size);
    }
    return entry;
  }

  /** Values of two bodies may be called alike: then the nodes around them come first. */
  #uniqueName(name: string, path: string): string {
    const wanted = name === "" ? "tensor" : name;
    const placed = this.#names.has(wanted) ? path + wanted : wanted;
    let unique = placed;
    while (this.#names.has(unique)) {
      const count = (this.#names.get(placed) ?? 1) + 1;
      this.#names.set(placed, count);
      unique = `${placed}#${count}`;
    }
    this.#names.set(unique, 1);
    return unique;
  }
}

/** Of the names of the nodes around a body, the end. */
const maxPath = 1024;

/** A node's name; operator and position where it has none. */
function placedName({ node, index }: PlacedNode): string {
  return node.name === "" ? `${node.operator}_${index}` : node.name;
}

/** A node's name behind those of the nodes around its graph. */
export function fullName(placed: PlacedNode): string {
  return placed.scope.path + placedName(placed);
}

/** The attributes of Constant that are no tensors. */
function plainConstant(key: string, value: OnnxAttribute): BoxSource | null {
  switch (key) {
    case "value_float":
      return value.float === null ? null : numbers("float32", [], [value.float]);
    case "value_int":
      return value.int === null ? null : numbers("int64", [], [value.int]);
    case "value_floats":
      return numbers("float32", [value.floats.length], value.floats);
    case "value_ints":
      return numbers("int64", [value.ints.length], value.ints);
    default:
      return null;
  }
}

function numbers(dtype: DType, shape: Shape, values: readonly number[]): BoxSource {
  const raw = encodeRaw(dtype, shape, Float64Array.from(values));
  return { dtype, shape, readBox: (box) => Promise.resolve(cropRaw(raw, box)) };
}
