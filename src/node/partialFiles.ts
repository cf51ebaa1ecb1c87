/**
 * Files that are being written beside the ones whose place they take: none is left behind when the process is ended.
 */
import { rmSync } from "node:fs";

/** What ends a process from outside. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const unfinished = new Set<string>();

/** What a file is called until it is whole. */
export function partialName(path: string): string {
  return `${path}.${process.pid}.partial`;
}

/** Until `endPartial`, a signal that ends the process removes the file first. */
export function beginPartial(partial: string): void {
  if (unfinished.size === 0) for (const signal of signals) process.on(signal, end);
  unfinished.add(partial);
}

/** The file has been renamed or removed. */
export function endPartial(partial: string): void {
  unfinished.delete(partial);
  if (unfinished.size === 0) for (const signal of signals) process.off(signal, end);
}

/** Removes the files, then ends the process as the signal does without a listener. */
function end(signal: NodeJS.Signals): void {
  for (const partial of unfinished) {
    rmSync(partial, { force: true });
    endPartial(partial);
  }
  process.kill(process.pid, signal);
}
