/**
 * One pass over values along their leading axis that serves every measurement.
 */
import type { RunControl } from "../core/control";
import type { Text } from "../core/text";
import type { StepBlock } from "../engine/base/plan";
import { stepSpans } from "./steps";

/** A visitor of values: it gets each row once, span by span from the first to the last. */
export interface Meter {
  /** Length of the leading axis: steps, or layers × directions. */
  readonly count: number;
  /** See `StepValues.blockSteps`. */
  readonly blockSteps: number;
  /** Values of one entry of the leading axis. */
  readonly rowSize: number;
  add(span: StepBlock, check: () => void): void;
}

/**
 * Runs all meters. Those of the same length share one pass, so that states of a checkpointed trace are recomputed only
 * once for all of them.
 * @throws CancelledError when `control` says so.
 */
export function walk(meters: readonly Meter[], control: RunControl, activity: Text): void {
  const check = (): void => {
    control.check();
  };
  const byCount = new Map<number, Meter[]>();
  for (const meter of meters) {
    byCount.set(meter.count, [...(byCount.get(meter.count) ?? []), meter]);
  }
  const whole = [...byCount.keys()].reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [count, together] of byCount) {
    const blockSteps = Math.min(...together.map((meter) => meter.blockSteps));
    const widest = Math.max(...together.map(({ rowSize }) => rowSize));
    for (const span of stepSpans({ from: 0, to: count }, blockSteps, widest)) {
      together.forEach((meter, index) => {
        meter.add(span, check);
        const done = span.from + ((index + 1) / together.length) * (span.to - span.from);
        control.report((before + done) / whole, activity);
        check();
      });
    }
    before += count;
  }
}
