/**
 * Archives that contain a whole file of tensors: `.nemo` (tar), zip files of Stable-Baselines3, packed checkpoints.
 *
 * The file inside is opened where it lies; nothing is unpacked to disk. One packed file does not hold another.
 */
import { FormatError, UnsupportedError } from "../core/errors";
import { text, type Text } from "../core/text";
import type { Archive } from "./base/archive";
import type { ByteSource } from "./base/bytes";
import { weightsEndings } from "./extensions";

/** A file within the archive. */
export interface PackedMember {
  readonly name: string;
  readonly source: () => Promise<ByteSource>;
}

/** Most .pb are not of ONNX; PaddlePaddle's weights are recognised, to be refused by name. */
const TENSOR_FILE = new RegExp(
  `\\.(?:${[...weightsEndings.filter((ending) => ending !== "pb"), "pdparams"].join("|")})$`,
  "i",
);
/** Names of members with the state of an optimiser or trainer, which are rarely the wanted ones. */
const BESIDE = /optim|variables|scheduler|scaler|training_args|rng_state/i;

/**
 * Opens the file of tensors among the members.
 * @throws UnsupportedError, which names them, where several could be meant; FormatError where there is none.
 */
export async function openPacked(
  file: string,
  members: readonly PackedMember[],
  openInner: (source: ByteSource) => Promise<Archive>,
): Promise<Archive> {
  const tensors = members.filter(({ name }) => TENSOR_FILE.test(name));
  const main = tensors.filter(({ name }) => !BESIDE.test(name));
  const [chosen, ...others] = main.length > 0 ? main : tensors;
  if (chosen === undefined) throw new FormatError(file, holds(members));
  if (others.length > 0) {
    const names = [chosen, ...others].map(({ name }) => name);
    throw new UnsupportedError(
      file,
      text("it holds several files of tensors, {0}; unpack it and open one of them", names),
    );
  }
  const archive = await openInner(await chosen.source());
  return {
    ...archive,
    notes: [text("the file {0} inside is shown", chosen.name), ...archive.notes],
  };
}

function holds(members: readonly PackedMember[]): Text {
  const names = members.map(({ name }) => name);
  return names.length === 0
    ? text("an archive with nothing in it")
    : text("an archive without a file of tensors; it holds {0}", names);
}
