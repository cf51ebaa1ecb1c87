/**
 * Sums and extremes of cells of a patch of reals, as src/statistics/tiles/patchKernel.ts describes them.
 *
 * Memory: 64 KiB of the compiler's, then, in this order, what `layout` gives the addresses of.
 */

/** Reals of a patch, 8 bytes each at most. */
const PATCH: usize = 65536;
const MAX_REALS: usize = 8192;
/** One f64 a cell, of which there may be as many as reals. */
const SUMS: usize = PATCH + 8 * MAX_REALS;
const EXTREMES: usize = SUMS + 8 * MAX_REALS;

/** Addresses: 0 patch, 1 sums, 2 extremes. */
export function layout(part: i32): usize {
  if (part == 0) return PATCH;
  return part == 1 ? SUMS : EXTREMES;
}

// @ts-ignore: decorator
@inline
function sumOf(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// @ts-ignore: decorator
@inline
function put(cell: usize, sum: f64, least: f64, most: f64): void {
  store<f64>(SUMS + (cell << 3), sum);
  store<f64>(EXTREMES + (cell << 3), most > -least ? most : least);
}

/** Of `rows` × `columns` f32: cells of all rows and `width` columns each, the last one of what is left. */
export function cells32(rows: i32, columns: i32, width: i32): void {
  const rowBytes = (columns as usize) << 2;
  for (let from = 0, cell: usize = 0; from < columns; from += width, cell++) {
    const count = min<i32>(width, columns - from);
    let row = PATCH + ((from as usize) << 2);
    const first = load<f32>(row);
    let least = f32x4.splat(first);
    let most = least;
    let lowSums = f64x2.splat(0);
    let highSums = lowSums;
    let minimum = first;
    let maximum = first;
    let rest: f64 = 0;
    for (let r = 0; r < rows; r++, row += rowBytes) {
      const end = row + ((count as usize) << 2);
      let at = row;
      for (; at + 16 <= end; at += 16) {
        const v = v128.load(at);
        least = f32x4.pmin(least, v);
        most = f32x4.pmax(most, v);
        lowSums = f64x2.add(lowSums, f64x2.promote_low_f32x4(v));
        highSums = f64x2.add(highSums, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)));
      }
      for (; at < end; at += 4) {
        const value = load<f32>(at);
        minimum = min<f32>(minimum, value);
        maximum = max<f32>(maximum, value);
        rest += value as f64;
      }
    }
    least = f32x4.pmin(least, i64x2.shuffle(least, least, 1, 1));
    most = f32x4.pmax(most, i64x2.shuffle(most, most, 1, 1));
    minimum = min<f32>(
      minimum,
      min<f32>(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1)),
    );
    maximum = max<f32>(
      maximum,
      max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    );
    put(cell, sumOf(f64x2.add(lowSums, highSums)) + rest, minimum as f64, maximum as f64);
  }
}

/** The same of f64. */
export function cells64(rows: i32, columns: i32, width: i32): void {
  const rowBytes = (columns as usize) << 3;
  for (let from = 0, cell: usize = 0; from < columns; from += width, cell++) {
    const count = min<i32>(width, columns - from);
    let row = PATCH + ((from as usize) << 3);
    const first = load<f64>(row);
    let least = f64x2.splat(first);
    let most = least;
    let sums = f64x2.splat(0);
    let minimum = first;
    let maximum = first;
    let rest: f64 = 0;
    for (let r = 0; r < rows; r++, row += rowBytes) {
      const end = row + ((count as usize) << 3);
      let at = row;
      for (; at + 16 <= end; at += 16) {
        const v = v128.load(at);
        least = f64x2.pmin(least, v);
        most = f64x2.pmax(most, v);
        sums = f64x2.add(sums, v);
      }
      if (at < end) {
        const value = load<f64>(at);
        minimum = min<f64>(minimum, value);
        maximum = max<f64>(maximum, value);
        rest += value;
      }
    }
    minimum = min<f64>(
      minimum,
      min<f64>(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)),
    );
    maximum = max<f64>(
      maximum,
      max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)),
    );
    put(cell, sumOf(sums) + rest, minimum, maximum);
  }
}
