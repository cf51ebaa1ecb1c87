/**
 * Converts between names in run files and URIs. A location is a URI as a string: what a run holds in memory.
 */
import { posix } from "node:path";
import { Uri } from "vscode";
import { NotFoundError } from "../../core/errors";
import { schemeOf } from "../../run/spec/spec";
import { text } from "../../core/text";

/** Names of computers; none for this one. */
const HOST = /^[\w.$~-]*$/;

const ABSOLUTE = /^([a-z]:[\\/]|\/|\\\\)/i;

/** The URI of a location. @throws NotFoundError when it is none. */
export function parseLocation(location: string): Uri {
  return checkedUri(location, () => Uri.parse(location, true));
}

/** @throws NotFoundError where VS Code knows no such URI, or its host cannot be one. */
function checkedUri(location: string, make: () => Uri): Uri {
  const isWrong = text("this is not the address of a file");
  let uri: Uri;
  try {
    uri = make();
  } catch (error) {
    throw new NotFoundError(location, isWrong, [], { cause: error });
  }
  if (uri.scheme === "file" && !HOST.test(uri.authority))
    throw new NotFoundError(location, isWrong);
  return uri;
}

/**
 * The location of a name as a file in `folder` writes it: relative, absolute, or a URI.
 * @throws NotFoundError when it is no address.
 */
export function resolveName(folder: Uri, name: string): string {
  if (schemeOf(name) !== undefined) return parseLocation(name).toString();
  const make = (): Uri => {
    if (!ABSOLUTE.test(name)) return Uri.joinPath(folder, name);
    return folder.scheme === "file" ? Uri.file(name) : folder.with({ path: name });
  };
  return checkedUri(name, make).toString();
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

/** A file as a script in `folder` names it: by a path where it lies on a disk. */
export function weightsFrom(folder: Uri, location: string): string {
  const name = relativeName(folder, location);
  return schemeOf(name) === "file" ? parseLocation(location).fsPath : name;
}
