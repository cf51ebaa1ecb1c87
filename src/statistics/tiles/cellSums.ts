/**
 * Fills the cells of a level from the patches of a slice.
 */
import { createPatchKernel, maxPieceValues, type PatchKernel, type Piece } from "./patchKernel";
import { cutAtEdge } from "../../tensor/slabs";
import type { Level } from "./level";
import { flagOf, type Patch } from "./tile";

/** Rows that are summed at a time where cells have more, so that pieces are wide. */
const maxRowsOfPiece = 16;

/** Adds patches, in any order, to a level that is empty at first; `writeMeans` ends it. */
export class CellSums {
  readonly #level: Level;
  readonly #sums: Float64Array;
  readonly #kernel: PatchKernel;

  constructor(level: Level, kernel: PatchKernel = createPatchKernel()) {
    this.#level = level;
    this.#sums = new Float64Array(level.counts.length);
    this.#kernel = kernel;
  }

  add({ row, column, rows, columns, values }: Patch): void {
    const { cell } = this.#level;
    const rowEnd = row + rows;
    const columnEnd = column + columns;
    const maxColumns = Math.floor(maxPieceValues / Math.min(rows, cell.rows, maxRowsOfPiece));
    const maxRows = Math.floor(maxPieceValues / Math.min(maxColumns, columns));
    let top = row;
    while (top < rowEnd) {
      const bottom = Math.min(rowEnd, top + maxRows, nextEdge(top, cell.rows));
      let left = column;
      while (left < columnEnd) {
        const most = Math.min(columnEnd, left + maxColumns);
        const right = pieceEnd(left, most, columnEnd, cell.columns);
        const at = (top - row) * columns + left - column;
        const piece = { values, at, stride: columns, rows: bottom - top, columns: right - left };
        this.#addPiece(piece, top, left);
        left = right;
      }
      top = bottom;
    }
  }

  writeMeans(): void {
    const { means, counts } = this.#level;
    for (let cell = 0; cell < means.length; cell += 1) {
      means[cell] = this.#sums[cell]! / counts[cell]!;
    }
  }

  /** A piece from a row and a column of the slice on: of one row of cells, and of whole cells where it has several. */
  #addPiece(piece: Piece, row: number, column: number): void {
    const { cell, columns: across, extremes, counts } = this.#level;
    this.#kernel.sum(piece, cell.columns);
    const { sums: cellSums, extremes: cellExtremes } = this.#kernel;
    const sums = this.#sums;
    const first = Math.floor(row / cell.rows) * across + Math.floor(column / cell.columns);
    for (let from = 0, k = 0; from < piece.columns; from += cell.columns, k += 1) {
      const sum = cellSums[k]!;
      const columns = Math.min(cell.columns, piece.columns - from);
      // A finite sum means that every value is finite; otherwise the values are checked one by one.
      if (sum - sum !== 0) {
        this.#addOneByOne(first + k, { ...piece, at: piece.at + from, columns });
        continue;
      }
      const extreme = cellExtremes[k]!;
      if (Math.abs(extreme) > Math.abs(extremes[first + k]!)) extremes[first + k] = extreme;
      counts[first + k]! += piece.rows * columns;
      sums[first + k]! += sum;
    }
  }

  #addOneByOne(index: number, { values, at, stride, rows, columns }: Piece): void {
    const { extremes, counts, flags } = this.#level;
    for (let row = 0; row < rows; row += 1) {
      const start = at + row * stride;
      for (const value of values.subarray(start, start + columns)) {
        if (value - value !== 0) {
          flags[index]! |= flagOf(value);
          continue;
        }
        counts[index]! += 1;
        this.#sums[index]! += value;
        if (Math.abs(value) > Math.abs(extremes[index]!)) extremes[index] = value;
      }
    }
  }
}

/** Where the cell of `from` ends. */
function nextEdge(from: number, size: number): number {
  return from - (from % size) + size;
}

/** Where a piece ends that begins at `from`: with a cell, unless the patch (at `end`) or the piece (at `to`) ends in it. */
function pieceEnd(from: number, to: number, end: number, size: number): number {
  if (from % size > 0) return Math.min(to, nextEdge(from, size));
  return cutAtEdge(from, to, { end, chunk: size });
}
