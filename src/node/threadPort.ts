/**
 * The two ends of a worker thread as ports of `protocol/rpc`, and the start parameters that pass between them.
 */
import type { Transferable } from "node:worker_threads";
import type { Port } from "../protocol/rpc";

/** What `Worker` and `parentPort` have in common. */
interface ThreadEnd {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on(event: "message", handler: (message: unknown) => void): unknown;
  off(event: "message", handler: (message: unknown) => void): unknown;
}

/** `workerData` of `worker.ts`. */
export interface WorkerStart {
  /**
   * Two Int32: runs of this revision or an older one are to stop; and how often something was cancelled.
   * Shared, since a run does not read messages.
   */
  readonly cancelled: SharedArrayBuffer;
}

/** A port over one end of a worker thread. */
export function threadPort(end: ThreadEnd): Port {
  return {
    post: (message, transfer) => {
      end.postMessage(message, transfer);
    },
    receive: (handler) => {
      end.on("message", handler);
      return () => {
        end.off("message", handler);
      };
    },
  };
}
