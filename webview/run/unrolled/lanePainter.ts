/**
 * Draws the lanes that are on screen, and h_n or c_n beside them.
 */
import type { FinalStates, Side, WindowData } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { slotOfLane, slotWindow } from "../../../src/drawing/run/finals";
import { stepX, type Band, type LaneBox } from "../../../src/drawing/run/layout";
import { finalName } from "../../../src/drawing/run/state";
import { outsideRows } from "../../../src/drawing/base/rasterize";
import { blockSize, tilesOf } from "../../../src/drawing/run/tiles";
import { writeText, type Rect } from "../../shared/marks";
import type { Scene } from "./scene";
import type { Tile } from "./tileImages";
import { paintWindow, type WindowStyle } from "./windowPainter";

/** Thickness of the marks around a lane that tell the columns and rows with a value outside tolerance. */
const RULER_SIZE = 3;

function bandRect({ layout }: Scene, band: Band): Rect {
  return { x: layout.plotLeft, y: band.top, width: layout.plotWidth, height: band.height };
}

/** In high contrast, shades of the background mark nothing off. */
function outline({ context, theme }: Scene, at: Rect): void {
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(at.x - 0.5, at.y - 0.5, at.width + 1, at.height + 1);
}

function paintAbsent(scene: Scene, at: Rect, hasText: boolean): void {
  const { context, texts, theme } = scene;
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  if (theme.isHighContrast) outline(scene, at);
  if (!hasText || at.height < 14) return;
  context.fillStyle = theme.muted;
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  context.textAlign = "left";
  const text = t("no reference for this lane");
  const isLong = context.measureText(text).width > at.width - 20;
  const shown = isLong ? t("no reference") : text;
  texts.inside.push(writeText(context, shown, at.x + 10, at.y + at.height / 2));
}

/** The tiles of a band that are here, and whether they are all of them. */
function collectTiles(
  scene: Scene,
  box: LaneBox,
  { side, height }: { side: Side; height: number },
): { tiles: Tile[]; isComplete: boolean } {
  const { layout, store, state, view, dpr } = scene;
  const requests = tilesOf({
    ...{ info: box.info, side, batch: state.cursor.batch, seqLength: view.seqLength },
    steps: layout.steps,
    devicePixelsPerStep: layout.columnWidth * dpr,
    devicePixelsPerUnit: (height * dpr) / box.info.units,
  });
  const tiles = requests.flatMap((request) => {
    const data = store.window(request);
    return data === undefined ? [] : [{ request, data }];
  });
  return { tiles, isComplete: tiles.length === requests.length };
}

/** Marks above the lane and at its right end, where a column and a row on screen hold a value outside tolerance. */
function paintRulers(scene: Scene, { request, data }: Tile, band: Band, style: WindowStyle): void {
  const { context, layout, theme, images } = scene;
  const { columns } = data;
  const perColumn = (request.stepEnd - request.stepStart) / columns;
  const right = layout.plotLeft + layout.plotWidth;
  context.fillStyle = theme.error;
  for (const [start, end] of images.imageOf(data, style.scale, style.isDelta).runs) {
    const from = stepX(layout, request.stepStart + start * perColumn);
    const width = Math.max(2, (end - start) * perColumn * layout.columnWidth - 1);
    const x = Math.max(layout.plotLeft, from);
    const wide = Math.min(right, from + width) - x;
    if (wide > 0) context.fillRect(x, band.top - RULER_SIZE - 1, wide, RULER_SIZE);
  }
  const columnOf = (step: number): number => (step - request.stepStart) / perColumn;
  const first = Math.max(0, Math.floor(columnOf(layout.steps[0])));
  const last = Math.min(columns, Math.ceil(columnOf(layout.steps[1])));
  const rowHeight = band.height / data.rows;
  for (const [start, end] of outsideRows(data, first, last)) {
    const height = Math.max(2, (end - start) * rowHeight);
    const y = band.top + ((start + end) * rowHeight - height) / 2;
    context.fillRect(right + 1, y, RULER_SIZE, height);
  }
}

function paintTile(scene: Scene, tile: Tile, band: Band, style: WindowStyle): void {
  const { layout, context } = scene;
  const { request, data } = tile;
  const x = stepX(layout, request.stepStart);
  const width = (request.stepEnd - request.stepStart) * layout.columnWidth;
  const { clip } = style;
  context.save();
  context.beginPath();
  context.rect(clip.x, clip.y - 1, clip.width, clip.height + 2);
  context.clip();
  paintWindow(scene, data, { x, y: band.top, width, height: band.height }, style);
  context.restore();
  // In Δ the cells themselves are framed, unless they are too small for it.
  if (!style.isDelta || !style.isExact) paintRulers(scene, tile, band, style);
}

