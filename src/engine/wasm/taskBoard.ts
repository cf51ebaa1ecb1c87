/**
 * The shared memory through which one thread hands out tasks of the fast path and other threads take them.
 *
 * The calling thread posts tasks, wakes the other threads and works itself. Each free thread takes the next task, so a
 * thread that is late or never comes costs nothing. Threads sleep on futexes.
 *
 * Tasks that wait for each other (kernel/barrier.ts) begin when a thread has taken each of them. When that is not soon, the
 * caller withdraws them and does the work in another way.
 *
 * What is shared, as words of 4 bytes:
 *   0  generation   changes when there are tasks or messages; threads sleep on it
 *   1  claim        generation (16 bits) | tasks (8) | next task (8), taken by compare-and-exchange: who was too slow
 *                   and read an older generation takes nothing
 *   2  done         tasks that are done; the caller sleeps on it
 *   3  failed       tasks that have thrown
 *   4  memory       number of the memory that the tasks are in
 *   5  started      threads that are up
 *   6  gate         of tasks that wait for each other: 1 until all are taken, then 2 (go) or 3 (do not); 0 for others
 *   8  tasks        their addresses
 * 136  holds        for each thread: 1 while it may hold a task. What it has taken when it ends is never done.
 */
export const word = {
  generation: 0,
  claim: 1,
  done: 2,
  failed: 3,
  memory: 4,
  started: 5,
  gate: 6,
  tasks: 8,
};

export const gate = { none: 0, shut: 1, open: 2, off: 3 };

/** How often a thread reads a word that another is about to change before it sleeps: for some 100 µs. */
export const spinCount = 50_000;

/** The claim has 8 bits for it; more are put up one after another. */
export const maxTasks = 128;

/** The word of a thread's `holds`. */
export function holdsOf(index: number): number {
  return word.tasks + maxTasks + index;
}

/** Words that threads share. */
export function createBoard(threads: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * holdsOf(threads)));
}

/** What a thread is started with. */
export interface ThreadStart {
  readonly shared: SharedArrayBuffer;
  /** Which of the threads it is. */
  readonly index: number;
}

/** What a thread reads when it is woken. */
export type ThreadMessage =
  | {
      readonly attach: number;
      readonly module: object;
      readonly memory: object;
      readonly bytesPerValue: 4 | 8;
    }
  | { readonly detach: number };

/** Takes the next task; null when there is none left, or none in this memory. */
export function claim(words: Int32Array, memory: number): number | null {
  for (;;) {
    const claimed = Atomics.load(words, word.claim);
    const next = claimed & 0xff;
    if (untaken(claimed) === 0 || Atomics.load(words, word.memory) !== memory) return null;
    const task = Atomics.load(words, word.tasks + next);
    if (Atomics.compareExchange(words, word.claim, claimed, claimed + 1) === claimed) {
      return task >>> 0;
    }
  }
}

/** Tasks that a claim leaves. */
export function untaken(claimed: number): number {
  return ((claimed >> 8) & 0xff) - (claimed & 0xff);
}
