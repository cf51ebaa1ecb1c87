/**
 * tanh and sigmoid of 4 f32 or 2 f64.
 *
 * Both come from exp(y) = 2^n · exp(r), n = round(y / ln2), r = y − n · ln2 in two steps (Cody & Waite), |r| ≤ ln2 / 2,
 * and t = tanh(r / 2) = r · p(r²), for which exp(r) = (1 + t) / (1 − t). With s = 2^n that leaves one division:
 *
 *   tanh(x)    = (exp(2x) − 1) / (exp(2x) + 1) = (s − 1 + t (s + 1)) / (s + 1 + t (s − 1)): no digit is lost near 0
 *   sigmoid(x) = 1 / (1 + exp(−x))             = (1 − t) / (1 − t + s (1 + t))
 *
 * n is rounded by adding 1.5 · 2^23 + 127 (f64: 1.5 · 2^52 + 1023), which leaves it in the low bits as an exponent that
 * only has to be shifted to its place. pmin and pmax keep their first operand when it is NaN, and are one instruction.
 * Constants are read from a table where they are used: V8 builds vectors of constants anew each time.
 */

// p: minimax (Remez), relative error 1.4e-10 for tanh in f32, which is t where n = 0; 4.5e-8 for sigmoid in f32, whose
// digits are those of 1 ± t; 3.8e-18 in f64. ln2 in two: a product of n and the upper part is exact. For tanh, whose y is
// 2x, everything is for r / 2: t = r / 2 · p(r² / 4); in f32 its ln2 is one number, as n is 0 where that would count.
const F32: usize = memory.data<f32>([
  12583039, // 0: 1.5 · 2^23 + 127
  1, // 4
  2.88539008, 0.34657359, // 8: 2 / ln2; 12: ln2 / 2
  9.1, -9.1, // 16, 20: tanh is 1 and −1 beyond
  0.999999999864, -0.3333331880104, 0.1333091274006, -0.05267414270848, // 24 … 36: p for r / 2
  -1.44269504, 0.693359375, -2.12194440e-4, // 40: −1 / ln2; 44, 48: ln2
  80, -89, // 52, 56: sigmoid is 1 beyond the one, below all normal numbers beyond the other
  0.49999997757, -0.041663302645, 0.0040917057186, // 60 … 68: p
]);

const F64: usize = memory.data<f64>([
  6755399441056767, // 0: 1.5 · 2^52 + 1023
  1, // 8
  0.4999999999999999981, -0.041666666666665119703, 0.0041666666664608287947, // 16 … 32: p
  -0.00042162697385037020451, 0.000042713600253312373773, -4.3247592041233535737e-6, // 40 … 56
  4.2025383027677016246e-7, // 64
  2.8853900817779268147, 0.346573590184561908245, 9.54107464635293850010e-11, // 72, 80, 88
  20, -20, // 96, 104
  -1.4426950408889634074, 0.693147180369123816490, 1.90821492927058770002e-10, // 112, 120, 128
  600, -710, // 136, 144
  0.9999999999999999962, -0.333333333333320957624, 0.13333333332674652143, // 152 … 168: p for r / 2
  -0.0539682526528473861773, 0.0218693633296959353718, -0.00885710685004462811894, // 176 … 192
  0.00344271937762730117087, // 200
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

/** a · b + sum. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, sum);
  return v128.add<T>(v128.mul<T>(a, b), sum);
}

/** sum − a · b. */
// @ts-ignore: decorator
@inline
function nmadd<T>(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, sum);
  return v128.sub<T>(sum, v128.mul<T>(a, b));
}

/** r · p(r²), where p is in the table. */
// @ts-ignore: decorator
@inline
function odd64(r: v128, table: usize): v128 {
  const z = f64x2.mul(r, r);
  let p = madd<f64>(z, k64(table + 48), k64(table + 40));
  p = madd<f64>(p, z, k64(table + 32));
  p = madd<f64>(p, z, k64(table + 24));
  p = madd<f64>(p, z, k64(table + 16));
  p = madd<f64>(p, z, k64(table + 8));
  p = madd<f64>(p, z, k64(table));
  return f64x2.mul(p, r);
}

// @ts-ignore: decorator
@inline
function tanh32(input: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(input, k32(16)), k32(20));
  const shifted = madd<f32>(x, k32(8), k32(0));
  const r = nmadd<f32>(f32x4.sub(shifted, k32(0)), k32(12), x);
  const z = f32x4.mul(r, r);
  let p = madd<f32>(z, k32(36), k32(32));
  p = madd<f32>(p, z, k32(28));
  p = madd<f32>(p, z, k32(24));
  const t = f32x4.mul(p, r);
  const s = i32x4.shl(shifted, 23);
  const less = f32x4.sub(s, k32(4));
  const more = f32x4.add(s, k32(4));
  return f32x4.div(madd<f32>(t, more, less), madd<f32>(t, less, more));
}

// @ts-ignore: decorator
@inline
function tanh64(input: v128): v128 {
  const x = f64x2.pmax(f64x2.pmin(input, k64(96)), k64(104));
  const shifted = madd<f64>(x, k64(72), k64(0));
  const n = f64x2.sub(shifted, k64(0));
  const t = odd64(nmadd<f64>(n, k64(88), nmadd<f64>(n, k64(80), x)), 152);
  const s = i64x2.shl(shifted, 52);
  const less = f64x2.sub(s, k64(8));
  const more = f64x2.add(s, k64(8));
  return f64x2.div(madd<f64>(t, more, less), madd<f64>(t, less, more));
}

/** r has the other sign here, and t with it. */
// @ts-ignore: decorator
@inline
function sigmoid32(input: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(input, k32(52)), k32(56));
  const shifted = madd<f32>(x, k32(40), k32(0));
  const n = f32x4.sub(shifted, k32(0));
  const r = madd<f32>(n, k32(48), madd<f32>(n, k32(44), x));
  const z = f32x4.mul(r, r);
  const p = madd<f32>(madd<f32>(z, k32(68), k32(64)), z, k32(60));
  const t = f32x4.mul(p, r);
  const s = i32x4.shl(shifted, 23);
  const above = f32x4.add(k32(4), t);
  return f32x4.div(above, madd<f32>(s, f32x4.sub(k32(4), t), above));
}

// @ts-ignore: decorator
@inline
function sigmoid64(input: v128): v128 {
  const x = f64x2.pmax(f64x2.pmin(input, k64(136)), k64(144));
  const shifted = madd<f64>(x, k64(112), k64(0));
  const n = f64x2.sub(shifted, k64(0));
  const t = odd64(madd<f64>(n, k64(128), madd<f64>(n, k64(120), x)), 16);
  const s = i64x2.shl(shifted, 52);
  const above = f64x2.add(k64(8), t);
  return f64x2.div(above, madd<f64>(s, f64x2.sub(k64(8), t), above));
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
