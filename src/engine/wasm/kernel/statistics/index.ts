/**
 * Statistics of chunks of finite reals, as src/statistics/kernel.ts describes them.
 *
 * Memory: 64 KiB of the compiler's, then, in this order, what `layout` gives the addresses of. Counts are u32: the caller
 * takes them out before they overflow.
 */

/** Classes by the upper half of the float32 bits. */
const CLASSES: usize = 65536;
const MAX_SLOTS: usize = 18;

/** Reals of a chunk, 8 bytes each at most. */
const CHUNK: usize = 65536;
/** Results of `measure`: sum, squares, min, max, zeros, f64 each. */
const RESULTS: usize = CHUNK + 65536;
/** Two tables, for values at even and odd places: neighbours are often of one class, and would wait for each other. */
const COUNTS: usize = RESULTS + 64;
const SLOTS: usize = COUNTS + 8 * CLASSES;
/** Four tables of 256; the largest value is in bin 128. */
const BINS: usize = SLOTS + CLASSES;
const LOW_HALVES: usize = BINS + 4096;
const KEPT: usize = LOW_HALVES + 4 * MAX_SLOTS * CLASSES;

/** Values in KEPT. */
let kept: i32 = 0;
/** Whether values of the classes looked at are kept; else they are counted by their lower halves. */
let isKeeping: bool = false;

/** Addresses: 0 chunk, 1 results, 2 counts, 3 slots, 4 bins, 5 low halves, 6 kept values. */
export function layout(part: i32): usize {
  if (part == 0) return CHUNK;
  if (part == 1) return RESULTS;
  if (part == 2) return COUNTS;
  if (part == 3) return SLOTS;
  if (part == 4) return BINS;
  if (part == 5) return LOW_HALVES;
  return KEPT;
}

/** Begins the second pass. The caller sees to it that there is memory for what is kept. */
export function keep(isOn: bool): void {
  kept = 0;
  isKeeping = isOn;
}

export function keptCount(): i32 {
  return kept;
}

// @ts-ignore: decorator
@inline
function sumOf(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

function writeResults(sum: f64, squares: f64, least: f64, most: f64, zeros: i32): void {
  store<f64>(RESULTS, sum);
  store<f64>(RESULTS, squares, 8);
  store<f64>(RESULTS, least, 16);
  store<f64>(RESULTS, most, 24);
  store<f64>(RESULTS, zeros as f64, 32);
}

/** Sums of `count` f32 and their classes; 0, and nothing counted, when one of them is not finite. */
export function measure32(count: i32, shift: f64): i32 {
  const end = CHUNK + ((count as usize) << 2);
  const vectorEnd = CHUNK + ((count as usize & ~3) << 2);
  const shifts = f64x2.splat(shift);
  let sums = f64x2.splat(0);
  let sums2 = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let squares2 = f64x2.splat(0);
  let other = f32x4.splat(0);
  let zeros = i32x4.splat(0);
  const first = load<f32>(CHUNK);
  let least = f32x4.splat(first);
  let most = least;
  let at = CHUNK;
  for (; at < vectorEnd; at += 16) {
    const v = v128.load(at);
    least = f32x4.pmin(least, v);
    most = f32x4.pmax(most, v);
    other = f32x4.add(other, f32x4.mul(v, f32x4.splat(0)));
    zeros = i32x4.sub(zeros, f32x4.eq(v, f32x4.splat(0)));
    const low = f64x2.sub(f64x2.promote_low_f32x4(v), shifts);
    const high = f64x2.sub(f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)), shifts);
    sums = f64x2.add(sums, low);
    sums2 = f64x2.add(sums2, high);
    squares = f64x2.add(squares, f64x2.mul(low, low));
    squares2 = f64x2.add(squares2, f64x2.mul(high, high));
  }
  let sum = sumOf(f64x2.add(sums, sums2));
  let square = sumOf(f64x2.add(squares, squares2));
  let rest: f32 = f32x4.extract_lane(other, 0) + f32x4.extract_lane(other, 1)
    + f32x4.extract_lane(other, 2) + f32x4.extract_lane(other, 3);
  let zero = i32x4.extract_lane(zeros, 0) + i32x4.extract_lane(zeros, 1)
    + i32x4.extract_lane(zeros, 2) + i32x4.extract_lane(zeros, 3);
  let minimum = min<f32>(
    min<f32>(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1)),
    min<f32>(f32x4.extract_lane(least, 2), f32x4.extract_lane(least, 3)),
  );
  let maximum = max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; at < end; at += 4) {
    const value = load<f32>(at);
    const difference = (value as f64) - shift;
    sum += difference;
    square += difference * difference;
    rest += value * 0;
    if (value == 0) zero++;
    minimum = min<f32>(minimum, value);
    maximum = max<f32>(maximum, value);
  }
  if (rest != 0) return 0;
  countClasses(end);
  writeResults(sum, square, minimum as f64, maximum as f64, zero);
  return 1;
}

