/**
 * Positions of the columns of the flip picture during its animation: flip, run, flip back, concat. No DOM.
 */
import { clamp } from "../../../core/numeric";
import { hasReverse, type Directed } from "../../../model/directions";
import type { StripBox, StripId, StripPart } from "./boxes";
import type { StripColumn } from "./strips";

/** The clock runs from 0 (only x is there) to this (everything is in its place). */
export const PHASES = 4;

/** How much later the last column leaves, in durations of one column's way. */
const STAGGER = 0.8;

export interface ColumnMotion {
  readonly dx: number;
  readonly dy: number;
  readonly opacity: number;
}

const AT_REST: ColumnMotion = { dx: 0, dy: 0, opacity: 1 };

/** Phase during which a strip appears. */
const PHASE_OF: Readonly<Record<StripId, number>> = {
  x: -1,
  flippedX: 0,
  forward: 1,
  reverse: 1,
  flippedBack: 2,
  output: 3,
};

/** How far column `index` of a part is from its place when the clock (0…PHASES) stands at `clock`. */
export function columnMotion(
  strips: readonly StripBox[],
  strip: StripBox,
  part: StripPart,
  index: number,
  clock: number,
): ColumnMotion {
  const phase = clock - PHASE_OF[strip.id];
  if (phase >= 1) return AT_REST;
  if (phase <= 0) return { dx: 0, dy: 0, opacity: 0 };
  const source = strips.find(({ id }) => id === part.source);
  // The states appear one after the other, in the order of processing.
  if (source === undefined) {
    const fraction = phase * strip.columns.length - index;
    return { dx: 0, dy: 0, opacity: clamp(fraction, 0, 1) };
  }
  const from = sourceCorner(source, strip.columns[index] ?? null, index);
  const remaining = 1 - ease(staggered(phase, index, strip.columns.length));
  return {
    dx: (from.x - strip.x - (strip.columnX[index] ?? 0)) * remaining,
    dy: (from.y - strip.y - part.row * strip.rowHeight) * remaining,
    opacity: 1,
  };
}

/** The part of a phase that the column at `index` has behind it: one column leaves after the other. */
function staggered(phase: number, index: number, columns: number): number {
  const delay = columns > 1 ? (STAGGER * index) / (columns - 1) : 0;
  return clamp(phase * (1 + STAGGER) - delay, 0, 1);
}

/** Starts and ends slowly. */
function ease(share: number): number {
  return share * share * (3 - 2 * share);
}

/** Corner of the column with the same step; what has none starts from its mirror image. */
function sourceCorner(
  source: StripBox,
  step: StripColumn,
  index: number,
): { x: number; y: number } {
  const same = step === null ? -1 : source.columns.indexOf(step);
  const found = same < 0 ? source.columns.length - 1 - index : same;
  return { x: source.x + (source.columnX[found] ?? 0), y: source.y };
}

/**
 * The phases that a module's picture has: 0 flip, 1 run, 2 flip back, 3 output. A forward direction alone flips nothing,
 * a reverse one is flipped back into the output.
 */
export function phasesOf(directed: Directed): readonly number[] {
  if (directed.bidirectional) return [0, 1, 2, 3];
  return hasReverse(directed) ? [0, 1, 3] : [1, 3];
}

/** The clock after `by` more phases; those that are not among `phases` are skipped. */
export function advanceClock(clock: number, by: number, phases: readonly number[]): number {
  const next = clock + by;
  const isSkipped = next < PHASES && !phases.includes(Math.floor(next));
  return Math.min(PHASES, isSkipped ? next + 1 : next);
}
