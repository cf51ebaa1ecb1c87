/**
 * The barrier where threads wait that compute the units of one step together.
 *
 * A step is short, so a thread spins before it sleeps. With fewer cores than threads, only this time is lost.
 */
import * as Barrier from "./layout/barrier";
import * as Task from "./layout/task";

/** Value of `rounds` after a participant has ended without arriving. */
const BROKEN: i32 = i32.MAX_VALUE;

/** How often a thread reads `rounds` before it sleeps: for some 20 µs. */
const SPIN_COUNT: i32 = 10000;

/** Nanoseconds that a thread sleeps before it asks the host whether the other threads are still there. */
const SLEEP_TIME: i64 = 100_000_000;

/** What `atomic.wait` returns when its time is over. */
const TIMED_OUT: i32 = 2;

/** Asks the host, which breaks the barrier when a thread has ended. */
// @ts-ignore: decorator
@external("env", "checkThreads")
declare function checkThreads(): void;

/** Waits until all participants have arrived in this round, the first being 1. Traps when one never will. */
export function awaitBarrier(task: usize, round: i32): void {
  const at = load<usize>(task, Task.barrier);
  const participants = load<i32>(task, Task.participants);
  if (atomic.add<i32>(at, 1, Barrier.arrived) + 1 == participants * round) {
    // Broken it stays: who has left has told the others so, and this one may be the last to arrive.
    if (atomic.cmpxchg<i32>(at, round - 1, round, Barrier.rounds) == BROKEN) unreachable();
    if (atomic.load<i32>(at, Barrier.sleepers) > 0) wake(at);
    return;
  }
  let rounds = 0;
  for (let spin = 0; spin < SPIN_COUNT && rounds < round; spin++) {
    rounds = atomic.load<i32>(at, Barrier.rounds);
  }
  if (rounds < round) rounds = sleep(at, round);
  if (rounds == BROKEN) unreachable();
}

function sleep(at: usize, round: i32): i32 {
  atomic.add<i32>(at, 1, Barrier.sleepers);
  let rounds = atomic.load<i32>(at, Barrier.rounds);
  while (rounds < round) {
    if (atomic.wait<i32>(at + Barrier.rounds, rounds, SLEEP_TIME) == TIMED_OUT) checkThreads();
    rounds = atomic.load<i32>(at, Barrier.rounds);
  }
  atomic.sub<i32>(at, 1, Barrier.sleepers);
  return rounds;
}

function wake(at: usize): void {
  atomic.notify(at + Barrier.rounds, -1);
}

/** Tells the other participants that this task will not arrive any more. */
export function breakBarrier(task: usize): void {
  const at = load<usize>(task, Task.barrier);
  if (at == 0) return;
  atomic.store<i32>(at, BROKEN, Barrier.rounds);
  wake(at);
}
