/**
 * Recognises files that may hold tensors by their names, and finds those of the workspace.
 */
import * as vscode from "vscode";
import { shardIndexSuffix, tensorEndings } from "../../formats/extensions";
import { folderOf, parseLocation } from "./locations";
import { nearestFirst } from "./nearestFirst";
import { RUN_FILE_SUFFIX } from "./readRunFile";
import { maxSearchedFiles } from "./settings";

/** True for names that say by themselves that there are tensors inside: of JSON only an index of shards. */
export function namesTensors(location: string): boolean {
  return !location.endsWith(".json") || location.endsWith(shardIndexSuffix);
}

/** Files of the folder of `near` and the workspace's, each once: the nearest to `near` first. */
export async function findTensorFiles(
  near: string | undefined,
  token?: vscode.CancellationToken,
): Promise<string[]> {
  const folder = near === undefined ? undefined : folderOf(parseLocation(near));
  const siblings = folder === undefined ? [] : await listFolder(folder);
  const inWorkspace = await vscode.workspace.findFiles(
    `**/*.{${tensorEndings.join(",")}}`,
    "**/node_modules/**",
    maxSearchedFiles(),
    token,
  );
  const all = [...siblings, ...inWorkspace.map((uri) => uri.toString())];
  const files = withTestSets(all.filter((each) => !each.endsWith(RUN_FILE_SUFFIX)));
  const order = near === undefined ? files.sort() : nearestFirst(files, near);
  return order.slice(0, maxSearchedFiles());
}

/** Files of ONNX' test data, whose folder is taken as one. */
const testFile = /^(.*\/test_data_set_[^/]*)\/(?:in|out)put_\d+\.pb$/;

/** Folders of test data in the place of the files in them, each once. */
function withTestSets(locations: readonly string[]): string[] {
  return [...new Set(locations.map((each) => testFile.exec(each)?.[1] ?? each))];
}

async function listFolder(folder: vscode.Uri): Promise<string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([name, type]) => (type & vscode.FileType.File) !== 0 && hasExtension(name))
      .map(([name]) => vscode.Uri.joinPath(folder, name).toString());
  } catch {
    // A folder that may not be listed: its files can still be chosen by Browse….
    return [];
  }
}

function hasExtension(name: string): boolean {
  return tensorEndings.includes(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}
