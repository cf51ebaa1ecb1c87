/**
 * Progress of a long run, as one line that is rewritten in place.
 */
import type { RunControl } from "../../core/control";
import { renderText } from "../../core/text";
import { throttled, type Pace } from "../../core/throttle";

/** A terminal is read more slowly than a page. */
const pace: Pace = { quietMs: 500, intervalMs: 100 };

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
  let isShown = false;
  const { report } = throttled(
    ({ fraction, activity }) => {
      isShown = true;
      write(`${eraseLine}${renderText(activity)} ${Math.floor(fraction * 100)} %`);
    },
    pace,
    now,
  );
  return {
    control: {
      // Ctrl-C ends the process itself.
      check: () => undefined,
      report,
    },
    clear: () => {
      if (isShown) write(eraseLine);
      isShown = false;
    },
  };
}
