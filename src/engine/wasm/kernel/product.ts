/**
 * Matrix products with weights in tiles: out (rows, gates) = addend + a (rows, K) · weights.
 *
 * Up to twelve sums at a time, of 2 rows × 3 tiles, 1 row × 4 tiles or, where rows go in pairs and one is left, × 6:
 * enough that no multiplication waits for the previous one, and few enough to fit in the 16 registers with the operands
 * of one iteration. The sums of a row do not depend on the rows and tiles that are computed with it.
 */

import { madd } from "./activations";
import { tileLineBytes } from "./layout/memory";
import { bytesOf } from "./reals";

/** Terms of one partial sum: short chains of rounding, at 3 to 5 % of the time. */
const SUM_TERMS: i32 = 32;

/** Terms that all rows process before the next ones: those of 3 tiles stay in the first-level cache. */
const NEAR_TERMS: i32 = 256;

/**
 * Tiles that one row, and rows in pairs, are multiplied with at a time. Some V8 load all that a turn of a loop reads
 * before they compute, and keep sums in memory for that (that of Node 22: for one row × 6 tiles). Those without relaxed
 * SIMD do so sooner.
 */
const ROW_TILES: i32 = ASC_FEATURE_RELAXED_SIMD ? 4 : 3;
const PAIR_TILES: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** Writes two vectors of sums, `tile` tiles further. */
// @ts-ignore: decorator
@inline
function writeSums<T>(tile: usize, from: usize, to: usize, s0: v128, s1: v128): void {
  const at = tile * tileLineBytes;
  v128.store(to + at, v128.add<T>(v128.load(from + at), s0));
  v128.store(to + at, v128.add<T>(v128.load(from + at, 16), s1), 16);
}

/** One row × `tiles` tiles, a number known where this is inlined: what it does not need is not compiled. */
// @ts-ignore: decorator
@inline
function oneRow<T>(
  tiles: i32, a: usize, kBytes: usize, w0: usize, tileBytes: usize, from: usize, to: usize,
): void {
  let w1 = w0 + tileBytes, w2 = w1 + tileBytes, w3 = w2 + tileBytes;
  let w4 = w3 + tileBytes, w5 = w4 + tileBytes;
  for (const end = a + kBytes; a < end; from = to) {
    let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
    let s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
    for (const stop = min(a + bytesOf<T>(SUM_TERMS), end); a < stop; a += sizeof<T>()) {
      const x = v128.load_splat<T>(a);
      s0 = madd<T>(x, v128.load(w0), s0);
      s1 = madd<T>(x, v128.load(w0, 16), s1);
      w0 += tileLineBytes;
      if (tiles > 1) {
        s2 = madd<T>(x, v128.load(w1), s2);
        s3 = madd<T>(x, v128.load(w1, 16), s3);
        w1 += tileLineBytes;
      }
      if (tiles > 2) {
        s4 = madd<T>(x, v128.load(w2), s4);
        s5 = madd<T>(x, v128.load(w2, 16), s5);
        w2 += tileLineBytes;
      }
      if (tiles > 3) {
        s6 = madd<T>(x, v128.load(w3), s6);
        s7 = madd<T>(x, v128.load(w3, 16), s7);
        w3 += tileLineBytes;
      }
      if (tiles > 4) {
        s8 = madd<T>(x, v128.load(w4), s8);
        s9 = madd<T>(x, v128.load(w4, 16), s9);
        w4 += tileLineBytes;
      }
      if (tiles > 5) {
        s10 = madd<T>(x, v128.load(w5), s10);
        s11 = madd<T>(x, v128.load(w5, 16), s11);
        w5 += tileLineBytes;
      }
    }
    writeSums<T>(0, from, to, s0, s1);
    if (tiles > 1) writeSums<T>(1, from, to, s2, s3);
    if (tiles > 2) writeSums<T>(2, from, to, s4, s5);
    if (tiles > 3) writeSums<T>(3, from, to, s6, s7);
    if (tiles > 4) writeSums<T>(4, from, to, s8, s9);
    if (tiles > 5) writeSums<T>(5, from, to, s10, s11);
  }
}

/** Two rows × `tiles` tiles, up to 3 and known where this is inlined. */
// @ts-ignore: decorator
@inline
function twoRows<T>(
  tiles: i32, a0: usize, a1: usize, kBytes: usize, w0: usize, tileBytes: usize,
  from0: usize, from1: usize, to0: usize, to1: usize,
): void {
  let w1 = w0 + tileBytes, w2 = w1 + tileBytes;
  for (const end = a0 + kBytes; a0 < end; from0 = to0, from1 = to1) {
    let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
    let r0 = s0, r1 = s0, r2 = s0, r3 = s0, r4 = s0, r5 = s0;
    const stop = min(a0 + bytesOf<T>(SUM_TERMS), end);
    for (; a0 < stop; a0 += sizeof<T>(), a1 += sizeof<T>()) {
      const x0 = v128.load_splat<T>(a0);
      const x1 = v128.load_splat<T>(a1);
      let w = v128.load(w0);
      s0 = madd<T>(x0, w, s0);
      r0 = madd<T>(x1, w, r0);
      w = v128.load(w0, 16);
      s1 = madd<T>(x0, w, s1);
      r1 = madd<T>(x1, w, r1);
      w0 += tileLineBytes;
      if (tiles > 1) {
        w = v128.load(w1);
        s2 = madd<T>(x0, w, s2);
        r2 = madd<T>(x1, w, r2);
        w = v128.load(w1, 16);
        s3 = madd<T>(x0, w, s3);
        r3 = madd<T>(x1, w, r3);
        w1 += tileLineBytes;
      }
      if (tiles > 2) {
        w = v128.load(w2);
        s4 = madd<T>(x0, w, s4);
        r4 = madd<T>(x1, w, r4);
        w = v128.load(w2, 16);
        s5 = madd<T>(x0, w, s5);
        r5 = madd<T>(x1, w, r5);
        w2 += tileLineBytes;
      }
    }
    writeSums<T>(0, from0, to0, s0, s1);
    writeSums<T>(0, from1, to1, r0, r1);
    if (tiles > 1) writeSums<T>(1, from0, to0, s2, s3);
    if (tiles > 1) writeSums<T>(1, from1, to1, r2, r3);
    if (tiles > 2) writeSums<T>(2, from0, to0, s4, s5);
    if (tiles > 2) writeSums<T>(2, from1, to1, r4, r5);
  }
}

