/**
 * Progress of a long run, as one line that is rewritten in place.
 */
import type { RunControl } from "../core/control";
import { renderText } from "../core/text";

/** A run that ends sooner than this many milliseconds shows no line. */
const quietMilliseconds = 500;

/** Time between two rewritings, in milliseconds. */
const intervalMilliseconds = 100;

/** Moves to the start of the line and erases it. */
const eraseLine = "\r\u001B[2K";

/** Progress as a run reports it, and a way to make room for other output. */
export interface ProgressLine {
  readonly control: RunControl;
  /** Erases the line, where there is one. */
  clear(): void;
}

/** A line for a terminal that `write` writes to; `now` is a clock in milliseconds. */
export function createProgressLine(
  write: (output: string) => void,
  now: () => number,
): ProgressLine {
  let next = now() + quietMilliseconds;
  let isShown = false;
  return {
    control: {
      // Ctrl-C ends the process itself.
      check: () => undefined,
      report: (fraction, activity) => {
        const time = now();
        if (time < next) return;
        next = time + intervalMilliseconds;
        isShown = true;
        write(`${eraseLine}${renderText(activity)} ${Math.floor(fraction * 100)} %`);
      },
    },
    clear: () => {
      if (isShown) write(eraseLine);
      isShown = false;
    },
  };
}
