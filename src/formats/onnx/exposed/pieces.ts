/**
 * What is put into a graph: nodes, and values that it gives.
 *
 * Spec: onnx/onnx.proto: GraphProto, NodeProto, AttributeProto, ValueInfoProto, TensorProto.
 */
import { intField, messageField, stringField } from "../../write/protobuf";

/** Numbers of fields. */
export const FIELD = {
  model: { graph: 7, functions: 25 },
  graph: { node: 1, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, int: 3, tensor: 5, graph: 6, graphs: 11, type: 20 },
} as const;

/** TensorProto.DataType of lengths. */
export const INT32 = 6;

/** AttributeProto.AttributeType. */
const TENSOR = 4;
const INTS = 7;

/** A value that a graph is to give, and its TensorProto.DataType. */
export interface Exposure {
  readonly name: string;
  readonly elementType: number;
}

export function identity(from: string, to: string): Uint8Array {
  return messageField(FIELD.graph.node, [
    stringField(FIELD.node.input, from),
    stringField(FIELD.node.output, to),
    stringField(FIELD.node.operator, "Identity"),
  ]);
}

export function transpose(from: string, to: string, axes: readonly number[]): Uint8Array {
  const perm = messageField(FIELD.node.attribute, [
    stringField(FIELD.attribute.name, "perm"),
    ...axes.map((axis) => intField(8, axis)),
    intField(FIELD.attribute.type, INTS),
  ]);
  return messageField(FIELD.graph.node, [
    stringField(FIELD.node.input, from),
    stringField(FIELD.node.output, to),
    stringField(FIELD.node.operator, "Transpose"),
    perm,
  ]);
}

/** A tensor of no values, in the place of one that another branch gives. */
export function nothing({ name, elementType }: Exposure): Uint8Array {
  const tensor = messageField(FIELD.attribute.tensor, [intField(1, 0), intField(2, elementType)]);
  const value = messageField(FIELD.node.attribute, [
    stringField(FIELD.attribute.name, "value"),
    tensor,
    intField(FIELD.attribute.type, TENSOR),
  ]);
  return messageField(FIELD.graph.node, [
    stringField(FIELD.node.output, name),
    stringField(FIELD.node.operator, "Constant"),
    value,
  ]);
}

/** ValueInfoProto among the outputs of a graph; its shape is left open. */
export function output({ name, elementType }: Exposure): Uint8Array {
  const type = messageField(2, [messageField(1, [intField(1, elementType)])]);
  return messageField(FIELD.graph.output, [stringField(1, name), type]);
}
