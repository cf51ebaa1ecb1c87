/**
 * What was, is and may be again: the states of a form, for undo and redo. Immutable.
 */

/** Older states are forgotten. */
const MAX_STEPS = 200;

export interface History<State> {
  /** Oldest first. */
  readonly past: readonly State[];
  readonly now: State;
  /** What was undone, the next to be done again first. */
  readonly future: readonly State[];
}

/** A form that has just been opened. */
export function beginHistory<State>(now: State): History<State> {
  return { past: [], now, future: [] };
}

/** A new state; what was undone is forgotten. */
export function advance<State>({ past, now }: History<State>, next: State): History<State> {
  if (next === now) return { past, now, future: [] };
  return { past: [...past, now].slice(-MAX_STEPS), now: next, future: [] };
}

/** The state before; the same history where there is none. */
export function undo<State>(history: History<State>): History<State> {
  const { past, now, future } = history;
  if (past.length === 0) return history;
  return { past: past.slice(0, -1), now: past.at(-1) as State, future: [now, ...future] };
}

/** The state that was undone last; the same history where there is none. */
export function redo<State>(history: History<State>): History<State> {
  const { past, now, future } = history;
  const [next, ...others] = future;
  if (next === undefined) return history;
  return { past: [...past, now], now: next, future: others };
}
