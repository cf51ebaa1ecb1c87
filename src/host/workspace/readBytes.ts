/**
 * Reads whole files of virtual file systems, which have no ranged reads, for the worker threads.
 */
import * as vscode from "vscode";
import { LimitError, NotFoundError } from "../../core/errors";
import { text } from "../../core/text";
import { baseName, parseLocation } from "./locations";
import { maxRemoteBytes } from "./settings";

/**
 * Reads a file through VS Code.
 * @throws NotFoundError when it is not there, LimitError when it passes `unroll.remote.maxMegabytes`.
 */
export async function readBytes(location: string): Promise<Uint8Array> {
  const uri = parseLocation(location);
  const name = baseName(uri);
  try {
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) !== 0) {
      throw new NotFoundError(name, text("this is a folder or a device"), [], {
        remedies: [{ do: "name-a-file" }],
      });
    }
    const limit = maxRemoteBytes();
    if (size > limit) {
      throw new LimitError({ file: name }, { of: "file-bytes" }, limit, size, [
        { do: "raise", option: "remote.maxMegabytes" },
      ]);
    }
    if (uri.scheme === "git" && size === 0) {
      // The git extension gives nothing for a file that a version does not have.
      throw new NotFoundError(name, text("this version in git has no such file, or an empty one"));
    }
    // A copy: what VS Code returns may be a view into a pool, which would travel as a whole.
    return new Uint8Array(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) throw error;
    const reason =
      error.code === "FileNotFound"
        ? text("there is no such file")
        : text("the file cannot be opened ({0})", error.code);
    throw new NotFoundError(name, reason, [], { cause: error });
  }
}
