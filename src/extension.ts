/**
 * Entry of the extension: builds its parts and registers them.
 */
import * as vscode from "vscode";
import { Assigned } from "./host/assign/assigned";
import { KnownMaps } from "./host/assign/knownMaps";
import { useAsModule } from "./host/assign/useAsModule";
import { makeCase } from "./host/cases/makeCase";
import { registerCommands } from "./host/commands/commands";
import { Explanations } from "./host/explain/explanations";
import { Inspection } from "./host/workspace/inspection";
import { Panels, PANEL_VIEW_TYPE } from "./host/panel/panels";
import { completeChoices } from "./host/python/interpreter";
import { Recordings } from "./host/python/recorder";
import { RunFileMemory } from "./host/panel/runFileMemory";
import type { RunPanel } from "./host/panel/runPanel";
import { RunFlow } from "./host/quickPick/runFlow";
import { Report } from "./host/base/report";
import { RunFileDiagnostics } from "./host/runFiles/diagnostics";
import { registerOpenLens } from "./host/runFiles/openLens";
import { changesHints, changesTolerance } from "./host/workspace/settings";
import { readRun } from "./host/workspace/readRunFile";
import { exportModule } from "./host/tensors/exportModule";
import { TensorEditors } from "./host/tensors/tensorEditors";
import type { TensorDocument } from "./host/tensors/tensorDocument";

/** What `activate` returns: the open panels and documents, for tests and for other extensions to look at. */
export interface UnrollApi {
  readonly panels: () => readonly Pick<
    RunPanel,
    "runFile" | "spec" | "view" | "problem" | "compareWith"
  >[];
  readonly tensorDocuments: () => readonly Pick<
    TensorDocument,
    "uri" | "version" | "summary" | "problem" | "workers" | "export"
  >[];
}

/** Runs again, or shows again, what a setting has changed. */
function followSettings(panels: Panels): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (changesTolerance(event)) for (const panel of panels.all) void panel.again();
    if (changesHints(event)) for (const panel of panels.all) panel.refresh();
  });
}

export function activate(context: vscode.ExtensionContext): UnrollApi {
  const dist = vscode.Uri.joinPath(context.extensionUri, "dist");
  const log = vscode.window.createOutputChannel("Unroll RNN", { log: true });
  const report = new Report(log);
  const inspection = new Inspection(vscode.Uri.joinPath(dist, "worker.js").fsPath);
  const maps = new KnownMaps(context.workspaceState);
  const flow: RunFlow = new RunFlow(inspection, report, {
    knownMaps: () => maps.all(),
    assign: async (location) => {
      await report.guard(() => useAsModule(tensors, vscode.Uri.parse(location), []));
    },
  });
  const storage = context.storageUri ?? context.globalStorageUri;
  const panels: Panels = new Panels({
    dist,
    version: String((context.extension.packageJSON as { version?: unknown }).version),
    report,
    memory: new RunFileMemory(context.workspaceState),
    pick: (what, spec) => flow.change(what, spec),
    makeCase: async (what, panel) => {
      await report.guard(() => makeCase(what, panel));
    },
    open: async (runFile) => {
      await panels.open({ spec: await readRun(runFile), runFile });
    },
    complete: (choices, resource) => completeChoices(choices, resource, storage),
  });
  const assigned = new Assigned({
    flow,
    panels,
    maps,
    script: vscode.Uri.joinPath(dist, "worker.js").fsPath,
    exportModule: (uri, map) => exportModule({ panels, tensors }, uri, { map }),
  });
  const tensors: TensorEditors = new TensorEditors({
    dist,
    report,
    run: async (location, prefix) => {
      const spec = await flow.createFrom(location, prefix);
      if (spec !== undefined) await panels.open({ spec, runFile: null });
    },
    assigned,
  });
  const explanations = new Explanations(inspection);
  const recordings = new Recordings(report.show.bind(report));
  context.subscriptions.push(
    log,
    inspection,
    explanations,
    recordings,
    panels,
    new RunFileDiagnostics(inspection),
    registerOpenLens(),
    vscode.window.registerWebviewPanelSerializer(PANEL_VIEW_TYPE, panels),
    ...tensors.register(),
    followSettings(panels),
    ...registerCommands({ panels, flow, tensors, explanations, recordings, report, log }),
  );
  return { panels: () => panels.all, tensorDocuments: () => tensors.documents };
}
