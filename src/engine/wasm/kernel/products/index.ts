/**
 * The functions that the diagnosis calls, for matrices of f32 and f64. Everything else is f64.
 */
import { gruSteps, lstmSteps, rnnSteps } from "./lanes";
import { products } from "./multiply";

export function products32(
  matrix: usize, rows: i32, size: i32, vectors: usize, count: i32, out: usize,
): void {
  products<f32>(matrix, rows, size, vectors, count, out);
}

export function products64(
  matrix: usize, rows: i32, size: i32, vectors: usize, count: i32, out: usize,
): void {
  products<f64>(matrix, rows, size, vectors, count, out);
}

/** Steps of a cell: 0 RNN with tanh, 1 RNN with relu, 2 LSTM, 3 GRU. */
function steps<T>(matrix: usize, cell: i32, units: i32, count: i32, at: usize): void {
  if (cell == 2) lstmSteps<T>(matrix, units, count, at);
  else if (cell == 3) gruSteps<T>(matrix, units, count, at);
  else rnnSteps<T>(matrix, units, count, at, cell == 1);
}

export function steps32(matrix: usize, cell: i32, units: i32, count: i32, at: usize): void {
  steps<f32>(matrix, cell, units, count, at);
}

export function steps64(matrix: usize, cell: i32, units: i32, count: i32, at: usize): void {
  steps<f64>(matrix, cell, units, count, at);
}
