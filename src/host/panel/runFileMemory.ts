/**
 * Remembers the folders of run files, because a view's saved state holds only base names.
 */
import * as vscode from "vscode";
import type { RunSpec } from "../../run/spec/spec";
import { baseName } from "../workspace/locations";

const KEY = "unroll.runFiles";
/** More panels than anyone restores at once. */
const MAX_REMEMBERED = 50;

interface Remembered {
  readonly runFile: string;
  readonly weights: string;
}

/** Kept in the workspace's own storage. */
export class RunFileMemory {
  readonly #storage: vscode.Memento;

  constructor(storage: vscode.Memento) {
    this.#storage = storage;
  }

  /** Remembers the run file of a run. */
  add(runFile: vscode.Uri, spec: RunSpec): void {
    const entry = { runFile: runFile.toString(), weights: spec.weights.file };
    const others = this.#read().filter((known) => known.runFile !== entry.runFile);
    void this.#storage.update(KEY, [entry, ...others].slice(0, MAX_REMEMBERED));
  }

  /** The run file of this base name that ran these weights; null when none is known. */
  find(name: string, spec: RunSpec): vscode.Uri | null {
    for (const { runFile, weights } of this.#read()) {
      const uri = vscode.Uri.parse(runFile);
      if (baseName(uri) === name && weights === spec.weights.file) return uri;
    }
    return null;
  }

  #read(): readonly Remembered[] {
    return this.#storage.get<readonly Remembered[]>(KEY, []);
  }
}
