/**
 * The header of a NumPy array: dtype, order and shape, written as a Python dictionary literal.
 *
 * Spec:    NEP 1 and numpy.lib.format, versions 1.0 to 3.0.
 * Layout:  magic (6) | version (2) | headerLength (u16 in 1.0, u32 after, LE) | header
 * Nothing is evaluated: only strings, integers, True, False, tuples and lists are understood.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { byteWidth, type DType } from "../../tensor/dtype";
import type { Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { ByteReader } from "../base/bytes";
import { startsWith } from "../base/refused";
import { maxAxes, maxDepth } from "../base/limits";

/** NumPy itself refuses headers over 10,000 characters of untrusted files; long structured dtypes are not read here. */
const maxHeaderBytes = 65_535;

/** Bytes that hold every header this reader accepts, preamble included. */
export const maxNpyHeadBytes = maxHeaderBytes + 12;

/** `\\x93NUMPY` */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

const dtypes: Readonly<Record<string, DType>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};

/** The dtype of a kind and width as NumPy writes them (`f4`); undefined for what is not read. */
export function numpyDType(kind: string): DType | undefined {
  return Object.hasOwn(dtypes, kind) ? dtypes[kind] : undefined;
}

export interface NpyHeader {
  readonly dtype: DType;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  /** Position of the values after the first byte of the array, in bytes. */
  readonly dataOffset: number;
  readonly byteLength: number;
}

/** An array of objects, whose values are a pickle behind the header. */
export interface NpyObjects {
  readonly shape: Shape;
  /** Position of the pickle after the first byte of the array, in bytes. */
  readonly pickleOffset: number;
}

type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

/** True when bytes begin as a NumPy array does. */
export function looksLikeNpy(head: Uint8Array): boolean {
  return startsWith(head, magic);
}

/**
 * Parses the header of the array whose first bytes are `head`; `subject` is the file, or file and member.
 * @throws FormatError when it is not a NumPy header, UnsupportedError for structured and text arrays.
 */
export function parseNpyHeader(subject: string, head: Uint8Array): NpyHeader | NpyObjects {
  if (!looksLikeNpy(head)) {
    throw new FormatError(subject, text("not a NumPy array: it does not begin with \\x93NUMPY"), {
      offset: 0,
    });
  }
  const reader = new ByteReader(subject, head);
  reader.bytes(magic.length);
  const major = reader.uint8();
  const minor = reader.uint8();
  if (major < 1 || major > 3 || minor !== 0) {
    throw new UnsupportedError(
      subject,
      text("version {0}.{1} of the NumPy format is not known", major, minor),
      { data: { found: `${major}.${minor}`, candidates: ["1.0", "2.0", "3.0"] } },
    );
  }
  const headerLength = major === 1 ? reader.uint16() : reader.uint32();
  if (headerLength > maxHeaderBytes) {
    throw new LimitError(subject, { of: "header-bytes" }, maxHeaderBytes, headerLength);
  }
  const bytes = reader.bytes(headerLength);
  const source = major < 3 ? decodeLatin1(bytes) : new TextDecoder().decode(bytes);
  const fields = new LiteralParser(subject, source).dictionary();
  return interpretFields(subject, fields, reader.offset);
}

function interpretFields(
  subject: string,
  fields: ReadonlyMap<string, Literal>,
  dataOffset: number,
): NpyHeader | NpyObjects {
  const descr = fields.get("descr");
  const fortranOrder = fields.get("fortran_order");
  const shape = fields.get("shape");
  if (descr === undefined || typeof fortranOrder !== "boolean" || !isShape(shape)) {
    throw new FormatError(
      subject,
      text("the header does not give descr, fortran_order and a shape of non-negative sizes"),
    );
  }
  if (typeof descr === "string" && /^[<>|=]?O/.test(descr)) {
    return { shape, pickleOffset: dataOffset };
  }
  const { dtype, littleEndian } = interpretDescr(subject, descr);
  const count = shape.reduce((product, size) => product * BigInt(size), 1n);
  const byteLength = count * BigInt(byteWidth(dtype));
  if (byteLength > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new FormatError(
      subject,
      text("the shape ({0}) needs {1} bytes", shape.join(", "), String(byteLength)),
    );
  }
  return { dtype, littleEndian, fortranOrder, shape, dataOffset, byteLength: Number(byteLength) };
}

function interpretDescr(
  subject: string,
  descr: Literal,
): { readonly dtype: DType; readonly littleEndian: boolean } {
  if (typeof descr !== "string") {
    throw new UnsupportedError(
      subject,
      text("a structured array (several fields per element) is not read"),
      { remedies: [{ do: "save-fields-apart" }] },
    );
  }
  const [, order, kind] = /^([<>|=]?)([a-zA-Z][0-9]*)/.exec(descr) ?? [];
  const dtype = kind === undefined ? undefined : numpyDType(kind);
  if (dtype === undefined) {
    throw new UnsupportedError(
      subject,
      text("an array of dtype {0} is not read", descr.slice(0, 40)),
      { data: { found: descr.slice(0, 40) } },
    );
  }
  return { dtype, littleEndian: order !== ">" };
}

function isShape(value: Literal | undefined): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length <= maxAxes &&
    value.every((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0)
  );
}

const latin1 = new TextDecoder("latin1");

function decodeLatin1(bytes: Uint8Array): string {
  return latin1.decode(bytes);
}

/** The part of Python's literal syntax that headers use. */
class LiteralParser {
  readonly #subject: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(subject: string, source: string) {
    this.#subject = subject;
    this.#tokens =
      source.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?[0-9]+L?|[A-Za-z_]+|\S/g) ?? [];
  }

  dictionary(): ReadonlyMap<string, Literal> {
    const value = this.#value(0);
    if (!(value instanceof Map) || this.#next !== this.#tokens.length) throw this.#error();
    return value as ReadonlyMap<string, Literal>;
  }

  #value(depth: number): Literal {
    const token = this.#tokens[this.#next++];
    if (token === undefined || depth > maxDepth) throw this.#error();
    if (token === "{") return this.#entries(depth + 1);
    if (token === "(") return this.#items(")", depth + 1);
    if (token === "[") return this.#items("]", depth + 1);
    return this.#scalar(token);
  }

  #scalar(token: string): Literal {
    if (/^(['"]).*\1$/s.test(token)) return token.slice(1, -1);
    if (/^-?[0-9]/.test(token)) return Number(token.replace("L", ""));
    if (token === "True" || token === "False") return token === "True";
    if (token === "None") return null;
    throw this.#error();
  }

  #entries(depth: number): ReadonlyMap<string, Literal> {
    const entries = new Map<string, Literal>();
    while (!this.#accept("}")) {
      const key = this.#value(depth);
      if (typeof key !== "string" || entries.has(key) || !this.#accept(":")) throw this.#error();
      entries.set(key, this.#value(depth));
      if (!this.#accept(",") && this.#tokens[this.#next] !== "}") throw this.#error();
    }
    return entries;
  }

  #items(close: string, depth: number): readonly Literal[] {
    const items: Literal[] = [];
    while (!this.#accept(close)) {
      items.push(this.#value(depth));
      if (!this.#accept(",") && this.#tokens[this.#next] !== close) throw this.#error();
    }
    return items;
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next += 1;
    return true;
  }

  #error(): FormatError {
    const problem: Text = text("the NumPy header is not a dictionary of plain values");
    return new FormatError(this.#subject, problem);
  }
}
