/**
 * Cuts spans into pieces that fit the kernels' memory: by steps, then by rows of the batch.
 */
import { layerInputSize, stateSize } from "../../model/config";
import { gateCount } from "../../model/gates";
import type { CarriedState, Network, Span, StateArray } from "../base/engine";

/** A step that takes more than this runs in pieces of some rows, so that memory is bounded for any batch. */
const rowPieceBytes = 2 ** 26;

/** Lanes of a vector of float32: the units of a gate are filled up to whole vectors, and vectors to whole tiles. */
const lanes = 4;

/** A span of some rows of the batch: x, state, h and c are those rows' alone. */
export interface SpanPiece extends Span {
  /** The first of its rows; 0 when not given. */
  readonly firstRow?: number;
}

/** The size of a piece: steps of all rows, or some rows of one step. */
export interface PieceSize {
  readonly steps: number;
  readonly rows: number;
  /** Rows of the batch. */
  readonly batchSize: number;
}

/** Rows that run at a time: all, or groups of about the same size. Rows are computed in pairs, which stay together. */
export function rowsOfPiece({ config, batchSize }: Network, bytesPerValue: 4 | 8): number {
  const pieces = Math.ceil((batchSize * bytesOfRow(config, bytesPerValue)) / rowPieceBytes);
  return pieces <= 1 ? batchSize : Math.max(2, 2 * Math.ceil(batchSize / pieces / 2));
}

/** Bytes that one row of one step of the widest layer takes: x, states and what is written, and scratch. */
export function bytesOfRow(config: Network["config"], bytesPerValue: 4 | 8): number {
  const x = Math.max(layerInputSize(config, 0), layerInputSize(config, config.numLayers - 1));
  const gates = gateCount(config.cell) * (config.hiddenSize + lanes) + 2 * lanes;
  const padded = config.hiddenSize + 2 * lanes;
  // Twice: x in its slot and packed with the other rows of a task; gates of x and of h.
  const values = 2 * x + 2 * gates + 3 * padded + 3 * stateSize(config) + 2 * config.hiddenSize;
  return values * bytesPerValue;
}

/** The pieces of a span in an order in which they can be run. */
export function piecesOf(span: Span, { steps, rows, batchSize }: PieceSize): SpanPiece[] {
  const bySteps = stepPieces(span, steps);
  if (rows >= batchSize) return bySteps;
  return bySteps.flatMap((piece) => rowPieces(piece, rows, batchSize));
}

/** Pieces of at most `steps` steps. */
function stepPieces(span: Span, steps: number): Span[] {
  const total = span.to - span.from;
  const pieces: Span[] = [];
  for (let start = 0; start < total; start += steps) {
    const end = Math.min(total, start + steps);
    const part = (values: StateArray): StateArray => partOf(values, start, end, total);
    pieces.push({
      ...span,
      from: span.from + start,
      to: span.from + end,
      x: span.x.map(part),
      h: part(span.h),
      c: span.c === null ? null : part(span.c),
    });
  }
  return span.direction === "reverse" ? pieces.reverse() : pieces;
}

/** Pieces of at most `rows` rows of a span of one step, whose rows follow each other in all of its arrays. */
function rowPieces(span: Span, rows: number, batchSize: number): SpanPiece[] {
  const pieces: SpanPiece[] = [];
  for (let start = 0; start < batchSize; start += rows) {
    const end = Math.min(batchSize, start + rows);
    const part = (values: StateArray): StateArray => partOf(values, start, end, batchSize);
    const state: CarriedState = {
      h: part(span.state.h),
      c: span.state.c === null ? null : part(span.state.c),
    };
    const results = { h: part(span.h), c: span.c === null ? null : part(span.c) };
    pieces.push({ ...span, ...results, state, x: span.x.map(part), firstRow: start });
  }
  return pieces;
}

/** Parts `start` … `end` of values that have `total` of them. */
function partOf(values: StateArray, start: number, end: number, total: number): StateArray {
  const size = values.length / total;
  return values.subarray(start * size, end * size);
}
