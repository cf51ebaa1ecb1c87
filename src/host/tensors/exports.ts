/**
 * Exports: a suggested name, the user's choice, and files that are written completely or not at all.
 */
import * as vscode from "vscode";
import type { ExportRequest, TensorExportFormat } from "../../protocol/archive/messages";
import { replaceFile } from "../../node/writeWhole";
import { text } from "../../core/text";
import { showError } from "../base/surfaces";
import { baseName, folderOf } from "../workspace/locations";

/** File systems bound a name at 255 bytes; a name in Chinese takes three a character. */
const MAX_NAME = 80;

const FORMAT_NAMES: Readonly<Record<TensorExportFormat | "png" | "svg", string>> = {
  npy: "NumPy",
  npz: "NumPy",
  csv: "CSV",
  json: "JSON",
  safetensors: "safetensors",
  png: "PNG",
  svg: "SVG",
};

/** The folder of the last export: the next one often goes there as well. */
let lastFolder: vscode.Uri | undefined;

/** Asks where to write; undefined when the user gave up. `name` is a base name without extension. */
export function askTarget(
  source: vscode.Uri,
  name: string,
  format: TensorExportFormat | "png" | "svg",
): Promise<vscode.Uri | undefined> {
  return askFile(source, `${fileName(name)}.${format}`, { [FORMAT_NAMES[format]]: [format] });
}

/** The same for a module, of which `endings` are what its target is written to, the usual one first. */
export function askModuleTarget(
  source: vscode.Uri,
  name: string,
  endings: readonly string[],
): Promise<vscode.Uri | undefined> {
  const filters = Object.fromEntries(endings.map((ending) => [`.${ending}`, [ending]]));
  return askFile(source, `${fileName(name)}.${endings[0] ?? ""}`, filters);
}

/** Never the file that is read: what is written would take the place of what it is made of. */
async function askFile(
  source: vscode.Uri,
  file: string,
  filters: Record<string, string[]>,
): Promise<vscode.Uri | undefined> {
  const folder = lastFolder ?? writableFolderOf(source);
  const proposed = file === baseName(source) ? file.replace(/(?=\.)/, "-exported") : file;
  const target = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, proposed) }),
    saveLabel: vscode.l10n.t("Export"),
    filters,
  });
  if (target?.toString() === source.toString()) {
    void showError(text("{0} is the file that is read: choose another name", baseName(source)));
    return undefined;
  }
  if (target !== undefined) lastFolder = folderOf(target);
  return target;
}

/** What an export is called unless the user says otherwise: its tensor, or its file where it holds several. */
export function exportName(source: vscode.Uri, { tensors, slice }: ExportRequest): string {
  const [tensor] = tensors;
  if (tensors.length !== 1 || tensor === undefined) {
    return `${baseName(source).replace(/\.[^.]+$/, "")}-tensors`;
  }
  if (slice === null) return tensor;
  const places = slice.index.map((at, axis) =>
    axis === slice.rowAxis || axis === slice.columnAxis ? "all" : String(at),
  );
  return `${tensor}-${places.join("-")}`;
}

/** Puts bytes in the place of a file in one step; a virtual file system takes a file as a whole anyway. */
export async function writeExport(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  if (target.scheme === "file") await replaceFile(target.fsPath, bytes);
  else await vscode.workspace.fs.writeFile(target, bytes);
}

/** A tensor's name as a file's: without what some system does not allow there. */
function fileName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, "_").replace(/^[.\s]+|[.\s]+$/g, "");
  return plain === "" ? "tensor" : plain.slice(0, MAX_NAME);
}

/** The folder of the file, or the workspace where that one only reads, as of a commit. */
function writableFolderOf(source: vscode.Uri): vscode.Uri | undefined {
  if (vscode.workspace.fs.isWritableFileSystem(source.scheme) === true) return folderOf(source);
  return vscode.workspace.workspaceFolders?.[0]?.uri;
}
