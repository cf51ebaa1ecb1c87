/**
 * Paints everything around the lanes: arrows, lines to h_n, captions, time axis.
 */
import { clamp } from "../../../../src/core/numeric";
import { tr } from "../../../shared/l10n";
import { layerCaptions } from "../../../../src/drawing/run/captions";
import { lastProcessedStep } from "../../../../src/drawing/run/requests/finals";
import {
  AXIS_HEIGHT,
  boxOf,
  hasTrack,
  stepX,
  TRACK_HEIGHT,
  type LaneBox,
} from "../../../../src/drawing/run/layout";
import { finalName } from "../../../../src/drawing/run/state";
import { labelledSteps } from "../../../../src/drawing/run/timeAxis";
import { writeFitting, writeText } from "../../../shared/pictures/marks";
import type { Scene } from "./scene";

const ARROW = { every: 28, half: 3 } as const;
/** Distance of the line to h_n below its lane. */
const LINK_BELOW = 10;
const CAPTION_INSET = 6;
/** Gap between the name of the axis and the first label. */
const AXIS_NAME_GAP = 14;
/** From the middle of a step's number to the name of the axis: half of the least badge of the cursor's step, and a gap. */
const BESIDE_BADGE = 15;
/** Room of the name above the topmost slot of h_n. */
const HEADER_HEIGHT = 24;

function drawTriangle(scene: Scene, x: number, y: number, towards: 1 | -1): void {
  const { context } = scene;
  context.beginPath();
  context.moveTo(x - towards * ARROW.half, y - ARROW.half);
  context.lineTo(x + towards * (ARROW.half + 0.5), y);
  context.lineTo(x - towards * ARROW.half, y + ARROW.half);
  context.fill();
}

/** Triangles between neighbouring steps of the sequence, in the direction of processing; none in its padding. */
function paintArrows(scene: Scene, box: LaneBox): void {
  const { context, layout, state, theme, view } = scene;
  const length = view.lengths?.[state.cursor.batch] ?? view.seqLength;
  const y = box.top + box.height + TRACK_HEIGHT / 2 - 2;
  const every = Math.max(1, Math.ceil(ARROW.every / layout.columnWidth));
  const first = Math.max(1, Math.ceil(layout.steps[0] / every)) * every;
  context.fillStyle = theme.muted;
  for (let step = first; step < Math.min(length, layout.steps[1]); step += every) {
    drawTriangle(scene, stepX(layout, step), y, box.info.direction === "reverse" ? -1 : 1);
  }
}

/** A dashed line from the column that is processed last to its slot in h_n. */
function paintLink(scene: Scene, box: LaneBox): void {
  const { context, layout, state, theme, view } = scene;
  const length = view.lengths?.[state.cursor.batch];
  const step = lastProcessedStep(box.info, view.seqLength, length);
  const right = layout.plotLeft + layout.plotWidth;
  const column = stepX(layout, step + 0.5);
  const from = Math.round(clamp(column, layout.plotLeft - 5, right)) + 0.5;
  const to = Math.round(layout.finalLeft + layout.finalWidth / 2) + 0.5;
  const bottom = box.top + box.height;
  const y = Math.round(bottom + LINK_BELOW) + 0.5;
  context.strokeStyle = theme.muted;
  context.globalAlpha = theme.isHighContrast ? 1 : 0.75;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  if (column >= layout.plotLeft && column <= right) {
    context.moveTo(from, bottom + 1);
    context.lineTo(from, y);
  } else {
    context.moveTo(from, y);
  }
  context.lineTo(to, y);
  context.lineTo(to, bottom + 1);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** A dashed line from what the linear layer reads to its logits of one step. */
function paintHeadLink(scene: Scene, box: LaneBox): void {
  const { context, layout, theme, view } = scene;
  const output = boxOf(layout, "output");
  const top = layout.boxes.find(({ info }) => info.layer !== null);
  if (output === undefined || top === undefined) return;
  const bottom = box.top + box.height;
  const final = Math.round(layout.finalLeft + layout.finalWidth / 2) + 0.5;
  context.strokeStyle = theme.muted;
  context.globalAlpha = theme.isHighContrast ? 1 : 0.75;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  if (view.surrounding?.head === "last") {
    const right = layout.plotLeft + layout.plotWidth;
    const column = Math.round(Math.min(right, stepX(layout, view.seqLength - 0.5))) + 0.5;
    const y = Math.round((bottom + output.top) / 2) + 0.5;
    if (column >= layout.plotLeft) context.moveTo(column, output.top - 1);
    context.lineTo(Math.max(layout.plotLeft, column), y);
    context.lineTo(final, y);
  } else {
    context.moveTo(final, top.top - HEADER_HEIGHT);
  }
  context.lineTo(final, bottom + 1);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function paintCaption(scene: Scene, { info }: LaneBox, y: number): void {
  const { context, layout, state, texts, theme, view } = scene;
  context.fillStyle = theme.muted;
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  context.textAlign = "left";
  const x = layout.plotLeft + CAPTION_INSET;
  const captions = layerCaptions(view, state.run?.lanes ?? [], info).map(tr);
  texts.inside.push(...writeFitting(context, captions, { x, y, width: layout.width - x }));
}

function paintFinalHeader(scene: Scene): void {
  const { context, layout, theme } = scene;
  const top = layout.boxes.find(({ info }) => hasTrack(info));
  if (top === undefined) return;
  context.fillStyle = theme.foreground;
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillText(
    finalName(scene.state.stateName),
    layout.finalLeft + layout.finalWidth / 2,
    top.top - 8,
  );
}

/** Draws the axis below the lanes, or at the foot of the viewport where the lanes go on below it. */
function paintAxis(scene: Scene): void {
  const { context, layout, texts, theme, view, scrollTop, height } = scene;
  const top = Math.min(layout.plotBottom, scrollTop + height - AXIS_HEIGHT);
  context.fillStyle = theme.background;
  context.fillRect(0, top, layout.width, AXIS_HEIGHT);
  context.fillStyle = theme.muted;
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  context.textAlign = "center";
  const right = layout.plotLeft + layout.plotWidth;
  let left = layout.plotLeft - AXIS_NAME_GAP;
  for (const step of labelledSteps(layout, view.seqLength)) {
    const x = stepX(layout, step + 0.5);
    if (x < layout.plotLeft || x > right) continue;
    const box = writeText(context, String(step), x, top + 15);
    texts.onAxis.push(box);
    left = Math.min(left, box.x - AXIS_NAME_GAP / 2, x - BESIDE_BADGE);
  }
  context.textAlign = "right";
  texts.onAxis.push(writeText(context, "t", left, top + 15));
}

/** Draws arrows, links and captions of the lanes on screen, then the axis over them. */
export function paintFrame(scene: Scene): void {
  const { layout, scrollTop, height, view } = scene;
  for (const box of layout.boxes) {
    const isVisible = box.top + box.height + TRACK_HEIGHT >= scrollTop;
    if (!isVisible || box.top - AXIS_HEIGHT > scrollTop + height) continue;
    if (hasTrack(box.info)) {
      paintArrows(scene, box);
      if (view.config !== null) paintLink(scene, box);
    }
    if (box.info.isFinal === true) paintHeadLink(scene, box);
    if (box.captionY !== null) paintCaption(scene, box, box.captionY);
  }
  paintFinalHeader(scene);
  paintAxis(scene);
}
