/**
 * Recognises which protocol buffer a file holds by its first fields, since there is no signature.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { readOnnx, readSequenceFile, readTensorFile } from "./onnx";
import { ProtobufFile } from "./protobuf/protobuf";
import type { WireField } from "./protobuf/wireField";
import { VarintReader, WIRE } from "../base/varints";
import type { Siblings } from "../base/siblings";

/** A field of the first bytes; `value` of a varint, or the length of bytes. */
interface HeadField {
  readonly number: number;
  readonly wire: number;
  readonly value: number;
}

/** Limit of the fields that are read; a model's graph is among its first ten. */
const maxHeadFields = 64;

/** A producer's name or version is no longer than this. */
const maxNameBytes = 1024;

/** Fields of ModelProto that may stand before its graph, by wire type. */
const modelFields: ReadonlyMap<number, number> = new Map([
  [1, WIRE.varint],
  [2, WIRE.bytes],
  [3, WIRE.bytes],
  [4, WIRE.bytes],
  [5, WIRE.varint],
  [6, WIRE.bytes],
  [7, WIRE.bytes],
  [8, WIRE.bytes],
  [14, WIRE.bytes],
]);

/** Last number of a field of TensorProto. */
const lastTensorField = 16;

/** Larger than any TensorProto.DataType there is. */
const maxDataType = 64;

/** True for bytes that start like a ModelProto: version, texts, graph. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  const fields = headFields(head);
  if (fields.length < 2 || fields[0]?.number !== 1 || !isSmall(fields[0])) return false;
  const graph = fields.findIndex(({ number }) => number === 7);
  const before = graph < 0 ? fields : fields.slice(0, graph + 1);
  // Without its graph within the first bytes, they have to end in a long documentation or in metadata.
  const isCut = [6, 14].includes(before.at(-1)?.number ?? 0);
  const isModel = ({ number, wire, value }: HeadField): boolean =>
    modelFields.get(number) === wire &&
    ([6, 7, 14].includes(number) || wire === WIRE.varint || value <= maxNameBytes);
  return (graph >= 0 || isCut) && before.every(isModel) && before.slice(1).every(isNoVersion);
}

/** True for bytes that start like a TensorProto: sizes, type, name and values. */
export function looksLikeTensorProto(head: Uint8Array): boolean {
  const fields = headFields(head);
  const dims = fields.findIndex(({ number }) => number !== 1);
  const type = fields[dims];
  if (type?.number !== 2 || type.wire !== WIRE.varint || type.value > maxDataType) return false;
  const rest = fields.slice(dims + 1);
  return (
    fields.slice(0, dims).every(({ wire }) => wire === WIRE.varint) &&
    rest.length > 0 &&
    rest.every(({ number }) => number > 3 && number <= lastTensorField)
  );
}

function isSmall({ wire, value }: HeadField): boolean {
  return wire === WIRE.varint && value > 0 && value < maxNameBytes;
}

function isNoVersion({ number }: HeadField): boolean {
  return number !== 1;
}

/** The first fields, as far as the bytes go; none when they are no fields. */
function headFields(head: Uint8Array): readonly HeadField[] {
  const reader = new VarintReader(head);
  const fields: HeadField[] = [];
  while (fields.length < maxHeadFields && reader.at < head.length && reader.next()) {
    const tag = reader.unsigned;
    const [number, wire] = [tag >>> 3, tag & 7];
    if (number === 0 || (wire !== WIRE.varint && wire !== WIRE.bytes)) return [];
    if (!reader.next()) break;
    const value = reader.unsigned;
    fields.push({ number, wire, value });
    if (wire === WIRE.bytes) reader.at += value;
  }
  return fields;
}

/**
 * Opens a file whose name says that it is a protocol buffer, and whose first bytes do not.
 * @throws FormatError and UnsupportedError with what it is instead.
 */
export async function readUnknownProtobuf(
  { source, head, start }: { source: ByteSource; head: Uint8Array; start: string },
  siblings: Siblings | undefined,
): Promise<Archive> {
  refuseText(source.name, start);
  if (new TextDecoder("latin1").decode(head.subarray(4, 8)) === "ORTM") {
    const problem = text("ONNX Runtime's own format is not read");
    throw new UnsupportedError({ file: source.name }, problem, {
      remedies: [{ do: "open-made-from", formats: [".onnx"] }],
    });
  }
  const file = new ProtobufFile(source);
  const fields = new Map<number, WireField>();
  await file.message(file.whole, (field) => {
    if (!fields.has(field.number)) fields.set(field.number, field);
    return undefined;
  });
  const isOf = (number: number, wire: number): boolean => fields.get(number)?.wire === wire;
  if (isOf(7, WIRE.bytes)) return readOnnx(source, siblings);
  await refuseTensorflow(file, fields);
  if (isOf(1, WIRE.varint) && isOf(2, WIRE.bytes)) return readOnnx(source, siblings);
  if (isOf(2, WIRE.varint)) {
    const isSequence = isOf(3, WIRE.bytes);
    return isSequence ? readSequenceFile(source, siblings) : readTensorFile(source, siblings);
  }
  throw new FormatError(
    source.name,
    text("not an ONNX model or tensor: the fields of this protocol buffer are others"),
  );
}

/** @throws UnsupportedError for a SavedModel and for a GraphDef. */
async function refuseTensorflow(
  file: ProtobufFile,
  fields: ReadonlyMap<number, WireField>,
): Promise<void> {
  const [first, second] = [fields.get(1), fields.get(2)];
  const { name } = file.source;
  if (first?.wire === WIRE.varint && second?.wire === WIRE.bytes) {
    // The same place is a producer's name in an ONNX model, and a message in a SavedModel.
    if (!(await startsMessage(file.source, second))) return;
    throw tensorflow(name, text("a TensorFlow SavedModel"));
  }
  if (first?.wire !== WIRE.bytes || second?.wire === WIRE.varint) return;
  if (await isNodeDef(file, first)) {
    throw tensorflow(name, text("a TensorFlow graph"));
  }
}

function tensorflow(file: string, what: Text): UnsupportedError {
  return new UnsupportedError({ file }, text("this is {0}, which is not read", what), {
    remedies: [
      { do: "save-weights-as", formats: [".npz", ".h5"] },
      { do: "convert-with", call: "tf2onnx" },
    ],
  });
}

function refuseText(file: string, start: string): void {
  if (/^(ir_version|producer_name|graph|node|dims|data_type|name|versions)\s*[:{]/.test(start)) {
    throw new UnsupportedError({ file }, text("a protocol buffer written as text is not read"), {
      remedies: [{ do: "save-binary" }],
    });
  }
  if (/^[\t\n\r -~]{8}/.test(start)) {
    throw new FormatError(file, text("this is a text file, not {0}", text("an ONNX file")));
  }
}

/** True where bytes begin with the tag of field 1 or 2 of a message, which no name does. */
async function startsMessage(source: ByteSource, { start, end }: WireField): Promise<boolean> {
  const [tag] = end > start ? await source.read(start, 1) : [];
  return tag === 0x0a || tag === 0x12;
}

/** NodeDef of TensorFlow: a name and an operator. */
async function isNodeDef(file: ProtobufFile, node: WireField): Promise<boolean> {
  const seen = new Set<number>();
  await file.message(node, (field) => {
    if (field.wire === WIRE.bytes) seen.add(field.number);
    return undefined;
  });
  return seen.has(1) && seen.has(2);
}
