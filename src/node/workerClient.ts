/**
 * The worker thread of runs seen from the thread that started it.
 */
import type { WorkerEvents, WorkerRequests } from "../protocol/workerMessages";
import { text } from "../text";
import { ThreadClient, type DeathSentences, type ThreadOptions } from "./threadClient";

export interface WorkerOptions extends ThreadOptions {
  readonly onProgress?: (progress: WorkerEvents["run/progress"]) => void;
}

const sentences: DeathSentences = {
  outOfMemory: (megabytes) =>
    text(
      "The run needs more memory than one run may use ({0} MB); shorten the sequence or use fewer batch rows",
      megabytes,
    ),
  unexpected: (reason) => text("The run stopped unexpectedly, please report it: {0}", reason),
};

export class WorkerClient extends ThreadClient<WorkerRequests, WorkerEvents> {
  constructor(options: WorkerOptions) {
    super(options, sentences);
    if (options.onProgress !== undefined) this.on("run/progress", options.onProgress);
  }

  /** Stops runs of `revision` and older, and work on the open run, even in the middle of a loop. */
  cancel(revision: number): void {
    Atomics.store(this.cancelled, 0, revision);
    Atomics.add(this.cancelled, 1, 1);
  }
}
