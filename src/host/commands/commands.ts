/**
 * The commands of the extension and their ids. Ids, titles and where they are offered stand in package.json.
 */
import * as vscode from "vscode";
import { NotFoundError } from "../../core/errors";
import { foreign, text } from "../../core/text";
import { folderOf, parseLocation } from "../workspace/locations";
import type { Panels } from "../panel/panels";
import type { RunPanel } from "../panel/runPanel";
import { makeCase } from "../cases/makeCase";
import { askMessage, terminalSelection } from "../explain/askMessage";
import type { Explanations } from "../explain/explanations";
import type { RunFlow } from "../quickPick/runFlow";
import type { Report } from "../base/report";
import { compareWithPython } from "../python/compare";
import { createRecorder, recorderAnswersOf, type Recordings } from "../python/recorder";
import { readRun, RUN_FILE_SUFFIX } from "../workspace/readRunFile";
import { showChoices } from "../base/surfaces";
import { pickTensorFiles } from "../tensors/pickFiles";
import { answersOf, exportModule } from "../tensors/exportModule";
import { tensorOf, useAsModule } from "../assign/useAsModule";
import type { TensorEditors } from "../tensors/tensorEditors";

export interface CommandServices {
  readonly panels: Panels;
  readonly flow: RunFlow;
  readonly tensors: TensorEditors;
  readonly explanations: Explanations;
  readonly recordings: Recordings;
  readonly report: Report;
  readonly log: vscode.LogOutputChannel;
}

/** Registers every command. */
export function registerCommands(services: CommandServices): vscode.Disposable[] {
  const { panels, recordings, report, log } = services;
  const register = (
    id: string,
    work: (...args: readonly unknown[]) => Promise<unknown>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(id, (...args: unknown[]) => report.guard(() => work(...args)));
  return [
    register("unroll.run", (first, selection) => run(services, uris(first, selection))),
    register("unroll.inspect", (first, selection) => inspect(services, uris(first, selection))),
    register("unroll.openRun", (first, selection) => openRuns(panels, uris(first, selection))),
    register("unroll.saveRun", (target) =>
      activePanel(panels).save(target instanceof vscode.Uri ? target : undefined),
    ),
    register("unroll.makeBetterTest", (target) =>
      makeCase("betterTest", activePanel(panels), uris(target, undefined)[0]),
    ),
    register("unroll.makeSmallestCase", (target) =>
      makeCase("smallest", activePanel(panels), uris(target, undefined)[0]),
    ),
    register("unroll.exportModule", (target, answers) =>
      exportModule(services, uris(target, undefined)[0], answersOf(answers)),
    ),
    register("unroll.useAsModule", (target) =>
      useAsModule(services.tensors, uris(target, undefined)[0], tensorOf(target)),
    ),
    register("unroll.comparePytorch", () => compareWithPython(activePanel(panels), "pytorch")),
    register("unroll.compareKeras", () => compareWithPython(activePanel(panels), "keras")),
    register("unroll.createRecorder", (answers) =>
      createRecorder(activePanel(panels), recordings, recorderAnswersOf(answers)),
    ),
    register("unroll.runAgain", () => activePanel(panels).again()),
    register("unroll.cancel", () => {
      activePanel(panels).cancel();
      return Promise.resolve();
    }),
    register("unroll.explainError", (given) =>
      explain(services, typeof given === "string" ? Promise.resolve(given) : askMessage()),
    ),
    register("unroll.explainTerminalError", () => explain(services, terminalSelection())),
    register("unroll.showLog", () => {
      log.show();
      return Promise.resolve();
    }),
  ];
}

async function run({ panels, flow }: CommandServices, files: readonly vscode.Uri[]): Promise<void> {
  const spec = await flow.create(files.map((uri) => uri.toString()));
  if (spec !== undefined) await panels.open({ spec, runFile: null });
}

async function explain(
  { explanations }: CommandServices,
  asked: Promise<string | undefined>,
): Promise<void> {
  const pasted = await asked;
  if (pasted !== undefined && pasted.trim() !== "") await explanations.show(pasted);
}

async function inspect(
  { panels, tensors }: CommandServices,
  selected: readonly vscode.Uri[],
): Promise<void> {
  const files = selected.length > 0 ? selected : await filesToInspect(panels);
  for (const uri of files) await tensors.open(uri);
}

/** The weights of the active panel, else what the user picks. */
function filesToInspect({ active }: Panels): Promise<readonly vscode.Uri[]> {
  if (active === undefined) return pickTensorFiles();
  return Promise.resolve([parseLocation(active.spec.weights.file)]);
}

async function openRuns(panels: Panels, selected: readonly vscode.Uri[]): Promise<void> {
  const files = selected.length > 0 ? selected : await askForRunFile();
  for (const runFile of files) {
    await panels.open({ spec: await readRun(runFile), runFile });
  }
}

/** The run file in the active editor, else one the user picks from the workspace. */
async function askForRunFile(): Promise<readonly vscode.Uri[]> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active?.path.endsWith(RUN_FILE_SUFFIX) === true) return [active];
  const found = await vscode.workspace.findFiles(`**/*${RUN_FILE_SUFFIX}`, "**/node_modules/**");
  if (found.length === 0) {
    throw new NotFoundError(
      vscode.workspace.name ?? "VS Code",
      text("no run file (*.unroll.json) was found; make one with Run Forward… and Save Run"),
    );
  }
  const named = found
    .map((uri) => ({ name: vscode.workspace.asRelativePath(uri), uri }))
    .sort((left, right) => left.name.localeCompare(right.name));
  const isOneFolder = vscode.workspace.workspaceFolders?.length === 1;
  const items = named.map(({ name, uri }) => ({
    label: foreign(name),
    description: foreign(isOneFolder ? "" : folderOf(uri).path),
    uri,
  }));
  const picked = await showChoices(Promise.resolve(items), {
    title: vscode.l10n.t("Open Run"),
    placeHolder: vscode.l10n.t("A run file"),
  });
  return picked === undefined ? [] : [picked.uri];
}

/** The palette offers these commands only over a panel, but a keybinding or another extension may not ask. */
function activePanel(panels: Panels): RunPanel {
  const { active } = panels;
  if (active === undefined) {
    throw new NotFoundError("Unroll RNN", text("no panel is active; open a run first"));
  }
  return active;
}

/** The Explorer passes the clicked file and the whole selection; an editor title its own file, a panel's a made-up one. */
function uris(first: unknown, selection: unknown): vscode.Uri[] {
  const others: readonly unknown[] = Array.isArray(selection) ? selection : [];
  const all = [first, ...others];
  const files = all
    .filter((each) => each instanceof vscode.Uri)
    .filter(({ scheme }) => scheme !== "webview-panel");
  return [...new Map(files.map((uri) => [uri.toString(), uri])).values()];
}
