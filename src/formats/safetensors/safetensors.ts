/**
 * safetensors reader.
 *
 * Spec:    github.com/huggingface/safetensors, README "Format".
 * Layout:  headerLength (u64 LE) | header: JSON (name → dtype, shape, data_offsets) | data
 * Reads:   F64 F32 F16 BF16 F8, I8–I64, U8–U64, BOOL, C64.
 * Skips:   floats of less than 8 bits: a note each. Their bytes still have to be where the header says.
 * Refuses: overlaps, holes, bytes that no tensor covers, sizes that disagree with the shape: FormatError.
 */
import { FormatError, LimitError } from "../../core/errors";
import type { DType } from "../../tensor/dtype";
import type { Box, RawValues } from "../../tensor/raw";
import { rowMajorStrides } from "../../tensor/strided";
import { formatShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { tensorsOf, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { isNumberList, parseJson, sizesOf, type JsonObject, type JsonValue } from "../json/text";
import { maxAxes, maxEntries } from "../base/limits";
import { NoteList } from "../base/notes";
import { rangeIn, readStoredBox } from "../base/stored";

/** The bound of the reference implementation: a header names tensors, and 100 MB name some million. */
const maxHeaderBytes = 100_000_000;

const lengthBytes = 8;

/** An object and two lists for each tensor, and some more. */
const maxContainers = 3 * maxEntries + 1024;

/** Bits per element, and the dtype when Unroll reads it. */
const dtypes: ReadonlyMap<string, { readonly bits: number; readonly dtype?: DType }> = new Map([
  ["F64", { bits: 64, dtype: "float64" }],
  ["F32", { bits: 32, dtype: "float32" }],
  ["F16", { bits: 16, dtype: "float16" }],
  ["BF16", { bits: 16, dtype: "bfloat16" }],
  ["I64", { bits: 64, dtype: "int64" }],
  ["I32", { bits: 32, dtype: "int32" }],
  ["I16", { bits: 16, dtype: "int16" }],
  ["I8", { bits: 8, dtype: "int8" }],
  ["U64", { bits: 64, dtype: "uint64" }],
  ["U32", { bits: 32, dtype: "uint32" }],
  ["U16", { bits: 16, dtype: "uint16" }],
  ["U8", { bits: 8, dtype: "uint8" }],
  ["BOOL", { bits: 8, dtype: "bool" }],
  ["C64", { bits: 64, dtype: "complex64" }],
  ["F8_E4M3", { bits: 8, dtype: "float8_e4m3fn" }],
  ["F8_E4M3FNUZ", { bits: 8, dtype: "float8_e4m3fnuz" }],
  ["F8_E5M2", { bits: 8, dtype: "float8_e5m2" }],
  ["F8_E5M2FNUZ", { bits: 8, dtype: "float8_e5m2fnuz" }],
  ["F8_E8M0", { bits: 8, dtype: "float8_e8m0fnu" }],
  ["F6_E3M2", { bits: 6 }],
  ["F6_E2M3", { bits: 6 }],
  ["F4", { bits: 4 }],
]);

interface StoredTensor {
  readonly name: string;
  readonly dtypeName: string;
  readonly dtype: DType | undefined;
  readonly shape: Shape;
  /** Absolute position in the file. */
  readonly start: number;
  readonly byteLength: number;
}

/** True when the first bytes are a plausible header length and an opening brace. */
export function looksLikeSafetensors(head: Uint8Array, fileSize: number): boolean {
  if (head.byteLength <= lengthBytes || head[lengthBytes] !== 0x7b) return false;
  const headerLength = readLength(head);
  return headerLength <= BigInt(maxHeaderBytes) && headerLength <= BigInt(fileSize - lengthBytes);
}

/**
 * Reads the header of a safetensors file.
 * @throws FormatError when header and file do not fit together, LimitError when the header is too large.
 */
export async function readSafetensors(source: ByteSource): Promise<Archive> {
  const { dataStart, header } = await readHeader(source);
  const tensors: StoredTensor[] = [];
  for (const [name, info] of header) {
    if (name !== "__metadata__") tensors.push(parseTensor(source.name, name, info, dataStart));
  }
  if (tensors.length > maxEntries) {
    throw new LimitError(source.name, { of: "tensor-count" }, maxEntries, tensors.length);
  }
  assertCoverage(source, tensors, dataStart);

  const entries = new Map<TensorEntry, number>();
  const notes = new NoteList();
  for (const { name, dtype, dtypeName, shape, byteLength, start } of tensors) {
    if (dtype === undefined) notes.add(text("{0} is {1}, not read", name, dtypeName));
    else entries.set({ name, dtype, shape, byteLength }, start);
  }
  const readBox = async (start: number, box: Box, entry: TensorEntry): Promise<RawValues> => {
    const { name, dtype, shape, byteLength } = entry;
    const bytes = rangeIn(source, start, byteLength);
    const strides = rowMajorStrides(shape);
    const stored = { dtype, shape, littleEndian: true, strides, offset: 0, bytes };
    return readStoredBox(source.name, name, stored, box);
  };
  return {
    format: "safetensors",
    notes: notes.list(),
    declared: [],
    ...tensorsOf(source.name, entries, readBox),
  };
}

async function readHeader(
  source: ByteSource,
): Promise<{ readonly dataStart: number; readonly header: JsonObject }> {
  if (source.size < lengthBytes) {
    throw new FormatError(
      source.name,
      text("a safetensors file has at least 8 bytes, this one {0}", source.size),
    );
  }
  const headerLength = readLength(await source.read(0, lengthBytes));
  if (headerLength > BigInt(source.size - lengthBytes)) {
    throw new FormatError(
      source.name,
      text(
        "the safetensors header is said to have {0} bytes, the file has {1} after its first 8: cut short, or not a safetensors file",
        String(headerLength),
        source.size - lengthBytes,
      ),
      { offset: 0 },
    );
  }
  if (headerLength > BigInt(maxHeaderBytes)) {
    throw new LimitError(source.name, { of: "header-bytes" }, maxHeaderBytes, headerLength);
  }
  const bytes = await source.read(lengthBytes, Number(headerLength));
  const header = parseJson(source.name, bytes, lengthBytes, maxContainers);
  if (!(header instanceof Map)) {
    throw new FormatError(source.name, text("the safetensors header is not a JSON object"), {
      offset: lengthBytes,
    });
  }
  return { dataStart: lengthBytes + Number(headerLength), header };
}

function parseTensor(file: string, name: string, info: JsonValue, dataStart: number): StoredTensor {
  if (!(info instanceof Map)) {
    throw new FormatError(file, text("the header entry of {0} is not an object", name), {
      data: { tensor: name },
    });
  }
  const dtypeName = info.get("dtype");
  const known = typeof dtypeName === "string" ? dtypes.get(dtypeName) : undefined;
  if (typeof dtypeName !== "string" || known === undefined) {
    const written = typeof dtypeName === "string" ? dtypeName : "?";
    throw new FormatError(file, text("{0} has the unknown dtype {1}", name, written), {
      data: { tensor: name, found: written },
    });
  }
  const shape = sizes(info.get("shape"));
  if (shape === undefined || shape.length > maxAxes) {
    throw new FormatError(file, text("{0} has no valid shape", name), {
      data: { tensor: name },
    });
  }
  const { begin, end } = parseOffsets(file, name, info);
  const bits = shape.reduce((product, size) => product * BigInt(size), BigInt(known.bits));
  if (bits !== 8n * BigInt(end - begin)) {
    throw new FormatError(
      file,
      text(
        "{0} has shape {1} of {2}, which needs {3} bytes; its data_offsets give {4}",
        name,
        formatShape(shape),
        dtypeName,
        String(bits / 8n),
        end - begin,
      ),
      { data: { tensor: name, expected: String(bits / 8n), found: end - begin } },
    );
  }
  const start = dataStart + begin;
  return { name, dtypeName, dtype: known.dtype, shape, start, byteLength: end - begin };
}

function parseOffsets(
  file: string,
  name: string,
  info: JsonObject,
): { readonly begin: number; readonly end: number } {
  const offsets = sizes(info.get("data_offsets"));
  const [begin, end] = offsets ?? [];
  if (offsets?.length !== 2 || begin === undefined || end === undefined || end < begin) {
    throw new FormatError(file, text("{0} has no valid data_offsets", name), {
      data: { tensor: name },
    });
  }
  return { begin, end };
}

/** The format's own rule against smuggled bytes: tensors follow each other without gap and end with the file. */
function assertCoverage(
  source: ByteSource,
  tensors: readonly StoredTensor[],
  dataStart: number,
): void {
  const ordered = [...tensors].sort(
    (left, right) => left.start - right.start || left.byteLength - right.byteLength,
  );
  let position = dataStart;
  for (const { name, start, byteLength } of ordered) {
    if (start !== position) {
      throw new FormatError(
        source.name,
        start < position
          ? text("{0} overlaps the tensor before it", name)
          : text("{0} bytes before {1} belong to no tensor", start - position, name),
        { offset: start, data: { tensor: name } },
      );
    }
    position += byteLength;
  }
  if (position !== source.size) {
    throw new FormatError(
      source.name,
      position > source.size
        ? text(
            "the file is cut short: its tensors need {0} bytes, it has {1}",
            position,
            source.size,
          )
        : text("{0} bytes after the last tensor belong to no tensor", source.size - position),
      { offset: Math.min(position, source.size) },
    );
  }
}

function sizes(value: JsonValue | undefined): readonly number[] | undefined {
  if (Array.isArray(value) && value.length === 0) return [];
  if (!isNumberList(value) || !value.integers) return undefined;
  const sizes = sizesOf(value);
  return sizes.every((size) => Number.isSafeInteger(size) && size >= 0) ? sizes : undefined;
}

function readLength(head: Uint8Array): bigint {
  return new DataView(head.buffer, head.byteOffset, lengthBytes).getBigUint64(0, true);
}
