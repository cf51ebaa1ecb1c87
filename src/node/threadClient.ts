/**
 * A worker thread seen from the thread that started it: requests, cancelling, and what happens when it dies.
 */
import type { Worker } from "node:worker_threads";
import { RemoteError, respond, RpcClient, type RequestMap } from "../protocol/rpc";
import type { HostRequests } from "../protocol/run/workerMessages";
import { text, type Text } from "../core/text";
import type { ReadBytes } from "../worker/platform";
import type { Stops } from "../worker/stops";
import { HEAP_MEGABYTES, startThread, type StartedThread } from "./startedThread";
import { threadPort } from "./threadPort";

export interface ThreadOptions {
  /** Path of the bundled script. */
  readonly script: string;
  /** One that has been started with the script before; a new one without. */
  readonly thread?: StartedThread;
  /** Gives bytes of its own, which are handed to the thread. */
  readonly readBytes: ReadBytes;
  /** Called once if the thread ends by itself. Every open request is rejected with the same error. */
  readonly onDeath?: (error: RemoteError) => void;
}

/** What is said of a thread that has ended by itself. */
export interface DeathSentences {
  /** Given the megabytes that it may use. */
  readonly outOfMemory: (megabytes: number) => Text;
  readonly unexpected: (reason: string) => Text;
}

/** A whole file may be large: copying it would hold up the thread that read it. */
function wholeBuffer(bytes: unknown): readonly ArrayBuffer[] {
  if (!(bytes instanceof Uint8Array) || !(bytes.buffer instanceof ArrayBuffer)) return [];
  return bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}

export class ThreadClient<Requests extends RequestMap<Requests>, Events extends object> {
  protected readonly stops: Stops;
  readonly #worker: Worker;
  readonly #client: RpcClient<Requests, Events>;
  readonly #answering: ReturnType<typeof respond>;
  readonly #onDeath: ((error: RemoteError) => void) | undefined;
  readonly #sentences: DeathSentences;
  #death: Error | undefined;

  constructor(
    { script, thread = startThread(script), readBytes, onDeath }: ThreadOptions,
    sentences: DeathSentences,
  ) {
    this.#onDeath = onDeath;
    this.#sentences = sentences;
    this.stops = thread.stops;
    this.#worker = thread.worker;
    const port = threadPort(this.#worker);
    this.#client = new RpcClient(port);
    this.#answering = respond<HostRequests, object>(
      port,
      { "bytes/read": ({ location }) => readBytes(location) },
      () => undefined,
      wholeBuffer,
    );
    this.#worker.on("error", (error) => {
      this.#die(error);
    });
    this.#worker.on("exit", (code) => {
      this.#die(new Error(`exit code ${code}`));
    });
  }

  /** False once the thread has ended, by itself or by `dispose`. */
  get alive(): boolean {
    return this.#death === undefined;
  }

  request<Method extends keyof Requests & string>(
    method: Method,
    params: Requests[Method]["params"],
  ): Promise<Requests[Method]["result"]> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return this.#client.request(method, params);
  }

  on<Name extends keyof Events>(name: Name, listener: (data: Events[Name]) => void): void {
    this.#client.on(name, listener);
  }

  /** Ends the thread. Open requests are rejected as cancelled. */
  async dispose(): Promise<void> {
    this.#death ??= new RemoteError({ tag: "cancelled", text: text("Cancelled"), stack: "" });
    this.#answering.dispose();
    this.#client.dispose(this.#death);
    await this.#worker.terminate();
  }

  #die(error: Error): void {
    if (this.#death !== undefined) return;
    const death = this.#deathOf(error);
    this.#death = death;
    this.#answering.dispose();
    this.#client.dispose(death);
    this.#onDeath?.(death);
  }

  #deathOf(error: Error): RemoteError {
    const stack = error.stack ?? "";
    if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
      const sentence = this.#sentences.outOfMemory(HEAP_MEGABYTES);
      return new RemoteError({ tag: "limit", text: sentence, stack });
    }
    return new RemoteError({ tag: "bug", text: this.#sentences.unexpected(error.message), stack });
  }
}
