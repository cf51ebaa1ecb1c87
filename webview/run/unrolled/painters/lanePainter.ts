/**
 * Paints the visible lanes, with h_n or c_n at their side.
 */
import type { Side } from "../../../../src/protocol/run/windowMessages";
import { t, tr } from "../../../shared/l10n";
import { absentReasons } from "../../../../src/drawing/run/absent";
import { stepX, unitY, type Band, type LaneBox } from "../../../../src/drawing/run/layout";
import type { BandPlan } from "../../../../src/drawing/run/requests/lanePlan";
import { outsideRows } from "../../../../src/drawing/base/rasterize";
import { blockSize } from "../../../../src/drawing/base/grid";
import { writeFitting, writeText, type Rect } from "../../../shared/pictures/marks";
import type { Scene } from "./scene";
import { isVeiled, type BandData } from "./bandData";
import { tileImage, type Tile } from "./tileImages";
import { paintStrip } from "./stripPainter";
import { paintWords } from "./wordPainter";
import { paintWindow, type WindowStyle } from "./windowPainter";

/** Thickness of the marks around a lane that tell the columns and rows with a value outside tolerance. */
export const RULER_SIZE = 3;
/** Of those between ours and the reference, which stand close. */
const BESIDE_SIZE = 1;
/** The line that tells that not every step was computed. */
const SAMPLED_HEIGHT = 14;

function bandRect({ layout }: Scene, band: Band): Rect {
  return { x: layout.plotLeft, y: band.top, width: layout.plotWidth, height: band.height };
}

/** The part of a rectangle that is on screen, with a pixel around it; a zoomed lane is many screens high. */
function onScreen({ scrollTop, height }: Scene, at: Rect): Rect {
  const top = Math.max(at.y, scrollTop - 1);
  const bottom = Math.min(at.y + at.height, scrollTop + height + 1);
  return { ...at, y: top, height: Math.max(0, bottom - top) };
}

/** In high contrast, shades of the background mark nothing off. */
export function outline({ context, theme }: Pick<Scene, "context" | "theme">, at: Rect): void {
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(at.x - 0.5, at.y - 0.5, at.width + 1, at.height + 1);
}

/** `reasons` are the longest first; what does not fit is not written. */
function paintAbsent(scene: Scene, at: Rect, reasons: readonly string[]): void {
  const { context, texts, theme } = scene;
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  if (theme.isHighContrast) outline(scene, at);
  context.fillStyle = theme.muted;
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  context.textAlign = "left";
  const room = { x: at.x + 10, y: at.y + at.height / 2, width: at.width - 20 };
  texts.inside.push(...writeFitting(context, reasons, room));
}

/** Where a tile lies, whose units may be a part of the lane's: from pixel to pixel, so that the next one begins where it ends. */
function tileRect(scene: Scene, { request }: Tile, band: Band, units: number): Rect {
  const { layout, scrollTop, dpr } = scene;
  const { stepStart, stepEnd, unitStart, unitEnd } = request;
  const whole = (at: number): number => Math.round(at * dpr) / dpr;
  const x = whole(stepX(layout, stepStart));
  const y = whole(unitY(band, units, unitStart) - scrollTop);
  const width = whole(stepX(layout, stepEnd)) - x;
  const height = whole(unitY(band, units, unitEnd) - scrollTop) - y;
  return { x, y: y + scrollTop, width, height };
}

/**
 * Marks above the lane and at its right end, where a column and a row on screen hold a value outside tolerance. Of ours
 * above the reference the columns are marked once, between the two.
 */
function paintRulers(
  scene: Scene,
  { request, data }: Tile,
  { band, box, at }: Pick<BandPlan, "band" | "box"> & { readonly at: Rect },
  style: WindowStyle,
): void {
  const { context, layout, theme, images } = scene;
  const { columns } = data;
  const perColumn = (request.stepEnd - request.stepStart) / columns;
  const right = layout.plotLeft + layout.plotWidth;
  const { runs } = tileImage(images, data, style.scale, style.isDelta);
  context.fillStyle = theme.error;
  const isBeside = box.bands.length > 1;
  const [size, gap] = isBeside ? [BESIDE_SIZE, 2] : [RULER_SIZE, 1];
  for (const [start, end] of band === box.bands.at(-1) ? runs : []) {
    const from = stepX(layout, request.stepStart + start * perColumn);
    // A gap between runs; a run that goes on in the next tile has none.
    const gapAfter = end === columns && request.stepEnd < layout.steps[1] ? 0 : 1;
    const width = Math.max(2, (end - start) * perColumn * layout.columnWidth - gapAfter);
    const x = Math.max(layout.plotLeft, from);
    const wide = Math.min(right, from + width) - x;
    if (wide > 0) context.fillRect(x, band.top - size - gap, wide, size);
  }
  const columnOf = (step: number): number => (step - request.stepStart) / perColumn;
  const first = Math.max(0, Math.floor(columnOf(layout.steps[0])));
  const last = Math.min(columns, Math.ceil(columnOf(layout.steps[1])));
  const rowHeight = at.height / data.rows;
  for (const [start, end] of outsideRows(data, first, last)) {
    const height = Math.max(2, (end - start) * rowHeight);
    const y = at.y + ((start + end) * rowHeight - height) / 2;
    context.fillRect(right + 1, y, RULER_SIZE, height);
  }
}

