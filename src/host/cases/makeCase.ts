/**
 * Makes a case of the run in a panel: a better test of its module, or the smallest case that shows its mistake.
 */
import * as vscode from "vscode";
import type { Progress } from "../../core/control";
import { text, type Text } from "../../core/text";
import type { MadeCase } from "../../diagnosis/cases/made";
import { nothingFound } from "../../diagnosis/reduce/nothingFound";
import type { CaseName } from "../../protocol/run/messages";
import { schemeOf } from "../../run/spec/spec";
import { showProgress, showNotes, type CancellableWork } from "../base/surfaces";
import type { RunPanel } from "../panel/runPanel";
import { baseName, parseLocation, weightsFrom } from "../workspace/locations";
import { assertWritable, mayReplace, writableFolderOf, writeFile } from "../workspace/writing";

/** How a case is asked for, told of, and opened. */
interface Recipe {
  /** Our own words. */
  readonly title: () => string;
  readonly openLabel: () => string;
  readonly activity: Text;
  readonly start: (
    panel: RunPanel,
    folder: vscode.Uri,
    onProgress: (progress: Progress) => void,
  ) => CancellableWork<MadeCase | null>;
  /** Opens what is to be looked at first. */
  readonly open: (folder: vscode.Uri, made: MadeCase, panel: RunPanel) => PromiseLike<unknown>;
}

/** The script of a better test, into which the user's implementation goes. */
const SCRIPT = "record.py";

const recipes: Readonly<Record<CaseName, Recipe>> = {
  betterTest: {
    title: () => vscode.l10n.t("Make a Better Test"),
    openLabel: () => vscode.l10n.t("Write the Test Here"),
    activity: text("Making a better test"),
    start: (panel, folder, onProgress) =>
      panel.cases.probe(
        { seed: 0, weights: weightsFrom(folder, panel.spec.weights.file) },
        onProgress,
      ),
    open: (folder) =>
      vscode.window.showTextDocument(vscode.Uri.joinPath(folder, SCRIPT), { preview: false }),
  },
  smallest: {
    title: () => vscode.l10n.t("Make the Smallest Case"),
    openLabel: () => vscode.l10n.t("Write the Case Here"),
    activity: text("Making the smallest case"),
    start: (panel, _, onProgress) => panel.cases.reduce(onProgress),
    open: (folder, { runFile }, panel) => panel.open(vscode.Uri.joinPath(folder, runFile)),
  },
};

/** Writes the case into `target`, else into a folder that the user names, and opens it. */
export async function makeCase(
  what: CaseName,
  panel: RunPanel,
  target?: vscode.Uri,
): Promise<void> {
  const recipe = recipes[what];
  const folder = target ?? (await askForFolder(recipe, panel));
  if (folder === undefined) return;
  assertWritable(folder);
  const made = await showProgress<MadeCase | null>(recipe.activity, (onProgress) =>
    recipe.start(panel, folder, onProgress),
  );
  if (made === null) throw nothingFound(nameOf(panel), panel.agrees);
  const files = made.files.map(({ name, bytes }) => ({
    file: vscode.Uri.joinPath(folder, name),
    bytes,
  }));
  if (!(await mayReplace(files.map(({ file }) => file)))) return;
  for (const { file, bytes } of files) await writeFile(file, bytes);
  await recipe.open(folder, made, panel);
  showNotes([...made.lines, ...notesOf(what, folder, panel), writtenLine(folder, made)].map(ended));
}

async function askForFolder(
  { title, openLabel }: Recipe,
  { runFile, spec }: RunPanel,
): Promise<vscode.Uri | undefined> {
  const defaultUri = writableFolderOf(runFile ?? parseLocation(spec.weights.file));
  const chosen = await vscode.window.showOpenDialog({
    ...(defaultUri === undefined ? {} : { defaultUri }),
    canSelectFiles: false,
    canSelectFolders: true,
    title: title(),
    openLabel: openLabel(),
  });
  return chosen?.[0];
}

/** Scripts read disks alone. */
function notesOf(what: CaseName, folder: vscode.Uri, panel: RunPanel): Text[] {
  const isApart =
    what === "betterTest" && schemeOf(weightsFrom(folder, panel.spec.weights.file)) !== undefined;
  return isApart
    ? [text("{0} reads no such address as that of the weights: give it a copy of them", SCRIPT)]
    : [];
}

function writtenLine(folder: vscode.Uri, { files }: MadeCase): Text {
  return text(
    "written to {0}: {1}",
    folder.scheme === "file" ? folder.fsPath : folder.toString(),
    files.map(({ name }) => name),
  );
}

/** A line as a sentence among others. */
function ended(line: Text): Text {
  return text("{0}.", line);
}

function nameOf({ runFile, spec }: RunPanel): string {
  return baseName(runFile ?? parseLocation(spec.weights.file));
}
