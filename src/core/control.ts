/**
 * How long work reports its progress and is cancelled.
 */
import type { Text } from "./text";

/** Work under way; `fraction` in 0…1. */
export interface Progress {
  readonly fraction: number;
  readonly activity: Text;
}

export interface RunControl {
  /** Reports how much of `activity` is done; `fraction` in 0…1. */
  report(fraction: number, activity: Text): void;
  /** @throws CancelledError when the user asked to stop. */
  check(): void;
}

/** A control that is never cancelled and reports nothing. */
export const noControl: RunControl = {
  report: () => undefined,
  check: () => undefined,
};

/** The control of a part of the work, whose own 0…1 is `from`…`to` of the whole. */
export function controlOfPart(control: RunControl, from: number, to: number): RunControl {
  return {
    report: (fraction, activity) => {
      control.report(from + (to - from) * fraction, activity);
    },
    check: () => {
      control.check();
    },
  };
}
