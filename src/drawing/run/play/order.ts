/**
 * The order in which a run is computed, as it is played: layer by layer, each direction step by step; no DOM.
 */
import { clamp, clampIndex } from "../../../core/numeric";
import { hasReverse, type Directed } from "../../../model/directions";
import type { LaneInfo, Place } from "../../../protocol/run/messages";

type Direction = Place["direction"];
type LaneOfPlay = Pick<LaneInfo, "layer" | "direction">;

/** A phase of the computation. Only `run` goes step by step. */
export interface PlayPhase {
  readonly kind: "flip" | "run" | "flipBack" | "concat";
  readonly layer: number;
  /** null for `concat`, which both directions have. */
  readonly direction: Direction | null;
}

/** Milliseconds that a step is shown for, and a phase without steps. */
const STEP_MS = 220;
const PHASE_MS = 1_000;
/** A direction of a layer takes no longer, however many steps it has, and no less. */
const RUN_MS = { least: 900, most: 6_000 } as const;

/** Times the usual speed. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;

/** The phases of a module in the order of dependency. */
export function playPhases(config: Directed & { readonly numLayers: number }): PlayPhase[] {
  return Array.from({ length: config.numLayers }, (_, layer): PlayPhase[] => {
    const isForward = config.bidirectional || !hasReverse(config);
    const forward: PlayPhase[] = isForward ? [{ kind: "run", layer, direction: "forward" }] : [];
    const reverse = (["flip", "run", "flipBack"] as const).map((kind): PlayPhase => ({
      kind,
      layer,
      direction: "reverse",
    }));
    return [
      ...forward,
      ...(hasReverse(config) ? reverse : []),
      ...(config.bidirectional ? [{ kind: "concat" as const, layer, direction: null }] : []),
    ];
  }).flat();
}

/** The phases in which lanes that have something to show change; all of them where there is none. */
export function shownPhases(
  phases: readonly PlayPhase[],
  lanes: readonly LaneOfPlay[],
): readonly PlayPhase[] {
  const shown = phases.filter(({ kind, layer, direction }) => {
    // What is flipped is what the layer reads, and of the lowest that is there in every mode.
    if (kind === "flip" && layer > 0 && lanes.every((lane) => lane.layer !== layer - 1))
      return false;
    return lanes.some(
      (lane) => lane.layer === layer && (direction ?? lane.direction) === lane.direction,
    );
  });
  return shown.length === 0 ? phases : shown;
}

function keyOf({ kind, layer, direction }: PlayPhase): string {
  return [kind, layer, direction].join();
}

/** The clock of the same place among other phases: where its phase is none of them, at the next one that is. */
export function clockAmong(
  phases: readonly PlayPhase[],
  before: readonly PlayPhase[],
  clock: number,
): number {
  const point = playPoint(before, clock);
  const ahead = before.slice(point?.index ?? before.length).map(keyOf);
  const at = phases.findIndex((phase) => ahead.includes(keyOf(phase)));
  if (at < 0) return phases.length;
  if (keyOf(phases[at]!) !== ahead[0]) return at;
  return at === point?.index ? clock : at + (point?.fraction ?? 0);
}

/** How long a phase takes at a speed, milliseconds. */
export function phaseDuration({ kind }: PlayPhase, length: number, speed: number): number {
  const usual = kind === "run" ? clamp(length * STEP_MS, RUN_MS.least, RUN_MS.most) : PHASE_MS;
  return usual / speed;
}

/** Where a clock stands: it counts phases, and parts of the one that is under way. */
export interface PlayPoint {
  readonly index: number;
  readonly phase: PlayPhase;
  /** 0 to 1. */
  readonly fraction: number;
}

/** The phase at a clock; null at the end. */
export function playPoint(phases: readonly PlayPhase[], clock: number): PlayPoint | null {
  const index = Math.floor(Math.max(0, clock));
  const phase = phases[index];
  return phase === undefined ? null : { index, phase, fraction: Math.max(0, clock) - index };
}

