/**
 * The index of a sharded checkpoint, which says which file holds which tensor.
 *
 * Source: huggingface_hub, `split_torch_state_dict_into_shards`: `model.safetensors.index.json` and
 *         `pytorch_model.bin.index.json`, `{"metadata": {"total_size": …}, "weight_map": {name: file}}`.
 * The headers of the files are read to list their tensors, the data when they are asked for. A file that is missing or
 * damaged is noted, and the tensors of the others are listed.
 */
import { isUnrollError, LimitError, UnsupportedError, type UnrollError } from "../../core/errors";
import type { TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { missingEntry, type Archive } from "../base/archive";
import type { JsonValue } from "./text";
import { maxEntries } from "../base/limits";
import { NoteList } from "../base/notes";
import { siblingName, type Surroundings } from "../base/siblings";

/** Files of one set. The largest published ones have some two hundred, and systems open a thousand files at once. */
const maxShards = 512;

export interface ShardIndex {
  /** File names by the names of tensors. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of all tensors as the index says; undefined where it does not. */
  readonly totalBytes: number | undefined;
}

/** The index that a JSON document is; undefined when it is none. */
export function shardIndex(root: JsonValue): ShardIndex | undefined {
  const weightMap = root instanceof Map ? root.get("weight_map") : undefined;
  if (!(root instanceof Map) || !(weightMap instanceof Map)) return undefined;
  const files = new Map<string, string>();
  for (const [name, file] of weightMap) {
    if (typeof file !== "string") return undefined;
    files.set(name, file);
  }
  const metadata = root.get("metadata");
  const total = metadata instanceof Map ? metadata.get("total_size") : undefined;
  return { files, totalBytes: typeof total === "number" ? total : undefined };
}

/**
 * Opens the files of a set and lists their tensors in the order of the index.
 * @throws FormatError when a name would leave the folder, LimitError for too many files or tensors, and the error of the
 * first file when none can be opened.
 */
export async function readShards(
  file: string,
  { files, totalBytes }: ShardIndex,
  { siblings, openInner }: Surroundings,
): Promise<Archive> {
  const names = [...new Set(files.values())];
  if (names.length > maxShards) {
    throw new LimitError(file, { of: "file-count" }, maxShards, names.length);
  }
  if (files.size > maxEntries) {
    throw new LimitError(file, { of: "tensor-count" }, maxEntries, files.size);
  }
  if (siblings === undefined) {
    throw new UnsupportedError(
      { file },
      text("it is the index of several files, which are not at hand"),
      { data: { candidates: names.slice(0, 20) }, remedies: [{ do: "open-in-own-folder" }] },
    );
  }
  const shards = new Map<string, Shard | UnrollError>();
  for (const name of names) {
    const checked = siblingName(file, name);
    shards.set(name, await openShard(async () => openInner(await siblings.open(checked))));
  }
  return joinShards(file, files, shards, totalBytes);
}

interface Shard {
  readonly archive: Archive;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

async function openShard(open: () => Promise<Archive>): Promise<Shard | UnrollError> {
  try {
    const archive = await open();
    return { archive, entries: new Map(archive.entries.map((entry) => [entry.name, entry])) };
  } catch (error) {
    if (isUnrollError(error)) return error;
    throw error;
  }
}

function joinShards(
  file: string,
  files: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, Shard | UnrollError>,
  totalBytes: number | undefined,
): Archive {
  const notes = new NoteList();
  const opened = openedShards(shards, notes);
  const owners = new Map<TensorEntry, Archive>();
  for (const [name, shardName] of files) {
    const shard = opened.get(shardName);
    const entry = shard?.entries.get(name);
    if (shard !== undefined && entry !== undefined) owners.set(entry, shard.archive);
    else if (shard !== undefined) {
      notes.add(text("{0} is not in {1}, where the index says it is", name, shardName));
    }
  }
  const bytes = [...owners.keys()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (opened.size === shards.size && totalBytes !== undefined && totalBytes !== bytes) {
    notes.add(text("the index says {0} bytes, its tensors have {1}", totalBytes, bytes));
  }
  const ownerOf = (entry: TensorEntry): Archive => {
    const owner = owners.get(entry);
    if (owner === undefined) throw missingEntry(file, entry);
    return owner;
  };
  const archives = [...opened.values()].map(({ archive }) => archive);
  return {
    format: archives[0]?.format ?? "safetensors",
    entries: [...owners.keys()],
    notes: notes.list(),
    declared: archives.flatMap(({ declared }) => declared),
    read: async (entry) => ownerOf(entry).read(entry),
    readBox: async (entry, box) => ownerOf(entry).readBox(entry, box),
  };
}

/** The files that could be opened; the others are noted, and when there are only others the first one's error is thrown. */
function openedShards(
  shards: ReadonlyMap<string, Shard | UnrollError>,
  notes: NoteList,
): ReadonlyMap<string, Shard> {
  const opened = new Map<string, Shard>();
  let failure: UnrollError | undefined;
  for (const [name, shard] of shards) {
    if ("entries" in shard) {
      opened.set(name, shard);
      for (const note of shard.archive.notes) notes.add(text("{0}: {1}", name, note));
    } else {
      failure ??= shard;
      notes.add(text("the tensors of {0} are not listed: {1}", name, shard.text));
    }
  }
  if (opened.size === 0 && failure !== undefined) throw failure;
  return opened;
}
