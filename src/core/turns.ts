/**
 * Long work that can be left between its parts, so that a thread answers other questions meanwhile.
 */

/** Work in parts: what it gives comes with the last one. */
export type Parts<Result> = Generator<void, Result, void>;

/** Milliseconds of work before others have their turn. */
const TURN_MS = 20;

/** Does all parts at once. */
export function inOneGo<Result>(parts: Parts<Result>): Result {
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}

/** Does the parts in turns; `pause` is over when all others have had theirs; what it throws ends the work. */
export async function inTurns<Result>(
  parts: Parts<Result>,
  pause: () => Promise<void>,
  now: () => number = () => performance.now(),
): Promise<Result> {
  let end = now() + TURN_MS;
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
    if (now() < end) continue;
    try {
      await pause();
    } catch (error) {
      // What the parts hold is given back.
      parts.throw(error);
      throw error;
    }
    end = now() + TURN_MS;
  }
}
