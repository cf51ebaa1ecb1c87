/**
 * Writes a model anew so that it gives what its recurrent nodes are given and give, those in branches of If as well.
 *
 * A branch that has no such node gives a tensor of no values in its place. A node of layout 1, which ONNX Runtime does
 * not compute, becomes one of layout 0 between transpositions.
 */
import type { ExposedModel, ExposedNode, GraphInput } from "../../base/graph";
import { concat } from "../../write/encode";
import { stringField } from "../../write/protobuf";
import { dataTypes } from "../protobuf/tensorFields";
import { FIELD, INT32, nothing, output, type Exposure } from "./pieces";
import { exposedNode, partsOf, type NodeParts } from "./recurrentNode";
import { Message, wrapped, type Chunks } from "./wire";
import type { WireField } from "../protobuf/wireField";

/** A graph with what it gives beside its own outputs. */
interface Written {
  readonly content: Chunks;
  readonly exposures: readonly Exposure[];
}

/** Of the names of the nodes around a body, the end: as `OnnxModel` has it. */
const maxPath = 1024;

const recurrent: ReadonlySet<string> = new Set(["RNN", "GRU", "LSTM"]);

/** `floatType` is the TensorProto.DataType of the recurrent nodes' values. @throws FormatError when it is damaged. */
export function exposeStates(
  file: string,
  bytes: Uint8Array,
  floatType: number,
): Omit<ExposedModel, "external"> {
  return new Exposer(floatType).model(new Message(file, bytes));
}

class Exposer {
  readonly #floatType: number;
  readonly #nodes = new Map<string, ExposedNode>();
  readonly #repeated = new Map<string, string>();
  #count = 0;

  constructor(floatType: number) {
    this.#floatType = floatType;
  }

  model(message: Message): Omit<ExposedModel, "external"> {
    const chunks: Uint8Array[] = [];
    let inputs: readonly GraphInput[] = [];
    for (const field of message.fields()) {
      if (field.number !== FIELD.model.graph) {
        chunks.push(message.whole(field));
        continue;
      }
      const graph = message.inner(field);
      inputs = inputsOf(graph);
      const { content, exposures } = this.#graph(graph, "", null);
      chunks.push(...wrapped(FIELD.model.graph, [...content, ...exposures.map(output)]));
    }
    const model = concat(chunks);
    return { model, inputs, nodes: this.#nodes, repeated: this.#repeated };
  }

  /** `repeatedBy` is the operator whose body this is, where it may be computed more than once. */
  #graph(graph: Message, path: string, repeatedBy: string | null): Written {
    const content: Uint8Array[] = [];
    const exposures: Exposure[] = [];
    for (const field of graph.fields()) {
      if (field.number !== FIELD.graph.node) {
        content.push(graph.whole(field));
        continue;
      }
      const written = this.#node(graph, field, path, repeatedBy);
      content.push(...written.content);
      exposures.push(...written.exposures);
    }
    return { content, exposures };
  }

  #node(graph: Message, field: WireField, path: string, repeatedBy: string | null): Written {
    const index = this.#count;
    this.#count += 1;
    const parts = partsOf(graph.inner(field));
    const own = parts.name === "" ? `${parts.operator}_${index}` : parts.name;
    const asItIs = { content: [graph.whole(field)], exposures: [] };
    if (recurrent.has(parts.operator) && parts.isOwnDomain) {
      const name = this.#uniqueName(path + own, index);
      if (repeatedBy === null) return this.#recurrent(parts, name, index);
      this.#repeated.set(name, repeatedBy);
      return asItIs;
    }
    if (parts.graphs.length === 0) return asItIs;
    const inner = `${path}${own}/`.slice(-maxPath);
    const isChoice = parts.operator === "If" && parts.isOwnDomain;
    const repeats = isChoice ? repeatedBy : (repeatedBy ?? parts.operator);
    const bodies = parts.graphs.map(({ graph: body }) => this.#graph(body, inner, repeats));
    if (bodies.every(({ exposures }) => exposures.length === 0)) return asItIs;
    return this.#branches(parts, bodies, index);
  }

