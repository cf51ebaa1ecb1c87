/**
 * Writers of the formats that a run can be saved in: .npz, .safetensors and JSON.
 *
 * float32 and float64 stay what they are; what was read from another dtype is written as the floats it was decoded to.
 * NumPy, safetensors and `readJson` read back exactly the values that were written.
 */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { LimitError } from "../errors";
import { encodeFloats } from "../tensor/dtype";
import type { Tensor } from "../tensor/tensor";
import { text } from "../text";

/** JSON takes some 20 characters for a value, and the platform bounds a string at half a billion. */
const maxJsonValues = 2 ** 24;

/** NumPy and safetensors both start their data at multiples of this, so that it can be mapped into memory. */
const npyAlignment = 64;
const safetensorsAlignment = 8;

/** Zip entries carry a time; one fixed at the format's first day makes equal tensors equal files. */
const zipEpoch = new Date(1980, 0, 1);

/** Formats that `writeArchive` writes; the words are file extensions. */
export type WritableFormat = "npz" | "safetensors" | "json";

/**
 * Writes tensors, by name, in the given format.
 * @throws LimitError when there are too many values for JSON.
 */
export async function writeArchive(
  format: WritableFormat,
  tensors: ReadonlyMap<string, Tensor>,
): Promise<Uint8Array> {
  switch (format) {
    case "npz":
      return writeNpz(tensors);
    case "safetensors":
      return writeSafetensors(tensors);
    case "json":
      return writeJson(tensors);
  }
}

async function writeNpz(tensors: ReadonlyMap<string, Tensor>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    level: 0,
    dataDescriptor: false,
    extendedTimestamp: false,
    lastModDate: zipEpoch,
  });
  for (const [name, tensor] of tensors) {
    await writer.add(`${name}.npy`, new Uint8ArrayReader(encodeNpy(tensor)));
  }
  return writer.close();
}

/** Version 1.0, padded with spaces as numpy.lib.format does. */
function encodeNpy({ shape, data }: Tensor): Uint8Array {
  const sizes = shape.length === 1 ? `${String(shape[0])},` : shape.join(", ");
  const descr = data instanceof Float32Array ? "<f4" : "<f8";
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const preambleBytes = 10;
  const headerBytes = padTo(preambleBytes + header.length + 1, npyAlignment) - preambleBytes;
  const preamble = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes & 0xff, headerBytes >> 8];
  const padded = `${header.padEnd(headerBytes - 1)}\n`;
  return concat([Uint8Array.from(preamble), new TextEncoder().encode(padded), encodeFloats(data)]);
}

function writeSafetensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  // Widest first keeps every tensor aligned to its own width.
  const ordered = [...tensors].sort(
    ([, left], [, right]) => right.data.BYTES_PER_ELEMENT - left.data.BYTES_PER_ELEMENT,
  );
  let end = 0;
  const fields = ordered.map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Float32Array ? "F32" : "F64";
    const info = { dtype, shape, data_offsets: [begin, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(info)}`;
  });
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const header = new Uint8Array(padTo(json.length, safetensorsAlignment)).fill(0x20);
  header.set(json);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return concat([length, header, ...ordered.map(([, { data }]) => encodeFloats(data))]);
}

function writeJson(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const fields = Array.from(tensors, ([name, { shape, data }]) => {
    if (data.length > maxJsonValues) {
      throw new LimitError(
        name,
        text("the number of values for JSON (save as .npz instead)"),
        maxJsonValues,
        data.length,
      );
    }
    const dtype = data instanceof Float32Array ? "float32" : "float64";
    const values = Array.from(data, formatNumber).join(", ");
    return `${JSON.stringify(name)}: {"shape": [${shape.join(", ")}], "dtype": "${dtype}", "data": [${values}]}`;
  });
  return new TextEncoder().encode(`{${fields.join(",\n ")}}\n`);
}

/** A number as Python's `json` writes a float: NaN and Infinity by name, whole numbers with a point, -0 kept. */
function formatNumber(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const digits = String(value);
  return Number.isInteger(value) && !digits.includes("e") ? `${digits}.0` : digits;
}

function padTo(length: number, alignment: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
