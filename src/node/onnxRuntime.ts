/**
 * The embedded ONNX Runtime as a thread that starts when it is first used and ends when it is idle.
 */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { RunControl } from "../core/control";
import type { OnnxJob, OnnxReply, OnnxRuntime } from "../run/graph/runtime";

/** Loading it again takes most of a second; kept, it holds some 100 MB. */
const IDLE_MS = 60_000;

/** How often a run looks whether it is to stop. */
const LOOK_MS = 20;

interface OnnxRuntimeOptions {
  /** Path of the bundled `onnxThread.js`; beside this file when not given. */
  readonly script?: string;
  readonly idleMs?: number;
}

/** One thread, of one run at a time; a run that is asked for meanwhile waits. */
export function createOnnxRuntime(options: OnnxRuntimeOptions = {}): OnnxRuntime & {
  /** True while the thread is there. */
  readonly isAwake: boolean;
} {
  return new OnnxThread(options);
}

let shared: OnnxRuntime | undefined;

/** The one that files and engines of this thread have in common; it starts again where it was ended. */
export function sharedOnnxRuntime(): OnnxRuntime {
  shared ??= createOnnxRuntime();
  return shared;
}

class OnnxThread implements OnnxRuntime {
  readonly #script: string;
  readonly #idleMs: number;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ script = join(__dirname, "onnxThread.js"), idleMs = IDLE_MS }: OnnxRuntimeOptions) {
    this.#script = script;
    this.#idleMs = idleMs;
  }

  get isAwake(): boolean {
    return this.#worker !== undefined;
  }

  run(job: OnnxJob, control: RunControl): Promise<OnnxReply> {
    const reply = this.#queue.then(() => this.#run(job, control));
    this.#queue = reply.catch(() => undefined);
    return reply;
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #run(job: OnnxJob, control: RunControl): Promise<OnnxReply> {
    control.check();
    clearTimeout(this.#idle);
    const worker = this.#worker ?? this.#start();
    try {
      const reply = await replyOf(worker, job, control);
      if (reply.kind === "died") await this.dispose();
      return reply;
    } catch (error) {
      // It computes in one call, which nothing but its end can stop.
      await this.dispose();
      throw error;
    } finally {
      this.#rest();
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#script, { execArgv: [] });
    // Neither the thread nor what it waits for keeps a process alive that has nothing else to do.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    if (this.#worker === undefined) return;
    this.#idle = setTimeout(() => void this.dispose(), this.#idleMs);
    this.#idle.unref();
  }
}

/** @throws CancelledError when `control` says so. */
function replyOf(worker: Worker, job: OnnxJob, control: RunControl): Promise<OnnxReply> {
  return new Promise<OnnxReply>((resolve, reject) => {
    const look = setInterval(() => {
      try {
        control.check();
      } catch (error) {
        leave();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, LOOK_MS);
    const answered = (reply: OnnxReply): void => {
      leave();
      resolve(reply);
    };
    const failed = (error: Error): void => {
      const isOutOfMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      answered({ kind: "died", isOutOfMemory, message: error.message });
    };
    const ended = (code: number): void => {
      answered({ kind: "died", isOutOfMemory: false, message: `exit code ${code}` });
    };
    const leave = (): void => {
      clearInterval(look);
      worker.off("message", answered).off("error", failed).off("exit", ended);
      worker.on("error", () => undefined);
      worker.unref();
    };
    worker.on("message", answered).on("error", failed).on("exit", ended);
    worker.ref();
    worker.postMessage(job, [job.model.buffer]);
  });
}