function countClasses(end: usize): void {
  let at = CHUNK;
  for (; at + 16 <= end; at += 16) {
    const first = load<u64>(at);
    const second = load<u64>(at, 8);
    countClass((first >> 16) as usize & 0xffff, 0);
    countClass((first >> 48) as usize, 4);
    countClass((second >> 16) as usize & 0xffff, 0);
    countClass((second >> 48) as usize, 4);
  }
  for (; at < end; at += 4) countClass((load<u32>(at) >> 16) as usize, 0);
}

// @ts-ignore: decorator
@inline
function countClass(index: usize, table: usize): void {
  const address = COUNTS + (index << 3) + table;
  store<u32>(address, load<u32>(address) + 1);
}

/** The same for f64, whose classes are those of the float32 they round to. */
export function measure64(count: i32, shift: f64): i32 {
  const end = CHUNK + ((count as usize) << 3);
  const vectorEnd = CHUNK + ((count as usize & ~1) << 3);
  const shifts = f64x2.splat(shift);
  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let other = f64x2.splat(0);
  let zeros = i64x2.splat(0);
  let least = f64x2.splat(load<f64>(CHUNK));
  let most = least;
  let at = CHUNK;
  for (; at < vectorEnd; at += 16) {
    const v = v128.load(at);
    least = f64x2.pmin(least, v);
    most = f64x2.pmax(most, v);
    other = f64x2.add(other, f64x2.mul(v, f64x2.splat(0)));
    zeros = i64x2.sub(zeros, f64x2.eq(v, f64x2.splat(0)));
    const difference = f64x2.sub(v, shifts);
    sums = f64x2.add(sums, difference);
    squares = f64x2.add(squares, f64x2.mul(difference, difference));
  }
  let sum = sumOf(sums);
  let square = sumOf(squares);
  let rest = sumOf(other);
  let zero = (i64x2.extract_lane(zeros, 0) + i64x2.extract_lane(zeros, 1)) as i32;
  let minimum = min<f64>(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  let maximum = max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  if (at < end) {
    const value = load<f64>(at);
    const difference = value - shift;
    sum += difference;
    square += difference * difference;
    rest += value * 0;
    if (value == 0) zero++;
    minimum = min<f64>(minimum, value);
    maximum = max<f64>(maximum, value);
  }
  if (rest != 0) return 0;
  for (at = CHUNK; at < end; at += 8) {
    countClass((reinterpret<u32>(load<f64>(at) as f32) >> 16) as usize, (at >> 1) & 4);
  }
  writeResults(sum, square, minimum, maximum, zero);
  return 1;
}

/** Whether no real of the chunk is NaN or infinite: only their products with 0 are not all 0. */
function isFinite<T>(end: usize): bool {
  let other = i64x2.splat(0);
  let at = CHUNK;
  for (; at + 16 <= end; at += 16) {
    other = v128.add<T>(other, v128.mul<T>(v128.load(at), i64x2.splat(0)));
  }
  let rest: f64 = 0;
  if (sizeof<T>() == 4) {
    rest = (f32x4.extract_lane(other, 0) + f32x4.extract_lane(other, 1)
      + f32x4.extract_lane(other, 2) + f32x4.extract_lane(other, 3)) as f64;
  } else {
    rest = sumOf(other);
  }
  for (; at < end; at += sizeof<T>()) rest += (load<T>(at) as f64) * 0;
  return rest == 0;
}

/** 2^32: added to a bin it leaves 20 bits of the fraction, and the bin itself in the bits above. */
const UNIT: f64 = 4294967296;

/** Counts `count` f32 in their bins, (value − least) · scale, and in the classes looked at; 0 when one is not finite. */
export function bin32(count: i32, least: f64, scale: f64): i32 {
  const end = CHUNK + ((count as usize) << 2);
  if (!isFinite<f32>(end)) return 0;
  const leasts = f64x2.splat(least);
  const scales = f64x2.splat(scale);
  const units = f64x2.splat(UNIT);
  let at = CHUNK;
  for (; at + 16 <= end; at += 16) {
    const v = v128.load(at);
    const low = f64x2.sub(f64x2.promote_low_f32x4(v), leasts);
    const high = f64x2.sub(f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)), leasts);
    const lowBins = f64x2.add(f64x2.mul(low, scales), units);
    const highBins = f64x2.add(f64x2.mul(high, scales), units);
    countBin(i64x2.extract_lane(lowBins, 0), 0);
    countBin(i64x2.extract_lane(lowBins, 1), 4);
    countBin(i64x2.extract_lane(highBins, 0), 8);
    countBin(i64x2.extract_lane(highBins, 1), 12);
    const first = load<u64>(at);
    const second = load<u64>(at, 8);
    const slots = slotOf((first >> 16) as usize & 0xffff) | slotOf((first >> 48) as usize)
      | slotOf((second >> 16) as usize & 0xffff) | slotOf((second >> 48) as usize);
    if (slots) {
      lookAt(first as u32, load<f32>(at) as f64);
      lookAt((first >> 32) as u32, load<f32>(at, 4) as f64);
      lookAt(second as u32, load<f32>(at, 8) as f64);
      lookAt((second >> 32) as u32, load<f32>(at, 12) as f64);
    }
  }
  for (; at < end; at += 4) {
    countBin(reinterpret<i64>(((load<f32>(at) as f64) - least) * scale + UNIT), 0);
    lookAt(load<u32>(at), load<f32>(at) as f64);
  }
  return 1;
}

