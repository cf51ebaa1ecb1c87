/**
 * Tensors of requests and answers: in the frame where they are small, in files of the process' folder where not.
 */
import { open, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { NamedTensors } from "../../reference/python/wire";
import { decodeValues, encodeFloats } from "../../tensor/dtype";
import { elementCount, type Tensor } from "../../tensor/tensor";
import { ProtocolError, type Frame } from "./frames";

/** Bytes of a request's tensors from which on they go through files. */
const largeBytes = 4 * 2 ** 20;

/** The tensors of a request: what its header says of them, and what follows it. */
export interface Packed {
  readonly entries: readonly object[];
  readonly parts: readonly Uint8Array[];
  /** To be removed once the answer is there. */
  readonly files: readonly string[];
}

/** @throws the system's error where a file cannot be written; nothing is left then. */
export async function packTensors(
  tensors: NamedTensors,
  folder: string,
  request: number,
): Promise<Packed> {
  const total = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const entries: object[] = [];
  const parts: Uint8Array[] = [];
  const files: string[] = [];
  try {
    for (const [name, { shape, data }] of tensors) {
      const entry = { name, shape, dtype: data instanceof Float64Array ? "float64" : "float32" };
      if (total < largeBytes) {
        entries.push(entry);
        parts.push(encodeFloats(data));
        continue;
      }
      const file = join(folder, `request-${request}-${files.length}.bin`);
      files.push(file);
      await writeWhole(file, encodeFloats(data));
      entries.push({ ...entry, file });
    }
  } catch (error) {
    await removeAll(files);
    throw error;
  }
  return { entries, parts, files };
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

export async function removeAll(files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

interface Entry {
  readonly name: string;
  readonly dtype: "float32" | "float64";
  readonly shape: readonly number[];
  /** Name of a file in the process' folder. */
  readonly file: string | null;
}

/** The tensors of an answer by name; files are removed as they are read. @throws ProtocolError for what fits not. */
export async function unpackTensors(
  { header, payload }: Frame,
  folder: string,
): Promise<ReadonlyMap<string, Tensor>> {
  const listed = header["tensors"];
  if (!Array.isArray(listed)) throw new ProtocolError("no list of tensors");
  const tensors = new Map<string, Tensor>();
  let at = 0;
  for (const value of listed as readonly unknown[]) {
    const { name, dtype, shape, file } = entryOf(value);
    const length = elementCount(shape) * (dtype === "float64" ? 8 : 4);
    const bytes =
      file === null ? payload.subarray(at, at + length) : await takeFile(join(folder, file));
    if (bytes.length !== length) throw new ProtocolError("a tensor of another length");
    if (file === null) at += length;
    tensors.set(name, { dtype, shape, data: decodeValues(bytes, dtype) });
  }
  return tensors;
}

async function takeFile(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  await rm(path, { force: true });
  return bytes;
}

function entryOf(value: unknown): Entry {
  const { name, dtype, shape, file = null } = (value ?? {}) as Record<string, unknown>;
  const isShape =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (
    typeof name !== "string" ||
    (dtype !== "float32" && dtype !== "float64") ||
    !isShape ||
    (file !== null && typeof file !== "string")
  ) {
    throw new ProtocolError("a tensor that is described otherwise");
  }
  // No path leads out of the folder.
  return {
    name,
    dtype,
    shape: shape as readonly number[],
    file: file === null ? null : basename(file),
  };
}
