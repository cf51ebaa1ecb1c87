/**
 * A worker thread as it is started, whoever is going to ask it.
 */
import { Worker } from "node:worker_threads";
import { Stops } from "../worker/stops";
import type { WorkerStart } from "./threadPort";

/** Bounds the objects of one worker, megabytes, so that a hostile file ends it and not the extension host. */
export const HEAP_MEGABYTES = 1024;

/** It reads no message and sends none before it is asked. */
export interface StartedThread {
  readonly worker: Worker;
  /** What stops its work. */
  readonly stops: Stops;
}

/** Starts a thread with the bundled script at this path. */
export function startThread(
  script: string,
  { rehearses = false }: Pick<WorkerStart, "rehearses"> = {},
): StartedThread {
  const stops = new Stops();
  const start: WorkerStart = { cancelled: stops.memory, rehearses };
  const worker = new Worker(script, {
    workerData: start,
    // Flags and the inspector of the extension host are not the worker's.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
  });
  return { worker, stops };
}