// @ts-ignore: decorator
@inline
function countBin(bits: i64, table: usize): void {
  const address = BINS + ((bits as usize >> 20 & 0xff) << 4) + table;
  store<u32>(address, load<u32>(address) + 1);
}

// @ts-ignore: decorator
@inline
function slotOf(index: usize): u32 {
  return load<u8>(SLOTS + index);
}

// @ts-ignore: decorator
@inline
function lookAt(word: u32, value: f64): void {
  const slot = slotOf((word >> 16) as usize);
  if (!slot) return;
  if (isKeeping) {
    store<f64>(KEPT + ((kept as usize) << 3), value);
    kept++;
    return;
  }
  const address = LOW_HALVES + ((((slot - 1) << 16) | (word & 0xffff)) as usize << 2);
  store<u32>(address, load<u32>(address) + 1);
}

/** The same for f64. */
export function bin64(count: i32, least: f64, scale: f64): i32 {
  const end = CHUNK + ((count as usize) << 3);
  if (!isFinite<f64>(end)) return 0;
  for (let at = CHUNK; at < end; at += 8) {
    const value = load<f64>(at);
    countBin(reinterpret<i64>((value - least) * scale + UNIT), (at >> 1) & 12);
    lookAt(reinterpret<u32>(value as f32), value);
  }
  return 1;
}
