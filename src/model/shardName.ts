/**
 * File names of the parts of a sharded checkpoint, and of its index.
 */
import { text, type Text } from "../core/text";

/** `{stem}-00001-of-00003.{safetensors|bin|…}`, as huggingface_hub names them. */
const shardName = /^(?<stem>.*)-\d{5}-of-(?<count>\d{5})\.(?<extension>[a-z0-9]+)$/i;

/** The file to open instead of one shard; null when the name is not that of a shard. */
export function shardHint(file: string): Text | null {
  const found = shardName.exec(file)?.groups;
  const count = Number(found?.["count"]);
  if (found === undefined || !(count > 1)) return null;
  return text(
    "it is one of the {0} files of a checkpoint: {1} opens them all",
    count,
    `${found["stem"] ?? ""}.${found["extension"] ?? ""}.index.json`,
  );
}
