/**
 * tanh and sigmoid of 4 f32 or 2 f64.
 *
 * Both come from exp(y) = 2^n · exp(r), |r| ≤ ln2 / 2, with n = round(y / ln2), r = y − n · ln2 in two steps (Cody &
 * Waite), and a polynomial for exp(r) − 1 = r + r² · q(r):
 *
 *   tanh(x)    = sign(x) · m / (m + 2), m = exp(2|x|) − 1 = 2^n · (exp(r) − 1) + (2^n − 1): no digit is lost near 0
 *   sigmoid(x) = 1 / (1 + exp(−x))
 *
 * n is rounded by adding 1.5 · 2^23 (f64: 2^52), which leaves it in the low bits, from where it is shifted into an
 * exponent. pmin and pmax keep their first operand when it is NaN, and are one instruction. Constants are read from a
 * table where they are used: V8 builds vectors of constants anew each time.
 */

// Coefficients of q: interpolation of (exp(r) − 1 − r) / r² in Chebyshev's nodes, in 60 digits.
const F32: usize = memory.data<f32>([
  1.44269504, // 0: 1 / ln2
  12582912, // 4: 1.5 · 2^23
  0.693359375, // 8: ln2, its upper bits: a product with n is exact
  -2.12194440e-4, // 12: ln2, the rest
  0.5, 0.166665733819, 0.0416665501103, 0.00836377387441, 0.0013926926614, // 16 … 32
  1, // 36
  2, // 40
  18.8, // 44: tanh is 1 from half of this on
  -80, 89, // 48, 52: sigmoid is 1 beyond the one, below the smallest normal number beyond the other
  -0.0, // 56
  2.8853901, // 60: 2 / ln2
]);

const F64: usize = memory.data<f64>([
  1.4426950408889634074, // 0
  6755399441055744, // 8: 1.5 · 2^52
  0.693147180369123816490, // 16
  1.90821492927058770002e-10, // 24
  0.5, 0.16666666666666671438, 0.041666666666666670074, 0.0083333333333255446996, // 32 … 56
  0.0013888888888883326674, 0.00019841269876864354929, 0.000024801587327007186731, // 64 … 80
  2.7557252833516909748e-6, 2.7557271810219799569e-7, 2.5106274733573294687e-8, // 88 … 104
  2.0915442297780115216e-9, // 112
  1, // 120
  2, // 128
  40, // 136
  -600, 710, // 144, 152
  -0.0, // 160
  2.8853900817779268147, // 168
]);

// @ts-ignore: decorator
@inline
function k32(offset: usize): v128 {
  return v128.load_splat<f32>(F32 + offset);
}

// @ts-ignore: decorator
@inline
function k64(offset: usize): v128 {
  return v128.load_splat<f64>(F64 + offset);
}

// @ts-ignore: decorator
@inline
function madd32(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

// @ts-ignore: decorator
@inline
function madd64(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, sum);
  return f64x2.add(f64x2.mul(a, b), sum);
}

/** exp(r) − 1 for |r| ≤ ln2 / 2. */
// @ts-ignore: decorator
@inline
function expm1Small32(r: v128): v128 {
  let q = madd32(r, k32(32), k32(28));
  q = madd32(q, r, k32(24));
  q = madd32(q, r, k32(20));
  q = madd32(q, r, k32(16));
  return madd32(f32x4.mul(r, r), q, r);
}

// @ts-ignore: decorator
@inline
function expm1Small64(r: v128): v128 {
  let q = madd64(r, k64(112), k64(104));
  q = madd64(q, r, k64(96));
  q = madd64(q, r, k64(88));
  q = madd64(q, r, k64(80));
  q = madd64(q, r, k64(72));
  q = madd64(q, r, k64(64));
  q = madd64(q, r, k64(56));
  q = madd64(q, r, k64(48));
  q = madd64(q, r, k64(40));
  q = madd64(q, r, k64(32));
  return madd64(f64x2.mul(r, r), q, r);
}

// @ts-ignore: decorator
@inline
function tanh32(x: v128): v128 {
  const sign = v128.and(x, k32(56));
  const magnitude = v128.xor(x, sign);
  const y = f32x4.pmin(f32x4.add(magnitude, magnitude), k32(44));
  const shifted = madd32(y, k32(0), k32(4));
  const n = f32x4.sub(shifted, k32(4));
  const r = f32x4.sub(f32x4.sub(y, f32x4.mul(n, k32(8))), f32x4.mul(n, k32(12)));
  const power = i32x4.add(i32x4.shl(shifted, 23), k32(36));
  const scaled = f32x4.mul(expm1Small32(r), power);
  const m = f32x4.add(scaled, f32x4.sub(power, k32(36)));
  return v128.or(f32x4.div(m, f32x4.add(m, k32(40))), sign);
}

// @ts-ignore: decorator
@inline
function tanh64(x: v128): v128 {
  const sign = v128.and(x, k64(160));
  const magnitude = v128.xor(x, sign);
  const y = f64x2.pmin(f64x2.add(magnitude, magnitude), k64(136));
  const shifted = madd64(y, k64(0), k64(8));
  const n = f64x2.sub(shifted, k64(8));
  const r = f64x2.sub(f64x2.sub(y, f64x2.mul(n, k64(16))), f64x2.mul(n, k64(24)));
  const power = i64x2.add(i64x2.shl(shifted, 52), k64(120));
  const scaled = f64x2.mul(expm1Small64(r), power);
  const m = f64x2.add(scaled, f64x2.sub(power, k64(120)));
  return v128.or(f64x2.div(m, f64x2.add(m, k64(128))), sign);
}

// @ts-ignore: decorator
@inline
function sigmoid32(x: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(f32x4.neg(x), k32(52)), k32(48));
  const shifted = madd32(y, k32(0), k32(4));
  const n = f32x4.sub(shifted, k32(4));
  const r = f32x4.sub(f32x4.sub(y, f32x4.mul(n, k32(8))), f32x4.mul(n, k32(12)));
  const power = i32x4.add(i32x4.shl(shifted, 23), k32(36));
  const exp = f32x4.mul(f32x4.add(expm1Small32(r), k32(36)), power);
  return f32x4.div(k32(36), f32x4.add(exp, k32(36)));
}

// @ts-ignore: decorator
@inline
function sigmoid64(x: v128): v128 {
  const y = f64x2.pmax(f64x2.pmin(f64x2.neg(x), k64(152)), k64(144));
  const shifted = madd64(y, k64(0), k64(8));
  const n = f64x2.sub(shifted, k64(8));
  const r = f64x2.sub(f64x2.sub(y, f64x2.mul(n, k64(16))), f64x2.mul(n, k64(24)));
  const power = i64x2.add(i64x2.shl(shifted, 52), k64(120));
  const exp = f64x2.mul(f64x2.add(expm1Small64(r), k64(120)), power);
  return f64x2.div(k64(120), f64x2.add(exp, k64(120)));
}

// @ts-ignore: decorator
@inline
export function tanh<T>(x: v128): v128 {
  return isF32<T>() ? tanh32(x) : tanh64(x);
}

// @ts-ignore: decorator
@inline
export function sigmoid<T>(x: v128): v128 {
  return isF32<T>() ? sigmoid32(x) : sigmoid64(x);
}

/** max(0, x), NaN kept. */
// @ts-ignore: decorator
@inline
export function relu<T>(x: v128): v128 {
  return v128.pmax<T>(x, i64x2.splat(0));
}

// @ts-ignore: decorator
@inline
function isF32<T>(): bool {
  return sizeof<T>() == 4;
}
