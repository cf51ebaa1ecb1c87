/**
 * Reads numbers in a JSON text without creating an object for each.
 */

import { powersOfTen } from "../base/decimals";

/** Lists up to this length are plain ones: a typed array costs some 200 bytes of its own. */
export const maxShortNumbers = 64;

const numberPattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

/** Whole numbers of so many digits are exact, whatever the digits. */
const exactDigits = 15;

/** Digits of the longest integer whose remainder is worth knowing: 2^64 has twenty. */
const maxExactDigits = 21;

const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];
const exponents = [0x45, 0x65];

/** Reads numbers at positions of a text; its fields describe the latest one. Owned by one parse. */
export class JsonNumbers {
  /** Behind the number. */
  end = 0;
  /** True when it was written without point and exponent. */
  isInteger = false;
  /** The remainder to add to an integer beyond 2^53. */
  remainder = 0;
  readonly #source: string;
  /** The digits read so far as a whole number. */
  #whole = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** The number at a place; undefined where there is none. */
  at(start: number): number | undefined {
    return this.#short(start) ?? this.#any(start);
  }

  /** The number was a word, such as NaN. */
  setFloat(): void {
    this.isInteger = false;
    this.remainder = 0;
  }

  /** Digits with a point between them, few enough to be exact as a whole number; undefined for any other number. */
  #short(start: number): number | undefined {
    const isNegative = this.#source.charCodeAt(start) === minus;
    const from = isNegative ? start + 1 : start;
    this.#whole = 0;
    const middle = this.#skipDigits(from);
    const hasPoint = this.#source.charCodeAt(middle) === point;
    const end = hasPoint ? this.#skipDigits(middle + 1) : middle;
    const before = middle - from;
    const decimals = hasPoint ? end - middle - 1 : 0;
    const hasLeadingZero = before > 1 && this.#source.charCodeAt(from) === zero;
    const isComplete = before > 0 && hasPoint === decimals > 0 && !this.#isExponent(end);
    if (hasLeadingZero || !isComplete || before + decimals > exactDigits) return undefined;
    this.end = end;
    this.isInteger = !hasPoint;
    this.remainder = 0;
    const value = this.#whole / (powersOfTen[decimals] ?? 1);
    return isNegative ? -value : value;
  }

  #isExponent(at: number): boolean {
    return exponents.includes(this.#source.charCodeAt(at));
  }

  /** Adds digits to `#whole`; gives the place behind them. */
  #skipDigits(start: number): number {
    let whole = this.#whole;
    let at = start;
    let code = this.#source.charCodeAt(at);
    for (; code >= zero && code <= nine; code = this.#source.charCodeAt(++at)) {
      whole = whole * 10 + (code - zero);
    }
    this.#whole = whole;
    return at;
  }

  #any(start: number): number | undefined {
    numberPattern.lastIndex = start;
    const match = numberPattern.exec(this.#source);
    if (match === null) return undefined;
    this.end = numberPattern.lastIndex;
    const value = Number(match[0]);
    this.isInteger = match[1] === undefined && match[2] === undefined;
    const isRounded =
      this.isInteger && !Number.isSafeInteger(value) && match[0].length <= maxExactDigits;
    this.remainder = isRounded ? Number(BigInt(match[0]) - BigInt(value)) : 0;
    return value;
  }
}

/** A list of numbers that is long, or has remainders. */
export class LongList {
  readonly #numbers: Float64Array;
  #remainders: Float64Array | undefined;
  #length: number;

  /** `more` is how many may follow the first ones; what is not used of it takes no memory. */
  constructor(first: readonly number[], more: number) {
    this.#numbers = new Float64Array(first.length + more);
    this.#numbers.set(first);
    this.#length = first.length;
  }

  push(number: number, remainder: number): void {
    if (remainder !== 0) {
      this.#remainders ??= new Float64Array(this.#numbers.length);
      this.#remainders[this.#length] = remainder;
    }
    this.#numbers[this.#length] = number;
    this.#length += 1;
  }

  get numbers(): Float64Array {
    return fitted(this.#numbers, this.#length);
  }

  get remainders(): Float64Array | undefined {
    return this.#remainders && fitted(this.#remainders, this.#length);
  }
}

/** Bytes up to which a copy is worth what it lets go: pages that were never written to take no memory. */
const copiedBytes = 2 ** 20;

function fitted(values: Float64Array, length: number): Float64Array {
  const used = values.subarray(0, length);
  return values.byteLength <= copiedBytes ? used.slice() : used;
}
