/**
 * The threads that the fast path shares in this process, as many as pay.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from "node:worker_threads";
import type { ThreadStart } from "../engine/wasm/taskBoard";
import { KernelThreads, type SharingLimits, type SpawnedThread } from "../engine/wasm/threads";

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
  const { port1: life, port2: held } = new MessageChannel();
  try {
    const workerData = { ...start, life: held };
    const worker = new Worker(script, { workerData, transferList: [held], execArgv: [] });
    // After its death, the caller does all tasks itself; where it held one, the run ends (`isAlive`).
    worker.on("error", () => undefined);
    worker.unref();
    life.unref();
    return {
      post: (message) => {
        worker.postMessage(message);
      },
      isAlive: () => !canTellClosed || isOpen(life),
      terminate: () => {
        void worker.terminate();
        life.close();
      },
    };
  } catch {
    life.close();
    return null;
  }
}

/**
 * Whether the other end of a port is there. Events tell that too, but not to a thread which waits for tasks: only Node
 * itself knows at once, says so when the port is read, and then gives nothing for a message put into it instead of true.
 */
function isOpen(port: MessagePort): boolean {
  receiveMessageOnPort(port);
  const told: { postMessage(message: number): unknown } = port;
  return told.postMessage(0) === true;
}

/** Whether this Node tells a port that is open by `isOpen`; otherwise every thread counts as alive. */
const canTellClosed = ((): boolean => {
  const { port1 } = new MessageChannel();
  const isTold = isOpen(port1);
  port1.close();
  return isTold;
})();
