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

/** `workerData` of a worker thread. */
export interface WorkerStart {
  /** Memory of the `Stops` of both ends. */
  readonly cancelled: SharedArrayBuffer;
  /** Of `RunPlatform`; false when not given. */
  readonly rehearses?: boolean;
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
