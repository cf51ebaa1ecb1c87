/**
 * The workers of one document: the one with the archive, and the one that is reloading it.
 *
 * A file is always read by a new worker. Until it has read it, the one before answers for what is on screen; a file
 * that is broken for a moment, or that ends its worker, costs nothing but a sentence.
 */
import { rm } from "node:fs/promises";
import { ArchiveWorkerClient } from "../../node/archiveWorkerClient";
import type { ArchiveWorkerRequests, OpenedArchive } from "../../protocol/archive/workerMessages";
import type { ArchiveSummary, TensorEvents } from "../../protocol/archive/messages";
import { partialName } from "../../node/partialFiles";
import { RemoteError } from "../../protocol/rpc";
import { baseName } from "../../core/baseName";
import { text, type Text } from "../../core/text";
import type { ReadBytes } from "../../worker/platform";

/** What a reader tells its document. */
export interface ArchiveReaderEvents {
  /** `locations` are the URIs of all files that the archive was read from. */
  readonly changed: (locations: readonly string[]) => void;
  readonly progress: (progress: TensorEvents["work/progress"]) => void;
  readonly problem: (problem: Text) => void;
  /** Reading takes long; it continues until it is cancelled. */
  readonly slow: () => void;
}

export interface ArchiveReaderOptions {
  /** Path of the bundled worker. */
  readonly script: string;
  /** A URI. */
  readonly location: string;
  readonly readBytes: ReadBytes;
  /** Writes an error to the log and gives its sentence. */
  readonly record: (error: unknown) => Text;
  /** Milliseconds after which reading is slow. */
  readonly slowAfter?: number;
  /** Milliseconds after which reading is given up. */
  readonly deadline?: number;
  readonly events: ArchiveReaderEvents;
}

/** The default time after which reading counts as slow. */
const SLOW_MS = 30_000;

/** The default time after which reading is given up. */
const DEADLINE_MS = 10 * 60_000;

/** Most files are read sooner, and no progress is shown before it. */
const QUIET_MS = 200;

export class ArchiveReader {
  readonly #options: ArchiveReaderOptions;
  #revision = 0;
  /** Has read the archive of `summary`. */
  #worker: ArchiveWorkerClient | undefined;
  /** Is reading. */
  #next: ArchiveWorkerClient | undefined;
  /** Each answers one request; true once it has read the file. */
  readonly #aside = new Map<ArchiveWorkerClient, boolean>();
  #summary: ArchiveSummary | null = null;
  #problem: Text | null = null;
  #disposed = false;

  constructor(options: ArchiveReaderOptions) {
    this.#options = options;
  }

  /** The last archive that could be read. */
  get summary(): ArchiveSummary | null {
    return this.#summary;
  }

  /** Why it could not be read since; null when the summary is the last word. */
  get problem(): Text | null {
    return this.#problem;
  }

  /** Worker threads that are alive: none after `dispose`. */
  get workers(): number {
    return this.#all.filter(({ alive }) => alive).length;
  }

