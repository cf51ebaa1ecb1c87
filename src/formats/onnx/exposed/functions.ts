/**
 * Puts the nodes of a model's own functions in the place of the nodes that call them.
 *
 * Spec: onnx/docs/IR.md, "Functions": the names in a function are its own, but for its inputs and outputs; an attribute
 * may stand for one of the call, else it has a default or is left out.
 */
import { LimitError } from "../../../core/errors";
import { concat } from "../../write/encode";
import { stringField } from "../../write/protobuf";
import { FIELD } from "./pieces";
import { partsOf, type NodeParts } from "./recurrentNode";
import type { WireField } from "../protobuf/wireField";
import { Message, wrapped, type Chunks } from "./wire";

/** Numbers of fields of FunctionProto. */
const FUNCTION = { name: 1, input: 4, output: 5, node: 7, domain: 10, default: 11, overload: 13 };
/** Of NodeProto and AttributeProto, as far as functions have them. */
const CALL = { overload: 8, refersTo: 21 };
/** Names in a graph: initializers have theirs in field 8, values in field 1. */
const TENSOR_NAME = 8;
const VALUE_NAME = 1;
const values: ReadonlySet<number> = new Set([FIELD.graph.input, FIELD.graph.output, 13]);

/** Functions that call functions. */
const maxDepth = 16;
/** As many as a graph may have. */
const maxNodes = 2 ** 16;
/** A function is copied for each of its calls, with whatever values its attributes hold. */
const maxCalledBytes = 2 ** 28;

interface OwnFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Message[];
  readonly defaults: ReadonlyMap<string, Message>;
}

/** How the names of a function are called where it is called. */
interface Place {
  readonly names: ReadonlyMap<string, string>;
  readonly prefix: string;
  readonly attributes: ReadonlyMap<string, Message>;
}

/** The model without its functions. @throws FormatError where it is damaged, LimitError where it calls without an end. */
export function withoutFunctions(file: string, model: Message): Uint8Array<ArrayBuffer> {
  const fields = model.fields();
  const own = fields.filter(({ number }) => number === FIELD.model.functions);
  const inliner = new Inliner(file, new Map(own.map((field) => functionOf(model.inner(field)))));
  const chunks = fields.flatMap((field): Chunks => {
    if (field.number === FIELD.model.functions) return [];
    if (field.number !== FIELD.model.graph) return [model.whole(field)];
    return wrapped(FIELD.model.graph, inliner.graph(model.inner(field), 0));
  });
  return concat(chunks);
}

function functionOf(message: Message): readonly [string, OwnFunction] {
  const fields = message.fields();
  const texts = textsOf(message, fields);
  const inners = (number: number): Message[] =>
    fields.filter((field) => field.number === number).map((field) => message.inner(field));
  const [name = "", domain = "", overload = ""] = [
    ...[texts(FUNCTION.name)[0], texts(FUNCTION.domain)[0], texts(FUNCTION.overload)[0]],
  ];
  const own: OwnFunction = {
    inputs: texts(FUNCTION.input),
    outputs: texts(FUNCTION.output),
    nodes: inners(FUNCTION.node),
    defaults: named(inners(FUNCTION.default)),
  };
  return [[domain, name, overload].join("\n"), own];
}

function textsOf(
  message: Message,
  fields: readonly WireField[],
): (number: number) => readonly string[] {
  return (number) =>
    fields.filter((field) => field.number === number).map((field) => message.string(field));
}

/** Attributes by their names. */
function named(attributes: readonly Message[]): ReadonlyMap<string, Message> {
  return new Map(
    attributes.map((attribute) => {
      const [name = ""] = textsOf(attribute, attribute.fields())(FIELD.attribute.name);
      return [name, attribute] as const;
    }),
  );
}

class Inliner {
  readonly #file: string;
  readonly #functions: ReadonlyMap<string, OwnFunction>;
  #nodes = 0;
  #calledBytes = 0;

  constructor(file: string, functions: ReadonlyMap<string, OwnFunction>) {
    this.#file = file;
    this.#functions = functions;
  }

  /** The fields of a graph. */
  graph(graph: Message, depth: number): Chunks {
    return graph
      .fields()
      .flatMap((field) =>
        field.number === FIELD.graph.node
          ? this.#node(graph.inner(field), depth)
          : [graph.whole(field)],
      );
  }

  /** A node, or those of the function that it calls. */
  #node(node: Message, depth: number): Chunks {
    const parts = partsOf(node);
    this.#assertBounds(depth);
    const own = this.#functions.get(keyOf(parts));
    if (own !== undefined) return this.#called(parts, own, depth + 1);
    const content = parts.fields.flatMap((field): Chunks => {
      const attribute = field.number === FIELD.node.attribute ? node.inner(field) : null;
      return attribute === null
        ? [node.whole(field)]
        : wrapped(FIELD.node.attribute, this.#attribute(attribute, depth + 1));
    });
    return wrapped(FIELD.graph.node, content);
  }

