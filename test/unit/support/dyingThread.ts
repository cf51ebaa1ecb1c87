/** A thread of the fast path that ends in the middle of its third task. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { ThreadStart } from "../../../src/engine/wasm/taskBoard";
import { serveTasks } from "../../../src/engine/wasm/threadServer";

type Run = (task: number) => void;

let left = 3;

function dyingRun(run: Run): Run {
  return (task) => {
    left -= 1;
    if (left === 0) process.exit(1);
    run(task);
  };
}

const { Instance } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, {
  construct: (target, args: ConstructorParameters<typeof Instance>) => {
    const exports = new target(...args).exports as unknown as { run32: Run; run64: Run };
    return {
      exports: { ...exports, run32: dyingRun(exports.run32), run64: dyingRun(exports.run64) },
    };
  },
});

const port = parentPort;
if (port === null) throw new Error("dyingThread.js is the entry of a worker thread");

serveTasks(
  workerData as ThreadStart,
  () => (receiveMessageOnPort(port) as { message: unknown } | undefined)?.message,
);
