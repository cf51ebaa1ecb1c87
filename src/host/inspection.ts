/**
 * The worker thread that looks into files for the quick pick and the Problems panel; ends when nobody asks.
 */
import type { Disposable } from "vscode";
import { WorkerClient } from "../node/workerClient";
import type { ArchiveView } from "../protocol/workerMessages";
import { readBytes } from "./readBytes";

/** Picking takes many short looks; a thread costs some ten megabytes while it waits. */
const IDLE_MS = 30_000;

export class Inspection implements Disposable {
  readonly #script: string;
  #worker: WorkerClient | undefined;
  #pending = 0;
  #idle: NodeJS.Timeout | undefined;

  /** `script` is the path of the bundled worker. */
  constructor(script: string) {
    this.#script = script;
  }

  /** The table of contents of a file. Rejects with the reader's sentence. */
  async inspect(location: string): Promise<ArchiveView> {
    clearTimeout(this.#idle);
    this.#pending++;
    try {
      return await this.#ensureWorker().request("archive/inspect", { location });
    } finally {
      this.#pending--;
      if (this.#pending === 0) {
        this.#idle = setTimeout(() => {
          this.dispose();
        }, IDLE_MS);
      }
    }
  }

  dispose(): void {
    clearTimeout(this.#idle);
    void this.#worker?.dispose();
    this.#worker = undefined;
  }

  #ensureWorker(): WorkerClient {
    if (this.#worker?.alive !== true) {
      this.#worker = new WorkerClient({ script: this.#script, readBytes });
    }
    return this.#worker;
  }
}