function paintBand(scene: Scene, box: LaneBox, band: Band): void {
  const { context, theme, images, state } = scene;
  const { info } = box;
  const at = bandRect(scene, band);
  if (band.side === null) {
    paintAbsent(scene, at, true);
    return;
  }
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  const key = `${info.id} ${band.side} ${state.cursor.batch}`;
  const { tiles, isComplete } = collectTiles(scene, box, { side: band.side, height: band.height });
  if (isComplete) images.remember(key, tiles);
  const unitPixels = (band.height * scene.dpr) / info.units;
  const style: WindowStyle = {
    scale: scene.scaleOf(info, band.side),
    isDelta: band.side === "delta",
    isExact: blockSize(scene.layout.columnWidth * scene.dpr) === 1 && blockSize(unitPixels) === 1,
    isWhole: info.id === "tokens",
    clip: at,
  };
  if (!isComplete) {
    const stale = { ...style, isExact: false, isStale: true };
    for (const tile of images.lastDrawn(key)) paintTile(scene, tile, band, stale);
  }
  for (const tile of tiles) paintTile(scene, tile, band, style);
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

/** Windows of h_n by the answer they were cut from, so that their images are kept. */
const slotWindows = new WeakMap<FinalStates, Map<string, WindowData>>();

function slotData(states: FinalStates, slot: number, rows: number): WindowData {
  const known = slotWindows.get(states) ?? new Map<string, WindowData>();
  slotWindows.set(states, known);
  const key = `${slot} ${rows}`;
  const data = known.get(key) ?? slotWindow(states, slot, rows);
  known.set(key, data);
  return data;
}

function paintFinal(scene: Scene, box: LaneBox, band: Band): void {
  const { context, layout, store, state, theme, view } = scene;
  const { info } = box;
  const at = { x: layout.finalLeft, y: band.top, width: layout.finalWidth, height: band.height };
  if (info.layer === null || view.config === null) return;
  // h_n and c_n have references of their own, also where the states of the lane have none.
  const side = band.side ?? (state.mode === "sideBySide" ? "ours" : state.mode);
  const hasReference = view.verdicts.some(({ name }) => name === finalName(state.stateName));
  if (side !== "ours" && !hasReference) {
    paintAbsent(scene, at, false);
    return;
  }
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  const states = store.finalStates({ side, batch: state.cursor.batch });
  if (states?.units !== info.units) return;
  const rows = Math.max(1, Math.floor(band.height * scene.dpr));
  const data = slotData(states, slotOfLane(view.config, info), rows);
  context.save();
  context.beginPath();
  context.rect(at.x - 1, at.y - 1, at.width + 2, at.height + 2);
  context.clip();
  const isExact = data.rows === info.units;
  const style = { scale: scene.scaleOf(info, side), isDelta: side === "delta", isExact };
  paintWindow(scene, data, at, { ...style, clip: at });
  context.restore();
}

/** Logits of one step: a column of their own, in line with h_n. */
function paintLogits(scene: Scene, { info }: LaneBox, band: Band): void {
  const { context, layout, store, state, theme } = scene;
  const at = { x: layout.finalLeft, y: band.top, width: layout.finalWidth, height: band.height };
  if (band.side === null) {
    paintAbsent(scene, at, false);
    return;
  }
  context.fillStyle = theme.quiet;
  context.fillRect(at.x, at.y, at.width, at.height);
  const data = store.window({
    ...{ lane: info.id, side: band.side, batch: state.cursor.batch },
    ...{ stepStart: 0, stepEnd: 1, unitStart: 0, unitEnd: info.units },
    ...{ maxColumns: 1, maxRows: Math.max(1, Math.floor(band.height * scene.dpr)) },
  });
  if (data === undefined) return;
  context.save();
  context.beginPath();
  context.rect(at.x - 1, at.y - 1, at.width + 2, at.height + 2);
  context.clip();
  paintWindow(scene, data, at, {
    ...{ scale: scene.scaleOf(info, band.side), isDelta: band.side === "delta" },
    ...{ isExact: data.rows === info.units, clip: at },
  });
  context.restore();
  if (theme.isHighContrast) outline(scene, at);
}

/** Draws every lane that is on screen; asks the store for what is missing. */
export function paintLanes(scene: Scene): void {
  const { layout, scrollTop, height } = scene;
  for (const box of layout.boxes) {
    const isVisible = box.top + box.height >= scrollTop && box.top <= scrollTop + height;
    if (!isVisible) continue;
    for (const band of box.bands) {
      if (box.info.isFinal === true) {
        paintLogits(scene, box, band);
        continue;
      }
      paintBand(scene, box, band);
      paintFinal(scene, box, band);
    }
    paintHalves(scene, box);
  }
}
