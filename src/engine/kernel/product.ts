/**
 * Matrix products: out (rows, gates) = addend + a (rows, K) · weights, weights in the tiles of layout.ts.
 *
 * Tiles are 2 rows × 4 vectors: 8 sums, 4 vectors of weights and 2 of a are what 16 registers hold, and V8 loads all
 * that a turn of the loop reads before it computes. Sums over K are taken in blocks: shorter chains of rounding, and
 * 16 KiB of weights stay in the nearest cache while all rows pass.
 */

import { madd } from "./activations";
import { bytesOf } from "./layout";

/** Lines of weights, 64 bytes each, that do not fit in the second cache of common processors: 1 MiB. */
const FAR_LINES: usize = 1 << 14;

/**
 * Terms of one partial sum. An RNN hands rounding errors on as they are, where gates dampen them: its sums are shorter,
 * which halves its largest error and costs 5 to 10 %.
 */
export const GATED_BLOCK: i32 = 256;
export const UNGATED_BLOCK: i32 = 64;

/** Two rows × `width` vectors; `width` is known where this is inlined, so what it does not need is not compiled. */
// @ts-ignore: decorator
@inline
function twoRows<T>(
  width: i32, a0: usize, a1: usize, end: usize, w: usize,
  from0: usize, from1: usize, to0: usize, to1: usize,
): void {
  let s00 = i64x2.splat(0), s01 = i64x2.splat(0), s02 = i64x2.splat(0), s03 = i64x2.splat(0);
  let s10 = i64x2.splat(0), s11 = i64x2.splat(0), s12 = i64x2.splat(0), s13 = i64x2.splat(0);
  for (; a0 < end; a0 += sizeof<T>(), a1 += sizeof<T>(), w += width * 16) {
    const x0 = v128.load_splat<T>(a0);
    const x1 = v128.load_splat<T>(a1);
    const w0 = v128.load(w);
    s00 = madd<T>(x0, w0, s00);
    s10 = madd<T>(x1, w0, s10);
    if (width > 1) {
      const w1 = v128.load(w, 16);
      s01 = madd<T>(x0, w1, s01);
      s11 = madd<T>(x1, w1, s11);
    }
    if (width > 2) {
      const w2 = v128.load(w, 32);
      s02 = madd<T>(x0, w2, s02);
      s12 = madd<T>(x1, w2, s12);
    }
    if (width > 3) {
      const w3 = v128.load(w, 48);
      s03 = madd<T>(x0, w3, s03);
      s13 = madd<T>(x1, w3, s13);
    }
  }
  v128.store(to0, v128.add<T>(v128.load(from0), s00));
  v128.store(to1, v128.add<T>(v128.load(from1), s10));
  if (width > 1) {
    v128.store(to0, v128.add<T>(v128.load(from0, 16), s01), 16);
    v128.store(to1, v128.add<T>(v128.load(from1, 16), s11), 16);
  }
  if (width > 2) {
    v128.store(to0, v128.add<T>(v128.load(from0, 32), s02), 32);
    v128.store(to1, v128.add<T>(v128.load(from1, 32), s12), 32);
  }
  if (width > 3) {
    v128.store(to0, v128.add<T>(v128.load(from0, 48), s03), 48);
    v128.store(to1, v128.add<T>(v128.load(from1, 48), s13), 48);
  }
}

/** One row × `width` vectors. The sums are taken in the same order as for two rows: a row's numbers are its own. */
// @ts-ignore: decorator
@inline
function oneRow<T>(width: i32, a: usize, end: usize, w: usize, from: usize, to: usize): void {
  let s0 = i64x2.splat(0), s1 = i64x2.splat(0), s2 = i64x2.splat(0), s3 = i64x2.splat(0);
  for (; a < end; a += sizeof<T>(), w += width * 16) {
    const x = v128.load_splat<T>(a);
    s0 = madd<T>(x, v128.load(w), s0);
    if (width > 1) s1 = madd<T>(x, v128.load(w, 16), s1);
    if (width > 2) s2 = madd<T>(x, v128.load(w, 32), s2);
    if (width > 3) s3 = madd<T>(x, v128.load(w, 48), s3);
  }
  v128.store(to, v128.add<T>(v128.load(from), s0));
  if (width > 1) v128.store(to, v128.add<T>(v128.load(from, 16), s1), 16);
  if (width > 2) v128.store(to, v128.add<T>(v128.load(from, 32), s2), 32);
  if (width > 3) v128.store(to, v128.add<T>(v128.load(from, 48), s3), 48);
}

