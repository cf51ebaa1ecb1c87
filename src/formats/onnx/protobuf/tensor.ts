/**
 * TensorProto: name, type, shape and the place of the values.
 *
 * Spec: github.com/onnx/onnx, onnx/onnx.proto, message TensorProto (Apache-2.0). Numbers of fields are from there.
 */
import { FormatError } from "../../../core/errors";
import { byteWidth, type DType } from "../../../tensor/dtype";
import { elementCount, formatShape, type Shape } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import { maxAxes } from "../../base/limits";
import { dataTypes, storageFields, typedFields, type StorageField } from "./tensorFields";
import { WIRE } from "../../base/varints";
import type { ProtobufFile } from "./protobuf";
import type { ByteSpan, WireField } from "./wireField";

/** Values of one field; `isPacked` is false for a single element of a repeated field. */
interface DataSpan extends ByteSpan {
  readonly isPacked: boolean;
}

/** Where the values of a tensor are. */
export type TensorPlace =
  | {
      readonly kind: "stored";
      readonly field: StorageField;
      readonly spans: readonly DataSpan[];
      /** The values, when they are few: shapes and axes are read again and again. */
      readonly small: Uint8Array | null;
    }
  | {
      readonly kind: "external";
      /** As written: name of a file beside the model. */
      readonly location: string;
      readonly offset: number;
      /** null: as many bytes as the shape needs. */
      readonly length: number | null;
    };

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly byteLength: number;
  readonly place: TensorPlace;
}

/** A tensor that is not read, and why. */
export interface UnreadTensor {
  readonly name: string;
  readonly unread: Text;
}

/** Values up to this many bytes are kept in memory. */
const maxSmallBytes = 512;

/** Fields with values in one tensor: writers pack them into one; an element each is legal and slow. */
const maxDataSpans = 2 ** 16;

/** The fields of a TensorProto that have been read so far. */
interface Draft {
  readonly dims: number[];
  dataType: number;
  name: string;
  isExternal: boolean;
  readonly external: Map<string, string>;
  readonly data: Map<StorageField, DataSpan[]>;
}

/**
 * Reads a TensorProto without its values.
 * @throws FormatError when its shape and its values do not fit together.
 */
export async function readTensorProto(
  file: ProtobufFile,
  span: ByteSpan,
): Promise<OnnxTensor | UnreadTensor> {
  const draft: Draft = {
    dims: [],
    dataType: 0,
    name: "",
    isExternal: false,
    external: new Map(),
    data: new Map(),
  };
  await file.message(span, (field) => readField(file, field, draft));
  const { name } = draft;
  const dtype = dataTypes[draft.dataType];
  if (dtype === undefined) {
    const unread = text("{0} has the unknown type {1}, not read", shown(name), draft.dataType);
    return { name, unread };
  }
  if (typeof dtype !== "string") {
    return { name, unread: text("{0} is {1}, not read", shown(name), dtype.unread) };
  }
  const shape = checkedShape(file, draft);
  const byteLength = elementCount(shape) * byteWidth(dtype);
  const tensor = { name, dtype, shape, byteLength };
  if (draft.isExternal) return { ...tensor, place: externalPlace(file, draft) };
  return storedTensor(file, tensor, draft);
}

async function readField(file: ProtobufFile, field: WireField, draft: Draft): Promise<void> {
  const storage = storageFields.get(field.number);
  if (storage !== undefined) {
    addData(file, field, { draft, storage });
    return;
  }
  switch (field.number) {
    case 1:
      await file.ints(field, draft.dims);
      break;
    case 2:
      draft.dataType = await file.int(field);
      break;
    case 8:
      draft.name = await file.string(field);
      break;
    case 13:
      await readEntry(file, field, draft.external);
      break;
    case 14:
      draft.isExternal = (await file.int(field)) === 1;
      break;
  }
}

function addData(
  file: ProtobufFile,
  { start, end, wire }: WireField,
  { draft, storage }: { readonly draft: Draft; readonly storage: StorageField },
): void {
  const spans = draft.data.get(storage) ?? [];
  // A field that is not repeated has the value that was written last.
  if (storage === "raw_data") spans.length = 0;
  spans.push({ start, end, isPacked: wire === WIRE.bytes });
  draft.data.set(storage, spans);
  if (spans.length > maxDataSpans) {
    throw new FormatError(
      file.source.name,
      text("the values of {0} are in more than {1} pieces", shown(draft.name), maxDataSpans),
      { data: { tensor: draft.name } },
    );
  }
}

