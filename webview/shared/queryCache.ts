/**
 * Answers of the host, kept while they are current: asked once, bounded in bytes, dropped with their revision.
 */

/** Enough for a few screens of every lane; older answers are asked for again. */
const MAX_BYTES = 96 * 1024 * 1024;
/** More at once would only queue behind each other in the host. */
const MAX_IN_FLIGHT = 6;
/** Requests that were scrolled past before they were sent are not worth sending. */
const MAX_QUEUED = 96;

type Entry =
  | { readonly state: "waiting" }
  | { readonly state: "failed" }
  | { readonly state: "ready"; readonly value: object; readonly bytes: number };

interface Job {
  readonly key: string;
  readonly send: () => Promise<object>;
}

/** What the cache tells its owner. */
export interface QueryEvents {
  /** An answer arrived. */
  readonly arrived: () => void;
  /** A request of the current revision failed. */
  readonly failed: (error: unknown) => void;
}

function sizeOf(value: object): number {
  let bytes = 64;
  for (const field of Object.values(value)) {
    if (ArrayBuffer.isView(field)) bytes += field.byteLength;
  }
  return bytes;
}

/** Least recently used answers leave first. */
export class QueryCache {
  readonly #events: QueryEvents;
  readonly #entries = new Map<string, Entry>();
  #queue: Job[] = [];
  #generation = 0;
  #inFlight = 0;
  #bytes = 0;

  constructor(events: QueryEvents) {
    this.#events = events;
  }

  /** The answer under `key` if it is here; else undefined, and `send` is called soon. */
  get<Result extends object>(key: string, send: () => Promise<Result>): Result | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#enqueue({ key, send });
      return undefined;
    }
    if (entry.state !== "ready") return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value as Result;
  }

  /** Forgets everything; answers that are still under way are thrown away when they come. */
  clear(): void {
    this.#generation++;
    this.#entries.clear();
    this.#queue = [];
    this.#inFlight = 0;
    this.#bytes = 0;
  }

  #enqueue(job: Job): void {
    this.#entries.set(job.key, { state: "waiting" });
    this.#queue.push(job);
    if (this.#queue.length > MAX_QUEUED) {
      const dropped = this.#queue.shift();
      if (dropped !== undefined) this.#entries.delete(dropped.key);
    }
    this.#pump();
  }

  #pump(): void {
    while (this.#inFlight < MAX_IN_FLIGHT) {
      // Newest first: that is what is on screen.
      const job = this.#queue.pop();
      if (job === undefined) return;
      this.#inFlight++;
      void this.#run(job);
    }
  }

  async #run(job: Job): Promise<void> {
    const generation = this.#generation;
    try {
      const value = await job.send();
      if (generation !== this.#generation) return;
      this.#keep(job.key, value);
      this.#events.arrived();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#entries.set(job.key, { state: "failed" });
      this.#events.failed(error);
    } finally {
      if (generation === this.#generation) {
        this.#inFlight--;
        this.#pump();
      }
    }
  }

  #keep(key: string, value: object): void {
    const bytes = sizeOf(value);
    this.#bytes += bytes;
    this.#entries.delete(key);
    this.#entries.set(key, { state: "ready", value, bytes });
    for (const [oldKey, entry] of this.#entries) {
      if (this.#bytes <= MAX_BYTES || oldKey === key) break;
      if (entry.state !== "ready") continue;
      this.#bytes -= entry.bytes;
      this.#entries.delete(oldKey);
    }
  }
}
