/**
 * JSON text → values, for weights in JSON and for the safetensors header.
 *
 * Spec:    RFC 8259, and NaN, Infinity, -Infinity as Python's `json` module writes them.
 * Refuses: a key that occurs twice (one of the two would be lost silently), nesting over `maxDepth`.
 * Objects become Maps, so that a key such as `__proto__` is a key like any other; a list of nothing but
 * numbers becomes a `NumberList`, which is what nearly all of a file of weights consists of.
 */
import { FormatError, LimitError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { JsonNumbers, LongList, maxShortNumbers } from "./numbers";
import { maxAxes, maxDepth } from "../base/limits";

/** A container costs some 100 bytes however short its text is (`[],`); this keeps the values of a file near 200 MB. */
const maxJsonContainers = 524_288;

const literals: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
];

export type JsonValue = null | boolean | number | string | NumberList | JsonValue[] | JsonObject;
export type JsonObject = Map<string, JsonValue>;

/** A non-empty list of numbers. */
export interface NumberList {
  /** A plain list where it is short: there may be many of them. */
  readonly numbers: readonly number[] | Float64Array;
  /** True when every number was written without point and exponent. */
  readonly integers: boolean;
  /** Where there are integers beyond 2^53: what is to be added to each of `numbers`, which are rounded. */
  readonly remainders: Float64Array | undefined;
}

/** The numbers of a list as sizes of axes; of a list that is too long for a shape, one more than a shape may have. */
export function sizesOf({ numbers }: NumberList): readonly number[] {
  return numbers instanceof Float64Array ? [...numbers.subarray(0, maxAxes + 1)] : numbers;
}

/** True for a list of numbers. */
export function isNumberList(value: JsonValue | undefined): value is NumberList {
  return typeof value === "object" && value !== null && "numbers" in value;
}

/**
 * Parses the UTF-8 text that lies at absolute position `base` of `file`.
 * @throws FormatError where the text is not JSON or not UTF-8, LimitError when it nests too deeply or has too many lists
 * and objects.
 */
export function parseJson(
  file: string,
  bytes: Uint8Array,
  base = 0,
  maxContainers = maxJsonContainers,
): JsonValue {
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(file, text("the text is not UTF-8"), {
      cause,
      remedies: [{ do: "save-as", format: "UTF-8" }],
    });
  }
  return new JsonParser(file, source, base, maxContainers).document();
}

class JsonParser {
  readonly #file: string;
  readonly #source: string;
  readonly #base: number;
  readonly #maxContainers: number;
  readonly #numbers: JsonNumbers;
  #position = 0;
  #containers = 0;

  constructor(file: string, source: string, base: number, maxContainers: number) {
    this.#file = file;
    this.#source = source;
    this.#base = base;
    this.#maxContainers = maxContainers;
    this.#numbers = new JsonNumbers(source);
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#position < this.#source.length)
      throw this.#error(text("text after the end of the JSON value"));
    return value;
  }

