/**
 * The columns of each strip of the flip picture, and the order in which a direction reads them. No DOM.
 */
import { clamp } from "../../../core/numeric";

/** A time step, or null for steps left out. */
export type StripColumn = number | null;

export interface StripWindow {
  /** Half-open range of units. */
  readonly start: number;
  readonly end: number;
}

/**
 * Steps in the order of time, at most `maxColumns` where that is 5 or more: all of them if they fit, else those around the cursor
 * with the first and the last valid step, where the two directions end.
 */
export function shownSteps(
  seqLength: number,
  length: number,
  cursor: number,
  maxColumns: number,
): readonly StripColumn[] {
  if (seqLength <= maxColumns) return Array.from({ length: seqLength }, (_, step) => step);
  // Near an end fewer gaps are needed, so the window is as wide as what fits with them.
  for (let count = maxColumns; count > 1; count--) {
    const columns = withEnds(length, cursor, count);
    if (columns.length <= maxColumns) return columns;
  }
  return withEnds(length, cursor, 1);
}

/** `count` steps around the cursor, the first and the last valid step. */
function withEnds(length: number, cursor: number, count: number): readonly StripColumn[] {
  const { start, end } = windowAround(length, cursor, count);
  const steps = new Set([0, Math.max(0, length - 1)]);
  for (let step = start; step < end; step++) steps.add(step);
  if (cursor >= length) steps.add(cursor);
  return withGaps([...steps].sort((left, right) => left - right));
}

function withGaps(steps: readonly number[]): readonly StripColumn[] {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    return before === undefined || before === step - 1 ? [step] : [null, step];
  });
}

/** `count` of `size` indices with `focus` in the middle, moved inwards at the ends. */
export function windowAround(size: number, focus: number, count: number): StripWindow {
  const start = clamp(focus - Math.floor(count / 2), 0, size - count);
  return { start, end: Math.min(size, start + count) };
}

/** The same columns flipped within the sequence's length: padding stays where it is. */
export function flipped(columns: readonly StripColumn[], length: number): readonly StripColumn[] {
  const firstPadding = columns.findIndex((step) => step !== null && step >= length);
  if (firstPadding < 0) return [...columns].reverse();
  const isGap = columns[firstPadding - 1] === null;
  const valid = isGap ? firstPadding - 1 : firstPadding;
  return [...columns.slice(0, valid).reverse(), ...columns.slice(valid)];
}

/** The step that a reverse direction is at when it has processed so many as come before `step`; padding stays. */
export function mirrored(step: StripColumn, length: number): StripColumn {
  return step === null || step >= length ? step : length - 1 - step;
}

/** Contiguous half-open ranges that together hold every shown step; one request for values each. */
export function stepRuns(columns: readonly StripColumn[]): readonly StripWindow[] {
  const runs: StripWindow[] = [];
  for (const step of columns) {
    const last = runs.at(-1);
    if (step === null) continue;
    if (last?.end === step) runs[runs.length - 1] = { start: last.start, end: step + 1 };
    else runs.push({ start: step, end: step + 1 });
  }
  return runs;
}
