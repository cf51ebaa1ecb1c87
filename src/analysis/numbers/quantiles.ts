/**
 * Quantiles of many magnitudes: exact while they fit into memory, from a histogram of their bits beyond.
 */

/** Values that are kept one by one: 32 MB. */
const MOST_KEPT = 2 ** 22;

/** Bits of a mantissa that choose a bin: bounds of a bin differ by 1/2,048 at most. */
const MANTISSA_BITS = 11;
const SHIFT = 20 - MANTISSA_BITS;
const BINS = 2 ** (11 + MANTISSA_BITS);

/** Collects magnitudes, |x| ≥ 0; NaN counts as larger than all others. Holds at most 64 MB. */
export class Quantiles {
  #count = 0;
  #kept: Float64Array | null = new Float64Array(1024);
  #bins: Float64Array | null = null;
  readonly #bits = new DataView(new ArrayBuffer(8));

  /** True while quantiles are those of the values themselves, and not of bins of 0.05 %. */
  get isExact(): boolean {
    return this.#kept !== null;
  }

  get count(): number {
    return this.#count;
  }

  add(magnitude: number): void {
    if (this.#kept !== null && this.#count === MOST_KEPT) this.#toBins(this.#kept);
    if (this.#kept === null) this.#addToBin(magnitude);
    else this.#keep(this.#kept, magnitude);
    this.#count++;
  }

  /** The smallest value that `share` of all values do not exceed; 0 without values. */
  at(share: number): number {
    const rank = Math.max(0, Math.ceil(share * this.#count) - 1);
    if (this.#count === 0) return 0;
    // A typed array sorts NaN last.
    if (this.#kept !== null) return this.#kept.subarray(0, this.#count).sort()[rank]!;
    return this.#fromBins(rank);
  }

  #keep(kept: Float64Array, magnitude: number): void {
    let target = kept;
    if (this.#count === kept.length) {
      target = new Float64Array(Math.min(MOST_KEPT, 2 * kept.length));
      target.set(kept);
      this.#kept = target;
    }
    target[this.#count] = magnitude;
  }

  #toBins(kept: Float64Array): void {
    this.#bins = new Float64Array(BINS);
    this.#kept = null;
    for (const magnitude of kept) this.#addToBin(magnitude);
  }

  #addToBin(magnitude: number): void {
    const bin = this.#binOf(magnitude);
    this.#bins![bin]!++;
  }

  #binOf(magnitude: number): number {
    this.#bits.setFloat64(0, Number.isNaN(magnitude) ? Number.NaN : Math.abs(magnitude));
    return (this.#bits.getUint32(0) & 0x7fffffff) >>> SHIFT;
  }

  /** The lower bound of the bin that holds the value of a rank. */
  #fromBins(rank: number): number {
    let before = 0;
    let bin = 0;
    while (bin < BINS - 1 && before + this.#bins![bin]! <= rank) before += this.#bins![bin++]!;
    this.#bits.setUint32(0, (bin << SHIFT) >>> 0);
    this.#bits.setUint32(4, 0);
    return this.#bits.getFloat64(0);
  }
}
