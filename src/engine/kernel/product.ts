/**
 * Matrix products: out (rows, gates) = addend + a (rows, K) · weights, weights in the tiles of layout.ts.
 *
 * Tiles are 2 rows × 4 vectors: 8 sums, 4 vectors of weights and 2 of a are what 16 registers hold, and V8 loads all
 * that a turn of the loop reads before it computes. Sums over K are taken in blocks: shorter chains of rounding, and
 * 16 KiB of weights stay in the nearest cache while all rows pass.
 */

/** Terms of one partial sum. */
const BLOCK: i32 = 256;

// @ts-ignore: decorator
@inline
function madd<T>(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, sum);
  return v128.add<T>(v128.mul<T>(a, b), sum);
}

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
  addend: usize, addendStride: usize, out: usize, outStride: usize, backwards: bool,
): void {
  const tiles = (vectors + 3) >> 2;
  for (let i = 0; i < tiles; i++) {
    const index = backwards ? tiles - 1 - i : i;
    const width = min(4, vectors - (index << 2));
    const to = out + ((index as usize) << 6);
    let from = addend + ((index as usize) << 6);
    let fromStride = addendStride;
    let weights = w + (((index * k) as usize) << 6);
    for (let k0 = 0; k0 < k; k0 += BLOCK) {
      const count = min(BLOCK, k - k0);
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
