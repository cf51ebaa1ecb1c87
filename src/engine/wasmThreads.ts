/**
 * Threads that run tasks of the fast path beside the thread that asks for them.
 *
 * The caller puts tasks up, wakes the threads and works itself: whoever is free takes the next task, so a thread that
 * comes late, or not at all, costs nothing. Nobody spins: threads sleep on futexes.
 *
 * What is shared, as words of 4 bytes:
 *   0  generation   changes when there are tasks or messages; threads sleep on it
 *   1  claim        generation (16 bits) | tasks (8) | next task (8), taken by compare-and-exchange: who was too slow
 *                   and looks at an older generation takes nothing
 *   2  done         tasks that are done; the caller sleeps on it
 *   3  failed       tasks that have thrown
 *   4  memory       number of the memory that the tasks are in
 *   5  started      threads that are up
 *   8  tasks        their addresses
 */
import { instantiate, type KernelExports } from "./wasmBinary";

const word = { generation: 0, claim: 1, done: 2, failed: 3, memory: 4, started: 5, tasks: 8 };

/** The claim has 8 bits for it; more are put up one after another. */
const maxTasks = 128;

/** What a thread is started with. */
export interface ThreadStart {
  readonly shared: SharedArrayBuffer;
}

/** What a thread is told before it is woken. */
type ThreadMessage =
  | {
      readonly attach: number;
      readonly module: object;
      readonly memory: object;
      readonly isWide: boolean;
    }
  | { readonly detach: number };

/** One end of a thread. */
export interface SpawnedThread {
  post(message: unknown): void;
  terminate(): void;
}

/** Starts a thread that calls `serveTasks`; null when that is not possible. */
export type ThreadSpawner = (start: ThreadStart) => SpawnedThread | null;

/** The tasks of one memory, run by all threads. */
export interface TaskTeam {
  /**
   * Runs tasks, which do not depend on each other, and returns when all are done.
   * @throws Error when one of them failed on another thread.
   */
  run(tasks: readonly number[]): void;
  /** The memory is not used any more. */
  dispose(): void;
}

/** A memory and the kernels over it, as threads need them. */
export interface TaskMemory {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly isWide: boolean;
  /** Runs a task on the caller's thread. */
  readonly runTask: (task: number) => void;
}

/** When threads are worth their trouble, in multiplications. */
export interface SharingLimits {
  /** Of all that is run at once: less is done before a thread has woken. */
  readonly atOnce: number;
  /** Of an engine since its beginning: one that does no more does not start threads. */
  readonly before: number;
}

/** About one millisecond, and a few. */
const defaultLimits: SharingLimits = { atOnce: 1.5e7, before: 1e8 };

/** Threads that engines share, one engine at a time. They are started when first needed. */
export class KernelThreads {
  /** Threads that take part, the caller's included. */
  readonly count: number;
  readonly limits: SharingLimits;
  readonly #spawn: ThreadSpawner;
  readonly #shared = new SharedArrayBuffer(4 * (word.tasks + maxTasks));
  readonly #words = new Int32Array(this.#shared);
  #threads: SpawnedThread[] | null = null;
  #memories = 0;
  #helped = 0;

  constructor(count: number, spawn: ThreadSpawner, limits = defaultLimits) {
    this.count = count;
    this.limits = limits;
    this.#spawn = spawn;
  }

  /** Threads that are up and take tasks, the caller's not included. */
  get started(): number {
    return Atomics.load(this.#words, word.started);
  }

  /** Tasks that other threads than the caller's have done. */
  get helped(): number {
    return this.#helped;
  }

  attach(target: TaskMemory): TaskTeam {
    const id = ++this.#memories;
    const { module, memory, isWide } = target;
    this.#tell({ attach: id, module, memory, isWide });
    return {
      run: (tasks) => {
        for (let from = 0; from < tasks.length; from += maxTasks) {
          this.#run(id, tasks.slice(from, from + maxTasks), target.runTask);
        }
      },
      dispose: () => {
        this.#tell({ detach: id });
      },
    };
  }

  /** Ends the threads. */
  dispose(): void {
    for (const thread of this.#threads ?? []) thread.terminate();
    this.#threads = [];
  }

  #tell(message: ThreadMessage): void {
    this.#threads ??= Array.from({ length: this.count - 1 }, () =>
      this.#spawn({ shared: this.#shared }),
    ).filter((thread) => thread !== null);
    for (const thread of this.#threads) thread.post(message);
    this.#wake();
  }

  #wake(): number {
    const generation = Atomics.add(this.#words, word.generation, 1) + 1;
    Atomics.notify(this.#words, word.generation);
    return generation;
  }

  #run(memory: number, tasks: readonly number[], runTask: (task: number) => void): void {
    const words = this.#words;
    words.set(tasks, word.tasks);
    words[word.memory] = memory;
    Atomics.store(words, word.done, 0);
    Atomics.store(words, word.failed, 0);
    const generation = (Atomics.load(words, word.generation) + 1) & 0xffff;
    Atomics.store(words, word.claim, (generation << 16) | (tasks.length << 8));
    this.#wake();
    let own = 0;
    for (let task = claim(words, memory); task !== null; task = claim(words, memory)) {
      runTask(task);
      Atomics.add(words, word.done, 1);
      own++;
    }
    this.#helped += tasks.length - own;
    let done = Atomics.load(words, word.done);
    while (done < tasks.length) {
      Atomics.wait(words, word.done, done);
      done = Atomics.load(words, word.done);
    }
    if (Atomics.load(words, word.failed) > 0) throw new Error("a task of the forward has failed");
  }
}

/** Takes the next task; null when there is none left, or none in this memory. */
function claim(words: Int32Array, memory: number): number | null {
  for (;;) {
    const claimed = Atomics.load(words, word.claim);
    const next = claimed & 0xff;
    if (next >= ((claimed >> 8) & 0xff) || Atomics.load(words, word.memory) !== memory) return null;
    const task = Atomics.load(words, word.tasks + next);
    if (Atomics.compareExchange(words, word.claim, claimed, claimed + 1) === claimed) {
      return task >>> 0;
    }
  }
}

/** What a thread does until it is ended: takes tasks whenever there are some. `receive` gives the next message. */
export function serveTasks(start: ThreadStart, receive: () => unknown): never {
  const words = new Int32Array(start.shared);
  const runs = new Map<number, (task: number) => void>();
  Atomics.add(words, word.started, 1);
  for (;;) {
    const generation = Atomics.load(words, word.generation);
    for (let message = receive(); message !== undefined; message = receive()) {
      obey(message as ThreadMessage, runs);
    }
    const memory = Atomics.load(words, word.memory);
    const run = runs.get(memory);
    if (run !== undefined) takeTasks(words, memory, run);
    Atomics.wait(words, word.generation, generation);
  }
}

function obey(message: ThreadMessage, runs: Map<number, (task: number) => void>): void {
  if ("detach" in message) {
    runs.delete(message.detach);
    return;
  }
  const memory = message.memory as WebAssembly.Memory;
  const kernel: KernelExports = instantiate(message.module, memory);
  runs.set(message.attach, message.isWide ? kernel.run64 : kernel.run32);
}

function takeTasks(words: Int32Array, memory: number, run: (task: number) => void): void {
  for (let task = claim(words, memory); task !== null; task = claim(words, memory)) {
    try {
      run(task);
    } catch {
      Atomics.add(words, word.failed, 1);
    }
    Atomics.add(words, word.done, 1);
    Atomics.notify(words, word.done);
  }
}
