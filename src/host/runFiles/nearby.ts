/**
 * The files that are inspected for a run file that is open as text: those in its folder or the workspace.
 *
 * A run file may come from anywhere. Until its user runs it, no other computer is asked for what it names, and no file
 * elsewhere on this one.
 */
import { realpath } from "node:fs/promises";
import { posix, sep } from "node:path";
import type { Uri } from "vscode";

/** The parts of an address that tell where a file lies. */
export type Place = Pick<Uri, "scheme" | "authority" | "path">;

/** True where `file` lies below one of `folders`, by its address alone: nothing is touched. */
export function isBelow(file: Place, folders: readonly Place[]): boolean {
  const path = posix.normalize(file.path);
  // On Windows a backslash separates as well, and would lead out of the folder.
  if (path.includes("\\")) return false;
  return folders.some(
    ({ scheme, authority, path: folder }) =>
      scheme === file.scheme &&
      authority.toLowerCase() === file.authority.toLowerCase() &&
      path.startsWith(`${posix.normalize(folder).replace(/\/$/, "")}/`),
  );
}

/** True where no link leads `file` out of all `folders`; all are paths on this computer. */
export async function staysBelow(file: string, folders: readonly string[]): Promise<boolean> {
  const real = await realpath(file).catch(() => undefined);
  // What is not there leads nowhere.
  if (real === undefined) return true;
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return roots.some((root) => real.startsWith(root.endsWith(sep) ? root : root + sep));
}
