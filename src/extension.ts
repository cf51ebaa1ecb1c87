/**
 * Entry of the extension: builds its parts and registers them.
 */
import * as vscode from "vscode";
import { makeCase } from "./host/cases/makeCase";
import { registerCommands } from "./host/commands/commands";
import { Explanations } from "./host/explain/explanations";
import { Inspection } from "./host/workspace/inspection";
import { Panels, PANEL_VIEW_TYPE } from "./host/panel/panels";
import { RunFileMemory } from "./host/panel/runFileMemory";
import type { RunPanel } from "./host/panel/runPanel";
import { RunFlow } from "./host/quickPick/runFlow";
import { Report } from "./host/base/report";
import { RunFileDiagnostics } from "./host/runFiles/diagnostics";
import { registerOpenLens } from "./host/runFiles/openLens";
import { changesHints, changesTolerance } from "./host/workspace/settings";
import { readRun } from "./host/workspace/readRunFile";
import { TensorEditors } from "./host/tensors/tensorEditors";
import type { TensorDocument } from "./host/tensors/tensorDocument";

/** What `activate` returns: the open panels and documents, for tests and for other extensions to look at. */
export interface UnrollApi {
  readonly panels: () => readonly Pick<RunPanel, "runFile" | "spec" | "view" | "problem">[];
  readonly tensorDocuments: () => readonly Pick<
    TensorDocument,
    "uri" | "version" | "summary" | "problem" | "workers" | "export"
  >[];
}

export function activate(context: vscode.ExtensionContext): UnrollApi {
  const dist = vscode.Uri.joinPath(context.extensionUri, "dist");
  const log = vscode.window.createOutputChannel("Unroll RNN", { log: true });
  const report = new Report(log);
  const inspection = new Inspection(vscode.Uri.joinPath(dist, "worker.js").fsPath);
  const flow = new RunFlow(inspection, report);
  const panels = new Panels({
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
  });
  const tensors = new TensorEditors({
    dist,
    report,
    run: async (location, prefix) => {
      const spec = await flow.createFrom(location, prefix);
      if (spec !== undefined) await panels.open({ spec, runFile: null });
    },
  });
  const explanations = new Explanations(inspection);
  context.subscriptions.push(
    log,
    inspection,
    explanations,
    panels,
    new RunFileDiagnostics(inspection),
    registerOpenLens(),
    vscode.window.registerWebviewPanelSerializer(PANEL_VIEW_TYPE, panels),
    ...tensors.register(),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (changesTolerance(event)) for (const panel of panels.all) void panel.again();
      if (changesHints(event)) for (const panel of panels.all) panel.refresh();
    }),
    ...registerCommands({ panels, flow, tensors, explanations, report, log }),
  );
  return { panels: () => panels.all, tensorDocuments: () => tensors.documents };
}