  /** Reads the file as it is now. Never throws: a failure becomes `problem`. */
  async read(): Promise<void> {
    if (this.#disposed) return;
    const revision = ++this.#revision;
    void this.#next?.dispose();
    const worker = this.#createWorker();
    this.#next = worker;
    const stopWatching = this.#watch(worker);
    try {
      const { location } = this.#options;
      // Of a file that changed, the page asks for what it has on screen.
      const isForPage = this.#summary === null;
      const opened = await worker.request("archive/open", { location, revision, isForPage });
      if (worker === this.#next) this.#adopt(worker, opened);
    } catch (error) {
      void worker.dispose();
      if (worker === this.#next) this.#fail(error);
    } finally {
      stopWatching();
    }
  }

  /** Asks the worker of the last archive. */
  request<Method extends keyof ArchiveWorkerRequests>(
    method: Method,
    params: ArchiveWorkerRequests[Method]["params"],
  ): Promise<ArchiveWorkerRequests[Method]["result"]> {
    if (this.#worker === undefined) {
      return Promise.reject(new Error(`${method} before the file was read`));
    }
    return this.#worker.request(method, params);
  }

  /** Writes tensors to a file; a worker that ends meanwhile, by itself or by `dispose`, leaves no part of it behind. */
  async write(
    params: ArchiveWorkerRequests["tensor/write"]["params"],
  ): Promise<ArchiveWorkerRequests["tensor/write"]["result"]> {
    const worker = this.#worker;
    try {
      return await this.request("tensor/write", params);
    } catch (error) {
      if (params.path !== null && worker?.alive === false) {
        await worker.dispose();
        await rm(partialName(params.path), { force: true });
      }
      throw error;
    }
  }

  /** Asks a worker of its own, since the answer takes arithmetic that lets nothing else through. */
  async requestAside<Method extends keyof ArchiveWorkerRequests>(
    method: Method,
    params: ArchiveWorkerRequests[Method]["params"],
  ): Promise<ArchiveWorkerRequests[Method]["result"]> {
    const { location, script, readBytes, events } = this.#options;
    const worker = new ArchiveWorkerClient({ script, readBytes, onProgress: events.progress });
    this.#aside.set(worker, false);
    try {
      const revision = this.#revision;
      await worker.request("archive/open", { location, revision, isForPage: false });
      this.#aside.set(worker, true);
      return await worker.request(method, params);
    } finally {
      this.#aside.delete(worker);
      await worker.dispose();
    }
  }

  /** Stops reading, and long work on what was read. */
  cancel(): void {
    this.#worker?.cancel();
    void this.#next?.dispose();
    for (const [worker, hasRead] of this.#aside) {
      if (hasRead) worker.cancel();
      else void worker.dispose();
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all(this.#all.map((worker) => worker.dispose()));
  }

  get #all(): readonly ArchiveWorkerClient[] {
    return [this.#worker, this.#next, ...this.#aside.keys()].filter(
      (worker) => worker !== undefined,
    );
  }

  #adopt(worker: ArchiveWorkerClient, { summary, locations }: OpenedArchive): void {
    void this.#worker?.dispose();
    this.#worker = worker;
    this.#next = undefined;
    this.#summary = summary;
    this.#problem = null;
    this.#options.events.changed(locations);
  }

  #fail(error: unknown): void {
    this.#next = undefined;
    if (this.#disposed) return;
    const isCancelled = error instanceof RemoteError && error.tag === "cancelled";
    const { record } = this.#options;
    this.#showProblem(isCancelled ? text("Reading the file was cancelled") : record(error));
  }

  #giveUp(worker: ArchiveWorkerClient, deadline: number): void {
    if (worker !== this.#next) return;
    this.#next = undefined;
    void worker.dispose();
    const seconds = Math.round(deadline / 1000);
    this.#showProblem(
      text(
        "{0}: reading the file was given up after {1} s; it may be damaged, or too large",
        baseName(this.#options.location),
        seconds,
      ),
    );
  }

  #showProblem(problem: Text): void {
    this.#problem = problem;
    this.#options.events.problem(problem);
  }

  #createWorker(): ArchiveWorkerClient {
    const { script, readBytes, record, events } = this.#options;
    const worker = new ArchiveWorkerClient({
      script,
      readBytes,
      onProgress: events.progress,
      onDeath: (error) => {
        // While it reads, the request that waits for it fails.
        if (worker === this.#worker) this.#showProblem(record(error));
      },
    });
    return worker;
  }

  /** Tells that the file is being read, later that it takes long, and ends it at last. Returns the end of that. */
  #watch(worker: ArchiveWorkerClient): () => void {
    const { slowAfter = SLOW_MS, deadline = DEADLINE_MS, events } = this.#options;
    const { progress, slow } = events;
    const activity = text("Reading the file");
    let told = false;
    const quiet = setTimeout(() => {
      told = true;
      progress({ fraction: 0, activity });
    }, QUIET_MS);
    const long = setTimeout(slow, slowAfter);
    const late = setTimeout(() => {
      this.#giveUp(worker, deadline);
    }, deadline);
    return () => {
      clearTimeout(quiet);
      clearTimeout(long);
      clearTimeout(late);
      if (told) progress({ fraction: 1, activity });
    };
  }
}
