/** Waiting for something to become true, as long as a slow machine under load may take. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 90_000;
const POLL_MS = 100;
/** After this time an action counts as without effect. */
const EFFECT_LIMIT_MS = 5000;

/** Repeats `attempt` until it succeeds, and throws its last error once the time is up. */
export async function retry<T>(
  what: string,
  attempt: () => Promise<T>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error(`${what} did not work within ${limitMs} ms: ${messageOf(error)}`, {
          cause: error,
        });
      }
      await delay(POLL_MS);
    }
  }
}

/** Reads until the value is accepted; the error names the last one. */
export function until<T>(
  what: string,
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  limitMs = LIMIT_MS,
): Promise<T> {
  const attempt = async (): Promise<T> => {
    const value = await read();
    if (!accept(value)) throw new Error(`it was ${JSON.stringify(value)}`);
    return value;
  };
  return retry(what, attempt, limitMs);
}

/** Reads until the value is `expected`; the error shows how the last one differs. */
export function becomes<T>(what: string, read: () => T | Promise<T>, expected: T): Promise<T> {
  return retry(what, async () => {
    const value = await read();
    assert.deepEqual(value, expected);
    return value;
  });
}

/** Reads until two values in a row are the same: what was under way has come to its end. */
export function settled<T>(what: string, read: () => T | Promise<T>): Promise<T> {
  let last: T | undefined;
  return until(what, read, (value) => {
    const isSame = value === last;
    last = value;
    return isSame;
  });
}

/** Acts until `isDone`: a click or a key is lost where what it is meant for moves or is made anew meanwhile. */
export function actUntil(
  what: string,
  act: () => Promise<void>,
  isDone: () => Promise<boolean>,
): Promise<void> {
  return retry(what, async () => {
    if (await isDone()) return;
    await act();
    await until("its effect", isDone, (is) => is, EFFECT_LIMIT_MS);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
