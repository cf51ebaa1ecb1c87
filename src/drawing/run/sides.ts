/**
 * Which values a lane of the unrolled view shows in a mode: ours, the reference's, their difference, or none.
 */
import type { Side } from "../../protocol/run/windowMessages";
import type { RunView } from "../../protocol/run/messages";
import type { ShownLane } from "./laneChoice";
import type { Mode } from "./modes";

/** The values that a lane shows in a mode, top to bottom. */
export function sidesOf(
  info: ShownLane,
  mode: Mode,
  showsFinding = false,
): readonly (Side | null)[] {
  if (info.isFolded === true) return [null];
  if (mode === "ours" || isOursAlone(info)) return ["ours"];
  if (showsFinding && mode === "delta" && isUncovered(info)) return ["delta"];
  if (info.reference === "none") return mode === "sideBySide" ? ["ours"] : [null];
  return mode === "sideBySide" ? PAIR : [mode];
}

/** What is side by side. */
export const PAIR: readonly Side[] = ["ours", "reference"];

/** True side by side of a lane whose last state alone is in the reference: that is two, though its steps are ours. */
export function isPairOfFinals(info: ShownLane, mode: Mode): boolean {
  const { outsideOfFinal, isFolded } = info;
  const isKnown = isUncovered(info) && outsideOfFinal !== undefined;
  return mode === "sideBySide" && isKnown && isFolded !== true;
}

/** True for what goes into the run, which no mode compares. */
function isOursAlone({ id, reference }: ShownLane): boolean {
  return id === "tokens" || (id === "input" && reference === "none");
}

/** True for a lane of a layer whose steps are in no reference. */
export function isUncovered({
  layer,
  reference,
  quantity,
}: Pick<ShownLane, "layer" | "reference" | "quantity">): boolean {
  return layer !== null && reference === "none" && quantity === undefined;
}

/** True where steps of a lane are outside tolerance: marks beside it tell where, in every mode. */
export function hasOutside({ lanes }: Pick<RunView, "lanes">): boolean {
  return lanes.some(({ outside }) => outside > 0);
}

/** True where a mode has nothing to show of a lane: the reference does not have it. */
function isCollapsed(sides: readonly (Side | null)[]): boolean {
  return sides.every((side) => side === null);
}

/** Rows of values; none where the lane is collapsed. */
export function rowsOf({ units }: ShownLane, sides: readonly (Side | null)[]): number {
  return isCollapsed(sides) ? 0 : units * sides.length;
}
