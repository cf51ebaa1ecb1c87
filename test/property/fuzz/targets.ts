/** What is fuzzed: a line for each reader, with the valid files that are damaged. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { openZip } from "../../../src/formats/zip/zip";
import { MemorySource } from "../../../src/formats/base/bytes";
import { fixtures } from "../../unit/formats/support";
import { zipOf } from "../../unit/formats/zipOf";

export interface FuzzTarget {
  readonly name: string;
  /** What the file is called when it is opened. */
  readonly file: string;
  readonly seeds: () => Promise<readonly Seed[]>;
}

/** What is damaged, and how it becomes a whole file again. */
export interface Seed {
  readonly bytes: Uint8Array;
  readonly wrap: (damaged: Uint8Array) => Uint8Array;
}

/** Whole files, by paths below test/fixtures. */
const from =
  (...paths: readonly string[]): FuzzTarget["seeds"] =>
  () =>
    Promise.resolve(
      paths.map((path) => ({
        bytes: readFileSync(join(fixtures, path)),
        wrap: (damaged) => damaged,
      })),
    );

/** Members of zip archives, each put back behind a checksum that is right. */
const members =
  (isMember: (name: string) => boolean, ...paths: readonly string[]): FuzzTarget["seeds"] =>
  async () =>
    (await Promise.all(paths.map((path) => memberSeeds(path, isMember)))).flat();

/** Files in gzip, damaged as they are packed. */
const gzipped =
  (...paths: readonly string[]): FuzzTarget["seeds"] =>
  () =>
    Promise.resolve(
      paths.map((path) => ({
        bytes: gzipSync(readFileSync(join(fixtures, path))),
        wrap: (damaged) => damaged,
      })),
    );

async function memberSeeds(
  path: string,
  isMember: (name: string) => boolean,
): Promise<readonly Seed[]> {
  const bytes = readFileSync(join(fixtures, path));
  const zip = await openZip(new MemorySource(basename(path), bytes));
  const contents = new Map<string, Uint8Array>();
  for (const member of zip.members) contents.set(member.name, new Uint8Array(await member.read()));
  return [...contents]
    .filter(([name]) => isMember(name))
    .map(([name, content]) => ({
      bytes: content,
      wrap: (damaged) =>
        zipOf(
          [...contents].map(([each, bytes]) => ({
            name: each,
            content: each === name ? damaged : bytes,
          })),
        ),
    }));
}

