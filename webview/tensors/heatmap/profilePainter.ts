/**
 * Paints the values of a vector as bars below its cells.
 */
import { clamp } from "../../../src/core/numeric";
import { colourAt, placer } from "../../../src/drawing/tensors/colourMap";
import { formatShort } from "../../../src/drawing/tensors/quantities";
import type { PlacedTile } from "./heatImages";
import { xOf, type HeatScene } from "./heatScene";

/** Between the cells and the bars, CSS pixels. */
const GAP = 30;
/** Lower ones would tell nothing. */
const LEAST_HEIGHT = 60;
const MOST_HEIGHT = 280;
const FOOT = 10;

interface ProfileArea {
  readonly top: number;
  readonly bottom: number;
  /** Values at the top and the bottom. */
  readonly high: number;
  readonly low: number;
}

function areaOf({ frame, zoom, map }: HeatScene): ProfileArea | null {
  // One bar has nothing to be compared with.
  if (frame.plot.columns < 2) return null;
  const top = frame.top + zoom.cellHeight + GAP;
  const bottom = Math.min(top + MOST_HEIGHT, frame.top + frame.plot.height - FOOT);
  const low = Math.min(0, map.domain.low);
  const high = Math.max(0, map.domain.high);
  return bottom - top < LEAST_HEIGHT || !(high > low) ? null : { top, bottom, high, low };
}

function yAt({ top, bottom, high, low }: ProfileArea, value: number): number {
  const inside = clamp(value, low, high);
  return bottom - ((inside - low) / (high - low)) * (bottom - top);
}

function paintLines(scene: HeatScene, area: ProfileArea): void {
  const { context, frame, theme, zoom } = scene;
  const { left, plot } = frame;
  const width = Math.min(plot.width, (plot.columns - zoom.x) * zoom.cellWidth);
  context.font = `11px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillStyle = theme.muted;
  for (const value of new Set([area.low, 0, area.high])) {
    const y = Math.round(yAt(area, value));
    context.globalAlpha = value === 0 ? 0.8 : 0.3;
    context.fillRect(left, y, width, 1);
    context.globalAlpha = 1;
    if (value !== 0) context.fillText(formatShort(value), left + width, y - 1);
  }
}

/**
 * Draws the bars of a slice of one row, where there is room below its cells. A single value has nothing beside it that
 * its height could be compared with.
 */
export function paintProfile(scene: HeatScene, tiles: readonly PlacedTile[]): void {
  const { context, frame, map } = scene;
  const area = areaOf(scene);
  if (frame.plot.rows !== 1 || frame.plot.columns === 1 || area === null) return;
  const { left, plot } = frame;
  const placeOf = placer(map);
  const zero = yAt(area, 0);
  context.save();
  context.beginPath();
  context.rect(left, area.top - GAP / 2, plot.width, area.bottom - area.top + GAP);
  context.clip();
  for (const { request, tile } of tiles) {
    const wide = (request.columnEnd - request.columnStart) / tile.columns;
    for (let column = 0; column < tile.columns; column++) {
      const value = tile.values[column] ?? NaN;
      if (!Number.isFinite(value)) continue;
      const x = xOf(scene, request.columnStart + column * wide);
      const width = xOf(scene, request.columnStart + (column + 1) * wide) - x;
      const y = yAt(area, value);
      context.fillStyle = `rgb(${colourAt(map, placeOf(value)).join(",")})`;
      const gap = width > 4 ? 1 : 0;
      context.fillRect(x, Math.min(y, zero), width - gap, Math.max(1, Math.abs(y - zero)));
    }
  }
  paintLines(scene, area);
  context.restore();
}