/** The clock after some milliseconds; it ends behind the last phase. */
export function advancePlay(
  phases: readonly PlayPhase[],
  clock: number,
  elapsedMs: number,
  { length, speed }: { readonly length: number; readonly speed: number },
): number {
  let [now, left] = [clock, elapsedMs];
  for (let point = playPoint(phases, now); point !== null; point = playPoint(phases, now)) {
    const duration = phaseDuration(point.phase, length, speed);
    const rest = (1 - point.fraction) * duration;
    if (left < rest) return now + left / duration;
    left -= rest;
    now = point.index + 1;
  }
  return phases.length;
}

/** Steps that a phase has behind it; at least the one that it is at. */
function processedSteps(fraction: number, length: number): number {
  return clampIndex(Math.floor(fraction * length), length) + 1;
}

/** The state that is computed at a point; null in a phase without steps. */
export function placeOfPoint(
  { phase, fraction }: PlayPoint,
  length: number,
): Pick<Place, "layer" | "direction" | "step"> | null {
  const { kind, layer, direction } = phase;
  if (kind !== "run" || direction === null) return null;
  const last = processedSteps(fraction, length) - 1;
  return { layer, direction, step: direction === "forward" ? last : length - 1 - last };
}

/** How far a lane is: nothing of it computed, so many steps, as it was processed but not flipped back, or all. */
export type LaneProgress =
  | { readonly kind: "pending" | "whole" }
  | { readonly kind: "running"; readonly steps: number }
  /** From 0, flipped, to 1, in the order of time. */
  | { readonly kind: "turning"; readonly fraction: number };

/** How far a direction of a layer is at a clock. */
export function laneProgress(
  phases: readonly PlayPhase[],
  clock: number,
  lane: { readonly layer: number; readonly direction: Direction },
  length: number,
): LaneProgress {
  const isOwn = (phase: PlayPhase): boolean =>
    phase.layer === lane.layer && phase.direction === lane.direction;
  const point = playPoint(phases, clock);
  const run = phases.findIndex((phase) => isOwn(phase) && phase.kind === "run");
  if (point === null || run < 0 || point.index > run + 1) return { kind: "whole" };
  if (point.index < run) return { kind: "pending" };
  if (point.index === run) {
    return { kind: "running", steps: processedSteps(point.fraction, length) };
  }
  const isTurning = isOwn(point.phase) && point.phase.kind === "flipBack";
  return isTurning ? { kind: "turning", fraction: point.fraction } : { kind: "whole" };
}

/** How far the output is: one direction makes it step by step, what is flipped back or joined is there at once. */
export function outputProgress(
  phases: readonly PlayPhase[],
  clock: number,
  length: number,
): LaneProgress {
  const last = phases.at(-1);
  if (last === undefined || clock >= phases.length) return { kind: "whole" };
  const { kind, layer, direction } = last;
  return kind === "run" && direction !== null
    ? laneProgress(phases, clock, { layer, direction }, length)
    : { kind: clock < phases.length - 1 ? "pending" : "whole" };
}

/** True where all of a lane is computed, so that something can be said of it as a whole. */
export function isComputed(
  phases: readonly PlayPhase[],
  clock: number,
  { id, layer, direction }: LaneOfPlay & Pick<LaneInfo, "id">,
  length: number,
): boolean {
  if (id === "output" || id === "logits") {
    return outputProgress(phases, clock, length).kind === "whole";
  }
  if (layer === null || direction === null) return true;
  const { kind } = laneProgress(phases, clock, { layer, direction }, length);
  return kind === "whole" || kind === "turning";
}

/**
 * How far the input of a layer is flipped, from 0 to 1: while it is flipped, and as long as the reverse direction reads
 * it.
 */
export function inputFlip(point: PlayPoint | null, layer: number): number {
  if (point?.phase.layer !== layer) return 0;
  const { kind, direction } = point.phase;
  if (kind === "flip") return point.fraction;
  return kind === "run" && direction === "reverse" ? 1 : 0;
}
