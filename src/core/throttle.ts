/**
 * Progress as eyes need it: no more often than they see it, and none of what is done at once.
 */
import type { Progress, RunControl } from "./control";

/** How often progress is told. */
export interface Pace {
  /** Work that ends sooner than this many milliseconds tells none. */
  readonly quietMs: number;
  /** Milliseconds from one time to the next. */
  readonly intervalMs: number;
}

/** Of one piece of work. */
export interface Throttled {
  readonly report: RunControl["report"];
  /** Tells the end, where anything was told. */
  readonly end: () => void;
}

/** Calls `tell` at a pace; `now` is a clock in milliseconds. */
export function throttled(
  tell: (progress: Progress) => void,
  { quietMs, intervalMs }: Pace,
  now: () => number = () => performance.now(),
): Throttled {
  let next = now() + quietMs;
  let last: Progress | undefined;
  return {
    report: (fraction, activity) => {
      const time = now();
      if (time < next) return;
      next = time + intervalMs;
      last = { fraction, activity };
      tell(last);
    },
    end: () => {
      if (last !== undefined) tell({ ...last, fraction: 1 });
    },
  };
}