// @ts-ignore: decorator
@inline
function tile<T>(
  width: i32, a: usize, aStride: usize, rows: i32, kBytes: usize, w: usize,
  from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  let row = 0;
  for (; row + 1 < rows; row += 2) {
    twoRows<T>(
      width, a, a + aStride, a + kBytes, w, from, from + fromStride, to, to + toStride,
    );
    a += aStride << 1;
    from += fromStride << 1;
    to += toStride << 1;
  }
  if (row < rows) oneRow<T>(width, a, a + kBytes, w, from, to);
}

function tile4<T>(
  a: usize, aStride: usize, rows: i32, kBytes: usize, w: usize,
  from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  tile<T>(4, a, aStride, rows, kBytes, w, from, fromStride, to, toStride);
}

function narrowTile<T>(
  width: i32, a: usize, aStride: usize, rows: i32, kBytes: usize, w: usize,
  from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  if (width == 3) tile<T>(3, a, aStride, rows, kBytes, w, from, fromStride, to, toStride);
  else if (width == 2) tile<T>(2, a, aStride, rows, kBytes, w, from, fromStride, to, toStride);
  else tile<T>(1, a, aStride, rows, kBytes, w, from, fromStride, to, toStride);
}

/**
 * out (rows, vectors) = addend + a (rows, k) · w. Strides in bytes; a stride of 0 gives every row the same addend.
 * `backwards` begins with the last tile: what the product before has read last is still in the cache.
 */
export function product<T>(
  a: usize, aStride: usize, rows: i32, k: i32, w: usize, vectors: i32,
  addend: usize, addendStride: usize, out: usize, outStride: usize, block: i32, backwards: bool,
): void {
  const tiles = (vectors + 3) >> 2;
  for (let i = 0; i < tiles; i++) {
    const index = backwards ? tiles - 1 - i : i;
    const width = min(4, vectors - (index << 2));
    const to = out + ((index as usize) << 6);
    let from = addend + ((index as usize) << 6);
    let fromStride = addendStride;
    let weights = w + (((index * k) as usize) << 6);
    for (let k0 = 0; k0 < k; k0 += block) {
      const count = min(block, k - k0);
      const source = a + (k0 as usize) * sizeof<T>();
      const kBytes = (count as usize) * sizeof<T>();
      if (width == 4) {
        tile4<T>(source, aStride, rows, kBytes, weights, from, fromStride, to, outStride);
      } else {
        narrowTile<T>(width, source, aStride, rows, kBytes, weights, from, fromStride, to, outStride);
      }
      weights += ((count * width) as usize) << 4;
      from = to;
      fromStride = outStride;
    }
  }
}

/**
 * sum + x0 · w0 + x1 · w1, the two products added first: a chain of additions waits half as often, and rounds less.
 */
// @ts-ignore: decorator
@inline
function addPair<T>(x0: v128, w0: v128, x1: v128, w1: v128, sum: v128): v128 {
  return v128.add<T>(sum, madd<T>(x1, w1, v128.mul<T>(x0, w0)));
}

/** One row × `width` vectors, for a batch of one: its weights come from far and are used once. */
// @ts-ignore: decorator
@inline
function soloTile<T>(
  width: i32, a: usize, k: i32, w: usize, from: usize, to: usize, block: i32,
): void {
  let t0 = v128.load(from), t1 = t0, t2 = t0, t3 = t0;
  if (width > 1) t1 = v128.load(from, 16);
  if (width > 2) t2 = v128.load(from, 32);
  if (width > 3) t3 = v128.load(from, 48);
  const line: usize = width * 16;
  for (let left = k; left > 0; left -= block) {
    const count = min(block, left);
    let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    const end = a + bytesOf<T>(count & ~1);
    for (; a < end; a += 2 * sizeof<T>(), w += 2 * line) {
      const x0 = v128.load_splat<T>(a);
      const x1 = v128.load_splat<T>(a, sizeof<T>());
      s0 = addPair<T>(x0, v128.load(w), x1, v128.load(w + line), s0);
      if (width > 1) s1 = addPair<T>(x0, v128.load(w, 16), x1, v128.load(w + line, 16), s1);
      if (width > 2) s2 = addPair<T>(x0, v128.load(w, 32), x1, v128.load(w + line, 32), s2);
      if (width > 3) s3 = addPair<T>(x0, v128.load(w, 48), x1, v128.load(w + line, 48), s3);
    }
    if ((count & 1) != 0) {
      const x = v128.load_splat<T>(a);
      s0 = madd<T>(x, v128.load(w), s0);
      if (width > 1) s1 = madd<T>(x, v128.load(w, 16), s1);
      if (width > 2) s2 = madd<T>(x, v128.load(w, 32), s2);
      if (width > 3) s3 = madd<T>(x, v128.load(w, 48), s3);
      a += sizeof<T>();
      w += line;
    }
    t0 = v128.add<T>(t0, s0);
    if (width > 1) t1 = v128.add<T>(t1, s1);
    if (width > 2) t2 = v128.add<T>(t2, s2);
    if (width > 3) t3 = v128.add<T>(t3, s3);
  }
  v128.store(to, t0);
  if (width > 1) v128.store(to, t1, 16);
  if (width > 2) v128.store(to, t2, 32);
  if (width > 3) v128.store(to, t3, 48);
}

