/**
 * GGUF reader: every tensor of a kind that is read is an entry.
 *
 * Spec:    see header.ts. Sizes are written fastest first; shapes are those of PyTorch, slowest first.
 * Reads:   F32, F16, BF16, F64, I8 to I64; Q4_0 to Q8_0 and Q2_K to Q8_K, dequantised to float32 when they are read.
 * Skips:   the other quantised kinds, with a note that names them, and the metadata.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { byteWidth, type DType } from "../../tensor/dtype";
import type { Box, RawValues } from "../../tensor/raw";
import { rowMajorStrides } from "../../tensor/strided";
import { elementCount, type Shape, type TensorEntry } from "../../tensor/tensor";
import { tensorsOf, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { NoteList } from "../base/notes";
import { rangeIn, readStoredBox, type ByteRange } from "../base/stored";
import { readBlocksBox } from "./blocksBox";
import type { BlockType } from "./block";
import { blockTypes, unreadTypes } from "./blocks";
import { readGgufHeader, type GgufTensor } from "./header";

/** Types without blocks, by their numbers in a file (ggml.h, enum ggml_type). */
const plainTypes: ReadonlyMap<number, DType> = new Map([
  [0, "float32"],
  [1, "float16"],
  [24, "int8"],
  [25, "int16"],
  [26, "int32"],
  [27, "int64"],
  [28, "float64"],
  [30, "bfloat16"],
]);

type ReadBox = (box: Box) => Promise<RawValues>;

/**
 * Lists the tensors of a file.
 * @throws FormatError when it is damaged, LimitError when it passes a bound.
 */
export async function readGguf(source: ByteSource): Promise<Archive> {
  const { tensors, dataOffset } = await readGgufHeader(source);
  const readers = new Map<TensorEntry, ReadBox>();
  const dequantised = new Map<string, string[]>();
  const notes = new NoteList();
  const taken = new Set<string>();
  for (const tensor of tensors) {
    if (taken.has(tensor.name)) {
      throw new FormatError(source.name, text("two tensors are called {0}", tensor.name), {
        data: { tensor: tensor.name },
      });
    }
    taken.add(tensor.name);
    const block = blockTypes.get(tensor.type);
    const plain = plainTypes.get(tensor.type);
    if (block !== undefined) {
      const alike = dequantised.get(block.name) ?? [];
      alike.push(tensor.name);
      dequantised.set(block.name, alike);
      readers.set(...blocksEntry(source, dataOffset, tensor, block));
    } else if (plain !== undefined) {
      readers.set(...plainEntry(source, dataOffset, tensor, plain));
    } else {
      const kind = unreadTypes.get(tensor.type) ?? `type ${tensor.type}`;
      notes.add(text("{0} is quantised as {1}, which is not read", tensor.name, kind));
    }
  }
  for (const [kind, names] of dequantised) {
    notes.addFirst(text("quantised as {0}, dequantised to float32: {1}", kind, names));
  }
  return {
    format: "gguf",
    notes: notes.list(),
    declared: [],
    ...tensorsOf(source.name, readers, (read, box) => read(box)),
  };
}

function plainEntry(
  source: ByteSource,
  dataOffset: number,
  tensor: GgufTensor,
  dtype: DType,
): readonly [TensorEntry, ReadBox] {
  const { name } = tensor;
  const shape = shapeOf(source.name, tensor);
  const byteLength = elementCount(shape) * byteWidth(dtype);
  const bytes = placed(source, { name, start: dataOffset + Number(tensor.offset), byteLength });
  const strides = rowMajorStrides(shape);
  const stored = { dtype, shape, strides, littleEndian: true, offset: 0, bytes };
  return [
    { name, dtype, shape, byteLength },
    (box) => readStoredBox(source.name, name, stored, box),
  ];
}

function blocksEntry(
  source: ByteSource,
  dataOffset: number,
  tensor: GgufTensor,
  block: BlockType,
): readonly [TensorEntry, ReadBox] {
  const { name } = tensor;
  const shape = shapeOf(source.name, tensor);
  const row = shape.at(-1) ?? 1;
  if (row % block.length !== 0) {
    throw new FormatError(
      source.name,
      text("{0} has rows of {1} numbers, and its blocks have {2}", name, row, block.length),
      { data: { tensor: name, found: shape } },
    );
  }
  const byteLength = (elementCount(shape) / block.length) * block.bytes;
  const bytes = placed(source, { name, start: dataOffset + Number(tensor.offset), byteLength });
  return [
    { name, dtype: "float32", shape, byteLength },
    (box) => readBlocksBox(source.name, { name, shape, block, bytes }, box),
  ];
}

/** @throws FormatError when the shape is none that a file can hold. */
function shapeOf(file: string, { name, sizes, offset }: GgufTensor): Shape {
  const shape = sizes.map(Number).reverse();
  const count = elementCount(shape);
  if (![...shape, count, 8 * count, Number(offset)].every(Number.isSafeInteger)) {
    throw new FormatError(file, text("{0} has an impossible size, stride or offset", name), {
      data: { tensor: name },
    });
  }
  return shape;
}

interface Place {
  readonly name: string;
  readonly start: number;
  readonly byteLength: number;
}

/** @throws FormatError when the tensor leaves the file. */
function placed(source: ByteSource, { name, start, byteLength }: Place): ByteRange {
  if (start + byteLength > source.size) {
    throw new FormatError(
      source.name,
      text(
        "{0} needs the bytes up to {1}, the file has {2}",
        ...([name, start + byteLength, source.size] as const),
      ),
      {
        offset: start,
        data: { tensor: name, expected: start + byteLength, found: source.size },
      },
    );
  }
  return rangeIn(source, start, byteLength);
}