  #recurrent(parts: NodeParts, name: string, index: number): Written {
    const { node, content, values } = exposedNode(parts, index);
    this.#nodes.set(name, node);
    const typed = values.map((value) => ({
      name: value,
      elementType: value === node.lengths ? INT32 : this.#floatType,
    }));
    return { content, exposures: typed };
  }

  /** An If, each of whose branches gives what any of them has. */
  #branches(parts: NodeParts, bodies: readonly Written[], index: number): Written {
    const all = bodies.flatMap(({ exposures }) => exposures);
    const { message } = parts;
    const attributes = new Map(parts.graphs.map(({ attribute }, at) => [attribute, bodies[at]]));
    const content = parts.fields.flatMap((field): Chunks => {
      const body = attributes.get(field);
      if (body === undefined) return [message.whole(field)];
      const missing = all.filter((exposure) => !body.exposures.includes(exposure));
      const whole = [...body.content, ...missing.map(nothing), ...all.map(output)];
      return branchAttribute(message.inner(field), whole);
    });
    // What the branches call alike is another value outside of them.
    const outer = all.map((exposure) => ({ ...exposure, name: `${exposure.name}/${index}` }));
    const outputs = outer.map(({ name }) => stringField(FIELD.node.output, name));
    this.#rename(new Map(all.map(({ name }, at) => [name, outer[at]?.name ?? name])));
    return {
      content: wrapped(FIELD.graph.node, [...content, ...outputs]),
      exposures: outer,
    };
  }

  #rename(names: ReadonlyMap<string, string>): void {
    const renamed = <Name extends string | null>(name: Name): Name =>
      (name === null ? name : (names.get(name) ?? name)) as Name;
    for (const [key, node] of this.#nodes) {
      const { x, lengths, h0, c0, y, hn, cn } = node;
      const inner = { x: renamed(x), lengths: renamed(lengths), h0: renamed(h0), c0: renamed(c0) };
      this.#nodes.set(key, { ...node, ...inner, y: renamed(y), hn: renamed(hn), cn: renamed(cn) });
    }
  }

  /** As `RecurrentReader` tells nodes of one name apart. */
  #uniqueName(name: string, index: number): string {
    return this.#nodes.has(name) || this.#repeated.has(name) ? `${name}#${index}` : name;
  }
}

/** The attribute of a branch with another graph. */
function branchAttribute(attribute: Message, content: Chunks): Chunks {
  const fields = attribute
    .fields()
    .flatMap((field) =>
      field.number === FIELD.attribute.graph
        ? wrapped(FIELD.attribute.graph, content)
        : [attribute.whole(field)],
    );
  return wrapped(FIELD.node.attribute, fields);
}

/** Inputs without values of their own. */
function inputsOf(graph: Message): readonly GraphInput[] {
  const inputs: GraphInput[] = [];
  const valued = new Set<string>();
  for (const field of graph.fields()) {
    if (field.number === FIELD.graph.input) inputs.push(inputOf(graph.inner(field)));
    if (field.number === FIELD.graph.initializer) {
      const tensor = graph.inner(field);
      const name = tensor.fields().find(({ number }) => number === 8);
      if (name !== undefined) valued.add(tensor.string(name));
    }
  }
  return inputs.filter(({ name }) => !valued.has(name));
}

/** ValueInfoProto: a name, and in its type the one of its elements. */
function inputOf(value: Message): GraphInput {
  let name = "";
  let dtype: GraphInput["dtype"] = null;
  for (const field of value.fields()) {
    if (field.number === 1) name = value.string(field);
    if (field.number !== 2) continue;
    const type = value.inner(field);
    const tensor = type.fields().find(({ number }) => number === 1);
    const inner = tensor === undefined ? null : type.inner(tensor);
    const element = inner?.fields().find(({ number }) => number === 1);
    const known = inner === null || element === undefined ? null : dataTypes[inner.int(element)];
    if (typeof known === "string") dtype = known;
  }
  return { name, dtype };
}
