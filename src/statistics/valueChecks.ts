/**
 * Checks of values during a statistics pass: places of NaN, infinities and zeros, and what all values share.
 */
import type { Values } from "./kernel";

/** Rows and columns are only counted up to here. */
const maxLines = 2 ** 20;

/** Counts by row and by column of a matrix. */
export interface LineCounts {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/**
 * What has been seen so far of one tensor, or one part of it. A pass owns it, fills it chunk by chunk and hands it out
 * with its numbers; it holds counts only, and nothing that has to be disposed.
 */
export class ValueChecks {
  /** Flat indices of the first NaN and infinity; −1 without. */
  firstNan = -1;
  firstInfinity = -1;
  nans = 0;
  positiveInfinities = 0;
  negativeInfinities = 0;
  /** All finite values are whole. */
  isWhole = true;
  /** All finite values are float32, bfloat16, float16 values. */
  fitsFloat32 = true;
  fitsBfloat16 = true;
  fitsFloat16 = true;
  /** null unless lines are worth counting. */
  readonly nanLines: LineCounts | null;
  readonly zeroLines: LineCounts | null;
  readonly #columns: number;

  /** Of `rows` × `columns` values; one row where they are no matrix. */
  constructor(rows: number, columns: number) {
    this.#columns = columns;
    const isCounted = rows > 1 && columns > 1 && rows <= maxLines && columns <= maxLines;
    const lines = (): LineCounts | null =>
      isCounted ? { rows: new Float64Array(rows), columns: new Float64Array(columns) } : null;
    this.nanLines = lines();
    this.zeroLines = lines();
  }

  /** Counts the values of a chunk that are not finite; gives the others. `flat` is the index of its first. */
  finiteOf(chunk: Values, flat: number): Values {
    const finite = chunk.slice();
    let count = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const value = chunk[index]!;
      if (value - value === 0) {
        finite[count] = value;
        count += 1;
      } else {
        this.#countOther(value, flat + index);
      }
    }
    return finite.subarray(0, count);
  }

  #countOther(value: number, flat: number): void {
    if (value === Infinity) this.positiveInfinities += 1;
    else if (value === -Infinity) this.negativeInfinities += 1;
    else {
      this.nans += 1;
      if (this.firstNan < 0) this.firstNan = flat;
      this.#countLine(this.nanLines, flat);
      return;
    }
    if (this.firstInfinity < 0) this.firstInfinity = flat;
  }

  #countLine(lines: LineCounts | null, flat: number): void {
    if (lines === null) return;
    const row = Math.floor(flat / this.#columns);
    lines.rows[row]! += 1;
    lines.columns[flat - row * this.#columns]! += 1;
  }

  /** Counts where the zeros of a chunk lie. */
  countZeros(chunk: Values, flat: number): void {
    if (this.zeroLines === null) return;
    for (let index = 0; index < chunk.length; index += 1) {
      if (chunk[index] === 0) this.#countLine(this.zeroLines, flat + index);
    }
  }

  /** Clears each property that a chunk of finite values disproves; each test stops at the first such value. */
  lookAt(chunk: Values): void {
    if (this.isWhole) this.isWhole = chunk.every((value) => Number.isInteger(value));
    if (!this.fitsFloat32) return;
    this.fitsFloat32 =
      chunk instanceof Float32Array || chunk.every((value) => Math.fround(value) === value);
    if (!this.fitsFloat32) this.fitsBfloat16 = this.fitsFloat16 = false;
    if (!this.fitsBfloat16 && !this.fitsFloat16) return;
    const words = wordsOf(chunk);
    if (this.fitsBfloat16) this.fitsBfloat16 = words.every((word) => (word & 0xffff) === 0);
    if (this.fitsFloat16) this.fitsFloat16 = words.every(isFloat16);
  }
}

/** Bits as float32. */
function wordsOf(chunk: Values): Uint32Array {
  const singles = chunk instanceof Float32Array ? chunk : Float32Array.from(chunk);
  return new Uint32Array(singles.buffer, singles.byteOffset, singles.length);
}

/** True for the bits of a float32 that is a float16 value: exponents −24 … 15, 11 digits or fewer. */
function isFloat16(word: number): boolean {
  const exponent = ((word >>> 23) & 0xff) - 127;
  const fraction = word & 0x7fffff;
  if (exponent >= -14) return exponent <= 15 && (fraction & 0x1fff) === 0;
  if (exponent < -24) return exponent === -127 && fraction === 0;
  // Below 2^-14 a digit is lost with every power of two.
  return (fraction & ((1 << (-1 - exponent)) - 1)) === 0;
}
