/**
 * One tensor from parsed JSON: rectangular nested lists, or a record of shape, dtype and data.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import { isComplex, isDType, type DType } from "../../tensor/dtype";
import { encodeRaw, type RawValues } from "../../tensor/raw";
import { elementCount, formatShape, sameShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { isNumberList, type JsonValue, type NumberList } from "./text";
import { float32Digits, isFloat32Size } from "../base/decimals";
import { maxAxes } from "../base/limits";

/** A record `{shape, data}` of which only `shape` has been checked. */
export interface TensorRecord {
  readonly shape: readonly number[];
  readonly dtype: JsonValue | undefined;
  readonly data: JsonValue;
}

/** Values of nested lists in reading order, and hints about their type from their notation. */
interface Elements {
  readonly shape: Shape;
  readonly values: Float64Array;
  readonly kind: "bool" | "integer" | "float";
  /** What is to be added to the values where integers go beyond 2^53. */
  readonly remainders: Float64Array | undefined;
}

const integerRanges: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
  bool: [0, 1],
};

const wideRanges = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

/**
 * Builds a tensor from nested lists. Its dtype is bool, int64 or float32 as `torch.tensor` would choose, and
 * float64 when a value has more digits than float32 holds.
 * @throws FormatError when the lists are not rectangular or hold anything but numbers.
 */
export function tensorFromList(file: string, name: string, list: JsonValue): RawValues {
  const elements = readElements(file, name, list);
  return makeTensor(file, name, elements, inferDType(elements), elements.shape);
}

/**
 * Builds a tensor from `{shape, data}`.
 * @throws FormatError when shape and data do not fit, UnsupportedError for a dtype that is not read.
 */
export function tensorFromRecord(file: string, name: string, record: TensorRecord): RawValues {
  const { shape } = record;
  if (shape.length > maxAxes || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new FormatError(
      file,
      text("{0} has the impossible shape {1}", name, formatShape(shape)),
      {
        data: { tensor: name, found: shape },
      },
    );
  }
  const elements = readElements(file, name, record.data);
  const flat = elements.shape.length <= 1 && elements.values.length === elementCount(shape);
  if (!flat && !sameShape(elements.shape, shape)) {
    throw new FormatError(
      file,
      text(
        "{0} has shape {1}, but its data are {2}",
        name,
        formatShape(shape),
        formatShape(elements.shape),
      ),
      { data: { tensor: name, expected: shape, found: elements.shape } },
    );
  }
  const dtype =
    record.dtype === undefined ? inferDType(elements) : parseDType(file, name, record.dtype);
  return makeTensor(file, name, elements, dtype, shape);
}

function parseDType(file: string, name: string, dtype: JsonValue): DType {
  const word = typeof dtype === "string" ? dtype.replace(/^torch\./, "") : "";
  if (isDType(word) && !isComplex(word)) return word;
  const found = typeof dtype === "string" ? dtype : "?";
  throw new UnsupportedError({ file }, text("{0} has dtype {1}, which is not read", name, found), {
    data: { tensor: name, found },
  });
}

function readElements(file: string, name: string, root: JsonValue): Elements {
  const reader = new ElementReader(file, name, countNumbers(root));
  reader.visit(root, 0);
  return reader.elements();
}

/** How many numbers there are, true and false included. */
function countNumbers(value: JsonValue): number {
  if (isNumberList(value)) return value.numbers.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + countNumbers(each), 0);
  return typeof value === "number" || typeof value === "boolean" ? 1 : 0;
}

/** Puts the values of nested lists one after another, and sees to it that they are rectangular. */
class ElementReader {
  readonly #file: string;
  readonly #name: string;
  readonly #shape: number[] = [];
  readonly #kinds = new Set<Elements["kind"]>();
  #values: Float64Array;
  #count = 0;
  #remainders: Float64Array | undefined;

  constructor(file: string, name: string, count: number) {
    this.#file = file;
    this.#name = name;
    this.#values = new Float64Array(count);
  }

  visit(value: JsonValue, axis: number): void {
    if (isNumberList(value)) {
      this.#checkLength(axis, value.numbers.length);
      this.#checkLeaf(axis + 1);
      this.#addList(value);
    } else if (Array.isArray(value)) {
      this.#checkLength(axis, value.length);
      for (const child of value) this.visit(child, axis + 1);
    } else if (typeof value === "number" || typeof value === "boolean") {
      this.#checkLeaf(axis);
      this.#values[this.#count] = Number(value);
      this.#count += 1;
      this.#kinds.add(typeof value === "boolean" ? "bool" : "float");
    } else {
      this.#fail(
        text("{0} holds something that is not a number: {1}", this.#name, describe(value)),
      );
    }
  }

