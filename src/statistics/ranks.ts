/**
 * Order statistics from counts by the bits of float32 values.
 */
import { classCount } from "./kernel";

/** A class that holds ranks that are asked for. */
interface LookedAt {
  readonly class: number;
  /** Rank of its first value among all. */
  readonly firstRank: number;
  readonly count: number;
  /** Rank of its first value among those of the classes looked at. */
  readonly firstKept: number;
}

/** Ranks of values, found class by class and then within the classes. */
export class Ranks {
  readonly slots = new Uint8Array(classCount);
  /** Values in the classes looked at. */
  readonly kept: number;
  readonly #lookedAt: LookedAt[] = [];

  /** `classes` are counts by the upper half of the bits; `ranks` are at most 18, ascending, from 0. */
  constructor(classes: Float64Array, ranks: readonly number[]) {
    let rank = 0;
    let kept = 0;
    let next = 0;
    for (let place = 0; place < classCount && next < ranks.length; place += 1) {
      const each = classInOrder(place);
      const count = classes[each]!;
      if (ranks[next]! < rank + count) {
        this.#lookedAt.push({ class: each, firstRank: rank, count, firstKept: kept });
        this.slots[each] = this.#lookedAt.length;
        kept += count;
      }
      rank += count;
      while (next < ranks.length && ranks[next]! < rank) next += 1;
    }
    this.kept = kept;
  }

  get slotCount(): number {
    return this.#lookedAt.length;
  }

  /** The value of a rank, from all values of the classes looked at, ascending. */
  fromKept(kept: Float64Array, rank: number): number {
    const { firstRank, firstKept } = this.#holderOf(rank);
    return kept[firstKept + rank - firstRank]!;
  }

  /** The value of a rank as a float32, from the counts by slot and lower half of the bits. */
  fromLowHalves(lowHalves: Float64Array, rank: number): number {
    const holder = this.#holderOf(rank);
    const first = (this.slots[holder.class]! - 1) * classCount;
    const isNegative = holder.class >= 0x8000;
    let left = rank - holder.firstRank;
    for (let place = 0; place < classCount; place += 1) {
      const low = isNegative ? classCount - 1 - place : place;
      left -= lowHalves[first + low]!;
      if (left < 0) return valueOf(holder.class, low);
    }
    return NaN;
  }

  #holderOf(rank: number): LookedAt {
    return this.#lookedAt.filter(({ firstRank }) => firstRank <= rank).at(-1)!;
  }
}

/** Upper halves in the order of the values: negative ones descend. */
function classInOrder(place: number): number {
  return place < 0x8000 ? 0xffff - place : place - 0x8000;
}

const bits = new Uint32Array(1);
const single = new Float32Array(bits.buffer);

/** The float32 of two halves; −0 is 0. */
function valueOf(high: number, low: number): number {
  bits[0] = ((high << 16) | low) >>> 0;
  return single[0]! + 0;
}
