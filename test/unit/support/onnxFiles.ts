/** ONNX models of test/fixtures/onnx, and what onnx_models.py says is in them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NotFoundError } from "../../../src/core/errors";
import type { Archive } from "../../../src/formats/base/archive";
import { MemorySource } from "../../../src/formats/base/bytes";
import { openArchive } from "../../../src/formats/open";
import type { Siblings } from "../../../src/formats/base/siblings";
import type { RecurrentConfig } from "../../../src/model/config";
import { withModules } from "../../../src/model/derive/derive";
import type { DerivedModules } from "../../../src/model/derive/base/derived";
import { deriveOnnx } from "../../../src/model/derive/onnx/onnx";
import { wholeBox, type RawValues } from "../../../src/tensor/raw";
import type { Shape, Tensor, TensorEntry } from "../../../src/tensor/tensor";
import { text } from "../../../src/core/text";
import { fixtures, type Values } from "./goldens";

/** Shape and stored bytes in hexadecimal. */
export type StoredValues = readonly [shape: Shape, bytes: string];

export interface OnnxFile {
  readonly tensors?: Readonly<Record<string, readonly [dtype: string, ...StoredValues]>>;
  readonly notes?: number;
  /** What PyTorch's state_dict of the same module is. */
  readonly state?: Readonly<Record<string, StoredValues>>;
  readonly run?: { readonly x: Values; readonly output: Values; readonly h_n: Values };
}

const folder = join(fixtures, "onnx");

export const onnxFiles = (
  JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as {
    files: Readonly<Record<string, OnnxFile>>;
  }
).files;

export function onnxBytes(name: string): Uint8Array {
  return readFileSync(join(folder, name));
}

/** Files beside a model of the folder. */
export const onnxSiblings: Siblings = {
  open: (name) => {
    try {
      return Promise.resolve(new MemorySource(name, onnxBytes(name)));
    } catch {
      return Promise.reject(new NotFoundError(name, text("there is no such file")));
    }
  },
};

export function openOnnx(name: string): Promise<Archive> {
  return openArchive(new MemorySource(name, onnxBytes(name)), onnxSiblings);
}

/** The stored bytes of raw values: tests run on machines of little-endian order. */
export function storedOf({ shape, bytes }: RawValues): StoredValues {
  return [shape, Buffer.from(bytes).toString("hex")];
}

export function entryNamed(entries: readonly TensorEntry[], name: string): TensorEntry {
  const entry = entries.find((each) => each.name === name);
  assert.ok(entry, `${name} is among ${entries.map((each) => each.name).join(", ")}`);
  return entry;
}

/** Whole tensors by name, derived ones included. */
export async function readModel(
  archive: Archive,
): Promise<{ readonly derived: DerivedModules; readonly raw: ReadonlyMap<string, RawValues> }> {
  const derived = deriveOnnx(archive);
  const raw = new Map<string, RawValues>();
  for (const entry of archive.entries) {
    raw.set(entry.name, await archive.readBox(entry, wholeBox(entry.shape)));
  }
  for (const { entry, readBox } of derived.entries) {
    assert.ok(!raw.has(entry.name), `${entry.name} is there twice`);
    raw.set(entry.name, await readBox(wholeBox(entry.shape)));
  }
  return { derived, raw };
}

/** A module as a run binds it: its configuration with the file's facts, and its tensors without the prefix. */
export interface BoundModule {
  readonly prefix: string;
  readonly config: RecurrentConfig;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

export async function modulesOf(archive: Archive): Promise<readonly BoundModule[]> {
  const whole = withModules("model.onnx", archive);
  const bound: BoundModule[] = [];
  for (const { prefix, config, facts, entries } of whole.modules) {
    assert.equal(facts.framework, "ONNX");
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of entries) tensors.set(name, await whole.read(entry));
    bound.push({ prefix, config, tensors });
  }
  return bound;
}
