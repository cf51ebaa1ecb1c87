/**
 * Where the threads that compute the units of one step together wait for each other.
 *
 * A step is short, so they look a while before they sleep; a machine that has no thread to spare costs that while, and
 * nothing else.
 */
import { Task } from "./layout";

/** Words of a meeting, 4 bytes each, all 0 before the tasks that share it are run. */
export namespace Meeting {
  /** Arrivals, those of all rounds together. */
  export const arrived: usize = 0;
  /** Rounds for which all have arrived; threads sleep on it. */
  export const rounds: usize = 4;
  export const sleepers: usize = 8;
}

/** Rounds, when one of them is not coming any more. */
const BROKEN: i32 = i32.MAX_VALUE;

/** Looks before a thread sleeps: some 20 µs. */
const LOOKS: i32 = 10000;

/** Nanoseconds that a thread sleeps before it asks whether the others are still there. */
const NAP: i64 = 100_000_000;

/** What `atomic.wait` says when nobody woke it. */
const TIMED_OUT: i32 = 2;

/** Asks the host, which breaks the meeting when a thread has ended. */
// @ts-ignore: decorator
@external("env", "look")
declare function look(): void;

/** Waits until all who share the task's meeting have come to this round, the first being 1. Traps when one never will. */
export function meet(task: usize, round: i32): void {
  const at = load<usize>(task, Task.meeting);
  const parties = load<i32>(task, Task.parties);
  if (atomic.add<i32>(at, 1, Meeting.arrived) + 1 == parties * round) {
    atomic.store<i32>(at, round, Meeting.rounds);
    if (atomic.load<i32>(at, Meeting.sleepers) > 0) wake(at);
    return;
  }
  let rounds = 0;
  for (let look = 0; look < LOOKS && rounds < round; look++) {
    rounds = atomic.load<i32>(at, Meeting.rounds);
  }
  if (rounds < round) rounds = sleep(at, round);
  if (rounds == BROKEN) unreachable();
}

function sleep(at: usize, round: i32): i32 {
  atomic.add<i32>(at, 1, Meeting.sleepers);
  let rounds = atomic.load<i32>(at, Meeting.rounds);
  while (rounds < round) {
    if (atomic.wait<i32>(at + Meeting.rounds, rounds, NAP) == TIMED_OUT) look();
    rounds = atomic.load<i32>(at, Meeting.rounds);
  }
  atomic.sub<i32>(at, 1, Meeting.sleepers);
  return rounds;
}

function wake(at: usize): void {
  atomic.notify(at + Meeting.rounds, -1);
}

/** Tells the others who share the task's meeting that nobody comes from here any more. */
export function breakMeeting(task: usize): void {
  const at = load<usize>(task, Task.meeting);
  if (at == 0) return;
  atomic.store<i32>(at, BROKEN, Meeting.rounds);
  wake(at);
}
