/**
 * The visible part of a slice, and the size of its cells on screen. No DOM.
 *
 * Both axes scale on their own, so that a slice of 50,000 × 300 fills the plot; a cell is never larger than
 * `LARGEST_FIT`, or wider than its numbers need, when the whole slice is shown, so that a small one stays a picture.
 */
import { clamp, clampIndex } from "../../core/numeric";
import type { Cell, Extent, Window } from "./slices";

export interface Zoom {
  /** Column and row at the plot's upper left corner; fractions lie within a cell. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels. */
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** The plot that shows a slice, in CSS pixels. */
export interface Plot extends Extent {
  readonly width: number;
  readonly height: number;
  /** Widest cell when the whole slice is shown, where its numbers need more room than usual. */
  readonly widestFit?: number;
}

/** Largest cell when the whole slice is shown. */
const LARGEST_FIT = { width: 96, height: 48 } as const;
/** Largest cell there is. */
const LARGEST = { width: 192, height: 96 } as const;

function fitCell(pixels: number, count: number, largest: number): number {
  return Math.min(largest, Math.max(1, pixels) / Math.max(1, count));
}

/** The whole slice. */
export function fitZoom({ width, height, rows, columns, widestFit }: Plot): Zoom {
  return {
    x: 0,
    y: 0,
    cellWidth: fitCell(width, columns, widestFit ?? LARGEST_FIT.width),
    cellHeight: fitCell(height, rows, LARGEST_FIT.height),
  };
}

function clampStart(start: number, count: number, shown: number): number {
  return clamp(start, 0, count - shown);
}

/** The nearest zoom that shows something of the slice and is neither farther than the whole nor too near. */
export function clampZoom(plot: Plot, zoom: Zoom): Zoom {
  const fit = fitZoom(plot);
  const cellWidth = Math.min(LARGEST.width, Math.max(fit.cellWidth, zoom.cellWidth));
  const cellHeight = Math.min(LARGEST.height, Math.max(fit.cellHeight, zoom.cellHeight));
  return {
    x: clampStart(zoom.x, plot.columns, plot.width / cellWidth),
    y: clampStart(zoom.y, plot.rows, plot.height / cellHeight),
    cellWidth,
    cellHeight,
  };
}

/** True when all of the slice is on screen. */
export function isFit(plot: Plot, zoom: Zoom): boolean {
  const fit = fitZoom(plot);
  const slack = 1.0001;
  return zoom.cellWidth <= fit.cellWidth * slack && zoom.cellHeight <= fit.cellHeight * slack;
}

/** Scales the cells by `factor`; what lies at (`atX`, `atY`) of the plot stays there. */
export function zoomAt(
  plot: Plot,
  zoom: Zoom,
  factor: number,
  at: readonly [number, number],
): Zoom {
  const [atX, atY] = at;
  const sized = clampZoom(plot, {
    ...zoom,
    cellWidth: zoom.cellWidth * factor,
    cellHeight: zoom.cellHeight * factor,
  });
  return clampZoom(plot, {
    ...sized,
    x: zoom.x + atX / zoom.cellWidth - atX / sized.cellWidth,
    y: zoom.y + atY / zoom.cellHeight - atY / sized.cellHeight,
  });
}

/** Moves the slice under the plot by pixels. */
export function panBy(plot: Plot, zoom: Zoom, byX: number, byY: number): Zoom {
  return clampZoom(plot, {
    ...zoom,
    x: zoom.x + byX / zoom.cellWidth,
    y: zoom.y + byY / zoom.cellHeight,
  });
}

/** Square cells of `pixels` CSS pixels around a cell. */
export function squareCells(plot: Plot, pixels: number, around: Cell): Zoom {
  return clampZoom(plot, {
    x: around.column + 0.5 - plot.width / pixels / 2,
    y: around.row + 0.5 - plot.height / pixels / 2,
    cellWidth: pixels,
    cellHeight: pixels,
  });
}

/** Moves as little as needed for a cell to be wholly on screen. */
export function revealCell(plot: Plot, zoom: Zoom, { row, column }: Cell): Zoom {
  const wide = plot.width / zoom.cellWidth;
  const high = plot.height / zoom.cellHeight;
  return clampZoom(plot, {
    ...zoom,
    x: Math.min(column, Math.max(column + 1 - wide, zoom.x)),
    y: Math.min(row, Math.max(row + 1 - high, zoom.y)),
  });
}

/** Shows a cell in the middle, large enough to be told from its neighbours. */
export function showCell(plot: Plot, zoom: Zoom, { row, column }: Cell): Zoom {
  const near = 16;
  const cellWidth = Math.max(zoom.cellWidth, near);
  const cellHeight = Math.max(zoom.cellHeight, near);
  return clampZoom(plot, {
    x: column + 0.5 - plot.width / cellWidth / 2,
    y: row + 0.5 - plot.height / cellHeight / 2,
    cellWidth,
    cellHeight,
  });
}

/** Shows a range of rows and columns as large as it fits. */
export function showWindow(plot: Plot, window: Window): Zoom {
  const { rowStart, rowEnd, columnStart, columnEnd } = window;
  return clampZoom(plot, {
    x: columnStart,
    y: rowStart,
    cellWidth: plot.width / Math.max(1, columnEnd - columnStart),
    cellHeight: plot.height / Math.max(1, rowEnd - rowStart),
  });
}

/** Rows and columns of which something is on screen. */
export function visibleWindow({ width, height, rows, columns }: Plot, zoom: Zoom): Window {
  const end = (start: number, pixels: number, cell: number, count: number): number =>
    Math.min(count, Math.ceil(start + pixels / cell - 1e-9));
  return {
    rowStart: Math.max(0, Math.floor(zoom.y + 1e-9)),
    rowEnd: end(zoom.y, height, zoom.cellHeight, rows),
    columnStart: Math.max(0, Math.floor(zoom.x + 1e-9)),
    columnEnd: end(zoom.x, width, zoom.cellWidth, columns),
  };
}

/** The cell at a point of the plot; null beside the slice. */
export function cellAt(plot: Plot, zoom: Zoom, x: number, y: number): Cell | null {
  if (x < 0 || y < 0 || x >= plot.width || y >= plot.height) return null;
  const row = Math.floor(zoom.y + y / zoom.cellHeight);
  const column = Math.floor(zoom.x + x / zoom.cellWidth);
  return row < plot.rows && column < plot.columns ? { row, column } : null;
}

/** The nearest cell of a slice. */
export function clampCell({ rows, columns }: Extent, { row, column }: Cell): Cell {
  return {
    row: clampIndex(row, rows),
    column: clampIndex(column, columns),
  };
}

/** A scrollbar: where its thumb begins and how long it is, as shares of the track; null when all is on screen. */
export function thumbOf(
  start: number,
  shown: number,
  count: number,
): { readonly start: number; readonly length: number } | null {
  if (!(shown < count - 1e-6)) return null;
  return { start: start / count, length: shown / count };
}