  #attribute(attribute: Message, depth: number): Chunks {
    return attribute
      .fields()
      .flatMap((field) =>
        field.number === FIELD.attribute.graph || field.number === FIELD.attribute.graphs
          ? wrapped(field.number, this.graph(attribute.inner(field), depth))
          : [attribute.whole(field)],
      );
  }

  #called(call: NodeParts, own: OwnFunction, depth: number): Chunks {
    const { message, fields, name, operator, inputs, outputs } = call;
    const [first = ""] = outputs;
    const names = new Map(own.inputs.map((input, at) => [input, inputs[at] ?? ""]));
    own.outputs.forEach((output, at) => {
      const given = outputs[at] ?? "";
      if (given !== "") names.set(output, given);
    });
    const given = fields
      .filter(({ number }) => number === FIELD.node.attribute)
      .map((field) => message.inner(field));
    const prefix = `${name === "" ? `${operator}_${first}` : name}/`;
    const place: Place = {
      names,
      prefix,
      attributes: new Map([...own.defaults, ...named(given)]),
    };
    return own.nodes.flatMap((node, at) => this.#node(this.#copied(node, place, at), depth));
  }

  #copied(node: Message, place: Place, at: number): Message {
    const chunks = renamedNode(node, place, at);
    this.#calledBytes += chunks.reduce((sum, { length }) => sum + length, 0);
    if (this.#calledBytes > maxCalledBytes) {
      const bound = { of: "called-bytes" } as const;
      throw new LimitError(this.#file, bound, maxCalledBytes, this.#calledBytes);
    }
    return new Message(this.#file, concat(chunks));
  }

  #assertBounds(depth: number): void {
    this.#nodes += 1;
    if (this.#nodes > maxNodes) {
      throw new LimitError(this.#file, { of: "node-count" }, maxNodes, this.#nodes);
    }
    if (depth > maxDepth) {
      throw new LimitError(this.#file, { of: "graph-depth" }, maxDepth, depth);
    }
  }
}

function keyOf({ message, fields, operator }: NodeParts): string {
  const texts = textsOf(message, fields);
  return [texts(FIELD.node.domain)[0] ?? "", operator, texts(CALL.overload)[0] ?? ""].join("\n");
}

/** The name of a value where the function is called; none stays none. */
function calledThere(name: string, { names, prefix }: Place): string {
  return name === "" ? "" : (names.get(name) ?? prefix + name);
}

/** The fields of a node of a function with the names of a call. */
function renamedNode(node: Message, place: Place, at: number): Chunks {
  const { fields, name, operator } = partsOf(node);
  const content = fields.flatMap((field): Chunks => {
    switch (field.number) {
      case FIELD.node.input:
      case FIELD.node.output:
        return [stringField(field.number, calledThere(node.string(field), place))];
      case FIELD.node.name:
        return [];
      case FIELD.node.attribute:
        return renamedAttribute(node.inner(field), place);
      default:
        return [node.whole(field)];
    }
  });
  const own = name === "" ? `${operator}_${at}` : name;
  return [...content, stringField(FIELD.node.name, place.prefix + own)];
}

/** An attribute of a node: what it stands for, or with the names of a call in its graphs; nothing where that is left out. */
function renamedAttribute(attribute: Message, place: Place): Chunks {
  const fields = attribute.fields();
  const texts = textsOf(attribute, fields);
  const [refersTo = ""] = texts(CALL.refersTo);
  if (refersTo !== "") {
    const given = place.attributes.get(refersTo);
    if (given === undefined) return [];
    const value = given
      .fields()
      .filter(({ number }) => number !== FIELD.attribute.name)
      .map((field) => given.whole(field));
    const name = stringField(FIELD.attribute.name, texts(FIELD.attribute.name)[0] ?? "");
    return wrapped(FIELD.node.attribute, [name, ...value]);
  }
  const content = fields.flatMap((field) =>
    field.number === FIELD.attribute.graph || field.number === FIELD.attribute.graphs
      ? wrapped(field.number, renamedGraph(attribute.inner(field), place))
      : [attribute.whole(field)],
  );
  return wrapped(FIELD.node.attribute, content);
}

function renamedGraph(graph: Message, place: Place): Chunks {
  return graph.fields().flatMap((field, at): Chunks => {
    const { number } = field;
    if (number === FIELD.graph.node) {
      return wrapped(number, renamedNode(graph.inner(field), place, at));
    }
    if (number === FIELD.graph.initializer) {
      return wrapped(number, withName(graph.inner(field), TENSOR_NAME, place));
    }
    return values.has(number)
      ? wrapped(number, withName(graph.inner(field), VALUE_NAME, place))
      : [graph.whole(field)];
  });
}

function withName(message: Message, number: number, place: Place): Chunks {
  return message
    .fields()
    .map((field) =>
      field.number === number
        ? stringField(number, calledThere(message.string(field), place))
        : message.whole(field),
    );
}
