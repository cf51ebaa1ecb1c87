/**
 * The threads that the fast path shares in this process, as many as pay.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ThreadStart } from "../engine/wasmTaskBoard";
import { KernelThreads, type SharingLimits, type SpawnedThread } from "../engine/wasmThreads";

/** More wait for memory, or for each other. */
const MAX_THREADS = 4;

interface KernelThreadOptions {
  /** Threads that take part, the caller's included; as many as the machine runs side by side when not given. */
  readonly count?: number;
  /** Path of the bundled `kernelThread.js`; beside this file when not given. */
  readonly script?: string;
  readonly limits?: SharingLimits;
}

/** Threads for engines of the fast path; none is started before an engine has enough to do. */
export function createKernelThreads(options: KernelThreadOptions = {}): KernelThreads {
  const { count = Math.min(MAX_THREADS, availableParallelism()), limits } = options;
  const script = options.script ?? join(__dirname, "kernelThread.js");
  return new KernelThreads(count, (start) => spawn(script, start), limits);
}

function spawn(script: string, start: ThreadStart): SpawnedThread | null {
  try {
    const worker = new Worker(script, { workerData: start, execArgv: [] });
    // Without it, or after its death, the caller does all tasks itself.
    worker.on("error", () => undefined);
    worker.unref();
    return {
      post: (message) => {
        worker.postMessage(message);
      },
      terminate: () => {
        void worker.terminate();
      },
    };
  } catch {
    return null;
  }
}
