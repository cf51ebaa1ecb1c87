/**
 * Paints how far the computation is over the lanes: what is still to come is covered, what is flipped is turned round.
 */
import {
  AXIS_HEIGHT,
  hasTrack,
  stepX,
  TRACK_HEIGHT,
  type LaneBox,
} from "../../../../src/drawing/run/layout";
import {
  inputFlip,
  laneProgress,
  outputProgress,
  type LaneProgress,
  type PlayPhase,
  type PlayPoint,
} from "../../../../src/drawing/run/play/order";
import { lanesRead, showsWhole, shownStep } from "../../../../src/drawing/run/play/turned";
import { labelledSteps } from "../../../../src/drawing/run/timeAxis";
import { writeText, type Rect } from "../../../shared/pictures/marks";
import { outline, RULER_SIZE } from "./lanePainter";
import type { CursorScene } from "./scene";

/** Columns from here on are turned one by one, so that numbers and words in them stay readable. */
const COLUMNS_FROM = 6;
/** Below its lane a label of a step has the middle of the track. */
const LABEL_DOWN = 10;
const AXIS_DOWN = 15;
/** Above a lane its strip of differences or the marks of its columns; frames of cells reach over its edges. */
const MARKS = { above: 5, frame: 1 } as const;
/** Of an axis of one lane: from the way that time runs to the first step, and all of its room. */
const LANE_AXIS_GAP = 10;
const LANE_AXIS_NAME = 36;

export interface PlayScene extends CursorScene {
  /** The canvas with the lanes, in device pixels. */
  readonly lanes: HTMLCanvasElement;
  readonly dpr: number;
  readonly phases: readonly PlayPhase[];
  readonly clock: number;
  readonly point: PlayPoint | null;
  /** Valid steps. */
  readonly length: number;
  /** True where marks around the lanes tell what is outside tolerance. */
  readonly isCompared: boolean;
}

/** The part of a lane with the marks above it. */
function withMarks({ isCompared }: PlayScene, { y, height, ...at }: Rect): Rect {
  const above = isCompared ? MARKS.above : 0;
  return { ...at, y: y - above, height: height + above };
}

/** What is still to come is not there: neither a colour nor a number of it, nor what is outside tolerance. */
function cover(scene: PlayScene, at: Rect): void {
  if (at.width <= 0 || at.height <= 0) return;
  const { context, theme, layout, isCompared } = scene;
  const around = isCompared ? MARKS.frame : 0;
  // What is computed has its frames beside what is covered.
  const left = at.x > layout.plotLeft && at.x < layout.finalLeft ? 0 : around;
  const marked = withMarks(scene, at);
  context.fillStyle = theme.background;
  context.fillRect(marked.x - left, marked.y, marked.width + left + around, marked.height + around);
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  if (isCompared && theme.isHighContrast) outline(scene, at);
}

/** Nor which of its rows are. */
function coverRowMarks({ context, layout, theme, isCompared }: PlayScene, box: LaneBox): void {
  if (!isCompared) return;
  context.fillStyle = theme.background;
  const right = layout.plotLeft + layout.plotWidth;
  context.fillRect(right + 1, box.top, RULER_SIZE, box.height);
}

/** The steps of a lane that are on screen, down to the end of its sequence. */
function validRect({ layout, length }: PlayScene, { top, height }: LaneBox): Rect {
  const left = Math.max(layout.plotLeft, stepX(layout, 0));
  const right = Math.min(layout.plotLeft + layout.plotWidth, stepX(layout, length));
  return { x: left, y: top, width: Math.max(0, right - left), height };
}

function finalRect({ layout }: PlayScene, { top, height }: LaneBox): Rect {
  return { x: layout.finalLeft, y: top, width: layout.finalWidth, height };
}

/** Ease from 1, as it lies, to −1, turned round. */
function turn(share: number): number {
  return Math.cos(Math.PI * share);
}

/** A column that is being turned has the colours of a part of it that no number reaches: where it begins, and how wide it is. */
const SLIVER = { from: 3, width: 1 } as const;