/** Rows two by two × `tiles` tiles; an odd last row is left out. */
// @ts-ignore: decorator
@inline
function rowPairs<T>(
  tiles: i32, a: usize, aStride: usize, rows: i32, kBytes: usize, w: usize, tileBytes: usize,
  from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  for (let row = 1; row < rows; row += 2) {
    twoRows<T>(
      tiles, a, a + aStride, kBytes, w, tileBytes, from, from + fromStride, to, to + toStride,
    );
    a += aStride << 1;
    from += fromStride << 1;
    to += toStride << 1;
  }
}

function pairs<T>(
  tiles: i32, a: usize, aStride: usize, rows: i32, kBytes: usize, w: usize, tileBytes: usize,
  from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  if (tiles == 3) {
    rowPairs<T>(3, a, aStride, rows, kBytes, w, tileBytes, from, fromStride, to, toStride);
  } else if (tiles == 2) {
    rowPairs<T>(2, a, aStride, rows, kBytes, w, tileBytes, from, fromStride, to, toStride);
  } else if (tiles == 1) {
    rowPairs<T>(1, a, aStride, rows, kBytes, w, tileBytes, from, fromStride, to, toStride);
  }
}

function single<T>(
  tiles: i32, a: usize, kBytes: usize, w: usize, tileBytes: usize, from: usize, to: usize,
): void {
  if (tiles == 6) oneRow<T>(6, a, kBytes, w, tileBytes, from, to);
  else if (tiles == 5) oneRow<T>(5, a, kBytes, w, tileBytes, from, to);
  else if (tiles == 4) oneRow<T>(4, a, kBytes, w, tileBytes, from, to);
  else if (tiles == 3) oneRow<T>(3, a, kBytes, w, tileBytes, from, to);
  else if (tiles == 2) oneRow<T>(2, a, kBytes, w, tileBytes, from, to);
  else oneRow<T>(1, a, kBytes, w, tileBytes, from, to);
}

/** `product` for up to 6 tiles that lie side by side. */
function groupProduct<T>(
  a: usize, aStride: usize, rows: i32, k: i32, w: usize, tileBytes: usize, tiles: i32,
  from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  const half = tiles <= 3 ? tiles : (tiles + 1) >> 1;
  const second = (half as usize) * tileLineBytes;
  const last = rows - 1;
  for (; k > 0; k -= NEAR_TERMS) {
    const kBytes = bytesOf<T>(min(NEAR_TERMS, k));
    if (rows > 1) {
      pairs<T>(half, a, aStride, rows, kBytes, w, tileBytes, from, fromStride, to, toStride);
      pairs<T>(
        tiles - half, a, aStride, rows, kBytes, w + (half as usize) * tileBytes, tileBytes,
        from + second, fromStride, to + second, toStride,
      );
    }
    if ((rows & 1) != 0) {
      single<T>(
        tiles, a + (last as usize) * aStride, kBytes, w, tileBytes,
        from + (last as usize) * fromStride, to + (last as usize) * toStride,
      );
    }
    a += kBytes;
    w += (NEAR_TERMS as usize) * tileLineBytes;
    from = to;
    fromStride = toStride;
  }
}

/**
 * out (rows, vectors) = addend + a (rows, k) · w. Strides in bytes; a stride of 0 gives every row the same addend.
 * `w` may be some lines of tiles that have more, `tileBytes` apart. `backwards` begins with the last tiles: what the
 * product before has read last is still in the cache.
 */
export function product<T>(
  a: usize, aStride: usize, rows: i32, k: i32, w: usize, tileBytes: usize, vectors: i32,
  addend: usize, addendStride: usize, out: usize, outStride: usize, backwards: bool,
): void {
  const tiles = vectors >> 1;
  const most = rows > 1 ? PAIR_TILES : ROW_TILES;
  const groups = (tiles + most - 1) / most;
  // For one row, groups as equal as can be: one of a tile or two would wait for its few sums.
  const least = rows > 1 ? most : tiles / groups;
  const larger = rows > 1 ? 0 : tiles - least * groups;
  for (let i = 0; i < groups; i++) {
    const index = backwards ? groups - 1 - i : i;
    const first = index * least + min(index, larger);
    const count = min(tiles - first, index < larger ? least + 1 : least);
    const at = (first as usize) * tileLineBytes;
    groupProduct<T>(
      a, aStride, rows, k, w + (first as usize) * tileBytes, tileBytes, count,
      addend + at, addendStride, out + at, outStride,
    );
  }
}
