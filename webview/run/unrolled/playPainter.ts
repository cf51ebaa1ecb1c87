/**
 * Paints how far the computation is over the lanes: what is still to come is covered, what is flipped is turned round.
 */
import { stepX, type LaneBox } from "../../../src/drawing/run/layout";
import {
  inputFlip,
  laneProgress,
  type LaneProgress,
  type PlayPhase,
  type PlayPoint,
} from "../../../src/drawing/run/play/order";
import type { Rect } from "../../shared/marks";
import type { CursorScene } from "./scene";

/** What of a lane is still to come is as good as gone. */
const COVERED = 0.93;

export interface PlayScene extends CursorScene {
  /** The canvas with the lanes, in device pixels. */
  readonly lanes: HTMLCanvasElement;
  readonly dpr: number;
  readonly phases: readonly PlayPhase[];
  readonly clock: number;
  readonly point: PlayPoint | null;
  /** Valid steps. */
  readonly length: number;
}

function cover({ context, theme }: PlayScene, at: Rect): void {
  if (at.width <= 0 || at.height <= 0) return;
  context.save();
  context.globalAlpha = COVERED;
  context.fillStyle = theme.background;
  context.fillRect(at.x, at.y, at.width, at.height);
  context.fillStyle = theme.quiet;
  context.globalAlpha = 1;
  context.fillRect(at.x, at.y, at.width, at.height);
  context.restore();
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

/** Draws a lane with its width scaled around its middle; below 0 it is seen from behind: flipped. */
function drawTurned(scene: PlayScene, at: Rect, factor: number): void {
  const { context, lanes, dpr, scrollTop, theme } = scene;
  if (at.width <= 0) return;
  context.fillStyle = theme.background;
  context.fillRect(at.x - 1, at.y - 1, at.width + 2, at.height + 2);
  const width = Math.max(1, Math.abs(factor) * at.width);
  context.save();
  context.translate(at.x + at.width / 2, 0);
  context.scale(Math.sign(factor) || 1, 1);
  const source = { y: Math.max(0, at.y - scrollTop), top: Math.max(at.y, scrollTop) };
  const height = Math.min(at.height - (source.top - at.y), lanes.height / dpr - source.y);
  if (height > 0) {
    const from = [at.x, source.y, at.width, height].map((each) => Math.round(each * dpr));
    const [x = 0, y = 0, w = 0, h = 0] = from;
    context.drawImage(lanes, x, y, w, h, -width / 2, source.top, width, height);
  }
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
  if (isReverse) drawTurned(scene, at, -1);
  const from = Math.max(at.x, stepX(layout, steps));
  cover(scene, { ...at, x: from, width: at.x + at.width - from });
}

function paintLayer(scene: PlayScene, box: LaneBox, progress: LaneProgress): void {
  // A part of the sequence has no place for its mirror image.
  const isWhole = scene.layout.steps[0] <= 0 && scene.layout.steps[1] >= scene.view.seqLength;
  if (progress.kind === "whole") return;
  if (progress.kind === "turning") {
    if (isWhole) drawTurned(scene, validRect(scene, box), -turn(progress.fraction));
    return;
  }
  if (progress.kind === "running") paintRunning(scene, box, progress.steps, isWhole);
  else cover(scene, validRect(scene, box));
  const isDone = progress.kind === "running" && progress.steps >= scene.length;
  if (!isDone && box.info.quantity === undefined) cover(scene, finalRect(scene, box));
}

/** True for the lanes that a layer reads. */
function feeds({ info }: LaneBox, layer: number): boolean {
  if (info.quantity !== undefined) return false;
  return layer === 0 ? info.id === "input" || info.id === "tokens" : info.layer === layer - 1;
}

function paintInputs(scene: PlayScene): void {
  const { layout, point, view } = scene;
  const isWhole = layout.steps[0] <= 0 && layout.steps[1] >= view.seqLength;
  if (point === null || !isWhole) return;
  const flipped = inputFlip(point, point.phase.layer);
  if (flipped === 0) return;
  for (const box of layout.boxes) {
    if (feeds(box, point.phase.layer)) drawTurned(scene, validRect(scene, box), turn(flipped));
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

/** Covers and turns the lanes as far as the clock says. */
export function paintPlay(scene: PlayScene): void {
  const { layout, phases, clock, length } = scene;
  const isOutputDone = clock >= phases.length - 1;
  for (const box of layout.boxes) {
    const { layer, direction, id } = box.info;
    if (layer !== null && direction !== null) {
      paintLayer(scene, box, laneProgress(phases, clock, { layer, direction }, length));
    } else if ((id === "output" || id === "logits") && !isOutputDone) {
      cover(scene, box.info.isFinal === true ? finalRect(scene, box) : validRect(scene, box));
    }
  }
  paintInputs(scene);
  paintConcat(scene);
}
