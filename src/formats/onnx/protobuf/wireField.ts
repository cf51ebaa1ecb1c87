/**
 * One field of a message, wherever its bytes come from: its tag, and where its payload lies.
 *
 * Spec:    protobuf.dev, "Encoding".
 * Refuses: groups (deprecated; no message of ONNX has any), field number 0.
 */
import { FormatError, LimitError } from "../../../core/errors";
import { text } from "../../../core/text";
import { WIRE, type VarintReader } from "../../base/varints";

/** Half-open, in bytes from the start of the file. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** One field of a message; the span is that of its payload. */
export interface WireField extends ByteSpan {
  readonly number: number;
  readonly wire: number;
  /** Where its tag begins. */
  readonly at: number;
}

/** Tags are integers of 32 bits: a field number and a wire type. */
const largestTag = 2 ** 32 - 1;

/**
 * The field whose tag `reader` is at; null where there is none. `origin` is where the reader's bytes begin. The payload
 * may go beyond these bytes, and beyond the message.
 */
export function readField(reader: VarintReader, origin: number): WireField | null {
  const at = origin + reader.at;
  if (!reader.next()) return null;
  const tag = reader.unsigned;
  const [number, wire] = [tag >>> 3, tag & 7];
  if (number === 0 || tag > largestTag) return null;
  const afterTag = origin + reader.at;
  switch (wire) {
    case WIRE.varint:
      return reader.next() ? { number, wire, at, start: afterTag, end: origin + reader.at } : null;
    case WIRE.bytes: {
      if (!reader.next()) return null;
      const start = origin + reader.at;
      return { number, wire, at, start, end: start + reader.unsigned };
    }
    case WIRE.fixed32:
      return { number, wire, at, start: afterTag, end: afterTag + 4 };
    case WIRE.fixed64:
      return { number, wire, at, start: afterTag, end: afterTag + 8 };
    default:
      return null;
  }
}

/** That the bytes at `offset` are no field. */
export function noField(file: string, offset: number): FormatError {
  const problem = text("this is not a field of a protocol buffer; the file is damaged");
  return new FormatError(file, problem, { offset });
}

/** Counts what is looked at in one file. Owned by what walks over it. */
export class FieldCount {
  readonly #file: string;
  readonly #most: number;
  #spent = 0;

  constructor(file: string, most: number) {
    this.#file = file;
    this.#most = most;
  }

  /** @throws LimitError when that is too much. */
  spend(units: number): void {
    this.#spent += units;
    if (this.#spent > this.#most) {
      throw new LimitError(this.#file, { of: "field-count" }, this.#most, this.#spent);
    }
  }
}
