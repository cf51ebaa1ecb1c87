/**
 * The functions that the fast path calls, for f32 and f64.
 */
import { breakBarrier } from "./barrier";
import { allFinite, packGroups } from "./pack";
import { runTask, scratchBytes } from "./span";

export function run32(task: usize): void {
  runTask<f32>(task);
}

export function run64(task: usize): void {
  runTask<f64>(task);
}

export function scratchBytes32(layer: usize, rows: i32, block: i32): usize {
  return scratchBytes<f32>(layer, rows, block);
}

export function scratchBytes64(layer: usize, rows: i32, block: i32): usize {
  return scratchBytes<f64>(layer, rows, block);
}

export function pack32(
  from: usize, units: i32, k: i32, gates: i32, group: i32, to: usize,
): void {
  packGroups<f32>(from, units, k, gates, group, to);
}

export function pack64(
  from: usize, units: i32, k: i32, gates: i32, group: i32, to: usize,
): void {
  packGroups<f64>(from, units, k, gates, group, to);
}

export function allFinite32(from: usize, count: i32): bool {
  return allFinite<f32>(from, count);
}

export function allFinite64(from: usize, count: i32): bool {
  return allFinite<f64>(from, count);
}

export { breakBarrier };