  #value(depth: number): JsonValue {
    const next = this.#peek();
    if (next === "{") return this.#object(depth + 1);
    if (next === "[") return this.#list(depth + 1);
    if (next === '"') return this.#string();
    const number = this.#number();
    if (number !== undefined) return number;
    for (const [word, value] of literals) {
      if (this.#source.startsWith(word, this.#position)) {
        this.#position += word.length;
        return value;
      }
    }
    throw this.#unexpected(text("a JSON value"));
  }

  #object(depth: number): JsonObject {
    this.#enter(depth);
    const object: JsonObject = new Map();
    if (this.#accept("}")) return object;
    do {
      if (this.#peek() !== '"') throw this.#unexpected(text("a key in double quotes"));
      const key = this.#string();
      if (object.has(key)) throw this.#error(text("the key {0} occurs twice", key));
      if (!this.#accept(":")) throw this.#unexpected(text("a colon"));
      object.set(key, this.#value(depth));
    } while (this.#accept(","));
    if (!this.#accept("}")) throw this.#unexpected(text("a comma or a closing brace"));
    return object;
  }

  #list(depth: number): JsonValue[] | NumberList {
    this.#enter(depth);
    if (this.#accept("]")) return [];
    const found = this.#numbers;
    const numbers: number[] = [];
    let long: LongList | undefined;
    let integers = true;
    do {
      const number = this.#numberOrLiteral();
      if (number === undefined) return this.#mixedList([...(long?.numbers ?? numbers)], depth);
      integers &&= found.isInteger;
      if (long === undefined && (numbers.length === maxShortNumbers || found.remainder !== 0)) {
        long = new LongList(numbers, this.#lengthOfList());
      }
      if (long === undefined) numbers.push(number);
      else long.push(number, found.remainder);
    } while (this.#accept(","));
    this.#closeList();
    if (long === undefined) return { numbers, integers, remainders: undefined };
    return { numbers: long.numbers, integers, remainders: long.remainders };
  }

  /** Numbers that a list of numbers can still have, by the length of its text. */
  #lengthOfList(): number {
    const end = this.#source.indexOf("]", this.#position);
    return Math.ceil(((end < 0 ? this.#source.length : end) - this.#position) / 2) + 2;
  }

  /** Goes on with a list that turned out to hold more than numbers; `list` is what was read of it. */
  #mixedList(list: JsonValue[], depth: number): JsonValue[] {
    do {
      list.push(this.#value(depth));
    } while (this.#accept(","));
    this.#closeList();
    return list;
  }

  #closeList(): void {
    if (!this.#accept("]")) throw this.#unexpected(text("a comma or a closing bracket"));
  }

  #numberOrLiteral(): number | undefined {
    const number = this.#number();
    if (number !== undefined) return number;
    for (const [word, value] of literals) {
      if (typeof value === "number" && this.#source.startsWith(word, this.#position)) {
        this.#position += word.length;
        this.#numbers.setFloat();
        return value;
      }
    }
    return undefined;
  }

  /** What it was written like is in `#numbers` afterwards. */
  #number(): number | undefined {
    this.#skipSpace();
    const number = this.#numbers.at(this.#position);
    if (number !== undefined) this.#position = this.#numbers.end;
    return number;
  }

  #string(): string {
    const start = this.#position;
    let end = start + 1;
    let isPlain = true;
    for (;;) {
      const code = this.#source.charCodeAt(end);
      if (Number.isNaN(code)) throw this.#error(text("a string without closing quote"));
      if (code === 0x22) break;
      if (code === 0x5c || code < 0x20) isPlain = false;
      end += code === 0x5c ? 2 : 1;
    }
    this.#position = end + 1;
    if (isPlain) return this.#source.slice(start + 1, end);
    try {
      return JSON.parse(this.#source.slice(start, end + 1)) as string;
    } catch (cause) {
      this.#position = start;
      throw this.#error(text("a string with an invalid escape or a control character"), cause);
    }
  }

  #enter(depth: number): void {
    this.#position += 1;
    if (depth > maxDepth) {
      throw new LimitError(this.#file, { of: "json-depth" }, maxDepth, depth);
    }
    this.#containers += 1;
    if (this.#containers > this.#maxContainers) {
      throw new LimitError(this.#file, { of: "list-count" }, this.#maxContainers, this.#containers);
    }
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position += 1;
    return true;
  }

  #peek(): string | undefined {
    this.#skipSpace();
    return this.#source[this.#position];
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#source.charCodeAt(this.#position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#position += 1;
    }
  }

  #unexpected(expected: Text): FormatError {
    const found = this.#source[this.#position];
    return found === undefined
      ? this.#error(text("the JSON text ends where {0} is expected", expected))
      : this.#error(text("expected {0}, found {1}", expected, JSON.stringify(found)));
  }

  #error(problem: Text, cause?: unknown): FormatError {
    const before = new TextEncoder().encode(this.#source.slice(0, this.#position));
    return new FormatError(this.#file, problem, { offset: this.#base + before.length, cause });
  }
}
