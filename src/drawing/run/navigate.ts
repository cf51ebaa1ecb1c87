/**
 * The effect of navigation keys on cursor and zoom; no DOM.
 */
import type { LaneInfo, Place, RunView } from "../../protocol/run/messages";
import { clamp, clampIndex } from "../../core/numeric";
import { rowOfUnit, unitOfRow, type Sorted, type SortedUnits } from "./sortedUnits";
import type { StepRange } from "./modes";

export type Motion =
  | "stepBack"
  | "stepForward"
  | "firstStep"
  | "lastStep"
  | "unitUp"
  | "unitDown"
  | "laneUp"
  | "laneDown"
  | "batchBack"
  | "batchForward";

/** The fewest steps that fill the unrolled view. */
const MIN_VISIBLE_STEPS = 3;

function placeIn(lane: LaneInfo, cursor: Place, unit: number): Place {
  const { layer, direction } = lane;
  return {
    ...cursor,
    layer: layer ?? 0,
    direction: direction ?? "forward",
    unit: clampIndex(unit, lane.units),
  };
}

/** The lanes whose units are in another order than that of their numbers, by their ids. */
export type SortedLanes = ReadonlyMap<string, SortedUnits>;

function sortOf(sorted: SortedLanes, { id }: LaneInfo): Sorted {
  const own = sorted.get(id);
  return own === undefined ? {} : { sorted: own };
}

/** Up goes to the lane drawn above: unit 0 is a lane's top row. */
function moveAcross(
  view: RunView,
  cursor: Place,
  rows: number,
  lanes: number,
  sorted: SortedLanes = new Map(),
): Place {
  const layers = view.lanes.filter((lane) => lane.layer !== null);
  const index = layers.findIndex(
    (lane) => lane.layer === cursor.layer && lane.direction === cursor.direction,
  );
  const here = layers[index];
  if (here === undefined) return cursor;
  if (lanes !== 0) return placeIn(layers[index + lanes] ?? here, cursor, cursor.unit);
  const at = (lane: LaneInfo, row: number): Place =>
    placeIn(lane, cursor, unitOfRow(sortOf(sorted, lane), clampIndex(row, lane.units)));
  const row = rowOfUnit(sortOf(sorted, here), cursor.unit) + rows;
  const above = layers[index + 1];
  if (row < 0 && above !== undefined) return at(above, above.units - 1);
  const below = layers[index - 1];
  if (row >= here.units && below !== undefined) return at(below, 0);
  return at(here, row);
}

/** The place a motion leads to; the same place at the end of an axis. */
export function moveCursor(
  view: RunView,
  cursor: Place,
  motion: Motion,
  sorted?: SortedLanes,
): Place {
  const step = (value: number): Place => ({
    ...cursor,
    step: clampIndex(value, view.seqLength),
  });
  const batch = (value: number): Place => ({
    ...cursor,
    batch: clampIndex(value, view.batchSize),
  });
  switch (motion) {
    case "stepBack":
      return step(cursor.step - 1);
    case "stepForward":
      return step(cursor.step + 1);
    case "firstStep":
      return step(0);
    case "lastStep":
      return step(view.seqLength - 1);
    case "unitUp":
      return moveAcross(view, cursor, -1, 0, sorted);
    case "unitDown":
      return moveAcross(view, cursor, 1, 0, sorted);
    case "laneUp":
      return moveAcross(view, cursor, 0, 1);
    case "laneDown":
      return moveAcross(view, cursor, 0, -1);
    case "batchBack":
      return batch(cursor.batch - 1);
    case "batchForward":
      return batch(cursor.batch + 1);
  }
}

/** What is looked into: the unit at the cursor, or a logit. */
export interface Selected {
  readonly cursor: Place;
  readonly logit: Pick<Place, "step" | "unit"> | null;
}