/** StringStringEntryProto. */
async function readEntry(
  file: ProtobufFile,
  span: ByteSpan,
  into: Map<string, string>,
): Promise<void> {
  let [key, value] = ["", ""];
  await file.message(span, async (field) => {
    if (field.number === 1) key = await file.string(field);
    if (field.number === 2) value = await file.string(field);
  });
  into.set(key, value);
}

function checkedShape(file: ProtobufFile, { dims, name }: Draft): Shape {
  const count = elementCount(dims);
  const isValid = dims.length <= maxAxes && dims.every((size) => Number.isSafeInteger(size));
  if (!isValid || dims.some((size) => size < 0) || !Number.isSafeInteger(16 * count)) {
    throw new FormatError(
      file.source.name,
      text("{0} has no valid shape: {1}", shown(name), formatShape(dims.slice(0, maxAxes))),
      { data: { tensor: name, found: dims.slice(0, maxAxes) } },
    );
  }
  return dims;
}

function externalPlace(file: ProtobufFile, { name, external }: Draft): TensorPlace {
  const offset = wholeNumber(external.get("offset") ?? "0");
  const written = external.get("length");
  const length = written === undefined ? null : wholeNumber(written);
  const location = external.get("location");
  if (location === undefined || Number.isNaN(offset) || Number.isNaN(length)) {
    throw new FormatError(
      file.source.name,
      text("{0} does not say where in another file its values are", shown(name)),
      { data: { tensor: name } },
    );
  }
  return { kind: "external", location, offset, length };
}

function wholeNumber(written: string): number {
  const value = /^\d{1,16}$/.test(written) ? Number(written) : NaN;
  return Number.isSafeInteger(value) ? value : NaN;
}

async function storedTensor(
  file: ProtobufFile,
  tensor: Omit<OnnxTensor, "place">,
  { data }: Draft,
): Promise<OnnxTensor | UnreadTensor> {
  const { name, dtype, byteLength } = tensor;
  const typed = typedFields[dtype] ?? "int32_data";
  const field = data.has("raw_data") ? "raw_data" : typed;
  const spans = data.get(field) ?? [];
  if (spans.length === 0 && byteLength > 0) {
    return { name, unread: text("{0} has no values in the file", shown(name)) };
  }
  const held = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  assertHeld(file, tensor, { field, held, offset: spans[0]?.start ?? 0 });
  const [only] = spans;
  const isSmall = spans.length === 1 && held <= maxSmallBytes && only !== undefined;
  const small = isSmall ? await file.bytes(only) : null;
  return { ...tensor, place: { kind: "stored", field, spans, small } };
}

/** @throws FormatError when the file cannot hold the values of the shape. */
function assertHeld(
  file: ProtobufFile,
  { name, shape, dtype, byteLength }: Omit<OnnxTensor, "place">,
  data: { readonly field: StorageField; readonly held: number; readonly offset: number },
): void {
  const { field, held, offset } = data;
  const least = leastBytes(field, byteLength, elementCount(shape));
  if (held >= least.from && held <= least.to) return;
  throw new FormatError(
    file.source.name,
    text(
      "{0} has shape {1} of {2}, which needs {3} bytes; the file holds {4}",
      shown(name),
      formatShape(shape),
      dtype,
      least.from,
      held,
    ),
    { offset, data: { tensor: name, expected: least.from, found: held } },
  );
}

/** Bytes that the values of a field can have: varints have 1 to 10 each, everything else is of fixed width. */
function leastBytes(
  field: StorageField,
  byteLength: number,
  count: number,
): { readonly from: number; readonly to: number } {
  return field.includes("int")
    ? { from: count, to: 10 * count }
    : { from: byteLength, to: byteLength };
}

/** The name of a tensor in sentences; a phrase for one without a name. */
function shown(name: string): string | Text {
  return name === "" ? text("a tensor without a name") : name;
}
