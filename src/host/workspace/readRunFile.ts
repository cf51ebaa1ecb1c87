/**
 * Reads run files from disk and resolves the names in them.
 */
import * as vscode from "vscode";
import { readText, textOfBytes } from "../../node/textFile";
import { parseRunFile } from "../../run/spec/file";
import { runFileError } from "../../run/spec/fileError";
import { mapFiles, type RunSpec } from "../../run/spec/spec";
import { readBytes } from "./readBytes";
import { baseName, folderOf, resolveName } from "./locations";

/** How run files end. */
export const RUN_FILE_SUFFIX = ".unroll.json";

/**
 * Reads a run file; its names become locations. What an editor holds unsaved counts, as it is what the user sees.
 * @throws FormatError with the first problem, its line and column when it is not a run.
 */
export async function readRun(file: vscode.Uri): Promise<RunSpec> {
  const source = await contentOf(file);
  const { spec, problems } = parseRunFile(source);
  if (spec === null) throw runFileError(baseName(file), source, problems);
  return resolveRun(spec, file);
}

/** The run with its names, as `file` writes them, turned into locations. */
function resolveRun(spec: RunSpec, file: vscode.Uri): RunSpec {
  const folder = folderOf(file);
  return mapFiles(spec, (name) => resolveName(folder, name));
}

async function contentOf(file: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && document.uri.toString() === file.toString(),
  );
  if (open !== undefined) return open.getText();
  const name = baseName(file);
  // Sooner than by VS Code, which asks its window about each file.
  if (file.scheme === "file") return readText(file.fsPath, name);
  return textOfBytes(await readBytes(file.toString()), name);
}
