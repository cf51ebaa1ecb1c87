/** Files for the reader tests: fixtures, and archives put together byte by byte. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isUnrollError, type UnrollError } from "../../../src/core/errors";
import type { Archive } from "../../../src/formats/base/archive";
import { MemorySource } from "../../../src/formats/base/bytes";
import { openArchive } from "../../../src/formats/open";
import type { Tensor } from "../../../src/tensor/tensor";
import { zipOf } from "./zipOf";

export const fixtures = join(process.cwd(), "test/fixtures");

export function readFixture(path: string): Uint8Array {
  return readFileSync(join(fixtures, path));
}

export function fixtureSource(path: string): MemorySource {
  return new MemorySource(basename(path), readFixture(path));
}

export function ascii(content: string): Uint8Array {
  return Uint8Array.from(content, (character) => character.charCodeAt(0));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function openBytes(name: string, bytes: Uint8Array): Promise<Archive> {
  return openArchive(new MemorySource(name, bytes));
}

export function openText(name: string, content: string): Promise<Archive> {
  return openBytes(name, new TextEncoder().encode(content));
}

/** Every tensor of an archive, by name. */
export async function readAll(archive: Archive): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const entry of archive.entries) tensors.set(entry.name, await archive.read(entry));
  return tensors;
}

export async function readOne(archive: Archive, name: string): Promise<Tensor> {
  const entry = archive.entries.find((candidate) => candidate.name === name);
  assert.ok(entry, `${name} is among ${archive.entries.map((found) => found.name).join(", ")}`);
  return archive.read(entry);
}

/** The tagged error that opening and reading a file ends in, or undefined; an untagged one fails the test. */
export async function refusal(name: string, bytes: Uint8Array): Promise<UnrollError | undefined> {
  try {
    await readAll(await openBytes(name, bytes));
    return undefined;
  } catch (error) {
    assert.ok(isUnrollError(error), `${name}: untagged ${String((error as Error).stack)}`);
    return error;
  }
}

/** Asserts that a file is refused with this tag and a sentence that begins with its name and matches. */
export async function assertRefused(
  name: string,
  bytes: Uint8Array,
  tag: UnrollError["tag"],
  sentence: RegExp,
): Promise<void> {
  const error = await refusal(name, bytes);
  assert.ok(error, `${name} is refused`);
  assert.equal(error.tag, tag, error.message);
  assert.match(error.message, sentence);
  assert.ok(error.message.startsWith(name), error.message);
}

/** An archive of these members; `level` 0 stores them. */
export function makeZip(
  members: Readonly<Record<string, Uint8Array>>,
  { level = 0 }: { readonly level?: number } = {},
): Promise<Uint8Array> {
  return Promise.resolve(
    zipOf(Object.entries(members).map(([name, content]) => ({ name, content, level }))),
  );
}

/** A version 1.0 .npy of the given header dictionary and data. */
export function makeNpy(header: string, data: Uint8Array): Uint8Array {
  const length = Uint8Array.of(header.length & 0xff, header.length >> 8);
  return concat(ascii("\x93NUMPY\x01\x00"), length, ascii(header), data);
}

export function makeSafetensors(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return concat(length, json, data);
}