  elements(): Elements {
    const shape = this.#shape;
    const kinds = this.#kinds;
    if (this.#count !== elementCount(shape)) this.#failMixed();
    if (kinds.has("bool") && kinds.size > 1) {
      this.#fail(text("{0} mixes numbers and true or false", this.#name));
    }
    const number = kinds.has("float") || kinds.size === 0 ? "float" : "integer";
    const kind = kinds.has("bool") ? "bool" : number;
    return { shape, values: this.#values, kind, remainders: this.#remainders };
  }

  #addList({ numbers, integers, remainders }: NumberList): void {
    // A single list has all the values: they are taken as they are.
    if (numbers.length === this.#values.length && numbers instanceof Float64Array) {
      this.#values = numbers;
      this.#remainders = remainders;
    } else {
      this.#values.set(numbers, this.#count);
      if (remainders !== undefined) {
        this.#remainders ??= new Float64Array(this.#values.length);
        this.#remainders.set(remainders, this.#count);
      }
    }
    this.#count += numbers.length;
    this.#kinds.add(integers ? "integer" : "float");
  }

  #checkLength(axis: number, length: number): void {
    if (axis >= this.#shape.length && this.#count > 0) this.#failMixed();
    const expected = (this.#shape[axis] ??= length);
    if (expected === length) return;
    this.#fail(
      text(
        "{0} is ragged: on axis {1} one list has {2} items, another {3}",
        ...[this.#name, axis, expected, length],
      ),
    );
  }

  #checkLeaf(axis: number): void {
    if (this.#count > 0 && axis !== this.#shape.length) this.#failMixed();
  }

  #failMixed(): never {
    this.#fail(text("{0} mixes numbers and lists at the same depth", this.#name));
  }

  #fail(problem: Text): never {
    throw new FormatError(this.#file, problem);
  }
}

function describe(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 20));
  return value === null ? "null" : "{…}";
}

function inferDType(elements: Elements): DType {
  if (elements.kind === "bool") return "bool";
  if (elements.kind === "integer") {
    return elements.remainders !== undefined && misfitOf("int64", elements) !== undefined
      ? "uint64"
      : "int64";
  }
  return elements.values.every(looksLikeFloat32) ? "float32" : "float64";
}

function looksLikeFloat32(value: number): boolean {
  if (Object.is(Math.fround(value), value)) return true;
  const magnitude = Math.abs(value);
  if (!isFloat32Size(magnitude) || Number.isInteger(value)) return false;
  return hasFewDigits(magnitude) || Number(value.toPrecision(float32Digits)) === value;
}

/**
 * True for many numbers of at most nine digits, and for no others: dividing a whole number below 10^9 by a power of ten
 * that is exact rounds as reading its digits does. Quicker than printing them by far.
 */
function hasFewDigits(magnitude: number): boolean {
  const decimals = float32Digits - 1 - Math.floor(Math.log10(magnitude));
  if (decimals < 0 || decimals > 22) return false;
  const power = 10 ** decimals;
  const digits = Math.round(magnitude * power);
  return digits < 10 ** float32Digits && digits / power === magnitude;
}

function makeTensor(
  file: string,
  name: string,
  elements: Elements,
  dtype: DType,
  shape: Shape,
): RawValues {
  const misfit = misfitOf(dtype, elements);
  if (misfit !== undefined) {
    throw new FormatError(file, text("{0} holds {1}, which is no {2}", name, misfit, dtype), {
      data: { tensor: name, expected: dtype, found: misfit },
    });
  }
  return encodeRaw(dtype, shape, elements.values, elements.remainders);
}

/** The first value that an integer dtype does not have. */
function misfitOf(dtype: DType, { values, remainders }: Elements): string | undefined {
  if (dtype === "int64" || dtype === "uint64") {
    const [least, most] = wideRanges[dtype];
    const isMisfit = (value: number, index: number): boolean => {
      if (!Number.isInteger(value)) return true;
      if (Number.isSafeInteger(value)) return value < least;
      const exact = BigInt(value) + BigInt(remainders?.[index] ?? 0);
      return exact < least || exact > most;
    };
    const index = values.findIndex(isMisfit);
    return index < 0 ? undefined : String(values[index]);
  }
  const range = integerRanges[dtype];
  if (range === undefined) return undefined;
  const [least, most] = range;
  const misfit = values.find(
    (value) => !(Number.isInteger(value) && value >= least && value <= most),
  );
  return misfit === undefined ? undefined : String(misfit);
}
