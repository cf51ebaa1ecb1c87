/**
 * The worker threads that inspect files for the quick pick and the Problems panel; they end when idle.
 */
import type { Disposable } from "vscode";
import { Inspections } from "../../node/inspections";
import type { ArchiveView, RunCheck } from "../../protocol/run/workerMessages";
import type { ModuleMap } from "../../model/assign/map";
import type { RunSpec } from "../../run/spec/spec";
import { readBytes } from "./readBytes";

export class Inspection implements Disposable {
  readonly #inspections: Inspections;

  /** `script` is the path of the bundled worker. */
  constructor(script: string) {
    this.#inspections = new Inspections({ script, readBytes });
  }

  /** The table of contents of a file, with the module of a map where one is given. Rejects with the reader's sentence, or as cancelled. */
  inspect(location: string, signal?: AbortSignal, map?: ModuleMap): Promise<ArchiveView> {
    return this.#inspections.inspect(location, signal, map);
  }

  /** The shape check of a run, whose files have whole paths. Rejects as `inspect` does. */
  check(spec: RunSpec, signal?: AbortSignal): Promise<RunCheck> {
    return this.#inspections.check(spec, signal);
  }

  dispose(): void {
    this.#inspections.dispose();
  }
}
