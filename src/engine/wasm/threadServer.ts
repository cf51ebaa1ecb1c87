/**
 * A thread of the fast path: it runs tasks from the task board.
 */
import { instantiate, type Kernel } from "./binary";
import {
  claim,
  gate,
  holdsOf,
  spinCount,
  word,
  type ThreadMessage,
  type ThreadStart,
} from "./taskBoard";

/** Takes and runs tasks until the thread is ended. `receive` returns the next message. */
export function serveTasks(start: ThreadStart, receive: () => unknown): never {
  const words = new Int32Array(start.shared);
  const kernels = new Map<number, Kernel>();
  Atomics.add(words, word.started, 1);
  for (;;) {
    const generation = Atomics.load(words, word.generation);
    for (let message = receive(); message !== undefined; message = receive()) {
      obey(message as ThreadMessage, kernels);
    }
    const memory = Atomics.load(words, word.memory);
    const kernel = kernels.get(memory);
    if (kernel !== undefined) {
      Atomics.store(words, holdsOf(start.index), 1);
      takeTasks(words, memory, kernel);
      Atomics.store(words, holdsOf(start.index), 0);
    }
    Atomics.wait(words, word.generation, generation);
  }
}

function obey(message: ThreadMessage, kernels: Map<number, Kernel>): void {
  if ("detach" in message) {
    kernels.delete(message.detach);
    return;
  }
  const memory = message.memory as WebAssembly.Memory;
  kernels.set(message.attach, instantiate(message.module, memory, message.bytesPerValue));
}

function takeTasks(words: Int32Array, memory: number, kernel: Kernel): void {
  for (let task = claim(words, memory); task !== null; task = claim(words, memory)) {
    try {
      if (passes(words)) kernel.run(task);
    } catch {
      Atomics.add(words, word.failed, 1);
      kernel.breakBarrier(task);
    }
    Atomics.add(words, word.done, 1);
    Atomics.notify(words, word.done);
  }
}

/** Waits at the gate of a task that has been taken; whether it is to be run. */
function passes(words: Int32Array): boolean {
  if (Atomics.load(words, word.gate) === gate.none) return true;
  Atomics.notify(words, word.claim);
  for (let spin = 0; spin < spinCount; spin++) {
    if (Atomics.load(words, word.gate) !== gate.shut) break;
  }
  while (Atomics.load(words, word.gate) === gate.shut) Atomics.wait(words, word.gate, gate.shut);
  return Atomics.load(words, word.gate) === gate.open;
}
