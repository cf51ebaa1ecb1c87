/**
 * Which windows of a slice to ask for: tiles on a fixed grid, aggregated in powers of two, so that zooming and panning
 * meet answers that are already here. No DOM.
 */
import type { Slice, TileRequest } from "../../../src/protocol/tensorMessages";
import { blockSize } from "../../render/tiles";
import { visibleWindow, type Plot, type Zoom } from "./viewport";

/** Blocks along each side of a tile: a few of these fill a screen, one answers quickly. */
const TILE_BLOCKS = 256;
/** Tiles of coarse levels are read from many values each: smaller ones come sooner, as long as they are not too many. */
const SMALL_TILE_BLOCKS = 128;
const MANY_VALUES = 4_000_000;
const MAX_TILES = 80;

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
  const ranges = (side: number): { rows: [number, number][]; columns: [number, number][] } => ({
    rows: cover(rowStart, rowEnd, blocks.rows * side, plot.rows),
    columns: cover(columnStart, columnEnd, blocks.columns * side, plot.columns),
  });
  const small = ranges(SMALL_TILE_BLOCKS);
  const isHeavy = blocks.rows * blocks.columns * TILE_BLOCKS ** 2 > MANY_VALUES;
  const isFew = small.rows.length * small.columns.length <= MAX_TILES;
  const { rows, columns } = isHeavy && isFew ? small : ranges(TILE_BLOCKS);
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
