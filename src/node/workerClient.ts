/**
 * The worker thread of runs seen from the thread that started it.
 */
import type { RunView } from "../protocol/run/messages";
import type { WorkerEvents, WorkerRequests } from "../protocol/run/workerMessages";
import { text } from "../core/text";
import { ThreadClient, type DeathSentences, type ThreadOptions } from "./threadClient";

export interface WorkerOptions extends ThreadOptions {
  readonly onProgress?: (progress: WorkerEvents["run/progress"]) => void;
  readonly onCompare?: (progress: WorkerEvents["compare/progress"]) => void;
  /** Receives what engines in processes of their own print. */
  readonly onOutput?: (output: string) => void;
  /** Milliseconds that a run has to stop by itself. */
  readonly grace?: number;
}

const sentences: DeathSentences = {
  outOfMemory: (megabytes) =>
    text(
      "The run needs more memory than one run may use ({0} MB); shorten the sequence or use fewer batch rows",
      megabytes,
    ),
  unexpected: (reason) => text("The run stopped unexpectedly, please report it: {0}", reason),
};

/** A run looks up this often whether it should stop, many times over. What does not is reading a file that never ends. */
const GRACE_MS = 3000;

export class WorkerClient extends ThreadClient<WorkerRequests, WorkerEvents> {
  readonly #graceMs: number;
  /** The runs that have not ended. */
  readonly #runs = new Set<Promise<unknown>>();

  constructor(options: WorkerOptions) {
    super(options, sentences);
    this.#graceMs = options.grace ?? GRACE_MS;
    if (options.onProgress !== undefined) this.on("run/progress", options.onProgress);
    const { onOutput } = options;
    if (onOutput !== undefined) {
      this.on("engine/output", ({ output }) => {
        onOutput(output);
      });
    }
    if (options.onCompare !== undefined) this.on("compare/progress", options.onCompare);
  }

  /** Makes a run. */
  run(params: WorkerRequests["run/open"]["params"]): Promise<RunView> {
    return this.#stoppable(this.request("run/open", params));
  }

  /** Compares the open run with engines. */
  compare(params: WorkerRequests["run/compareWith"]["params"]): Promise<RunView> {
    return this.#stoppable(this.request("run/compareWith", params));
  }

  async #stoppable(run: Promise<RunView>): Promise<RunView> {
    this.#runs.add(run);
    try {
      return await run;
    } finally {
      this.#runs.delete(run);
    }
  }

  /**
   * Stops runs of `revision` and older as `cancel` does, and waits until they have ended. One that does not is ended
   * with the thread, which then is no longer `alive`.
   */
  async stop(revision: number): Promise<void> {
    this.cancel(revision);
    const runs = [...this.#runs];
    if (runs.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#graceMs);
    });
    await Promise.race([Promise.allSettled(runs), late]);
    clearTimeout(timer);
    if (runs.some((run) => this.#runs.has(run))) await this.dispose();
  }

  /** Stops runs of `revision` and older, and work on the open run, even in the middle of a loop. */
  cancel(revision: number): void {
    this.stops.stopRuns(revision);
  }
}