/**
 * `soloTile` of 4 vectors whose terms k and k + K / 2 are taken together: the weights come in two streams, of which
 * memory delivers more than of one.
 */
function streamedTile<T>(
  a: usize, k: i32, w: usize, from: usize, to: usize, block: i32,
): void {
  let t0 = v128.load(from), t1 = v128.load(from, 16);
  let t2 = v128.load(from, 32), t3 = v128.load(from, 48);
  const half = k >> 1;
  let a1 = a + bytesOf<T>(half);
  let w1 = w + ((half as usize) << 6);
  const pairs = block >> 1;
  for (let left = half; left > 0; left -= pairs) {
    let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    const end = a + bytesOf<T>(min(pairs, left));
    for (; a < end; a += sizeof<T>(), a1 += sizeof<T>(), w += 64, w1 += 64) {
      const x0 = v128.load_splat<T>(a);
      const x1 = v128.load_splat<T>(a1);
      s0 = addPair<T>(x0, v128.load(w), x1, v128.load(w1), s0);
      s1 = addPair<T>(x0, v128.load(w, 16), x1, v128.load(w1, 16), s1);
      s2 = addPair<T>(x0, v128.load(w, 32), x1, v128.load(w1, 32), s2);
      s3 = addPair<T>(x0, v128.load(w, 48), x1, v128.load(w1, 48), s3);
    }
    t0 = v128.add<T>(t0, s0);
    t1 = v128.add<T>(t1, s1);
    t2 = v128.add<T>(t2, s2);
    t3 = v128.add<T>(t3, s3);
  }
  if ((k & 1) != 0) {
    const x = v128.load_splat<T>(a1);
    t0 = madd<T>(x, v128.load(w1), t0);
    t1 = madd<T>(x, v128.load(w1, 16), t1);
    t2 = madd<T>(x, v128.load(w1, 32), t2);
    t3 = madd<T>(x, v128.load(w1, 48), t3);
  }
  v128.store(to, t0);
  v128.store(to, t1, 16);
  v128.store(to, t2, 32);
  v128.store(to, t3, 48);
}

/** `product` for the only row of a batch. */
export function soloProduct<T>(
  a: usize, k: i32, w: usize, vectors: i32, addend: usize, out: usize, block: i32, backwards: bool,
): void {
  const fullTiles = vectors >> 2;
  const isFar = (fullTiles as usize) * k > FAR_LINES;
  const tileBytes = (k as usize) << 6;
  const narrow = w + (fullTiles as usize) * tileBytes;
  let offset: isize = 0;
  let step: isize = 64;
  if (backwards) {
    w = narrow - tileBytes;
    offset = ((fullTiles - 1) as isize) << 6;
    step = -64;
  }
  const wStep = backwards ? -(tileBytes as isize) : (tileBytes as isize);
  for (let i = 0; i < fullTiles; i++) {
    if (isFar) streamedTile<T>(a, k, w, addend + offset, out + offset, block);
    else soloTile<T>(4, a, k, w, addend + offset, out + offset, block);
    w += wStep;
    offset += step;
  }
  const rest = vectors & 3;
  const end = (fullTiles as usize) << 6;
  if (rest == 3) soloTile<T>(3, a, k, narrow, addend + end, out + end, block);
  else if (rest == 2) soloTile<T>(2, a, k, narrow, addend + end, out + end, block);
  else if (rest == 1) soloTile<T>(1, a, k, narrow, addend + end, out + end, block);
}
