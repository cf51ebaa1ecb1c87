/**
 * Paints what the cursor's state is made of, and what is made of it: columns of lanes with their names.
 */
import { t } from "../../../shared/l10n";
import {
  AXIS_HEIGHT,
  boxOf,
  stepX,
  type LaneBox,
  type UnrolledLayout,
} from "../../../../src/drawing/run/layout";
import { linkedColumns, neighbourName, type LinkedColumn } from "../../../../src/drawing/run/links";
import { shownStep, type TurnedLanes } from "../../../../src/drawing/run/play/turned";
import type { Place, RunView, StateName } from "../../../../src/protocol/run/messages";
import { clamp } from "../../../../src/core/numeric";
import { laneIdOf } from "../../../../src/drawing/run/places";
import type { Context } from "../../../shared/pictures/marks";
import type { Theme } from "../../../shared/pictures/theme";

interface LinkScene {
  readonly context: Context;
  readonly theme: Theme;
  readonly layout: UnrolledLayout;
  readonly view: RunView;
  readonly cursor: Place;
  readonly stateName: StateName;
  readonly turned: TurnedLanes;
  readonly scrollTop: number;
  /** Of what is on screen, with the axis. */
  readonly height: number;
}

/** A frame thinner than this is no frame any more. */
const LEAST_WIDTH = 4;
const DASHES = { source: [], use: [2, 2] } as const;
/** Narrower columns have no room for a name. */
const NAMED_FROM = 22;
/** Lower lanes have no room for one either. */
const NAMED_HEIGHT = 24;

/** Sources have whole lines, uses dotted ones. */
function isSource({ role }: LinkedColumn): boolean {
  return role === "x" || role === "previous";
}

function nameOf(column: LinkedColumn, { cursor, stateName }: LinkScene): string {
  const neighbour = neighbourName(column, cursor, stateName);
  return neighbour ?? (column.role === "x" ? "x_t" : t("uses it"));
}

/** Steps beside the cursor's that are narrower than a frame would lie under it, and over the mark of a wrong value. */
function isLost({ layout }: LinkScene, { role }: LinkedColumn): boolean {
  return (role === "previous" || role === "next") && layout.columnWidth < LEAST_WIDTH;
}

function paintColumn(scene: LinkScene, box: LaneBox, column: LinkedColumn): void {
  const { context, layout, theme } = scene;
  const right = layout.plotLeft + layout.plotWidth;
  const middle = stepX(layout, shownStep(scene.turned, column.lane, column.step) + 0.5);
  if (middle < layout.plotLeft || middle > right) return;
  const width = Math.max(LEAST_WIDTH, layout.columnWidth - 1);
  const x = Math.max(layout.plotLeft, middle - width / 2);
  const end = Math.min(right, middle + width / 2);
  context.strokeStyle = theme.foreground;
  context.lineWidth = isSource(column) ? 2 : 1.5;
  context.setLineDash(isSource(column) ? DASHES.source : DASHES.use);
  context.strokeRect(x - 0.5, box.top - 1.5, end - x, box.height + 3);
  context.setLineDash([]);
  const y = box.top + box.height;
  // Below the lowest lane on screen stands the number of the step, and close below some lanes the next.
  const axis = Math.min(layout.plotBottom, scene.scrollTop + scene.height - AXIS_HEIGHT);
  const next = layout.boxes.find(({ top }) => top >= y)?.top ?? Infinity;
  const isTight = y + scene.theme.fontSize > Math.min(axis, next);
  // While lanes lie flipped, their steps are numbered there.
  const hasSteps = scene.turned.lanes.size > 0;
  if (layout.columnWidth < NAMED_FROM || box.height < NAMED_HEIGHT || isTight || hasSteps) return;
  paintName(scene, nameOf(column, scene), { x: middle, y, side: sideOf(scene, middle) });
}

/** Where the edge of the cursor's column is that a name is not to cross; null in that column. */
function sideOf(scene: LinkScene, middle: number): { left: number } | { right: number } | null {
  const { layout, cursor, turned } = scene;
  const lane = laneIdOf(cursor);
  const left = stepX(layout, shownStep(turned, lane, cursor.step));
  if (middle < left) return { right: left - 2 };
  const right = left + layout.columnWidth;
  return middle > right ? { left: right + 2 } : null;
}

/** Below the column, where there are no values. */
function paintName(
  { context, layout, theme }: LinkScene,
  name: string,
  place: { readonly x: number; readonly y: number; readonly side: ReturnType<typeof sideOf> },
): void {
  const { y, side } = place;
  context.font = `${theme.fontSize - 2}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  const width = context.measureText(name).width + 6;
  // In the cursor's own column, between the lines of its frame.
  if (side === null && width > layout.columnWidth + 4) return;
  const least = side !== null && "left" in side ? side.left + width / 2 : -Infinity;
  const most = side !== null && "right" in side ? side.right - width / 2 : Infinity;
  const x = clamp(place.x, least, most);
  context.fillStyle = theme.background;
  // The line to h_n ends a little before the name.
  context.fillRect(x - width / 2 - 4, y + 2, width + 8, theme.fontSize);
  context.fillStyle = theme.foreground;
  context.fillText(name, x, y + 3);
}

/** Draws the columns that are on screen. */
export function paintLinks(scene: LinkScene): void {
  const { layout, view, cursor, stateName } = scene;
  for (const column of linkedColumns(view, cursor)) {
    // c goes to the next step of its own direction alone; the layer above reads h.
    if ((column.role === "above" && stateName === "c") || isLost(scene, column)) continue;
    const box = boxOf(layout, column.lane);
    if (box !== undefined && box.info.isFolded !== true) paintColumn(scene, box, column);
  }
}
