/**
 * The lanes that are seen flipped while a run is played, and where their steps are shown; no DOM.
 */
import type { LaneBox, UnrolledLayout } from "../layout";
import type { PlayPoint } from "./order";

/** Lanes that lie in the order of processing: the step that is processed first is on the left. */
export interface TurnedLanes {
  readonly lanes: ReadonlySet<string>;
  /** Steps of the sequence, which is flipped within its length: padding stays where it is. */
  readonly length: number;
}

export const NONE_TURNED: TurnedLanes = { lanes: new Set(), length: 0 };

/** Lanes are flipped where all of the sequence is on screen: a part of it has no place for its mirror image. */
export function showsWhole(
  { steps }: Pick<UnrolledLayout, "steps">,
  { seqLength }: { readonly seqLength: number },
): boolean {
  return steps[0] <= 0 && steps[1] >= seqLength;
}

type Boxes = readonly Pick<LaneBox, "info" | "bands">[];

/** Ids of the lanes that a layer reads, as far as they have values. */
export function lanesRead(boxes: Boxes, layer: number): string[] {
  const read = boxes.filter(({ info, bands }) => {
    const isThere = bands.some(({ side }) => side !== null);
    if (info.quantity !== undefined || !isThere) return false;
    return layer === 0 ? info.id === "input" || info.id === "tokens" : info.layer === layer - 1;
  });
  return read.map(({ info }) => info.id);
}

/**
 * A reverse direction runs over its flipped input: what it reads, and its own lanes, lie flipped meanwhile. What is being
 * turned has its steps where they will be from half of its way on.
 */
export function turnedLanes(boxes: Boxes, point: PlayPoint | null, length: number): TurnedLanes {
  if (point?.phase.direction !== "reverse") return NONE_TURNED;
  const { kind, layer, direction } = point.phase;
  const isHalfWay = point.fraction >= 0.5;
  const isRead = kind === "run" || (kind === "flip" && isHalfWay);
  const isOwn = kind === "run" || (kind === "flipBack" && !isHalfWay);
  const own = boxes.filter(({ info }) => info.layer === layer && info.direction === direction);
  const lanes = [
    ...(isOwn ? own.map(({ info }) => info.id) : []),
    ...(isRead ? lanesRead(boxes, layer) : []),
  ];
  return lanes.length === 0 ? NONE_TURNED : { lanes: new Set(lanes), length };
}

/** The column in which a step of a lane is shown; the same of a column gives its step. */
export function shownStep({ lanes, length }: TurnedLanes, lane: string, step: number): number {
  return lanes.has(lane) && step < length ? length - 1 - step : step;
}
