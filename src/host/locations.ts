/**
 * Names in run files and the URIs they stand for. A location is a URI as a string: what a run holds in memory.
 */
import { posix } from "node:path";
import { Uri } from "vscode";
import { NotFoundError } from "../errors";
import { schemeOf } from "../runSpec";
import { text } from "../text";

const ABSOLUTE = /^([a-z]:[\\/]|\/|\\\\)/i;

/** The URI of a location. @throws NotFoundError when it is none. */
export function parseLocation(location: string): Uri {
  try {
    return Uri.parse(location, true);
  } catch (error) {
    throw new NotFoundError(location, text("this is not the address of a file"), [], {
      cause: error,
    });
  }
}

/** The location of a name as a file in `folder` writes it: relative, absolute, or a URI. */
export function resolveName(folder: Uri, name: string): string {
  if (schemeOf(name) !== undefined) return parseLocation(name).toString();
  if (!ABSOLUTE.test(name)) return Uri.joinPath(folder, name).toString();
  if (folder.scheme === "file") return Uri.file(name).toString();
  return folder.with({ path: name }).toString();
}

/** The name that `resolveName` turns into `location`: relative where there is a way. */
export function relativeName(folder: Uri, location: string): string {
  const uri = parseLocation(location);
  // Through a string: drive letters get the same case.
  const base = Uri.parse(folder.toString());
  const sameRoot = uri.scheme === base.scheme && uri.authority === base.authority;
  if (!sameRoot || driveOf(uri) !== driveOf(base)) return location;
  const name = posix.relative(base.path, uri.path);
  return schemeOf(name) === undefined ? name : `./${name}`;
}

/** Last part of a URI's path. */
export function baseName(uri: Uri): string {
  return posix.basename(uri.path);
}

/** The folder a file lies in. */
export function folderOf(uri: Uri): Uri {
  return uri.with({ path: posix.dirname(uri.path), query: "", fragment: "" });
}

function driveOf(uri: Uri): string {
  return /^\/[a-z]:/i.exec(uri.path)?.[0].toLowerCase() ?? "";
}
