/**
 * Tiles to pixels, one pixel a cell, and the places of cells with NaN or an infinity. No DOM.
 *
 * A cell without a finite value stays transparent; glyphs are drawn over every cell that holds something else.
 */
import type { Tile } from "../../protocol/archive/messages";
import { countCells, cellPixels } from "../base/pixels";
import { offsetAt, placer, type ColourMap } from "./colourMap";

function assertTile(tile: Tile): number {
  return countCells("tile", tile, [tile.values, tile.flags]);
}

/** RGBA bytes, row-major. */
export function rasterizeTile(tile: Tile, map: ColourMap): Uint8ClampedArray<ArrayBuffer> {
  const { values } = tile;
  const placeOf = placer(map);
  return cellPixels(assertTile(tile), map.table, (cell) => {
    const value = values[cell]!;
    return Number.isFinite(value) ? offsetAt(placeOf(value)) : -1;
  });
}

/** A cell with something that is not finite. */
export interface FlaggedCell {
  readonly row: number;
  readonly column: number;
  readonly flags: number;
}

/** Of so many rows and columns at most one flagged cell is kept: marks that near are no longer told apart. */
const NEAR = 4;

/** The flagged cells of a tile, thinned out where they are dense; empty for most tiles. */
export function flaggedCells(tile: Tile): FlaggedCell[] {
  assertTile(tile);
  const { rows, columns, flags } = tile;
  const found = new Map<number, FlaggedCell>();
  const across = Math.ceil(columns / NEAR);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const here = flags[row * columns + column]!;
      if (here === 0) continue;
      const bin = Math.floor(row / NEAR) * across + Math.floor(column / NEAR);
      const before = found.get(bin);
      found.set(bin, before === undefined ? { row, column, flags: here } : joined(before, here));
    }
  }
  return [...found.values()];
}

function joined(cell: FlaggedCell, flags: number): FlaggedCell {
  return (cell.flags | flags) === cell.flags ? cell : { ...cell, flags: cell.flags | flags };
}

/** The first flagged cell of a range in reading order; null when there is none. */
export function nextFlagged(tile: Tile, start: number, end: number): number | null {
  const last = Math.min(assertTile(tile), end);
  for (let cell = Math.max(0, start); cell < last; cell++) if (tile.flags[cell] !== 0) return cell;
  return null;
}
