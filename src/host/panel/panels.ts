/**
 * All open panels: one for each run file, and one for each weights file that is run without one.
 */
import * as vscode from "vscode";
import { SpareThread } from "../../node/spareThread";
import { webviewOptions } from "../base/page";
import type { RunStart } from "./panelState";
import { RunPanel, type PanelServices } from "./runPanel";
import { readSavedRun } from "./savedState";

/** Also in package.json, in `when` clauses. */
export const PANEL_VIEW_TYPE = "unroll.panel";

export class Panels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #services: PanelServices;
  readonly #threads: SpareThread;
  readonly #panels = new Set<RunPanel>();

  constructor(services: PanelServices) {
    this.#services = services;
    this.#threads = new SpareThread(vscode.Uri.joinPath(services.dist, "worker.js").fsPath);
  }

  /** Every open panel, oldest first. */
  get all(): readonly RunPanel[] {
    return [...this.#panels];
  }

  /** The panel that has the focus. */
  get active(): RunPanel | undefined {
    return this.all.find(({ webviewPanel }) => webviewPanel.active);
  }

  /** Shows the run's panel, a new one if there is none, and runs. */
  async open(start: RunStart): Promise<void> {
    const key = keyOf(start);
    const known = this.all.find((panel) => keyOf(panel) === key);
    if (known !== undefined) {
      known.webviewPanel.reveal();
      await known.run(start.spec);
      return;
    }
    const webviewPanel = vscode.window.createWebviewPanel(
      PANEL_VIEW_TYPE,
      "Unroll",
      vscode.ViewColumn.Active,
      webviewOptions,
    );
    await this.#adopt(webviewPanel, start).run(start.spec);
    this.#threads.keep();
  }

  /** Restores a panel of an earlier session from the state its view left. */
  deserializeWebviewPanel(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = readSavedRun(state);
    if (saved === null) {
      webviewPanel.dispose();
      return Promise.resolve();
    }
    const panel = this.#adopt(webviewPanel, {
      spec: saved.spec,
      runFile:
        saved.runFile === null ? null : this.#services.memory.find(saved.runFile, saved.spec),
    });
    // Not awaited: VS Code shows the page when this returns.
    void panel.run(saved.spec);
    return Promise.resolve();
  }

  dispose(): void {
    for (const { webviewPanel } of this.#panels) webviewPanel.dispose();
    void this.#threads.dispose();
  }

  #adopt(webviewPanel: vscode.WebviewPanel, start: RunStart): RunPanel {
    webviewPanel.iconPath = vscode.Uri.joinPath(this.#services.dist, "..", "media", "icon.png");
    const panel = new RunPanel(webviewPanel, this.#services, this.#threads, start);
    this.#panels.add(panel);
    webviewPanel.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
    });
    return panel;
  }
}

function keyOf({ runFile, spec }: RunStart): string {
  return runFile === null ? `weights ${spec.weights.file}` : `run ${runFile.toString()}`;
}
