/**
 * The tiles of a slice that a picture requests: a fixed grid at powers of two, so that tiles can be reused. No DOM.
 */
import type { Slice, TileRequest } from "../../protocol/archive/messages";
import { blockSize, cover, TILE_SIDE } from "../base/grid";
import { visibleWindow, type Plot, type Zoom } from "./viewport";

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

/** The tiles that cover what is on screen, in reading order. */
export function tilesFor(query: TileQuery): TileRequest[] {
  const { tensor, slice, plot, zoom, dpr } = query;
  const blocks = blocksOf(zoom, dpr);
  const isAggregated = blocks.rows > 1 || blocks.columns > 1;
  const { rowStart, rowEnd, columnStart, columnEnd } = visibleWindow(plot, zoom);
  const rows = cover(rowStart, rowEnd, blocks.rows * TILE_SIDE, plot.rows);
  const columns = cover(columnStart, columnEnd, blocks.columns * TILE_SIDE, plot.columns);
  return rows.flatMap(([top, bottom]) =>
    columns.map(([left, right]) => ({
      tensor,
      slice,
      rowStart: top,
      rowEnd: bottom,
      columnStart: left,
      columnEnd: right,
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
