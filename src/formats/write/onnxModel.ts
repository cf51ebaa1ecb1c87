/**
 * Writes ONNX models, whose initializers pass through part by part.
 *
 * Spec:    onnx/onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto.
 * Refuses: models of 2 GiB and more, which no reader of protocol buffers takes.
 */
import { controlOfPart, type RunControl } from "../../core/control";
import { LimitError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import { byteWidth, type DType } from "../../tensor/dtype";
import { wholeBox } from "../../tensor/raw";
import { readSlabs, type TensorSource } from "../../tensor/source";
import { elementCount } from "../../tensor/tensor";
import { encodedValues } from "./encode";
import type { ByteSink } from "./exportTensors";
import { bytesHead, floatField, intField, messageField, stringField } from "./protobuf";

/** A whole number, a text, or what says itself what it is. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly graph: OnnxBody };

/** The graph inside a node such as Scan; it may read the values of the graph around it by their names. */
export interface OnnxBody {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  /** An optional one that is left out is empty. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly elementType: DType;
  /** Sizes, or names of sizes that are not known. */
  readonly shape: readonly (number | string)[];
}

/** A model of one graph; its nodes stand in the order in which they are computed. */
export interface OnnxModel {
  readonly opset: number;
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly TensorSource[];
}

/** Protocol buffers count the bytes of a message in signed integers of 32 bits. */
const maxBytes = 2 ** 31 - 1;

/** The version of the format that came with opset 14 and is read by all since. */
const irVersion = 8;

/** TensorProto.DataType. */
const elementTypes: Readonly<Partial<Record<DType, number>>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** AttributeProto: the field of each kind of value, and its number in AttributeType. */
const attributeKinds = {
  float: { field: 2, type: 1 },
  int: { field: 3, type: 2 },
  string: { field: 4, type: 3 },
  graph: { field: 6, type: 5 },
  floats: { field: 7, type: 6 },
  ints: { field: 8, type: 7 },
  strings: { field: 9, type: 8 },
} as const;

/**
 * Writes a model.
 * @throws LimitError when it is too large; CancelledError when `control` says so; what reading and the sink throw.
 */
export async function writeOnnx(
  model: OnnxModel,
  sink: ByteSink,
  control: RunControl,
): Promise<void> {
  const { opset, name, nodes, inputs, outputs, initializers } = model;
  const heads = initializers.map((source) => tensorHead(source));
  const fields = bodyFields({ name, nodes, inputs, outputs });
  const graphBytes = initializers.reduce(
    (sum, source, index) => sum + (heads[index]?.length ?? 0) + rawBytes(source),
    fields.reduce((sum, { length }) => sum + length, 0),
  );
  const before = [
    intField(1, irVersion),
    stringField(2, "Unroll"),
    messageField(8, [stringField(1, ""), intField(2, opset)]),
    bytesHead(7, graphBytes),
  ];
  const size = graphBytes + before.reduce((sum, { length }) => sum + length, 0);
  if (size > maxBytes) {
    throw new LimitError("ONNX", { of: "file-bytes" }, maxBytes, size);
  }
  for (const bytes of [...before, ...fields]) await sink(bytes);
  const all = initializers.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const whole = controlOfPart(control, 0, 1);
  let done = 0;
  for (const [index, source] of initializers.entries()) {
    await sink(heads[index] ?? new Uint8Array());
    for await (const { slab, raw } of readSlabs(source, wholeBox(source.shape))) {
      whole.check();
      await sink(encodedValues(raw, source.dtype));
      done += elementCount(slab.size);
      whole.report(done / all, text("Exporting {0}", source.name));
    }
  }
}

/** A graph without its initializers. */
function bodyFields({ name, nodes, inputs, outputs }: OnnxBody): Uint8Array[] {
  return [
    ...nodes.map((node) => messageField(1, nodeFields(node))),
    stringField(2, name),
    ...inputs.map((value) => messageField(11, valueFields(value))),
    ...outputs.map((value) => messageField(12, valueFields(value))),
  ];
}

function rawBytes({ dtype, shape }: TensorSource): number {
  return elementCount(shape) * byteWidth(dtype);
}

/** An initializer up to its values, which are its last field. */
function tensorHead(source: TensorSource): Uint8Array {
  const bytes = rawBytes(source);
  const fields = [
    ...source.shape.map((size) => intField(1, size)),
    intField(2, elementType(source.dtype)),
    stringField(8, source.name),
    bytesHead(9, bytes),
  ];
  const own = fields.reduce((sum, { length }) => sum + length, 0);
  return Uint8Array.from([bytesHead(5, own + bytes), ...fields].flatMap((part) => [...part]));
}

function elementType(dtype: DType): number {
  const type = elementTypes[dtype];
  if (type === undefined) throw new UnsupportedError("ONNX", text("{0} is not written", dtype));
  return type;
}

function nodeFields({ op, name, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array[] {
  return [
    ...inputs.map((input) => stringField(1, input)),
    ...outputs.map((output) => stringField(2, output)),
    stringField(3, name),
    stringField(4, op),
    ...Object.entries(attributes).map(([key, value]) =>
      messageField(5, attributeFields(key, value)),
    ),
  ];
}

function attributeFields(name: string, value: OnnxAttribute): Uint8Array[] {
  const [kind, values] = valuesOf(value);
  const { field, type } = attributeKinds[kind];
  return [
    stringField(1, name),
    ...values.map((each) => valueField(kind, field, each)),
    intField(20, type),
  ];
}

type AttributeKind = keyof typeof attributeKinds;

function valuesOf(
  value: OnnxAttribute,
): readonly [AttributeKind, readonly (number | string | OnnxBody)[]] {
  if (typeof value === "number") return ["int", [value]];
  if (typeof value === "string") return ["string", [value]];
  if ("graph" in value) return ["graph", [value.graph]];
  if ("float" in value) return ["float", [value.float]];
  if ("floats" in value) return ["floats", value.floats];
  return "strings" in value ? ["strings", value.strings] : ["ints", value];
}

function valueField(
  kind: AttributeKind,
  field: number,
  value: number | string | OnnxBody,
): Uint8Array {
  if (typeof value === "object") return messageField(field, bodyFields(value));
  if (typeof value === "string") return stringField(field, value);
  return kind === "float" || kind === "floats" ? floatField(field, value) : intField(field, value);
}

function valueFields({ name, elementType: dtype, shape }: OnnxValue): Uint8Array[] {
  const dims = shape.map((size) =>
    messageField(1, [typeof size === "number" ? intField(1, size) : stringField(2, size)]),
  );
  const tensor = messageField(1, [intField(1, elementType(dtype)), messageField(2, dims)]);
  return [stringField(1, name), messageField(2, [tensor])];
}
