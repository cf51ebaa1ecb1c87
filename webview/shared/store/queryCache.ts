/**
 * Cache of the host's answers: requested once, bounded in bytes, cleared with each revision.
 */

import { bytesOf, Lru } from "../../../src/core/lru";

/** Enough for a few screens of every lane; older answers are asked for again. */
const MAX_BYTES = 96 * 1024 * 1024;
/** Enough for a picture of a few layers: more at once would only queue behind each other in the host. */
const MAX_IN_FLIGHT = 16;
/** Requests that were scrolled past before they were sent are not worth sending. */
const MAX_QUEUED = 96;

interface Job {
  readonly key: string;
  readonly send: () => Promise<object>;
}

/** The notifications of the cache to its owner. */
export interface QueryEvents {
  /** An answer arrived. */
  readonly arrived: () => void;
  /** A request of the current revision failed. */
  readonly failed: (error: unknown) => void;
}

/**
 * Holds answers (the least recently used are dropped first), open requests, and failed ones. Owned by a
 * page's store, which clears it when the host holds something else.
 */
export class QueryCache {
  readonly #events: QueryEvents;
  readonly #answers = new Lru<string, object>(MAX_BYTES, bytesOf);
  readonly #waiting = new Set<string>();
  /** Asked again, they would fail again. */
  readonly #failed = new Set<string>();
  #queue: Job[] = [];
  /** Called once nothing is waited for. */
  #whenSettled: (() => void)[] = [];
  #generation = 0;
  #inFlight = 0;

  constructor(events: QueryEvents) {
    this.#events = events;
  }

  /** True while something that was asked has not arrived. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves as soon as nothing is waited for. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenSettled.push(resolve);
      this.#tellSettled();
    });
  }

  /** The answer under `key` if it is here; else undefined, and `send` is called soon. */
  get<Result extends object>(key: string, send: () => Promise<Result>): Result | undefined {
    const answer = this.#answers.get(key);
    if (answer !== undefined) return answer as Result;
    if (!this.#waiting.has(key) && !this.#failed.has(key)) this.#enqueue({ key, send });
    return undefined;
  }

  /** Keeps an answer that came before it was asked for. */
  put(key: string, answer: object): void {
    this.#answers.set(key, answer);
  }

  /** Forgets everything; answers that are still under way are thrown away when they come. */
  clear(): void {
    this.#generation++;
    this.#answers.clear();
    this.#waiting.clear();
    this.#failed.clear();
    this.#queue = [];
    this.#inFlight = 0;
    this.#tellSettled();
  }

  #tellSettled(): void {
    if (this.isWaiting) return;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }

  #enqueue(job: Job): void {
    this.#waiting.add(job.key);
    this.#queue.push(job);
    if (this.#queue.length > MAX_QUEUED) {
      const dropped = this.#queue.shift();
      if (dropped !== undefined) this.#waiting.delete(dropped.key);
    }
    this.#pump();
  }

  #pump(): void {
    while (this.#inFlight < MAX_IN_FLIGHT) {
      // Newest first, because these are on screen.
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
      this.#waiting.delete(job.key);
      this.#answers.set(job.key, value);
      this.#events.arrived();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#waiting.delete(job.key);
      this.#failed.add(job.key);
      this.#events.failed(error);
    } finally {
      if (generation === this.#generation) {
        this.#inFlight--;
        this.#pump();
        this.#tellSettled();
      }
    }
  }
}
