/**
 * Products of a row-major matrix with vectors, summed in float64. The matrix is f64, or f32 where its values are that:
 * half of what is read. No value depends on how many rows and vectors are multiplied with it.
 */

// @ts-ignore: decorator
@inline
function pairOf<T>(at: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(at) : f64x2.promote_low_f32x4(v128.load64_zero(at));
}

// @ts-ignore: decorator
@inline
function madd(a: v128, b: v128, sum: v128): v128 {
  return f64x2.add(sum, f64x2.mul(a, b));
}

/** The sum of both lanes, and of the last product where the size is odd. */
// @ts-ignore: decorator
@inline
function finish<T>(sum: v128, w: usize, v: usize, isOdd: bool): f64 {
  const whole = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return isOdd ? whole + (load<T>(w) as f64) * load<f64>(v) : whole;
}

/** Eight rows with one vector: as many sums as it takes for none to wait for the one before. */
function eightRows<T>(w0: usize, stride: usize, v: usize, size: i32, out: usize): void {
  const w1 = w0 + stride, w2 = w1 + stride, w3 = w2 + stride, w4 = w3 + stride;
  const w5 = w4 + stride, w6 = w5 + stride, w7 = w6 + stride;
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const end = ((size & ~1) as usize) * sizeof<T>();
  let k: usize = 0;
  for (; k < end; k += 2 * sizeof<T>(), v += 16) {
    const x = v128.load(v);
    s0 = madd(pairOf<T>(w0 + k), x, s0);
    s1 = madd(pairOf<T>(w1 + k), x, s1);
    s2 = madd(pairOf<T>(w2 + k), x, s2);
    s3 = madd(pairOf<T>(w3 + k), x, s3);
    s4 = madd(pairOf<T>(w4 + k), x, s4);
    s5 = madd(pairOf<T>(w5 + k), x, s5);
    s6 = madd(pairOf<T>(w6 + k), x, s6);
    s7 = madd(pairOf<T>(w7 + k), x, s7);
  }
  const isOdd = (size & 1) != 0;
  store<f64>(out, finish<T>(s0, w0 + k, v, isOdd));
  store<f64>(out, finish<T>(s1, w1 + k, v, isOdd), 8);
  store<f64>(out, finish<T>(s2, w2 + k, v, isOdd), 16);
  store<f64>(out, finish<T>(s3, w3 + k, v, isOdd), 24);
  store<f64>(out, finish<T>(s4, w4 + k, v, isOdd), 32);
  store<f64>(out, finish<T>(s5, w5 + k, v, isOdd), 40);
  store<f64>(out, finish<T>(s6, w6 + k, v, isOdd), 48);
  store<f64>(out, finish<T>(s7, w7 + k, v, isOdd), 56);
}

/** Four rows with two vectors: each is loaded once for both. */
function fourRows<T>(
  w0: usize, stride: usize, v: usize, next: usize, size: i32, out: usize, outNext: usize,
): void {
  const w1 = w0 + stride, w2 = w1 + stride, w3 = w2 + stride;
  let u = v + next;
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, r0 = s0, r1 = s0, r2 = s0, r3 = s0;
  const end = ((size & ~1) as usize) * sizeof<T>();
  let k: usize = 0;
  for (; k < end; k += 2 * sizeof<T>(), v += 16, u += 16) {
    const x = v128.load(v);
    const y = v128.load(u);
    let w = pairOf<T>(w0 + k);
    s0 = madd(w, x, s0);
    r0 = madd(w, y, r0);
    w = pairOf<T>(w1 + k);
    s1 = madd(w, x, s1);
    r1 = madd(w, y, r1);
    w = pairOf<T>(w2 + k);
    s2 = madd(w, x, s2);
    r2 = madd(w, y, r2);
    w = pairOf<T>(w3 + k);
    s3 = madd(w, x, s3);
    r3 = madd(w, y, r3);
  }
  const isOdd = (size & 1) != 0;
  store<f64>(out, finish<T>(s0, w0 + k, v, isOdd));
  store<f64>(out, finish<T>(s1, w1 + k, v, isOdd), 8);
  store<f64>(out, finish<T>(s2, w2 + k, v, isOdd), 16);
  store<f64>(out, finish<T>(s3, w3 + k, v, isOdd), 24);
  const second = out + outNext;
  store<f64>(second, finish<T>(r0, w0 + k, u, isOdd));
  store<f64>(second, finish<T>(r1, w1 + k, u, isOdd), 8);
  store<f64>(second, finish<T>(r2, w2 + k, u, isOdd), 16);
  store<f64>(second, finish<T>(r3, w3 + k, u, isOdd), 24);
}

function oneRow<T>(w: usize, v: usize, size: i32, out: usize): void {
  let sum = f64x2.splat(0);
  const end = w + ((size & ~1) as usize) * sizeof<T>();
  for (; w < end; w += 2 * sizeof<T>(), v += 16) sum = madd(pairOf<T>(w), v128.load(v), sum);
  store<f64>(out, finish<T>(sum, w, v, (size & 1) != 0));
}

/**
 * out (count, rows) = vectors (count, size) · matrixᵀ (rows, size). Rows come eight at a time, which stay in the cache
 * for all vectors.
 */
export function products<T>(matrix: usize, rows: i32, size: i32, vectors: usize, count: i32, out: usize): void {
  const stride = (size as usize) * sizeof<T>();
  const next = (size as usize) << 3;
  const outNext = (rows as usize) << 3;
  let row = 0;
  for (; row + 8 <= rows; row += 8, matrix += 8 * stride, out += 64) {
    let v = vectors, to = out, index = 0;
    for (; index + 2 <= count; index += 2, v += 2 * next, to += 2 * outNext) {
      fourRows<T>(matrix, stride, v, next, size, to, outNext);
      fourRows<T>(matrix + 4 * stride, stride, v, next, size, to + 32, outNext);
    }
    if (index < count) eightRows<T>(matrix, stride, v, size, to);
  }
  for (; row < rows; row++, matrix += stride, out += 8) {
    let v = vectors, to = out;
    for (let index = 0; index < count; index++, v += next, to += outNext) oneRow<T>(matrix, v, size, to);
  }
}
