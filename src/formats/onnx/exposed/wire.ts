/**
 * Messages in memory, field by field: what is not changed is passed on as it is.
 */
import { FormatError } from "../../../core/errors";
import { text } from "../../../core/text";
import { VarintReader, WIRE } from "../../base/varints";
import { bytesHead } from "../../write/protobuf";
import type { ByteSpan, WireField } from "../protobuf";

/** A field with its tag: `at` is where that begins. */
export interface MemoryField extends WireField {
  readonly at: number;
}

/** Parts of a message, one after another; joined once, when the whole is known. */
export type Chunks = readonly Uint8Array[];

/** A message of some bytes. */
export class Message {
  readonly bytes: Uint8Array;
  readonly #file: string;
  readonly #span: ByteSpan;

  constructor(file: string, bytes: Uint8Array, span: ByteSpan = { start: 0, end: bytes.length }) {
    this.#file = file;
    this.bytes = bytes;
    this.#span = span;
  }

  /** @throws FormatError where the bytes are no fields. */
  fields(): MemoryField[] {
    const { start, end } = this.#span;
    const reader = new VarintReader(this.bytes);
    const fields: MemoryField[] = [];
    reader.at = start;
    while (reader.at < end) {
      const { at } = reader;
      const field = reader.next() ? this.#field(reader, at) : null;
      if (field === null || field.end > end) {
        const problem = text("this is not a field of a protocol buffer; the file is damaged");
        throw new FormatError(this.#file, problem, { offset: at });
      }
      fields.push(field);
      reader.at = field.end;
    }
    return fields;
  }

  #field(reader: VarintReader, at: number): MemoryField | null {
    const tag = reader.unsigned;
    const [number, wire] = [tag >>> 3, tag & 7];
    const afterTag = reader.at;
    switch (wire) {
      case WIRE.varint:
        return reader.next() ? { number, wire, at, start: afterTag, end: reader.at } : null;
      case WIRE.bytes: {
        if (!reader.next()) return null;
        return { number, wire, at, start: reader.at, end: reader.at + reader.unsigned };
      }
      case WIRE.fixed32:
        return { number, wire, at, start: afterTag, end: afterTag + 4 };
      case WIRE.fixed64:
        return { number, wire, at, start: afterTag, end: afterTag + 8 };
      default:
        return null;
    }
  }

  /** A message within this one. */
  inner(span: ByteSpan): Message {
    return new Message(this.#file, this.bytes, span);
  }

  /** A field with its tag, as it is. */
  whole({ at, end }: MemoryField): Uint8Array {
    return this.bytes.subarray(at, end);
  }

  string({ start, end }: ByteSpan): string {
    return new TextDecoder().decode(this.bytes.subarray(start, end));
  }

  int({ start }: ByteSpan): number {
    const reader = new VarintReader(this.bytes);
    reader.at = start;
    reader.next();
    return reader.signed;
  }
}

/** A message as a field, of its parts. */
export function wrapped(number: number, content: Chunks): Chunks {
  return [bytesHead(number, lengthOf(content)), ...content];
}

function lengthOf(chunks: Chunks): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

/** One after another in one array. */
export function joinedChunks(chunks: Chunks): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
