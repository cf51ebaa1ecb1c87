/**
 * Numbers in cells of a table of text, as numpy.savetxt, pandas and spreadsheets write them.
 */
import { powersOfTen } from "../base/decimals";

/** A number; how many digits it has; whether it is written without a point or an exponent. */
export interface Cell {
  value: number;
  digits: number;
  isInteger: boolean;
  isMissing: boolean;
}

const zero = 0x30;
const nine = 0x39;
const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;
const upperE = 0x45;
const lowerE = 0x65;

/** Whole numbers below this are exact. */
const maxExact = 2 ** 53;

const decimalNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** What NumPy, pandas, R and spreadsheets write for numbers that are none, and for cells without a value. */
const notFinite: ReadonlyMap<string, number> = new Map([
  ...["nan", "+nan", "-nan", "1.#qnan", "-1.#ind"].map((name) => [name, NaN] as const),
  ...["inf", "+inf", "infinity", "+infinity", "1.#inf"].map((name) => [name, Infinity] as const),
  ...["-inf", "-infinity", "-1.#inf"].map((name) => [name, -Infinity] as const),
]);
const missing: ReadonlySet<string> = new Set(["", "na", "n/a", "null", "none", "<na>"]);
const truths: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["false", 0],
]);

/** More characters than a number has. */
const maxCellBytes = 1024;

const latin1 = new TextDecoder("latin1");

/**
 * Reads the cell from `start` to `end` into `cell`; false where it is no number. Blanks around it, and quotes, are left.
 * `comma` is the byte that is the decimal point.
 */
export function readCell(
  bytes: Uint8Array,
  start: number,
  end: number,
  comma: number,
  cell: Cell,
): boolean {
  if (readPlain(bytes, start, end, comma, cell)) return true;
  return (
    end - start <= maxCellBytes &&
    readWritten(latin1.decode(bytes.subarray(start, end)), comma, cell)
  );
}

/** Digits with a point and a sign that make a number at once; false for everything else. */
// eslint-disable-next-line complexity -- once for each of millions of cells
function readPlain(
  bytes: Uint8Array,
  start: number,
  end: number,
  comma: number,
  cell: Cell,
): boolean {
  const first = bytes[start];
  let at = first === minus || first === plus ? start + 1 : start;
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= zero && byte <= nine) {
      mantissa = 10 * mantissa + byte - zero;
      if (mantissa > 0) digits += 1;
      if (decimals >= 0) decimals += 1;
    } else if (byte === comma && decimals < 0) decimals = 0;
    else return false;
  }
  if (mantissa >= maxExact || decimals >= powersOfTen.length || end === start || first === comma) {
    return false;
  }
  const value = decimals > 0 ? mantissa / (powersOfTen[decimals] ?? 0) : mantissa;
  const last = bytes[end - 1] ?? 0;
  if (last < zero && last !== comma) return false;
  cell.value = first === minus ? -value : value;
  cell.digits = digits;
  cell.isInteger = decimals < 0;
  cell.isMissing = false;
  return true;
}

function readWritten(written: string, comma: number, cell: Cell): boolean {
  // Most of all: numbers with an exponent, or with more digits than are exact.
  if (comma === point && decimalNumber.test(written)) {
    cell.value = Number(written);
    cell.digits = digitsOf(written);
    cell.isInteger = !/[.e]/i.test(written);
    cell.isMissing = false;
    return true;
  }
  const bare = written
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .trim();
  const name = bare.toLowerCase();
  const plain = comma === point ? bare : bare.replace(String.fromCharCode(comma), ".");
  const known = notFinite.get(name) ?? (missing.has(name) ? NaN : truths.get(name));
  if (known === undefined && !decimalNumber.test(plain)) return false;
  cell.value = known ?? Number(plain);
  cell.digits = known === undefined ? digitsOf(plain) : 0;
  cell.isInteger = /^[+-]?\d+$/.test(plain) || truths.has(name);
  cell.isMissing = missing.has(name);
  return true;
}

/** Digits of the mantissa without zeros in front. */
function digitsOf(written: string): number {
  let digits = 0;
  for (let at = 0; at < written.length; at += 1) {
    const code = written.charCodeAt(at);
    if (code === upperE || code === lowerE) break;
    const isDigit = code >= zero && code <= nine;
    if (isDigit && (digits > 0 || code !== zero)) digits += 1;
  }
  return digits;
}
