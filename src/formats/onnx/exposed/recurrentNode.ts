/**
 * A recurrent node whose inputs and outputs the graph gives as well.
 *
 * Source: onnx.ai/onnx/operators, RNN, GRU and LSTM: in layout 1 X is (B, T, I), Y (B, T, D, H), states (B, D, H).
 */
import type { ExposedNode } from "../../base/graph";
import { stringField } from "../../write/protobuf";
import { FIELD, identity, transpose } from "./pieces";
import { wrapped, type Chunks, type Message } from "./wire";
import type { WireField } from "../protobuf/wireField";

/** A node of a graph, as far as it is looked at. */
export interface NodeParts {
  readonly message: Message;
  readonly fields: readonly WireField[];
  readonly name: string;
  readonly operator: string;
  /** True for an operator that is ONNX' own. */
  readonly isOwnDomain: boolean;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Bodies, and the attributes that hold them. */
  readonly graphs: readonly { readonly attribute: WireField; readonly graph: Message }[];
  /** The attribute `layout`; null where it is not written or 0. */
  readonly layout: WireField | null;
}

export function partsOf(message: Message): NodeParts {
  const fields = message.fields();
  const texts = (number: number): string[] =>
    fields.filter((field) => field.number === number).map((field) => message.string(field));
  const attributes = fields.filter(({ number }) => number === FIELD.node.attribute);
  const [domain = ""] = texts(FIELD.node.domain);
  return {
    message,
    fields,
    name: texts(FIELD.node.name)[0] ?? "",
    operator: texts(FIELD.node.operator)[0] ?? "",
    isOwnDomain: domain === "" || domain === "ai.onnx",
    inputs: texts(FIELD.node.input),
    outputs: texts(FIELD.node.output),
    graphs: attributes.flatMap((attribute) => {
      const inner = message.inner(attribute);
      return inner
        .fields()
        .filter(
          ({ number }) => number === FIELD.attribute.graph || number === FIELD.attribute.graphs,
        )
        .map((field) => ({ attribute, graph: inner.inner(field) }));
    }),
    layout: attributes.find((attribute) => isLayout1(message.inner(attribute))) ?? null,
  };
}

function isLayout1(attribute: Message): boolean {
  const fields = attribute.fields();
  const name = fields.find(({ number }) => number === FIELD.attribute.name);
  const value = fields.find(({ number }) => number === FIELD.attribute.int);
  return (
    name !== undefined &&
    value !== undefined &&
    attribute.string(name) === "layout" &&
    attribute.int(value) === 1
  );
}

/** The node in bytes, and the names of the values that it gives beside its own. */
interface Exposed {
  readonly node: ExposedNode;
  readonly content: Chunks;
  readonly values: readonly string[];
}

/** Positions of the inputs that are tensors of a run: X, sequence_lens, initial_h, initial_c. */
const given = { x: 0, lengths: 4, h0: 5, c0: 6 } as const;

/** States (B, D, H) ↔ (D, B, H), and X. */
const swapped = [1, 0, 2];

/** `index` keeps the names of its values apart from those of other nodes. */
export function exposedNode(parts: NodeParts, index: number): Exposed {
  const { operator, inputs, layout } = parts;
  const isTurned = layout !== null;
  const named = (what: string): string => `unroll/${index}/${what}`;
  const before: Uint8Array[] = [];
  const after: Uint8Array[] = [];
  const read = [...inputs];
  const take = (what: keyof typeof given): string | null => {
    const from = inputs[given[what]] ?? "";
    if (from === "" || (what === "c0" && operator !== "LSTM")) return null;
    const to = named(what);
    if (isTurned && what !== "lengths") {
      before.push(transpose(from, to, swapped));
      read[given[what]] = to;
    } else before.push(identity(from, to));
    return to;
  };
  const outputs: string[] = [];
  const give = (at: number, what: string, turned: readonly number[]): string => {
    const own = parts.outputs[at] ?? "";
    const to = named(what);
    outputs[at] = isTurned || own === "" ? to : own;
    if (own !== "") after.push(isTurned ? transpose(to, own, turned) : identity(own, to));
    return to;
  };
  const node: ExposedNode = {
    x: take("x") ?? "",
    lengths: take("lengths"),
    h0: take("h0"),
    c0: take("c0"),
    y: give(0, "y", [2, 0, 1, 3]),
    hn: give(1, "h_n", swapped),
    cn: operator === "LSTM" ? give(2, "c_n", swapped) : null,
    isTurned,
  };
  const { x, lengths, h0, c0, y, hn, cn } = node;
  const values = [x, lengths, h0, c0, y, hn, cn].filter((value) => value !== null && value !== "");
  const changed = wrapped(FIELD.graph.node, nodeFields(parts, read, outputs));
  return { node, content: [...before, ...changed, ...after], values: values as string[] };
}

/** The fields of the node with other inputs and outputs, and without its layout. */
function nodeFields(
  { message, fields, layout }: NodeParts,
  inputs: readonly string[],
  outputs: readonly string[],
): Chunks {
  const replaced: readonly number[] = [FIELD.node.input, FIELD.node.output];
  const kept = fields.filter((field) => !replaced.includes(field.number) && field !== layout);
  return [
    ...inputs.map((name) => stringField(FIELD.node.input, name)),
    ...outputs.map((name) => stringField(FIELD.node.output, name)),
    ...kept.map((field) => message.whole(field)),
  ];
}
