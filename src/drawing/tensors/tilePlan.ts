/**
 * Which windows of a slice to ask for: tiles on a fixed grid, aggregated in powers of two, so that zooming and panning
 * meet answers that are already here. No DOM.
 */
import type { Slice, TileRequest } from "../../protocol/archive/messages";
import { blockSize } from "../run/tiles";
import { visibleWindow, type Plot, type Zoom } from "./viewport";

/** Blocks along each side of a tile: a few of these fill a screen, one answers quickly. */
const TILE_BLOCKS = 256;
/** More values than this take a while to be read: a sample of them is asked for first. */
const MANY_VALUES = 2 ** 24;

/** Values that share one cell of the picture. */
export interface Blocks {
  readonly rows: number;
  readonly columns: number;
}

export interface TileQuery {
  readonly tensor: string;
  readonly slice: Slice;
  readonly aggregate: TileRequest["aggregate"];
  readonly plot: Plot;
  readonly zoom: Zoom;
  /** Device pixels per CSS pixel. */
  readonly dpr: number;
}

/** How many values share a cell, so that none of them is smaller than a device pixel. */
export function blocksOf(zoom: Zoom, dpr: number): Blocks {
  return { rows: blockSize(zoom.cellHeight * dpr), columns: blockSize(zoom.cellWidth * dpr) };
}

/** Half-open ranges of a grid that cover a range. */
function cover(start: number, end: number, step: number, count: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = Math.floor(start / step) * step; at < end; at += step) {
    ranges.push([at, Math.min(count, at + step)]);
  }
  return ranges;
}

/** The tiles that cover what is on screen, in reading order. */
export function tilesFor(query: TileQuery): TileRequest[] {
  const { tensor, slice, plot, zoom, dpr } = query;
  const blocks = blocksOf(zoom, dpr);
  const isAggregated = blocks.rows > 1 || blocks.columns > 1;
  const { rowStart, rowEnd, columnStart, columnEnd } = visibleWindow(plot, zoom);
  const side = TILE_BLOCKS;
  const rows = cover(rowStart, rowEnd, blocks.rows * side, plot.rows);
  const columns = cover(columnStart, columnEnd, blocks.columns * side, plot.columns);
  return rows.flatMap(([top, bottom]) =>
    columns.map(([left, right]) => ({
      ...{ tensor, slice, rowStart: top, rowEnd: bottom, columnStart: left, columnEnd: right },
      maxRows: Math.ceil((bottom - top) / blocks.rows),
      maxColumns: Math.ceil((right - left) / blocks.columns),
      // Where nothing is aggregated both are the same, and so is the question.
      aggregate: isAggregated ? query.aggregate : ("mean" as const),
    })),
  );
}

/** True for a tile that takes long to be read in full. */
export function isHeavy({ rowStart, rowEnd, columnStart, columnEnd }: TileRequest): boolean {
  return (rowEnd - rowStart) * (columnEnd - columnStart) > MANY_VALUES;
}
