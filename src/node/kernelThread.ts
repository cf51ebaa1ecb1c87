/**
 * A thread of the fast path: runs tasks until its process or the thread that started it ends.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { ThreadStart } from "../engine/wasm/taskBoard";
import { serveTasks } from "../engine/wasm/threadServer";

const port = parentPort;
if (port === null) throw new Error("kernelThread.js is the entry of a worker thread");

serveTasks(
  workerData as ThreadStart,
  () => (receiveMessageOnPort(port) as { message: unknown } | undefined)?.message,
);
