/**
 * Files that belong to the opened one: the shards of an index, the external data of an ONNX model.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import type { Archive } from "./archive";
import type { ByteSource } from "./bytes";

/** Opens files of one folder, and of no other. */
export interface Siblings {
  /**
   * Opens a file of the folder by a name that `siblingName` let pass. The owner of the folder closes it.
   * @throws NotFoundError when there is no such file.
   */
  open(name: string): Promise<ByteSource>;
}

/** The access of a file to other files: those that it names, and whole files inside of it. */
export interface Surroundings {
  /** Undefined where no folder is known: bytes in memory, a file that another one asked for. */
  readonly siblings: Siblings | undefined;
  /** Opens a file that this one holds or names; such a file cannot name further ones. */
  readonly openInner: (source: ByteSource) => Promise<Archive>;
}

/** Names of files are no longer than this on any file system. */
const maxNameLength = 255;

/**
 * Checks the name of a neighbour that `file` gives: the name of a file, without a folder. ONNX writes `./name` as well.
 * @throws FormatError when it could lead out of the folder.
 */
export function siblingName(file: string, written: string): string {
  const name = written.startsWith("./") ? written.slice(2) : written;
  // eslint-disable-next-line no-control-regex -- no file system wants control characters in a name
  if (name === "" || name === "." || name === ".." || /[/\\:\u0000-\u001f]/.test(name)) {
    throw new FormatError(
      file,
      text(
        "it asks for the file {0}; only files of its own folder are opened",
        JSON.stringify(written.slice(0, maxNameLength)),
      ),
    );
  }
  if (name.length > maxNameLength) {
    throw new FormatError(file, text("it asks for a file whose name is too long"));
  }
  return name;
}
