/**
 * Export Module…: asks for the module, the framework and the file, writes it, and shows the lines that load it there.
 */
import { rm } from "node:fs/promises";
import * as vscode from "vscode";
import { foreign, text, type Text } from "../../core/text";
import type { ArchiveWorkerClient } from "../../node/archiveWorkerClient";
import { partialName } from "../../node/partialFiles";
import type {
  ArchiveSummary,
  ExportTargetId,
  ModuleMap,
  GraphInputs,
  ModuleExportRequest,
  ModuleRequest,
  TargetChoice,
} from "../../protocol/archive/messages";
import type { WrittenModule } from "../../protocol/archive/workerMessages";
import { RemoteError } from "../../protocol/rpc";
import {
  mayGoOn,
  showCancellable,
  showChoices,
  showError,
  showNotes,
  type ChoiceTexts,
} from "../base/surfaces";
import type { Panels } from "../panel/panels";
import type { RunPanel } from "../panel/runPanel";
import { inlineMap } from "../workspace/inlineMap";
import { baseName, parseLocation } from "../workspace/locations";
import { maxRemoteBytes } from "../workspace/settings";
import { askModuleTarget, writeExport } from "./exports";
import { activeTensorFile, pickTensorFiles } from "./pickFiles";
import type { TensorEditors } from "./tensorEditors";

/** A message is no list. */
const MAX_NOTES = 3;

/** Answers that a caller of the command has already. */
export interface ExportAnswers {
  readonly target?: ExportTargetId;
  readonly out?: vscode.Uri;
  /** Makes the module of tensors that were assigned by hand. */
  readonly map?: ModuleMap;
}

/** What another extension, or a keybinding, gave the command. */
export function answersOf(given: unknown): ExportAnswers {
  return typeof given === "object" && given !== null ? given : {};
}

interface ExportServices {
  readonly panels: Pick<Panels, "active">;
  readonly tensors: Pick<TensorEditors, "createWorker">;
}

/** What is exported: a file, and a module in it with the options of its run. */
interface Source extends ModuleRequest, Pick<ModuleExportRequest, "states"> {
  readonly uri: vscode.Uri;
}

export async function exportModule(
  { panels, tensors }: ExportServices,
  given: vscode.Uri | undefined,
  answers: ExportAnswers,
): Promise<void> {
  const source = given === undefined ? await sourceOf(panels) : sourceAt(given, answers.map);
  if (source === undefined) return;
  const worker = tensors.createWorker();
  try {
    const location = source.uri.toString();
    const { summary } = await worker.request("archive/open", {
      location,
      revision: 1,
      isForPage: false,
    });
    const request = await requestOf(source, summary.modules);
    if (request === undefined) return;
    const targets = await worker.request("module/targets", request);
    const target = await askFramework(targets, answers.target);
    if (target === undefined) return;
    const inputs = target.id === "onnx" ? await askInputs(answers) : noInputs;
    if (inputs === undefined) return;
    const name = nameOf(request.module, source.uri);
    const out = answers.out ?? (await askModuleTarget(source.uri, name, target.endings));
    if (out === undefined) return;
    const asked = { ...request, target: target.id, file: baseName(out), inputs };
    await writeAsked(worker, withStates(asked, source), out, answers);
  } finally {
    await worker.dispose();
  }
}

/** The module that is meant; undefined when the user gave up. */
async function requestOf(
  { module: told, options, map }: Source,
  modules: ArchiveSummary["modules"],
): Promise<ModuleRequest | undefined> {
  if (map !== undefined) return { module: told, options, map };
  const module = told ?? (await askModule(modules));
  return module === undefined ? undefined : { module, options };
}

/** What is asked, with the states that the run begins with where it names them. */
function withStates(
  asked: Omit<ModuleExportRequest, "states">,
  { states }: Pick<Source, "states">,
): ModuleExportRequest {
  return states === undefined ? asked : { ...asked, states };
}

/** A module without a prefix is called as its file. */
function nameOf(module: string | null, uri: vscode.Uri): string {
  const own = (module ?? "").replace(/[./]+$/, "");
  return own === "" ? baseName(uri).replace(/\.[^.]+$/, "") : own;
}

const noInputs: GraphInputs = { states: false, lengths: false };

/** The weights of the active panel with its options, the file of the active editor, or one that the user picks. */
async function sourceOf({ active }: Pick<Panels, "active">): Promise<Source | undefined> {
  if (active !== undefined) return sourceOfRun(active);
  const open = activeTensorFile();
  if (open !== undefined) return sourceAt(open);
  const [picked] = await pickTensorFiles();
  return picked && sourceAt(picked);
}

/** The module as the run has it: with the layout that followed from its files, and the states that it begins with. */
async function sourceOfRun({ spec, view }: Pick<RunPanel, "spec" | "view">): Promise<Source> {
  const { weights, options = {}, h0, c0 } = spec;
  const map = await inlineMap(spec);
  const states = { ...(h0 === undefined ? {} : { h0 }), ...(c0 === undefined ? {} : { c0 }) };
  return {
    uri: parseLocation(weights.file),
    // The module of a map has no name of its own: it is called as its file.
    module: map === undefined ? (weights.module ?? view?.module ?? null) : null,
    options: { ...(view === null ? {} : { batchFirst: view.options.batchFirst }), ...options },
    states,
    ...(map === undefined ? {} : { map }),
  };
}