/** Logits of one step have no other. */
function logitOf(logits: LaneInfo, unit: number, { step }: Place): Selected["logit"] {
  return { step: logits.isFinal === true ? 0 : step, unit: clampIndex(unit, logits.units) };
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.layer === b.layer && a.direction === b.direction && a.unit === b.unit;
}

/** From the top layer up to the logits above it. */
function enterLogits(
  { cursor }: Selected,
  next: Place,
  motion: Motion,
  logits: LaneInfo,
): Selected["logit"] {
  if ((motion !== "unitUp" && motion !== "laneUp") || !isSamePlace(cursor, next)) return null;
  return logitOf(logits, motion === "unitUp" ? logits.units - 1 : 0, cursor);
}

/** The logit that a motion leads to from another one; null down to the top layer. */
function moveLogit(logits: LaneInfo, unit: number, motion: Motion, next: Place): Selected["logit"] {
  const isLeft = motion === "laneDown" || (motion === "unitDown" && unit >= logits.units - 1);
  if (isLeft) return null;
  const rows = motion === "unitUp" ? -1 : motion === "unitDown" ? 1 : 0;
  return logitOf(logits, unit + rows, next);
}

/** The selection a motion leads to. `logits` is their lane where it is shown: it lies above all layers. */
export function moveSelection(
  view: RunView,
  selected: Selected,
  motion: Motion,
  { sorted, logits }: { readonly sorted?: SortedLanes; readonly logits?: LaneInfo } = {},
): Selected {
  const { cursor, logit } = selected;
  const next = moveCursor(view, cursor, motion, sorted);
  if (logits === undefined) return { cursor: next, logit: null };
  if (logit === null) {
    return { cursor: next, logit: enterLogits(selected, next, motion, logits) };
  }
  // Across the logits the unit at the cursor stays what it was.
  const at = { ...cursor, step: next.step, batch: next.batch };
  return { cursor: at, logit: moveLogit(logits, logit.unit, motion, at) };
}

/** Zooming in and out again comes back to the whole but for rounding. */
const NEARLY_ALL = 1 - 1e-9;

/** A range moved inside the sequence; null when it covers all of it. */
export function fitRange([start, end]: StepRange, seqLength: number): StepRange | null {
  const width = Math.max(Math.min(MIN_VISIBLE_STEPS, seqLength), end - start);
  if (width >= seqLength * NEARLY_ALL) return null;
  const from = clamp(start, 0, seqLength - width);
  return [from, from + width];
}

/** Zooms by `factor` (below 1 shows fewer steps) around a step that stays where it is. */
export function zoomRange(
  steps: StepRange | null,
  seqLength: number,
  factor: number,
  around: number,
): StepRange | null {
  const [start, end] = steps ?? [0, seqLength];
  const width = Math.max(MIN_VISIBLE_STEPS, (end - start) * factor);
  const share = (around - start) / (end - start);
  return fitRange([around - share * width, around + (1 - share) * width], seqLength);
}

/** Moves the range by steps. */
export function panRange(steps: StepRange | null, seqLength: number, by: number): StepRange | null {
  if (steps === null) return null;
  return fitRange([steps[0] + by, steps[1] + by], seqLength);
}

/** The range moved so that a step is on screen; the same range where it is. */
export function revealStep(
  steps: StepRange | null,
  seqLength: number,
  step: number,
): StepRange | null {
  if (steps === null || (step >= steps[0] && step + 1 <= steps[1])) return steps;
  const width = steps[1] - steps[0];
  // A margin, so that walking on does not scroll at every step.
  const margin = Math.min(width / 4, 24);
  const start = step < steps[0] ? step - margin : step + 1 + margin - width;
  return fitRange([start, start + width], seqLength);
}

/** The same for a cursor put somewhere: a step that is half on screen can be seen, and nothing moves under it. */
export function followStep(
  steps: StepRange | null,
  seqLength: number,
  step: number,
): StepRange | null {
  const isSeen = steps === null || (step + 0.5 >= steps[0] && step + 0.5 <= steps[1]);
  return isSeen ? steps : revealStep(steps, seqLength, step);
}
