/**
 * JSON reader: tensors written as nested lists or records.
 *
 * Reads:   nested lists of numbers or of true and false; `{shape, data}` with an optional `dtype`, `data` flat or
 *          nested (`values` means the same); objects of these at any depth, whose keys joined by dots are the names;
 *          lists of objects, named by their `name` or their index; outputs of other tools (dump.ts);
 *          the index of a sharded set of files (shards.ts).
 * Skips:   bare numbers, strings and null next to tensors, such as a configuration.
 * Refuses: rows of different length, and lists that mix numbers with lists or strings: FormatError.
 */
import { FormatError, LimitError } from "../../core/errors";
import { byteWidth } from "../../tensor/dtype";
import { cropRaw } from "../../tensor/raw";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { tensorsOf, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { JsonTensors, type JsonContent } from "./tensors";
import { parseJson } from "./text";
import { readShards, shardIndex } from "./shards";
import type { Surroundings } from "../base/siblings";

/** JSON is parsed as one string, which the platform bounds at half a billion characters; memory use is ten times it. */
const maxJsonBytes = 2 ** 28;

/**
 * Reads a JSON file; its tensors are decoded at once, because the text has to be parsed as a whole.
 * @throws FormatError when it is not JSON or a list is not rectangular, LimitError when it is too large or too deep.
 */
export async function readJson(source: ByteSource, context: Surroundings): Promise<Archive> {
  if (source.size > maxJsonBytes) {
    throw new LimitError(source.name, { of: "json-bytes" }, maxJsonBytes, source.size);
  }
  const root = parseJson(source.name, await source.read(0, source.size));
  const index = shardIndex(root);
  if (index !== undefined) return readShards(source.name, index, context);
  const tensors = new JsonTensors(source.name, context);
  await tensors.collect(root);
  if (tensors.content.size === 0) throw withoutTensors(source.name, tensors);
  return makeArchive(source.name, tensors);
}

function makeArchive(file: string, { content, notes }: JsonTensors): Archive {
  const entries = new Map<TensorEntry, JsonContent>();
  for (const [name, values] of content) {
    const { dtype, shape } = "entry" in values ? values.entry : values;
    entries.set({ name, dtype, shape, byteLength: elementCount(shape) * byteWidth(dtype) }, values);
  }
  return {
    format: "json",
    notes: notes.list(),
    declared: [],
    ...tensorsOf(file, entries, async (values, box) =>
      "entry" in values ? values.archive.readBox(values.entry, box) : cropRaw(values, box),
    ),
  };
}

function withoutTensors(file: string, { notes }: JsonTensors): FormatError {
  const [note] = notes.list();
  return new FormatError(
    file,
    note === undefined
      ? text("no tensor found; expected nested lists of numbers, or objects with shape and data")
      : text("no tensor found; {0}", note),
  );
}
