/**
 * Archives that contain whole files of tensors: `.nemo` (tar), zip files of Stable-Baselines3, packed checkpoints.
 *
 * A file inside is opened where it lies; nothing is unpacked to disk. One packed file does not hold another.
 */
import { FormatError, isUnrollError, UnsupportedError } from "../core/errors";
import { text, type Text } from "../core/text";
import type { Archive } from "./base/archive";
import type { ByteSource } from "./base/bytes";
import { joinArchives, type ArchivePart } from "./base/joined";
import { packedEndings } from "./extensions";

/** Files of tensors that are shown of one archive. */
const MAX_FILES = 32;

/** A file within the archive. */
export interface PackedMember {
  readonly name: string;
  readonly source: () => Promise<ByteSource>;
}

/** Behind gzip or not. PaddlePaddle's weights are recognised, to be refused by name. */
const TENSOR_FILE = new RegExp(
  `\\.(?:${[...packedEndings, "pdparams"].join("|")})(?:\\.gz)?$`,
  "i",
);
/** Names of members with the state of an optimiser or trainer, which are rarely the wanted ones. */
const BESIDE = /optim|variables|scheduler|scaler|training_args|rng_state/i;

/**
 * Opens the file of tensors among the members; of several, all of them, each name behind its file's.
 * @throws UnsupportedError, which names them, where they cannot be one list; FormatError where there is none.
 */
export async function openPacked(
  file: string,
  members: readonly PackedMember[],
  openInner: (source: ByteSource) => Promise<Archive>,
): Promise<Archive> {
  const tensors = members.filter(({ name }) => TENSOR_FILE.test(name));
  const main = tensors.filter(({ name }) => !BESIDE.test(name));
  const shown = main.length > 0 ? main : tensors;
  const [chosen, ...others] = shown;
  if (chosen === undefined) throw new FormatError(file, holds(members));
  if (others.length > 0) return openSeveral(file, shown, openInner);
  const archive = await openInner(await chosen.source());
  return {
    ...archive,
    notes: [text("the file {0} inside is shown", chosen.name), ...archive.notes],
  };
}

/** What cannot be opened gets a note. */
async function openSeveral(
  file: string,
  members: readonly PackedMember[],
  openInner: (source: ByteSource) => Promise<Archive>,
): Promise<Archive> {
  const names = members.map(({ name }) => name);
  const parts: ArchivePart[] = [];
  const notes: Text[] = [];
  for (const { name, source } of members.slice(0, MAX_FILES)) {
    try {
      parts.push({
        archive: await openInner(await source()),
        prefix: `${name.replace(/^(?:\.\/)+/, "")}/`,
      });
    } catch (error) {
      if (!isUnrollError(error)) throw error;
      notes.push(text("{0} inside is not read: {1}", name, error.text));
    }
  }
  const declares = parts.some(({ archive }) =>
    archive.declared.some(({ framework }) => framework !== "pytorch"),
  );
  const [first] = parts;
  if (first === undefined || declares || members.length > MAX_FILES) {
    throw new UnsupportedError({ file }, text("it holds several files of tensors, {0}", names), {
      data: { candidates: names },
      remedies: [{ do: "unpack-and-open-one" }],
    });
  }
  return joinArchives(file, first.archive.format, parts, [
    text("the files {0} inside are shown, the names of each behind its own", names),
    ...notes,
  ]);
}

function holds(members: readonly PackedMember[]): Text {
  const names = members.map(({ name }) => name);
  return names.length === 0
    ? text("an archive with nothing in it")
    : text("an archive without a file of tensors; it holds {0}", names);
}
