/**
 * The worker thread of one open archive seen from the thread that started it.
 */
import type {
  ArchiveWorkerEvents,
  ArchiveWorkerRequests,
} from "../protocol/archive/workerMessages";
import { text } from "../core/text";
import { ThreadClient, type DeathSentences, type ThreadOptions } from "./threadClient";

export interface ArchiveWorkerOptions extends ThreadOptions {
  readonly onProgress: (progress: ArchiveWorkerEvents["work/progress"]) => void;
}

const sentences: DeathSentences = {
  outOfMemory: (megabytes) =>
    text("Reading the file needs more memory than one file may use ({0} MB)", megabytes),
  unexpected: (reason) =>
    text("Reading the file ended unexpectedly, please report it: {0}", reason),
};

export class ArchiveWorkerClient extends ThreadClient<ArchiveWorkerRequests, ArchiveWorkerEvents> {
  constructor(options: ArchiveWorkerOptions) {
    super(options, sentences);
    this.on("work/progress", options.onProgress);
  }

  /** Stops long work on the open archive, even in the middle of a loop. */
  cancel(): void {
    this.stops.stopWork();
  }
}
