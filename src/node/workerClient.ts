/**
 * A worker thread seen from the thread that started it: requests, cancelling, and what happens when it dies.
 */
import { Worker } from "node:worker_threads";
import { RemoteError, respond, RpcClient } from "../protocol/rpc";
import type { HostRequests, WorkerEvents, WorkerRequests } from "../protocol/workerMessages";
import { text } from "../text";
import type { ReadBytes } from "./files";
import { threadPort, type WorkerStart } from "./threadPort";

/** Bounds the objects of one worker, so that a hostile file ends it and not the extension host. */
const HEAP_MEGABYTES = 1024;

export interface WorkerOptions {
  /** Path of the bundled `worker.js`. */
  readonly script: string;
  readonly readBytes: ReadBytes;
  readonly onProgress?: (progress: WorkerEvents["run/progress"]) => void;
  /** Called once if the thread ends by itself. Every open request is rejected with the same error. */
  readonly onDeath?: (error: RemoteError) => void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #client: RpcClient<WorkerRequests, WorkerEvents>;
  readonly #answering: ReturnType<typeof respond>;
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(8));
  readonly #onDeath: ((error: RemoteError) => void) | undefined;
  #death: Error | undefined;

  constructor(options: WorkerOptions) {
    const start: WorkerStart = { cancelled: this.#cancelled.buffer };
    this.#onDeath = options.onDeath;
    this.#worker = new Worker(options.script, {
      workerData: start,
      // Flags and the inspector of the extension host are not the worker's.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    const port = threadPort(this.#worker);
    this.#client = new RpcClient(port);
    this.#answering = respond<HostRequests, object>(port, {
      "bytes/read": ({ location }) => options.readBytes(location),
    });
    if (options.onProgress !== undefined) this.#client.on("run/progress", options.onProgress);
    this.#worker.on("error", (error) => {
      this.#die(deathOf(error));
    });
    this.#worker.on("exit", (code) => {
      this.#die(deathOf(new Error(`exit code ${code}`)));
    });
  }

  /** False once the thread has ended, by itself or by `dispose`. */
  get alive(): boolean {
    return this.#death === undefined;
  }

  request<Method extends keyof WorkerRequests>(
    method: Method,
    params: WorkerRequests[Method]["params"],
  ): Promise<WorkerRequests[Method]["result"]> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return this.#client.request(method, params);
  }

  /** Stops runs of `revision` and older, and work on the open run, even in the middle of a loop. */
  cancel(revision: number): void {
    Atomics.store(this.#cancelled, 0, revision);
    Atomics.add(this.#cancelled, 1, 1);
  }

  /** Ends the thread. Open requests are rejected as cancelled. */
  async dispose(): Promise<void> {
    this.#death ??= new RemoteError({ tag: "cancelled", text: text("Cancelled"), stack: "" });
    this.#answering.dispose();
    this.#client.dispose();
    await this.#worker.terminate();
  }

  #die(error: RemoteError): void {
    if (this.#death !== undefined) return;
    this.#death = error;
    this.#answering.dispose();
    this.#client.dispose(error);
    this.#onDeath?.(error);
  }
}

function deathOf(error: Error): RemoteError {
  const stack = error.stack ?? "";
  if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    const sentence = text(
      "The run needs more memory than one run may use ({0} MB); shorten the sequence or use fewer batch rows",
      HEAP_MEGABYTES,
    );
    return new RemoteError({ tag: "limit", text: sentence, stack });
  }
  const sentence = text("The run stopped unexpectedly, please report it: {0}", error.message);
  return new RemoteError({ tag: "bug", text: sentence, stack });
}
