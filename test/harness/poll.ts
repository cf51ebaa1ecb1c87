/** Waiting for something to become true, as long as a slow machine under load may take. */
import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 45_000;
const POLL_MS = 100;

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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