function sourceAt(uri: vscode.Uri, map?: ModuleMap): Source {
  return { uri, module: null, options: {}, ...(map === undefined ? {} : { map }) };
}

/** The prefix of a module, null where there is none to choose from; undefined when the user gave up. */
async function askModule(modules: ArchiveSummary["modules"]): Promise<string | null | undefined> {
  if (modules.length < 2) return modules[0]?.prefix ?? null;
  const items = modules.map(({ prefix, constructorLine }) => ({
    label: prefix === "" ? text("(no prefix)") : foreign(prefix),
    description: foreign(constructorLine),
    prefix,
  }));
  const picked = await showChoices(Promise.resolve(items), {
    title: vscode.l10n.t("Export Module"),
    placeHolder: vscode.l10n.t("A module"),
  });
  return picked?.prefix;
}

/** A framework; what it cannot express is shown beside it, and chosen it is said in full. */
async function askFramework(
  targets: readonly TargetChoice[],
  answer: ExportTargetId | undefined,
): Promise<TargetChoice | undefined> {
  const items = targets.map((target) => {
    const { title, endings, reasons } = target;
    const [reason] = reasons;
    return {
      icon: reason === undefined ? "export" : "circle-slash",
      label: foreign(title),
      description: foreign(endings.map((ending) => `.${ending}`).join(", ")),
      ...(reason === undefined ? {} : { detail: reason }),
      target,
    };
  });
  const picked =
    items.find(({ target }) => target.id === answer) ??
    (await showChoices(Promise.resolve(items), {
      title: vscode.l10n.t("Export Module: Framework"),
      placeHolder: vscode.l10n.t("The framework that it is for"),
    }));
  const reasons = picked?.target.reasons ?? [];
  if (reasons.length === 0) return picked?.target;
  void showError(joinedText(reasons));
  return undefined;
}

function joinedText([first, ...others]: readonly Text[]): Text {
  return others.reduce((before, other) => text("{0}; {1}", before, other), first ?? foreign(""));
}

/** The inputs of an ONNX graph beside x. */
async function askInputs({ out }: ExportAnswers): Promise<GraphInputs | undefined> {
  if (out !== undefined) return noInputs;
  const items: readonly (ChoiceTexts & { readonly inputs: GraphInputs })[] = [
    { label: text("The input alone"), inputs: noInputs },
    { label: text("With initial states"), inputs: { states: true, lengths: false } },
    { label: text("With lengths"), inputs: { states: false, lengths: true } },
    { label: text("With initial states and lengths"), inputs: { states: true, lengths: true } },
  ];
  const picked = await showChoices(Promise.resolve(items), {
    title: vscode.l10n.t("Export Module: Inputs"),
    placeHolder: vscode.l10n.t("The inputs of the graph"),
  });
  return picked?.inputs;
}

/** Who has answered everything beforehand is told afterwards what is to be known; anybody else is asked. */
async function writeAsked(
  worker: ArchiveWorkerClient,
  asked: ModuleExportRequest,
  out: vscode.Uri,
  answers: ExportAnswers,
): Promise<void> {
  const isAnswered = answers.out !== undefined;
  if (isAnswered || (await mayWrite(worker, asked))) await write(worker, asked, out, isAnswered);
}

/** False where the user, knowing what the file will not hold or takes for granted, does not want it. */
async function mayWrite(
  worker: ArchiveWorkerClient,
  request: ModuleExportRequest,
): Promise<boolean> {
  const work = worker.request("module/notes", request);
  await showCancellable(text("Exporting {0}", request.file), work, () => {
    worker.cancel();
  });
  const notes = await unlessCancelled(work);
  if (notes === null) return false;
  if (notes.length === 0) return true;
  const question = text("Write {0}? This is to be known first:", request.file);
  return mayGoOn(question, notes, vscode.l10n.t("Export"));
}

/** `tellsNotes`: nobody was told them before. */
async function write(
  worker: ArchiveWorkerClient,
  request: ModuleExportRequest,
  out: vscode.Uri,
  tellsNotes: boolean,
): Promise<void> {
  const path = out.scheme === "file" ? out.fsPath : null;
  const work = writeModule(worker, request, path);
  await showCancellable(text("Exporting {0}", request.file), work, () => {
    worker.cancel();
  });
  const written = await unlessCancelled(work);
  if (written === null) return;
  const { bytes, notes, lines } = written;
  if (bytes !== null) await writeExport(out, bytes);
  const told = tellsNotes ? notes.slice(0, MAX_NOTES) : [];
  showNotes([text("{0} is written.", request.file), ...told]);
  const content = lines.map((line) => `${line}\n`).join("");
  const document = await vscode.workspace.openTextDocument({ language: "python", content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
}

/** A worker that ends meanwhile leaves no part of the file behind. */
async function writeModule(
  worker: ArchiveWorkerClient,
  request: ModuleExportRequest,
  path: string | null,
): Promise<WrittenModule> {
  try {
    return await worker.request("module/write", { request, path, maxBytes: maxRemoteBytes() });
  } catch (error) {
    if (path !== null && !worker.alive) await rm(partialName(path), { force: true });
    throw error;
  }
}

async function unlessCancelled<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RemoteError && error.tag === "cancelled") return null;
    throw error;
  }
}