export const targets: readonly FuzzTarget[] = [
  {
    name: "npy",
    file: "x.npy",
    seeds: from(
      "formats/npy/f4_le_F.npy",
      "formats/npy/i8_be_C.npy",
      "formats/npy/version_3_0.npy",
      "formats/npy/three_d_F.npy",
    ),
  },
  {
    name: "npz",
    file: "x.npz",
    seeds: from("formats/npz/plain.npz", "formats/npz/compressed.npz", "cases/cell-gru/io.npz"),
  },
  {
    name: "npz-member",
    file: "x.npz",
    seeds: members(
      (name) => name.endsWith(".npy"),
      "formats/npz/big_endian_fortran.npz",
      "formats/npz/with_strings_and_scalars.npz",
    ),
  },
  {
    name: "numpy-objects",
    file: "x.npy",
    seeds: from("objects/nested.npy", "objects/ragged.npy", "objects/contains_itself.npy"),
  },
  {
    name: "numpy-objects-member",
    file: "x.npz",
    seeds: members((name) => name.endsWith(".npy"), "objects/mixed.npz"),
  },
  {
    name: "safetensors",
    file: "x.safetensors",
    seeds: from(
      "formats/safetensors/all_dtypes.safetensors",
      "formats/safetensors/mixed_alignment.safetensors",
      "cases/lstm-bi-2l/weights.safetensors",
      "cases/embedding-lstm-fc/weights.safetensors",
    ),
  },
  {
    name: "json",
    file: "x.json",
    seeds: from(
      "formats/json/flat_with_dtype.json",
      "formats/json/list_of_entries.json",
      "formats/json/python_literals.json",
      "formats/torch/polygraphy_one.json",
      "formats/torch/Net_debug_tree_FULL_TENSORS.json",
      "formats/torch/model.safetensors.index.json",
    ),
  },
  {
    name: "pytorch",
    file: "x.pt",
    seeds: from(
      "formats/pt/shared_storage.pt",
      "formats/pt/rezipped_deflated.pt",
      "formats/torch/quantised.pt",
      "formats/torch/script.pt",
      "cases/cell-rnn/weights.pt",
    ),
  },
  {
    name: "pytorch-pickle",
    file: "x.pt",
    seeds: members(
      (name) => name.endsWith("/data.pkl"),
      "formats/pt/odd_views.pt",
      "cases/gru-bi-2l/weights.pt",
      "formats/torch/module.pt",
      "formats/torch/quantised.pt",
      "formats/torch/script.pt",
      "formats/pt/pickle_protocol_5.pt",
      "formats/pt/checkpoint_with_other_objects.pt",
      "broken/files/hostile_calls_os_system.pt",
    ),
  },
  {
    name: "torchscript-source",
    file: "x.pt",
    seeds: members((name) => /\/(code\/.*|byteorder)$/.test(name), "formats/torch/script.pt"),
  },
  {
    name: "pytorch-legacy",
    file: "x.pt",
    seeds: from(
      "formats/torch/views.legacy.pt",
      "formats/torch/module.legacy.pt",
      "formats/pt/all_dtypes.legacy.pt",
    ),
  },
  { name: "pytorch-tar", file: "x.pt", seeds: from("formats/torch/tar.pt") },
  {
    name: "numpy-pickle",
    file: "x.pkl",
    seeds: from("formats/torch/numpy_2.pkl", "formats/torch/numpy_5.pkl"),
  },
  {
    name: "onnx",
    file: "x.onnx",
    seeds: from(
      "onnx/arranged.onnx",
      "onnx/bodies.onnx",
      "onnx/stack_lstm.onnx",
      "onnx/storage.onnx",
      "onnx/external.onnx",
    ),
  },
  {
    name: "onnx-unrolled",
    file: "x.onnx",
    seeds: from(
      "onnx/unrolled_rnn_loop.onnx",
      "onnx/unrolled_rnn_square.onnx",
      "onnx/unrolled_gru_loop.onnx",
    ),
  },
  { name: "tensorproto", file: "x.pb", seeds: from("onnx/input_0.pb", "onnx/sequence.pb") },
  {
    name: "hdf5",
    file: "x.h5",
    seeds: from("hdf5/numbers.h5", "hdf5/storage_latest.h5", "keras/layers.h5"),
  },
  { name: "hdf5-lzf", file: "x.h5", seeds: from("hdf5/lzf.h5", "hdf5/lzf_latest.h5") },
  {
    name: "text-table",
    file: "x.csv",
    seeds: from("text/index.csv", "text/double.tsv", "text/quoted.csv", "text/r_table.txt"),
  },
  {
    name: "gguf",
    file: "x.gguf",
    seeds: from("gguf/kinds.gguf", "gguf/super.gguf", "gguf/lstm_v1.gguf"),
  },
  {
    name: "tensorflow",
    file: "x.index",
    seeds: from(
      "tensorflow/model.ckpt-1234.index",
      "tensorflow/named-1.index",
      "tensorflow/divided.ckpt.index",
    ),
  },
  {
    name: "pytorch-quantised",
    file: "x.pt",
    seeds: members(
      (name) => name.endsWith("/data.pkl") || name.endsWith("/constants.pkl"),
      "quantised/lstm_2_int8_module.pt",
      "quantised/gru_bi_f16.pt",
      "quantised/cells.pt",
      "quantised/flat.pt",
      "quantised/frozen.pt",
    ),
  },
  {
    name: "torch-export",
    file: "x.pt2",
    seeds: members((name) => name.endsWith(".json"), "quantised/exported.pt2"),
  },
  { name: "gzip", file: "x.npz.gz", seeds: gzipped("formats/npz/plain.npz", "text/single.csv") },
  {
    name: "keras",
    file: "x.keras",
    seeds: members((name) => name.endsWith(".json") || name.endsWith(".h5"), "keras/nested.keras"),
  },
];

/** Inputs that were found by fuzzing once: `test/fixtures/fuzz/{target}-….{extension}`. */
export function foundInputs(): readonly string[] {
  const folder = join(fixtures, "fuzz");
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
