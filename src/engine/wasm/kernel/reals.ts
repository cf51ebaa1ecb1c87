/**
 * Sizes of real numbers, f32 or f64. The memory is laid out as layout/memory.ts says.
 */
import { tileLineBytes, vectorBytes } from "./layout/memory";

/** Lanes of a vector. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return vectorBytes / sizeof<T>();
}

/** Bytes of `count` reals. */
// @ts-ignore: decorator
@inline
export function bytesOf<T>(count: i32): usize {
  return (count as usize) * sizeof<T>();
}

/** `count` reals rounded up to whole tiles, in bytes. */
// @ts-ignore: decorator
@inline
export function paddedBytes<T>(count: i32): usize {
  return (bytesOf<T>(count) + tileLineBytes - 1) & ~(tileLineBytes - 1);
}