function paintTile(scene: Scene, tile: Tile, { band, box }: BandPlan, style: WindowStyle): void {
  const { context } = scene;
  const at = tileRect(scene, tile, band, box.info.units);
  const { clip } = style;
  context.save();
  context.beginPath();
  context.rect(clip.x, clip.y - 1, clip.width, clip.height + 2);
  context.clip();
  paintWindow(scene, tile.data, at, style);
  context.restore();
  // In Δ the cells themselves are framed, unless they are too small for it.
  if (!style.isDelta || !style.isExact) paintRulers(scene, tile, { band, box, at }, style);
}

/** Where fewer columns were computed than there are steps, no cell is one step. */
function ownStyle({ data }: Tile, style: WindowStyle): WindowStyle {
  return data.computed === undefined ? style : { ...style, isExact: false };
}

/** Says in a lane that not every step of it was computed. */
function paintSampled(scene: Scene, at: Rect, tiles: readonly Tile[]): void {
  const computed = tiles.flatMap(({ data }) => data.computed ?? []);
  if (computed.length === 0) return;
  const { context, texts, theme } = scene;
  const every = Math.round(Math.max(...computed.map(({ steps, of }) => of / steps)));
  const said = t("1 step of {0} computed; zoom in for all", every);
  context.font = `${theme.fontSize - 2}px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const width = context.measureText(said).width + 8;
  if (width > at.width || at.height < SAMPLED_HEIGHT) return;
  const y = at.y + at.height - SAMPLED_HEIGHT;
  context.fillStyle = theme.background;
  context.fillRect(at.x, y, width, SAMPLED_HEIGHT);
  context.fillStyle = theme.muted;
  texts.inside.push(writeText(context, said, at.x + 4, y + SAMPLED_HEIGHT / 2));
}

function deltaStyle({ state }: Scene, side: Side): Pick<WindowStyle, "isDelta" | "isUlps"> {
  const isDelta = side === "delta";
  return { isDelta, isUlps: isDelta && state.deltaAs === "ulp" };
}

function paintBand(scene: Scene, shown: BandData): void {
  const { context, theme } = scene;
  const { plan, tiles, still } = shown;
  const { box, band, steps } = plan;
  const { info } = box;
  const at = bandRect(scene, band);
  if (info.isFolded === true) paintAbsent(scene, at, []);
  if (steps === null) return;
  if (steps === "absent") {
    paintAbsent(scene, at, absentReasons(scene.view, info, scene.state.stateName).map(tr));
    return;
  }
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  const unitPixels = (band.height * scene.dpr) / info.units;
  const scale = scene.scaleOf(info, steps.side);
  const delta = deltaStyle(scene, steps.side);
  const style: WindowStyle = {
    scale,
    ...delta,
    isVeiled: isVeiled(shown, "bands"),
    isExact: blockSize(scene.layout.columnWidth * scene.dpr) === 1 && blockSize(unitPixels) === 1,
    isWhole: info.id === "tokens",
    clip: onScreen(scene, at),
  };
  const stale = { ...style, isExact: false, isStale: true };
  for (const tile of still) paintTile(scene, tile, plan, stale);
  for (const tile of tiles) paintTile(scene, tile, plan, ownStyle(tile, style));
  paintSampled(scene, at, tiles);
  if (theme.isHighContrast) outline(scene, at);
}

/** Lines between the two directions' halves of the output. */
function paintHalves(scene: Scene, box: LaneBox): void {
  const { context, layout, theme, view } = scene;
  const isJoined = box.info.id === "output" && view.config?.bidirectional === true;
  if (!isJoined) return;
  context.fillStyle = theme.background;
  for (const band of box.bands) {
    const y = Math.round(band.top + band.height / 2);
    context.fillRect(layout.plotLeft, y - 2, layout.plotWidth, 3);
  }
}

/** h_n, c_n or the logits of one step: a column behind the steps. */
function paintFinal(scene: Scene, shown: BandData): void {
  const { context, layout, theme } = scene;
  const { plan, final: data } = shown;
  const { box, band, final } = plan;
  if (final === null) return;
  const at = { x: layout.finalLeft, y: band.top, width: layout.finalWidth, height: band.height };
  if (final === "absent") {
    paintAbsent(scene, at, []);
    return;
  }
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  if (data === undefined) return;
  context.save();
  context.beginPath();
  context.rect(at.x - 1, at.y - 1, at.width + 2, at.height + 2);
  context.clip();
  paintWindow(scene, data, at, {
    scale: scene.scaleOf(box.info, final.side),
    ...deltaStyle(scene, final.side),
    isExact: data.rows === box.info.units,
    isVeiled: isVeiled(shown, "finals"),
    clip: onScreen(scene, at),
  });
  context.restore();
  if (theme.isHighContrast && final.kind === "window") outline(scene, at);
}

/** Draws every lane that is on screen, with the values that are here. */
export function paintLanes(scene: Scene): void {
  for (const data of scene.bands) {
    paintBand(scene, data);
    paintStrip(scene, data);
    paintWords(scene, data);
    paintFinal(scene, data);
  }
  const shown = scene.bands.filter(({ plan }) => plan.steps !== "absent");
  for (const box of new Set(shown.map(({ plan }) => plan.box))) paintHalves(scene, box);
}
