/**
 * Parses the parts of ModelProto, GraphProto and NodeProto that locate weights and say what they are for.
 *
 * Spec:  github.com/onnx/onnx, onnx/onnx.proto (Apache-2.0). Numbers of fields are from there.
 * Skips: documentation, types, metadata, and what NoteList says.
 */
import { FormatError, LimitError } from "../../../core/errors";
import { text } from "../../../core/text";
import { maxEntries } from "../../base/limits";
import type { NoteList } from "../../base/notes";
import { readTensorProto, type OnnxTensor, type UnreadTensor } from "./tensor";
import type { ProtobufFile } from "./protobuf";
import type { ByteSpan, WireField } from "./wireField";

/** A value of an attribute: what a node's schema calls INT, FLOATS, TENSOR and so on. */
export interface OnnxAttribute {
  readonly int: number | null;
  readonly float: number | null;
  readonly string: string | null;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly strings: readonly string[];
  readonly tensor: OnnxTensor | UnreadTensor | null;
}

export interface OnnxNode {
  /** Empty where the node has none. */
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Bodies of If, Loop and Scan. */
  readonly graphs: readonly OnnxGraph[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly (OnnxTensor | UnreadTensor)[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** An integer attribute, or its default. */
export function intAttribute(
  { attributes }: Pick<OnnxNode, "attributes">,
  name: string,
  otherwise: number,
): number {
  return attributes.get(name)?.int ?? otherwise;
}

/** The largest published graphs have some ten thousand nodes. */
const maxNodes = 2 ** 16;

/** Bodies of loops within bodies of loops. */
const maxGraphDepth = 16;

/** Limits over all graphs of a file. */
interface Counts {
  nodes: number;
  tensors: number;
}

/** Reads the graph of a model. */
export class GraphReader {
  readonly #file: ProtobufFile;
  readonly #notes: NoteList;
  readonly #counts: Counts = { nodes: 0, tensors: 0 };

  constructor(file: ProtobufFile, notes: NoteList) {
    this.#file = file;
    this.#notes = notes;
  }

  /** @throws FormatError when the file is damaged or has no graph, LimitError when it is too large. */
  async model(): Promise<OnnxGraph> {
    const found: WireField[] = [];
    const skipped = { functions: 0, training: 0 };
    await this.#file.message(this.#file.whole, (field) => {
      if (field.number === 7) found.push(field);
      if (field.number === 20) skipped.training += 1;
      if (field.number === 25) skipped.functions += 1;
      return undefined;
    });
    const [first] = found;
    if (first === undefined) {
      throw new FormatError(this.#file.source.name, text("the ONNX model has no graph"));
    }
    if (skipped.functions > 0) {
      const { functions } = skipped;
      const note =
        functions === 1
          ? text("a function of the model is not looked into")
          : text("{0} functions of the model are not looked into", functions);
      this.#notes.add(note);
    }
    if (skipped.training > 0) this.#notes.add(text("what the model says of training is not read"));
    return this.#graph(first, 0);
  }

  async #graph(span: ByteSpan, depth: number): Promise<OnnxGraph> {
    if (depth > maxGraphDepth) {
      throw new LimitError(this.#file.source.name, { of: "graph-depth" }, maxGraphDepth, depth);
    }
    const nodes: OnnxNode[] = [];
    const initializers: (OnnxTensor | UnreadTensor)[] = [];
    const inputs: string[] = [];
    const outputs: string[] = [];
    await this.#file.message(span, async (field) => {
      switch (field.number) {
        case 1:
          nodes.push(await this.#node(field, depth));
          break;
        case 5:
          initializers.push(await this.#tensor(field));
          break;
        case 11:
          inputs.push(await this.#valueName(field));
          break;
        case 12:
          outputs.push(await this.#valueName(field));
          break;
        case 15:
          this.#notes.add(text("a sparse tensor is not read"));
          break;
      }
    });
    return { nodes, initializers, inputs, outputs };
  }

  async #node(span: ByteSpan, depth: number): Promise<OnnxNode> {
    this.#count("nodes", maxNodes);
    let [name, operator, domain] = ["", "", ""];
    const inputs: string[] = [];
    const outputs: string[] = [];
    const graphs: OnnxGraph[] = [];
    const attributes = new Map<string, OnnxAttribute>();
    await this.#file.message(span, async (field) => {
      switch (field.number) {
        case 1:
          inputs.push(await this.#file.string(field));
          break;
        case 2:
          outputs.push(await this.#file.string(field));
          break;
        case 3:
          name = await this.#file.string(field);
          break;
        case 4:
          operator = await this.#file.string(field);
          break;
        case 5: {
          const [key, value] = await this.#attribute(field, graphs, depth);
          if (key !== "") attributes.set(key, value);
          break;
        }
        case 7:
          domain = await this.#file.string(field);
          break;
      }
    });
    // An operator of another domain may be called as one of ONNX is, and be something else.
    if (domain !== "" && domain !== "ai.onnx") operator = `${domain}.${operator}`;
    return { name, operator, inputs, outputs, attributes, graphs };
  }

  async #attribute(
    span: ByteSpan,
    graphs: OnnxGraph[],
    depth: number,
  ): Promise<readonly [name: string, value: OnnxAttribute]> {
    let name = "";
    const value: MutableAttribute = {
      int: null,
      float: null,
      string: null,
      tensor: null,
      ints: [],
      floats: [],
      strings: [],
    };
    await this.#file.message(span, async (field) => {
      if (field.number === 1) name = await this.#file.string(field);
      else if (field.number === 5) value.tensor = await this.#tensor(field);
      else if (field.number === 6 || field.number === 11) {
        graphs.push(await this.#graph(field, depth + 1));
      } else await this.#plainValue(field, value);
    });
    return [name, value];
  }

  async #plainValue(field: WireField, value: MutableAttribute): Promise<void> {
    switch (field.number) {
      case 2:
        value.float = await this.#file.float(field);
        break;
      case 3:
        value.int = await this.#file.int(field);
        break;
      case 4:
        // Strings of attributes may be data of any length; those that are looked at are short.
        if (field.end - field.start <= maxAttributeBytes) {
          value.string = await this.#file.string(field);
        }
        break;
      case 7:
        await this.#file.floats(field, value.floats);
        break;
      case 8:
        await this.#file.ints(field, value.ints);
        break;
      case 9:
        if (field.end - field.start <= maxAttributeBytes) {
          value.strings.push(await this.#file.string(field));
        }
        break;
    }
  }

  #tensor(span: ByteSpan): Promise<OnnxTensor | UnreadTensor> {
    this.#count("tensors", maxEntries);
    return readTensorProto(this.#file, span);
  }

  /** The name of a ValueInfoProto. */
  async #valueName(span: ByteSpan): Promise<string> {
    let name = "";
    await this.#file.message(span, async (field) => {
      if (field.number === 1) name = await this.#file.string(field);
    });
    return name;
  }

  #count(what: keyof Counts, limit: number): void {
    this.#counts[what] += 1;
    if (this.#counts[what] > limit) {
      const of = what === "nodes" ? "node-count" : "tensor-count";
      throw new LimitError(this.#file.source.name, { of }, limit, this.#counts[what]);
    }
  }
}

const maxAttributeBytes = 1024;

interface MutableAttribute extends OnnxAttribute {
  int: number | null;
  float: number | null;
  string: string | null;
  readonly ints: number[];
  readonly floats: number[];
  readonly strings: string[];
  tensor: OnnxTensor | UnreadTensor | null;
}