/** Draws a lane with its width scaled around its middle; below 0 its columns stand in the opposite order. */
function drawTurned(scene: PlayScene, at: Rect, factor: number): void {
  const { context, layout, theme, length } = scene;
  if (at.width <= 0) return;
  context.fillStyle = theme.background;
  context.fillRect(at.x - 1, at.y - 1, at.width + 2, at.height + 2);
  if (layout.columnWidth < COLUMNS_FROM) {
    drawPart(scene, at, { middle: at.x + at.width / 2, factor });
    return;
  }
  const middle = at.x + at.width / 2;
  const { columnWidth } = layout;
  const isMoving = Math.abs(factor) < 1;
  for (let step = 0; step < length; step++) {
    const x = stepX(layout, step);
    const to = middle + factor * (x + columnWidth / 2 - middle);
    const column = isMoving
      ? { ...at, x: x + SLIVER.from, width: SLIVER.width }
      : { ...at, x, width: columnWidth };
    const scale = Math.abs(factor) * (isMoving ? (columnWidth - 1) / SLIVER.width : 1);
    drawPart(scene, column, { middle: to, factor: scale });
  }
}

/** Copies a part of the lanes to another middle, its width scaled; below 0 it is seen from behind. */
function drawPart(
  { context, lanes, dpr, scrollTop }: PlayScene,
  at: Rect,
  { middle, factor }: { readonly middle: number; readonly factor: number },
): void {
  const top = Math.max(at.y, scrollTop);
  const y = top - scrollTop;
  const height = Math.min(at.y + at.height - top, lanes.height / dpr - y);
  if (height <= 0) return;
  const width = Math.max(1, Math.abs(factor) * at.width);
  const from = [at.x, y, at.width, height].map((each) => Math.round(each * dpr));
  const [sx = 0, sy = 0, sw = 0, sh = 0] = from;
  context.save();
  context.translate(middle, 0);
  context.scale(Math.sign(factor) || 1, 1);
  context.drawImage(lanes, sx, sy, sw, sh, -width / 2, top, width, height);
  context.restore();
}

function paintRunning(scene: PlayScene, box: LaneBox, steps: number, isTurned: boolean): void {
  const { layout, length } = scene;
  const at = validRect(scene, box);
  const isReverse = box.info.direction === "reverse";
  if (isReverse && !isTurned) {
    const until = Math.min(at.x + at.width, stepX(layout, length - steps));
    cover(scene, { ...at, width: until - at.x });
    return;
  }
  if (isReverse) drawTurned(scene, withMarks(scene, at), -1);
  const from = Math.max(at.x, stepX(layout, steps));
  cover(scene, { ...at, x: from, width: at.x + at.width - from });
}

function paintLayer(scene: PlayScene, box: LaneBox, progress: LaneProgress): void {
  const isWhole = showsWhole(scene.layout, scene.view);
  if (progress.kind === "whole") return;
  if (progress.kind === "turning") {
    const at = withMarks(scene, validRect(scene, box));
    if (isWhole) drawTurned(scene, at, -turn(progress.fraction));
    return;
  }
  coverRowMarks(scene, box);
  if (progress.kind === "running") paintRunning(scene, box, progress.steps, isWhole);
  else cover(scene, validRect(scene, box));
  const isDone = progress.kind === "running" && progress.steps >= scene.length;
  if (!isDone && box.info.quantity === undefined) cover(scene, finalRect(scene, box));
}

function paintInputs(scene: PlayScene): void {
  const { layout, point, view } = scene;
  if (point === null || !showsWhole(layout, view)) return;
  const flipped = inputFlip(point, point.phase.layer);
  if (flipped === 0) return;
  const read = lanesRead(layout.boxes, point.phase.layer);
  for (const box of layout.boxes) {
    const at = withMarks(scene, validRect(scene, box));
    if (read.includes(box.info.id)) drawTurned(scene, at, turn(flipped));
  }
}

