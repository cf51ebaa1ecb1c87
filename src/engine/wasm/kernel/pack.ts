/**
 * Packs row-major weights into the tiles of layout/memory.ts.
 */
import { lanes } from "./reals";

/** 4 × 4 or 2 × 2 reals, turned: lane l of vector k is what row l has at k. */
// @ts-ignore: decorator
@inline
function storeTurned32(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, stride: usize): void {
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const b = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(a, b, 0, 2));
  v128.store(to + stride, i64x2.shuffle(a, b, 1, 3));
  v128.store(to + 2 * stride, i64x2.shuffle(c, d, 0, 2));
  v128.store(to + 3 * stride, i64x2.shuffle(c, d, 1, 3));
}

/** One vector of gates: the same gate of as many neighbouring units as a vector has lanes, for every k. */
function packVector<T>(from: usize, rowBytes: usize, units: i32, k: i32, to: usize, stride: usize): void {
  let done = 0;
  if (units == lanes<T>()) {
    if (sizeof<T>() == 4) {
      for (; done + 4 <= k; done += 4, from += 16, to += stride << 2) {
        storeTurned32(
          v128.load(from), v128.load(from + rowBytes),
          v128.load(from + 2 * rowBytes), v128.load(from + 3 * rowBytes), to, stride,
        );
      }
    } else {
      for (; done + 2 <= k; done += 2, from += 16, to += stride << 1) {
        const r0 = v128.load(from);
        const r1 = v128.load(from + rowBytes);
        v128.store(to, i64x2.shuffle(r0, r1, 0, 2));
        v128.store(to + stride, i64x2.shuffle(r0, r1, 1, 3));
      }
    }
  }
  for (; done < k; done++, from += sizeof<T>(), to += stride) {
    v128.store(to, i64x2.splat(0));
    for (let unit = 0; unit < units; unit++) {
      store<T>(to + (unit as usize) * sizeof<T>(), load<T>(from + (unit as usize) * rowBytes));
    }
  }
}

/**
 * Packs the groups `group` … of a matrix (gates · H, k). `from` holds `units` rows of each gate, gate after gate; the
 * last group may be short of units.
 */
export function packGroups<T>(
  from: usize, units: i32, k: i32, gates: i32, group: i32, to: usize,
): void {
  const rowBytes = (k as usize) * sizeof<T>();
  for (let unit = 0; unit < units; unit += lanes<T>(), group++) {
    const count = min(lanes<T>(), units - unit);
    for (let gate = 0; gate < gates; gate++) {
      const vector = group * gates + gate;
      packVector<T>(
        from + ((gate * units + unit) as usize) * rowBytes, rowBytes, count, k,
        to + ((((vector & ~1) * k + (vector & 1)) as usize) << 4), 32,
      );
    }
  }
}

/** Whether all of `count` reals are finite: only their products with 0 are all 0. */
export function allFinite<T>(from: usize, count: i32): bool {
  const end = from + ((count as usize) * sizeof<T>());
  let sum = i64x2.splat(0);
  for (; from + 16 <= end; from += 16) {
    sum = v128.add<T>(sum, v128.mul<T>(v128.load(from), i64x2.splat(0)));
  }
  let rest: T = v128.extract_lane<T>(sum, 0) + v128.extract_lane<T>(sum, 1);
  if (sizeof<T>() == 4) {
    rest = (rest + v128.extract_lane<T>(sum, 2) + v128.extract_lane<T>(sum, 3)) as T;
  }
  for (; from < end; from += sizeof<T>()) rest = (rest + load<T>(from) * (0 as T)) as T;
  return rest == (0 as T);
}
