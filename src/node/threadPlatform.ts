/**
 * What a worker needs of its machine, where it is a thread of Node.
 */
import type { MessagePort } from "node:worker_threads";
import type { WorkerPlatform } from "../worker/platform";
import { Stops } from "../worker/stops";
import { FileSet } from "./files";
import { threadPort, type WorkerStart } from "./threadPort";

/** The platform of a thread; `parent` is its `parentPort`, `start` its `workerData`. */
export function threadPlatform(parent: MessagePort | null, start: unknown): WorkerPlatform {
  if (parent === null) throw new Error("this is the entry of a worker thread");
  return {
    port: threadPort(parent),
    stops: new Stops((start as WorkerStart).cancelled),
    nextTurn: () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
    openFiles: (readBytes) => new FileSet(readBytes),
  };
}