/** The axis, which stands below the lowest lane. */
function axisRect({ layout, scrollTop, height }: PlayScene): Rect {
  const top = Math.min(layout.plotBottom, scrollTop + height - AXIS_HEIGHT);
  return { x: 0, y: top, width: layout.width, height: AXIS_HEIGHT };
}

/** The track below a lane, from its label to its last step; null where there is none on screen. */
function trackRect(scene: PlayScene, { info, top, height }: LaneBox): Rect | null {
  const { plotLeft, plotWidth } = scene.layout;
  const y = top + height + 1;
  if (!hasTrack(info) || y + TRACK_HEIGHT > axisRect(scene).y) return null;
  const x = plotLeft - LANE_AXIS_NAME;
  return { x, y, width: plotLeft + plotWidth - x, height: TRACK_HEIGHT };
}

/** The steps of a lane where they are shown, and the way that time runs there. */
function paintSteps(scene: PlayScene, { info }: LaneBox, at: Rect, y: number): Rect[] {
  const { context, layout, theme, turned, view } = scene;
  const isTurned = turned.lanes.has(info.id);
  context.fillStyle = theme.background;
  context.fillRect(at.x, at.y, at.width, at.height);
  context.fillStyle = isTurned ? theme.foreground : theme.muted;
  context.textAlign = "right";
  const name = isTurned ? "t ←" : "t →";
  const written = [writeText(context, name, layout.plotLeft - LANE_AXIS_GAP, y)];
  context.textAlign = "center";
  for (const step of labelledSteps(layout, view.seqLength)) {
    const x = stepX(layout, shownStep(turned, info.id, step) + 0.5);
    written.push(writeText(context, String(step), x, y));
  }
  return written;
}

/**
 * While lanes lie flipped, one axis does not hold for all of them: each has its own below it, and the lowest has the
 * axis.
 */
function paintTurnedSteps(scene: PlayScene): void {
  const { context, layout, texts, theme, turned } = scene;
  if (turned.lanes.size === 0) return;
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  const axis = axisRect(scene);
  for (const box of layout.boxes) {
    const track = trackRect(scene, box);
    if (box === layout.boxes.at(-1)) {
      texts.onAxis.push(...paintSteps(scene, box, axis, axis.y + AXIS_DOWN));
    } else if (track !== null) {
      paintSteps(scene, box, track, track.y + LABEL_DOWN - 1);
    }
  }
}

/** Both directions are framed as one while they are joined. */
function paintConcat(scene: PlayScene): void {
  const { context, layout, point, theme } = scene;
  if (point?.phase.kind !== "concat") return;
  const own = layout.boxes.filter(
    ({ info }) => info.layer === point.phase.layer && info.quantity === undefined,
  );
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return;
  context.strokeStyle = theme.focus;
  context.globalAlpha = Math.sin(Math.PI * Math.min(1, point.fraction));
  context.lineWidth = 3;
  const { x, width } = validRect(scene, first);
  context.strokeRect(x - 3, first.top - 3, width + 6, last.top + last.height - first.top + 6);
  context.globalAlpha = 1;
}

function paintOutput(scene: PlayScene, box: LaneBox): void {
  const { phases, clock, length } = scene;
  const progress = outputProgress(phases, clock, length);
  if (progress.kind === "whole") return;
  coverRowMarks(scene, box);
  if (progress.kind === "running" && box.info.id === "output") {
    paintRunning(scene, box, progress.steps, false);
  } else {
    cover(scene, box.info.isFinal === true ? finalRect(scene, box) : validRect(scene, box));
  }
}

/** Covers and turns the lanes as far as the clock says. */
export function paintPlay(scene: PlayScene): void {
  const { layout, phases, clock, length } = scene;
  for (const box of layout.boxes) {
    const { layer, direction, id } = box.info;
    if (layer !== null && direction !== null) {
      paintLayer(scene, box, laneProgress(phases, clock, { layer, direction }, length));
    } else if (id === "output" || id === "logits") {
      paintOutput(scene, box);
    }
  }
  paintInputs(scene);
  paintTurnedSteps(scene);
  paintConcat(scene);
}
