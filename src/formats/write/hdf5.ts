/**
 * Writes HDF5 files of contiguous datasets in groups, in a stream.
 *
 * Spec:    HDF5 File Format Specification 3.0: superblock of version 0, object headers of version 1, groups of links.
 * Layout:  superblock (96) | object headers of groups and datasets | values
 * Writes:  float32 and float64, little-endian.
 */
import { controlOfPart, type RunControl } from "../../core/control";
import { UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import { byteWidth, type DType } from "../../tensor/dtype";
import { wholeBox } from "../../tensor/raw";
import { readSlabs, type TensorSource } from "../../tensor/source";
import { elementCount, type Shape } from "../../tensor/tensor";
import { concat, encodedValues } from "./encode";
import type { ByteSink } from "./exportTensors";

const superblockBytes = 96;

/** An address of nothing. */
const undefinedAddress = 2n ** 64n - 1n;

/** Message types of object headers. */
const message = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  fill: 5,
  link: 6,
  layout: 8,
  groupInfo: 10,
};

/** IEEE floats: where sign, exponent and mantissa lie, in bits, and the exponent's bias. */
const floatLayouts: Readonly<Partial<Record<DType, FloatLayout>>> = {
  float32: { bits: 32, exponentAt: 23, exponentBits: 8, bias: 127 },
  float64: { bits: 64, exponentAt: 52, exponentBits: 11, bias: 1023 },
};

interface FloatLayout {
  readonly bits: number;
  readonly exponentAt: number;
  readonly exponentBits: number;
  readonly bias: number;
}

/** A group by the names of its members. */
interface Group {
  readonly members: Map<string, Group | TensorSource>;
}

/** A header, of which the place is known before what it points to. */
interface Placed {
  readonly node: Group | TensorSource;
  readonly at: number;
}

/**
 * Writes tensors; slashes in their names make groups.
 * @throws UnsupportedError for other dtypes; CancelledError when `control` says so; what reading and the sink throw.
 */
export async function writeHdf5(
  sources: readonly TensorSource[],
  sink: ByteSink,
  control: RunControl,
): Promise<void> {
  const placed = headersOf(grouped(sources));
  const places = new Map(placed.map(({ node, at }) => [node, at]));
  const last = placed.at(-1);
  let end = last === undefined ? superblockBytes : last.at + headerBytes(last.node);
  const dataAt = new Map<TensorSource, number>();
  for (const source of sources) {
    dataAt.set(source, end);
    end += padded(elementCount(source.shape) * byteWidth(source.dtype));
  }
  await sink(superblock(end));
  for (const { node } of placed) {
    await sink(
      isGroup(node) ? groupHeader(node, places) : datasetHeader(node, dataAt.get(node) ?? 0),
    );
  }
  await writeValues(sources, sink, control);
}

async function writeValues(
  sources: readonly TensorSource[],
  sink: ByteSink,
  control: RunControl,
): Promise<void> {
  const all = sources.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const whole = controlOfPart(control, 0, 1);
  let done = 0;
  for (const source of sources) {
    for await (const { slab, raw } of readSlabs(source, wholeBox(source.shape))) {
      whole.check();
      await sink(encodedValues(raw, source.dtype));
      done += elementCount(slab.size);
      whole.report(done / all, text("Exporting {0}", source.name));
    }
    const bytes = elementCount(source.shape) * byteWidth(source.dtype);
    await sink(new Uint8Array(padded(bytes) - bytes));
  }
}

function grouped(sources: readonly TensorSource[]): Group {
  const root: Group = { members: new Map() };
  for (const source of sources) {
    const names = source.name.split("/");
    const own = names.pop() ?? "";
    let group = root;
    for (const name of names) {
      const found = group.members.get(name);
      const inner = found !== undefined && isGroup(found) ? found : { members: new Map() };
      group.members.set(name, inner);
      group = inner;
    }
    group.members.set(own, source);
  }
  return root;
}

function isGroup(node: Group | TensorSource): node is Group {
  return "members" in node;
}

