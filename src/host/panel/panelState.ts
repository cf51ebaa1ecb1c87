/**
 * Which run a panel holds: the one on screen, the one asked for last, and the file it is written in.
 */
import type * as vscode from "vscode";
import { filesOf, type RunSpec } from "../../run/spec/spec";
import { parseLocation } from "../workspace/locations";
import { readRun } from "../workspace/readRunFile";

/** A run and the file it is written in. */
export interface RunStart {
  readonly spec: RunSpec;
  readonly runFile: vscode.Uri | null;
}

/** Holds the runs of one panel. Owned by the panel, and ends with it. */
export class PanelState {
  #attempted: RunSpec;
  #shown: RunSpec | null = null;
  #runFile: vscode.Uri | null;
  /** What the run file says, as far as we know. */
  #written: RunSpec | null;

  constructor({ spec, runFile }: RunStart) {
    this.#attempted = spec;
    this.#runFile = runFile;
    this.#written = runFile === null ? null : spec;
  }

  /** Asked for last, whether it could be made or not. */
  get attempted(): RunSpec {
    return this.#attempted;
  }

  /** What the next change builds on: the run on screen, else the one that could not be made. */
  get spec(): RunSpec {
    return this.#shown ?? this.#attempted;
  }

  get runFile(): vscode.Uri | null {
    return this.#runFile;
  }

  /** All files that the runs are read from. */
  get files(): vscode.Uri[] {
    const files = new Set([...filesOf(this.#attempted), ...filesOf(this.spec)]);
    if (this.#runFile !== null) files.add(this.#runFile.toString());
    return [...files].map(parseLocation);
  }

  /** A run is asked for; what is on screen stays until it is made. */
  attempt(spec: RunSpec): void {
    this.#attempted = spec;
  }

  /** A run is on screen. */
  show(spec: RunSpec): void {
    this.#shown = spec;
  }

  /** A run has been written to a file, which is the panel's from now on. */
  saved(spec: RunSpec, runFile: vscode.Uri): void {
    this.#runFile = runFile;
    this.#written = spec;
  }

  /**
   * What to run after files changed on disk: what the run file says now where that is new, else what was asked for
   * last. null where only the run file changed, and says what it said. Rejects where it cannot be read.
   */
  async afterChange(changed: ReadonlySet<string>): Promise<RunSpec | null> {
    const file = this.#runFile;
    if (file === null || !changed.has(file.toString())) return this.#attempted;
    const spec = await readRun(file);
    const same = JSON.stringify(spec) === JSON.stringify(this.#written);
    this.#written = spec;
    if (!same) return spec;
    return changed.size === 1 ? null : this.#attempted;
  }
}
