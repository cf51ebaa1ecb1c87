/**
 * Looks into files by worker threads, one file a thread at a time, so that a file that takes long or never ends keeps
 * no other waiting. Each look has a deadline and can be cancelled; what runs then is ended with its thread.
 */
import { CancelledError } from "../core/errors";
import { RemoteError } from "../protocol/rpc";
import type { ArchiveView, RunCheck } from "../protocol/run/workerMessages";
import type { ModuleMap } from "../protocol/archive/assignMessages";
import type { RunSpec } from "../run/spec/spec";
import { baseName } from "../core/baseName";
import { text } from "../core/text";
import { WorkerClient } from "./workerClient";
import type { ThreadOptions } from "./threadClient";

/** Threads at work on files that have not taken long yet. */
const MAX_QUICK = 2;
/** All threads, those included that are stuck until their deadline. */
const MAX_THREADS = 8;

export interface InspectionsOptions extends Pick<ThreadOptions, "script" | "readBytes"> {
  /** Milliseconds after which a look gives its place to the next one, and goes on beside it. */
  readonly slowAfter?: number;
  /** Milliseconds after which a look is ended. */
  readonly deadline?: number;
  /** Milliseconds that threads wait for the next file: a thread costs some ten megabytes meanwhile. */
  readonly idleFor?: number;
}

/** What a look gives: a file's table of contents, or the check of a run. */
type Answer = ArchiveView | RunCheck;

/** One look into files, which several may wait for. */
class Look {
  /** What is inspected: several requests for the same share one inspection. */
  readonly key: string;
  /** The file that a sentence names. */
  readonly location: string;
  readonly ask: (worker: WorkerClient) => Promise<Answer>;
  readonly answer: Promise<Answer>;
  waiting = 0;
  isSlow = false;
  worker: WorkerClient | undefined;
  settle!: (answer: Answer | Promise<Answer>) => void;

  constructor(key: string, location: string, ask: Look["ask"]) {
    this.key = key;
    this.location = location;
    this.ask = ask;
    this.answer = new Promise((resolve) => {
      this.settle = resolve;
    });
    // Those who wait get the error; without one of them it would count as unhandled.
    this.answer.catch(() => undefined);
  }
}

export class Inspections {
  readonly #options: Required<InspectionsOptions>;
  readonly #looks = new Map<string, Look>();
  readonly #queue: Look[] = [];
  readonly #running = new Set<Look>();
  readonly #resting: WorkerClient[] = [];
  #idle: NodeJS.Timeout | undefined;

  constructor(options: InspectionsOptions) {
    this.#options = { slowAfter: 1000, deadline: 30_000, idleFor: 30_000, ...options };
  }

  /**
   * The table of contents of a file, with the module of a map where one is given. Rejects with the reader's sentence, with one about the deadline, or as cancelled
   * once `signal` is aborted.
   */
  inspect(location: string, signal?: AbortSignal, map?: ModuleMap): Promise<ArchiveView> {
    const asked = map === undefined ? { location } : { location, map };
    const key = map === undefined ? location : `map ${JSON.stringify(asked)}`;
    const ask: Look["ask"] = (worker) => worker.request("archive/inspect", asked);
    const look = (): Look => new Look(key, location, ask);
    return this.#answer(key, look, signal) as Promise<ArchiveView>;
  }

  /** The shape check of a run, whose files have whole paths. Rejects as `inspect` does. */
  check(spec: RunSpec, signal?: AbortSignal): Promise<RunCheck> {
    const key = `run ${JSON.stringify(spec)}`;
    const ask: Look["ask"] = (worker) => worker.request("run/check", { spec });
    const look = (): Look => new Look(key, spec.weights.file, ask);
    return this.#answer(key, look, signal) as Promise<RunCheck>;
  }

  async #answer(key: string, create: () => Look, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted === true) throw new CancelledError();
    const look = this.#looks.get(key) ?? this.#begin(create());
    look.waiting += 1;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        reject(new CancelledError());
      };
    });
    if (leave !== undefined) signal?.addEventListener("abort", leave);
    try {
      return await Promise.race([look.answer, left]);
    } finally {
      if (leave !== undefined) signal?.removeEventListener("abort", leave);
      look.waiting -= 1;
      if (look.waiting === 0 && this.#looks.get(key) === look) this.#end(look);
    }
  }

  /** Threads that are alive. */
  get threads(): number {
    return this.#running.size + this.#resting.length;
  }

  /** Ends all threads; those who wait get a CancelledError. */
  dispose(): void {
    for (const look of [...this.#looks.values()]) this.#end(look);
    this.#rest();
  }

  #begin(look: Look): Look {
    this.#looks.set(look.key, look);
    this.#queue.push(look);
    clearTimeout(this.#idle);
    this.#startNext();
    return look;
  }

  #startNext(): void {
    for (;;) {
      const quick = [...this.#running].filter(({ isSlow }) => !isSlow).length;
      if (quick >= MAX_QUICK || this.#running.size >= MAX_THREADS) return;
      const look = this.#queue.shift();
      if (look === undefined) return;
      void this.#run(look);
    }
  }

  async #run(look: Look): Promise<void> {
    const { script, readBytes, slowAfter, deadline } = this.#options;
    const worker = this.#resting.pop() ?? new WorkerClient({ script, readBytes });
    look.worker = worker;
    this.#running.add(look);
    const slow = setTimeout(() => {
      look.isSlow = true;
      this.#startNext();
    }, slowAfter);
    const late = setTimeout(() => {
      this.#end(look, lateError(look.location, deadline));
    }, deadline);
    const answer = look.ask(worker);
    await answer.catch(() => undefined);
    clearTimeout(slow);
    clearTimeout(late);
    this.#running.delete(look);
    look.settle(answer);
    this.#forget(look);
    if (worker.alive) this.#resting.push(worker);
    for (const surplus of this.#resting.splice(MAX_QUICK)) void surplus.dispose();
    this.#startNext();
    if (this.#looks.size === 0) this.#wait();
  }

  /** Ends a look and the thread that is busy with it. */
  #end(look: Look, error: Error = new CancelledError()): void {
    look.settle(Promise.reject(error));
    this.#forget(look);
    const place = this.#queue.indexOf(look);
    if (place >= 0) this.#queue.splice(place, 1);
    void look.worker?.dispose();
  }

  #forget(look: Look): void {
    if (this.#looks.get(look.key) === look) this.#looks.delete(look.key);
  }

  #wait(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#rest();
    }, this.#options.idleFor);
    // A test, or an editor that closes, does not wait for it.
    this.#idle.unref();
  }

  #rest(): void {
    clearTimeout(this.#idle);
    for (const worker of this.#resting.splice(0)) void worker.dispose();
  }
}

function lateError(location: string, deadline: number): RemoteError {
  const sentence = text(
    "{0}: looking into the file was given up after {1} s; if it is right, open it in the tensor editor, which waits longer and can be cancelled",
    baseName(location),
    Math.round(deadline / 1000),
  );
  return new RemoteError({ tag: "limit", text: sentence, stack: "" });
}