/** Every header, the root's first. */
function headersOf(root: Group): Placed[] {
  const placed: Placed[] = [];
  let at = superblockBytes;
  const place = (node: Group | TensorSource): void => {
    placed.push({ node, at });
    at += headerBytes(node);
    if (isGroup(node)) node.members.forEach(place);
  };
  place(root);
  return placed;
}

function headerBytes(node: Group | TensorSource): number {
  return (isGroup(node) ? groupHeader(node, new Map()) : datasetHeader(node, 0)).length;
}

function superblock(fileBytes: number): Uint8Array {
  return concat([
    Uint8Array.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
    // Versions, sizes of addresses and lengths.
    Uint8Array.from([0, 0, 0, 0, 0, 8, 8, 0]),
    // Ranks of trees of groups, which are not used, and flags.
    integers(2, 4, 16),
    integers(4, 0),
    addresses(0, undefinedAddress, fileBytes, undefinedAddress),
    // The root: no name, its header, nothing that is cached.
    addresses(0, superblockBytes, 0, 0, 0),
  ]);
}

function groupHeader({ members }: Group, places: ReadonlyMap<object, number>): Uint8Array {
  return objectHeader([
    [
      message.linkInfo,
      concat([Uint8Array.from([0, 0]), addresses(undefinedAddress, undefinedAddress)]),
    ],
    [message.groupInfo, Uint8Array.from([0, 0])],
    ...[...members].map(
      ([name, node]) => [message.link, linkTo(name, places.get(node) ?? 0)] as const,
    ),
  ]);
}

/** A hard link with a UTF-8 name. */
function linkTo(name: string, address: number): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  const [version, hasCharset, twoByteLength, utf8] = [1, 0x10, 1, 1];
  return concat([
    Uint8Array.from([version, hasCharset | twoByteLength, utf8]),
    integers(2, bytes.length),
    bytes,
    addresses(address),
  ]);
}

function datasetHeader({ shape, dtype }: TensorSource, address: number): Uint8Array {
  const bytes = elementCount(shape) * byteWidth(dtype);
  const [layoutVersion, contiguous] = [3, 1];
  return objectHeader([
    [message.dataspace, dataspace(shape)],
    [message.datatype, datatype(dtype)],
    // Version 2: space is there, values are written when they are, and there is no fill value.
    [message.fill, Uint8Array.from([2, 1, 2, 0])],
    [
      message.layout,
      concat([Uint8Array.from([layoutVersion, contiguous]), addresses(address, bytes)]),
    ],
  ]);
}

function dataspace(shape: Shape): Uint8Array {
  const version = 1;
  return concat([Uint8Array.from([version, shape.length, 0, 0, 0, 0, 0, 0]), addresses(...shape)]);
}

/** Version 1, class 1 (floats): little-endian, with the mantissa's highest bit implied. */
function datatype(dtype: DType): Uint8Array {
  const layout = floatLayouts[dtype];
  if (layout === undefined) throw new UnsupportedError("HDF5", text("{0} is not written", dtype));
  const { bits, exponentAt, exponentBits, bias } = layout;
  return concat([
    Uint8Array.from([0x11, 0x20, bits - 1, 0]),
    integers(4, bits / 8),
    integers(2, 0, bits),
    Uint8Array.from([exponentAt, exponentBits, 0, exponentAt]),
    integers(4, bias),
  ]);
}

function objectHeader(messages: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const parts = messages.map(([type, content]) => {
    const body = new Uint8Array(padded(content.length));
    body.set(content);
    return concat([integers(2, type, body.length), new Uint8Array(4), body]);
  });
  const content = concat(parts);
  const prefix = [integers(2, 1, messages.length), integers(4, 1, content.length, 0)];
  return concat([...prefix, content]);
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function integers(width: 2 | 4, ...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(width * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    if (width === 2) view.setUint16(index * 2, value, true);
    else view.setUint32(index * 4, value, true);
  });
  return bytes;
}

function addresses(...values: readonly (number | bigint)[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setBigUint64(index * 8, BigInt(value), true);
  });
  return bytes;
}
