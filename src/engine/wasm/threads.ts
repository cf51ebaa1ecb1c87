/**
 * The threads that run tasks of the fast path together with the calling thread.
 */
import { UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { Kernel } from "./binary";
import {
  claim,
  createBoard,
  gate,
  holdsOf,
  maxTasks,
  spinCount,
  untaken,
  word,
  type ThreadMessage,
  type ThreadStart,
} from "./taskBoard";

/** A caller whose tasks have not been taken yet sleeps for this long unless it is woken, and this often at most. */
const sleepMilliseconds = 5;
const maxSleeps = 200;

/** A caller that waits for its tasks checks this often whether the threads are still there. */
const watchMilliseconds = 100;

/** One end of a thread. */
export interface SpawnedThread {
  post(message: unknown): void;
  /** False once it has ended, however it ended; may be called by a thread that never turns its event loop. */
  isAlive(): boolean;
  terminate(): void;
}

/** Starts a thread that calls `serveTasks`; null when that is not possible. */
export type ThreadSpawner = (start: ThreadStart) => SpawnedThread | null;

/** The tasks of one memory, run by all threads. */
export interface TaskTeam {
  /**
   * Runs tasks, which do not depend on each other, and returns when all are done.
   * @throws Error when one of them failed on another thread; UnsupportedError when a thread has ended in one.
   */
  run(tasks: readonly number[]): void;
  /**
   * Runs tasks that wait for each other, each on its own thread, and returns true when all are done. When the threads
   * are not there at once, it waits a second for them if it `isPatient`; without them it runs nothing and returns false.
   * @throws Error when one of them failed; UnsupportedError when a thread has ended in one.
   */
  runTogether(tasks: readonly number[], isPatient: boolean): boolean;
  /** The memory is not used any more. */
  dispose(): void;
}

/** A memory and the kernels over it, as threads need them. */
export interface TaskMemory {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly bytesPerValue: 4 | 8;
  /** Of the caller's thread. */
  readonly kernel: Pick<Kernel, "run" | "breakBarrier">;
}

/** The amount of work from which threads are used, in multiplications. */
export interface SharingLimits {
  /** Of one call: a smaller call is finished before a thread wakes up. */
  readonly atOnce: number;
  /** Of an engine in total: one that does less starts no threads. */
  readonly before: number;
  /** Of one step: the units of a smaller one are computed by one thread. */
  readonly ofStep: number;
}

/** About one millisecond, and a few; 1 MiB of weights. */
const defaultLimits: SharingLimits = { atOnce: 1.5e7, before: 1e8, ofStep: 2 ** 18 };

/** Threads that engines share, one engine at a time. They are started when first needed. */
export class KernelThreads {
  /** Threads that take part, the caller's included. */
  readonly count: number;
  readonly limits: SharingLimits;
  readonly #spawn: ThreadSpawner;
  #words: Int32Array<SharedArrayBuffer>;
  /** null where one could not be started. */
  #threads: (SpawnedThread | null)[] | null = null;
  /** Breaks the barrier of the tasks that are run now; null when they have none. */
  #breakBarrier: (() => void) | null = null;
  #memories = 0;
  #helped = 0;

  constructor(count: number, spawn: ThreadSpawner, limits = defaultLimits) {
    this.count = count;
    this.#words = createBoard(count);
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
    if (this.#hasEnded()) this.#startAnew();
    const id = ++this.#memories;
    const { module, memory, bytesPerValue, kernel } = target;
    this.#tell({ attach: id, module, memory, bytesPerValue });
    return {
      run: (tasks) => {
        for (let from = 0; from < tasks.length; from += maxTasks) {
          this.#run(id, tasks.slice(from, from + maxTasks), kernel);
        }
      },
      runTogether: (tasks, isPatient) => this.#runTogether(id, tasks, kernel, isPatient),
      dispose: () => {
        // After a thread has ended the others are gone, too: there is nobody to tell, and none is started for it.
        if (this.#threads !== null) this.#tell({ detach: id });
      },
    };
  }

  /** Breaks the barrier of the tasks that are run when a thread has ended: no participant would notice. */
  checkThreads(): void {
    if (this.#hasEnded()) this.#breakBarrier?.();
  }

  /** Ends the threads. */
  dispose(): void {
    for (const thread of this.#threads ?? []) thread?.terminate();
    this.#threads = [];
  }

  #tell(message: ThreadMessage): void {
    this.#threads ??= Array.from({ length: this.count - 1 }, (_, index) =>
      this.#spawn({ shared: this.#words.buffer, index }),
    );
    for (const thread of this.#threads) thread?.post(message);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#words, word.generation, 1);
    Atomics.notify(this.#words, word.generation);
  }

  #putUp(memory: number, tasks: readonly number[], gateState: number): void {
    const words = this.#words;
    words.set(tasks, word.tasks);
    words[word.memory] = memory;
    Atomics.store(words, word.done, 0);
    Atomics.store(words, word.failed, 0);
    Atomics.store(words, word.gate, gateState);
    const generation = (Atomics.load(words, word.generation) + 1) & 0xffff;
    Atomics.store(words, word.claim, (generation << 16) | (tasks.length << 8));
    this.#wake();
  }

  #run(memory: number, tasks: readonly number[], { run }: TaskMemory["kernel"]): void {
    const words = this.#words;
    this.#putUp(memory, tasks, gate.none);
    let own = 0;
    for (let task = claim(words, memory); task !== null; task = claim(words, memory)) {
      run(task);
      Atomics.add(words, word.done, 1);
      own++;
    }
    this.#helped += tasks.length - own;
    this.#awaitDone(tasks.length);
  }

  #runTogether(
    memory: number,
    tasks: readonly number[],
    { run, breakBarrier }: TaskMemory["kernel"],
    isPatient: boolean,
  ): boolean {
    if (tasks.length > maxTasks || this.started < tasks.length - 1) return false;
    const words = this.#words;
    this.#putUp(memory, tasks, gate.shut);
    // The other threads may have taken all tasks already: then none is left for the caller.
    const own = claim(words, memory);
    if (own === null || !this.#allAreTaken(isPatient)) {
      const taken = this.#takeDown();
      this.#openGate(gate.off);
      this.#awaitDone(own === null ? taken : taken - 1);
      return false;
    }
    const others = tasks.length - 1;
    this.#breakBarrier = () => {
      breakBarrier(own);
    };
    this.#openGate(gate.open);
    try {
      run(own);
    } catch (error) {
      breakBarrier(own);
      throw error;
    } finally {
      this.#awaitDone(others);
      this.#breakBarrier = null;
    }
    this.#helped += others;
    return true;
  }

  /** Whether each task that was put up has a thread now, or soon. */
  #allAreTaken(isPatient: boolean): boolean {
    const words = this.#words;
    for (let spin = 0; spin < spinCount; spin++) {
      if (untaken(Atomics.load(words, word.claim)) === 0) return true;
    }
    for (let sleep = 0; isPatient && sleep < maxSleeps; sleep++) {
      const claimed = Atomics.load(words, word.claim);
      if (untaken(claimed) === 0) return true;
      Atomics.wait(words, word.claim, claimed, sleepMilliseconds);
    }
    return untaken(Atomics.load(words, word.claim)) === 0;
  }

  /** Withdraws the tasks that are left; returns the number of tasks that have been taken. */
  #takeDown(): number {
    const words = this.#words;
    for (;;) {
      const claimed = Atomics.load(words, word.claim);
      const none = claimed & ~0xffff;
      if (Atomics.compareExchange(words, word.claim, claimed, none) === claimed) {
        return claimed & 0xff;
      }
    }
  }

  #openGate(state: number): void {
    Atomics.store(this.#words, word.gate, state);
    Atomics.notify(this.#words, word.gate);
  }

  /** @throws Error when a task has failed on another thread; UnsupportedError when a thread has ended in one. */
  #awaitDone(count: number): void {
    const words = this.#words;
    let done = Atomics.load(words, word.done);
    while (done < count) {
      const woken = Atomics.wait(words, word.done, done, watchMilliseconds);
      if (woken === "timed-out" && this.#isLost(count)) this.#refuse();
      done = Atomics.load(words, word.done);
    }
    if (Atomics.load(words, word.failed) > 0) throw new Error("a task of the forward has failed");
  }

  #hasEnded(): boolean {
    return (this.#threads ?? []).some((thread) => thread?.isAlive() === false);
  }

  /** Whether a task will not be done any more: a thread has ended, and of the others none holds one. */
  #isLost(count: number): boolean {
    if (!this.#hasEnded()) return false;
    this.#breakBarrier?.();
    const isBusy = this.#threads!.some(
      (thread, index) =>
        thread?.isAlive() === true && Atomics.load(this.#words, holdsOf(index)) === 1,
    );
    return !isBusy && Atomics.load(this.#words, word.done) < count;
  }

  /** Makes the next engine start new threads, which have no access to the current tasks. */
  #startAnew(): void {
    this.dispose();
    this.#threads = null;
    this.#breakBarrier = null;
    this.#words = createBoard(this.count);
  }

  /** @throws UnsupportedError, always. */
  #refuse(): never {
    this.#startAnew();
    const ended = text("A thread that computed a part of the run has ended");
    throw new UnsupportedError({}, ended, { remedies: [{ do: "run-again" }] });
  }
}
