/**
 * Messages in memory, field by field: what is not changed is passed on as it is.
 */
import { VarintReader } from "../../base/varints";
import { bytesHead } from "../../write/protobuf";
import { maxFields } from "../protobuf/protobuf";
import {
  FieldCount,
  noField,
  readField,
  type ByteSpan,
  type WireField,
} from "../protobuf/wireField";

/** The model has been read before, so its fields are not too many; each is looked at a few times. */
const maxLooks = 8 * maxFields;

/** Parts of a message, one after another; joined once, when the whole is known. */
export type Chunks = readonly Uint8Array[];

/** A message of some bytes. */
export class Message {
  readonly bytes: Uint8Array;
  readonly #file: string;
  readonly #span: ByteSpan;
  readonly #count: FieldCount;

  constructor(
    file: string,
    bytes: Uint8Array,
    span: ByteSpan = { start: 0, end: bytes.length },
    count = new FieldCount(file, maxLooks),
  ) {
    this.#file = file;
    this.bytes = bytes;
    this.#span = span;
    this.#count = count;
  }

  /** @throws FormatError where the bytes are no fields, LimitError where they are too many. */
  fields(): WireField[] {
    const { start, end } = this.#span;
    const reader = new VarintReader(this.bytes);
    const fields: WireField[] = [];
    let at = start;
    while (at < end) {
      this.#count.spend(1);
      reader.at = at;
      const field = readField(reader, 0);
      if (field === null || field.end > end) throw noField(this.#file, at);
      fields.push(field);
      at = field.end;
    }
    return fields;
  }

  /** A message within this one. */
  inner(span: ByteSpan): Message {
    return new Message(this.#file, this.bytes, span, this.#count);
  }

  /** A field with its tag, as it is. */
  whole({ at, end }: WireField): Uint8Array {
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
