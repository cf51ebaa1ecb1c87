/**
 * Reads protocol buffers field by field, by ranges, and skips bulk data.
 *
 * Spec:    protobuf.dev, "Encoding".
 * Refuses: what `wireField` refuses, lengths beyond the message: FormatError.
 */
import { FormatError, LimitError } from "../../../core/errors";
import { text } from "../../../core/text";
import type { ByteSource } from "../../base/bytes";
import { VarintReader, WIRE } from "../../base/varints";
import { FieldCount, noField, readField, type ByteSpan, type WireField } from "./wireField";

/** A tag and a length, or a varint, fit into this many bytes. */
const longestHeader = 20;

/** The first read after a jump: most tensors have less than that around their values. */
const firstPage = 4096;

/** The largest read of fields that follow each other. */
const largestPage = 2 ** 18;

/** Text in one field: names and documentation; a longer one is no name. */
const maxTextBytes = 2 ** 16;

/**
 * Fields that are looked at in one file, and strings in units of 32 bytes. The largest published graphs have some ten
 * thousand nodes of twenty fields each; a hostile file of 100 MB has fifty million.
 */
export const maxFields = 2 ** 20;

/**
 * A file of one message. The fields of nested messages are visited as deep as the caller goes.
 *
 * Holds the page of the file that was read last, and counts what has been looked at; the source is its owner's.
 */
export class ProtobufFile {
  readonly source: ByteSource;
  #page: Uint8Array = new Uint8Array();
  #pageStart = 0;
  #nextPage = firstPage;
  #reader = new VarintReader(this.#page);
  readonly #count: FieldCount;
  readonly #decoder = new TextDecoder();

  constructor(source: ByteSource) {
    this.source = source;
    this.#count = new FieldCount(source.name, maxFields);
  }

  /** The whole file as a message. */
  get whole(): ByteSpan {
    return { start: 0, end: this.source.size };
  }

  /**
   * Calls `visit` for each field of a message, one after the other.
   * @throws FormatError when a field does not lie within the message, LimitError when the file has too many.
   */
  async message(
    span: ByteSpan,
    visit: (field: WireField) => Promise<void> | undefined,
  ): Promise<void> {
    let at = span.start;
    while (at < span.end) {
      this.#count.spend(1);
      const length = Math.min(longestHeader, span.end - at);
      if (!this.#holds(at, length)) await this.#load(at, length);
      const field = this.#header(at, span);
      at = field.end;
      const visiting = visit(field);
      if (visiting !== undefined) await visiting;
    }
  }

  /** A varint as a signed 64-bit integer. */
  async int64(field: WireField): Promise<bigint> {
    return (await this.#integer(field)).int64;
  }

  /** A varint as a number; 64-bit integers beyond 2^53 become the nearest one. */
  async int(field: WireField): Promise<number> {
    return (await this.#integer(field)).signed;
  }

  async #integer(field: WireField): Promise<VarintReader> {
    this.#expect(field, WIRE.varint);
    const length = field.end - field.start;
    if (!this.#holds(field.start, length)) await this.#load(field.start, length);
    return this.#varint(field.start);
  }

  async float(field: WireField): Promise<number> {
    this.#expect(field, WIRE.fixed32);
    await this.#load(field.start, 4);
    return this.#viewOf(field).getFloat32(0, true);
  }

  /** A string; bytes that are no UTF-8 become replacement characters. */
  async string(field: WireField): Promise<string> {
    this.#expect(field, WIRE.bytes);
    const length = field.end - field.start;
    if (length > maxTextBytes) {
      throw new LimitError(this.source.name, { of: "name-bytes" }, maxTextBytes, length);
    }
    this.#count.spend(length >>> 5);
    if (!this.#holds(field.start, length)) await this.#load(field.start, length);
    const first = field.start - this.#pageStart;
    return this.#decoder.decode(this.#page.subarray(first, first + length));
  }

  /** Integers of a repeated field: one, or packed ones. */
  async ints(field: WireField, into: number[]): Promise<void> {
    if (field.wire === WIRE.varint) {
      into.push(await this.int(field));
      return;
    }
    await this.#loadPacked(field);
    let at = field.start;
    while (at < field.end) {
      into.push(this.#varint(at).signed);
      at = this.#pageStart + this.#reader.at;
    }
    if (at > field.end) throw noField(this.source.name, field.start);
  }

  /** float32 values of a repeated field: one, or packed ones. */
  async floats(field: WireField, into: number[]): Promise<void> {
    if (field.wire === WIRE.fixed32) {
      into.push(await this.float(field));
      return;
    }
    await this.#loadPacked(field);
    const view = this.#viewOf(field);
    if (view.byteLength % 4 !== 0) throw noField(this.source.name, field.start);
    for (let at = 0; at < view.byteLength; at += 4) into.push(view.getFloat32(at, true));
  }

  /** A copy of a field's bytes, which the caller has bounded. */
  async bytes({ start, end }: ByteSpan): Promise<Uint8Array> {
    await this.#load(start, end - start);
    return this.#page.slice(start - this.#pageStart, end - this.#pageStart);
  }

  async #loadPacked(field: WireField): Promise<void> {
    this.#expect(field, WIRE.bytes);
    const length = field.end - field.start;
    this.#count.spend(length);
    await this.#load(field.start, length);
  }

  /** The field whose tag is at `at`, which the page holds. */
  #header(at: number, { end }: ByteSpan): WireField {
    this.#reader.at = at - this.#pageStart;
    const field = readField(this.#reader, this.#pageStart);
    if (field === null) throw noField(this.source.name, at);
    const { start } = field;
    if (field.end > end) {
      throw new FormatError(
        this.source.name,
        text(
          "a field of {0} bytes goes beyond the end of its message, where {1} bytes are left; the file is cut short or damaged",
          field.end - start,
          Math.max(0, end - start),
        ),
        { offset: at },
      );
    }
    return field;
  }

  /**
   * The reader after the varint at `at`, as far as the page holds it.
   * @throws FormatError when there is none.
   */
  #varint(at: number): VarintReader {
    this.#reader.at = at - this.#pageStart;
    if (!this.#reader.next()) throw noField(this.source.name, at);
    return this.#reader;
  }

  /** A view of a field's bytes, which the page holds. */
  #viewOf({ start, end }: ByteSpan): DataView {
    const { buffer, byteOffset } = this.#page;
    return new DataView(buffer, byteOffset + start - this.#pageStart, end - start);
  }

  #expect(field: WireField, wire: number): void {
    if (field.wire !== wire) throw noField(this.source.name, field.start);
  }

  /** Asked before each `#load`: to wait for what is there costs more than to read it. */
  #holds(at: number, length: number): boolean {
    return at >= this.#pageStart && at + length <= this.#pageStart + this.#page.length;
  }

  /** Makes the page hold `length` bytes at `at`; pages grow while they follow each other. */
  async #load(at: number, length: number): Promise<void> {
    if (this.#holds(at, length)) return;
    const pageEnd = this.#pageStart + this.#page.length;
    const follows = at >= this.#pageStart && at <= pageEnd;
    this.#nextPage = follows ? Math.min(2 * this.#nextPage, largestPage) : firstPage;
    const size = Math.max(length, Math.min(this.#nextPage, this.source.size - at));
    this.#page = await this.source.read(at, size);
    this.#pageStart = at;
    this.#reader = new VarintReader(this.#page);
  }
}
