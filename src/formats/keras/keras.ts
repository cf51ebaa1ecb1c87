/**
 * Keras reader: HDF5 files (`.h5`, `.weights.h5`) and `.keras` archives.
 *
 * Spec: keras/src/legacy/saving/legacy_h5_format.py and keras/src/saving/saving_lib.py.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import type { Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { readText } from "../hdf5/attributes";
import type { OpenHdf5 } from "../hdf5/file";
import { readHdf5 } from "../hdf5/hdf5";
import type { ZipMember } from "../zip/member";
import type { ZipArchive } from "../zip/zip";
import { configuredLayers } from "./config";
import { declareKeras, type KerasDescription } from "./declare";

/** The member of a `.keras` archive that holds the tensors. */
const weightsMember = "model.weights.h5";
const configMember = "config.json";
const metadataMember = "metadata.json";

/** A configuration has a kilobyte for each layer. */
const maxJsonBytes = 2 ** 25;

/**
 * Reads an HDF5 file, and what it says of layers if Keras wrote it.
 * @throws FormatError when it is damaged, LimitError when it has too many objects.
 */
export function readKerasHdf5(source: ByteSource): Promise<Archive> {
  return readHdf5(source, (open, entries) => {
    const config = readText(open, "/", "model_config");
    return declareKeras(entries, {
      layers: config === undefined ? [] : configuredLayers(config),
      version: readText(open, "/", "keras_version"),
      nameAt: nameReader(open),
    });
  });
}

/**
 * Reads the archive of a Keras model.
 * @throws FormatError when it, or the HDF5 file in it, is damaged.
 */
export async function readKeras(source: ByteSource, zip: ZipArchive): Promise<Archive> {
  const member = (name: string): ZipMember | undefined =>
    zip.members.find((candidate) => candidate.name === name);
  const weights = member(weightsMember);
  if (weights === undefined) {
    throw new FormatError(source.name, text("there is no {0} in the archive", weightsMember));
  }
  const config = await readJsonText(member(configMember));
  const metadata = await readJsonText(member(metadataMember));
  const described = {
    layers: config === undefined ? [] : configuredLayers(config),
    version: metadata === undefined ? undefined : versionOf(metadata),
  };
  const archive = await readHdf5(await weights.source(), (open, entries) =>
    declareKeras(entries, { ...described, nameAt: nameReader(open) }),
  );
  return { ...archive, format: "keras" };
}

/** Keras 3 writes the name of a layer beside its variables. */
function nameReader(open: OpenHdf5): KerasDescription["nameAt"] {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, readText(open, `${path}/vars`, "name"));
    return known.get(path);
  };
}

async function readJsonText(member: ZipMember | undefined): Promise<string | undefined> {
  if (member === undefined || member.size > maxJsonBytes) return undefined;
  return new TextDecoder().decode(await member.read());
}

function versionOf(metadata: string): string | undefined {
  return /"keras_version"\s*:\s*"([^"]{1,64})"/.exec(metadata)?.[1];
}
