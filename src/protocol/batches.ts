/**
 * A port whose messages travel together: each message to or from a webview passes through several threads, which costs
 * more than what most of them hold, and a page is rendered once for all answers of a batch.
 */
import type { Port } from "./rpc";

/** Messages that are posted until `schedule` calls back go as one. The other end has to take batches, too. */
export function inBatches(port: Port, schedule: (flush: () => void) => void): Port {
  let messages: unknown[] = [];
  let transfers: ArrayBuffer[] = [];
  const flush = (): void => {
    const [batch, transfer] = [messages, transfers];
    [messages, transfers] = [[], []];
    port.post(batch, transfer);
  };
  return {
    post: (message, transfer = []) => {
      if (messages.length === 0) schedule(flush);
      messages.push(message);
      transfers.push(...transfer);
    },
    receive: (handler) =>
      port.receive((batch) => {
        if (Array.isArray(batch)) handleAll(batch, handler);
      }),
  };
}

/** A message whose handler throws does not keep the others from theirs. */
function handleAll(batch: readonly unknown[], handler: (message: unknown) => void): void {
  const errors: unknown[] = [];
  for (const message of batch) {
    try {
      handler(message);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
