/**
 * Frames between Unroll and its Python process, as bytes; the other end is `python/unroll_channel.py`.
 *
 * Greeting: token | length (u32) | JSON.   Frame: "UNRF" | header length (u32) | payload length (u64) | JSON | payload.
 * All numbers are little endian. What stands before the token was printed by others, and is told apart from it.
 */

const magic = "UNRF";
const prefixBytes = 16;
/** A header lists some tensors for each layer; a stack of a thousand layers takes 1 MB. */
const maxHeaderBytes = 16 * 2 ** 20;
/** Larger tensors go through files. */
const maxPayloadBytes = 64 * 2 ** 20;
/** What `site` and its hooks may print before the script begins. */
const maxForeignBytes = 2 ** 20;

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
}

/** The bytes do not follow the protocol; the process that wrote them is of no use any more. */
export class ProtocolError extends Error {}

/** One frame as parts to be written one after another. */
export function encodeFrame(header: object, parts: readonly Uint8Array[]): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.write(magic, "latin1");
  prefix.writeUInt32LE(text.length, 4);
  prefix.writeBigUInt64LE(BigInt(parts.reduce((sum, part) => sum + part.length, 0)), 8);
  return [prefix, text, ...parts];
}

/** Cuts what a process writes into its greeting and frames. */
export class FrameReader {
  readonly #token: Buffer;
  #held: Buffer[] = [];
  #length = 0;
  #greeted = false;

  constructor(token: string) {
    this.#token = Buffer.from(token);
  }

  /** What was read and is not understood yet. */
  get rest(): Buffer {
    return Buffer.concat(this.#held, this.#length);
  }

  /** Takes bytes; calls `greet` once and `accept` for each whole frame. @throws ProtocolError. */
  push(
    bytes: Buffer,
    greet: (header: Frame["header"]) => void,
    accept: (frame: Frame) => void,
  ): void {
    this.#held.push(bytes);
    this.#length += bytes.length;
    if (!this.#greeted) {
      const header = this.#greeting();
      if (header === null) return;
      this.#greeted = true;
      greet(header);
    }
    for (let frame = this.#frame(); frame !== null; frame = this.#frame()) accept(frame);
  }

  #greeting(): Frame["header"] | null {
    const held = this.rest;
    const at = held.indexOf(this.#token);
    if (at < 0) {
      if (held.length > maxForeignBytes) throw new ProtocolError("no greeting");
      return null;
    }
    const start = at + this.#token.length + 4;
    if (held.length < start) return null;
    const length = held.readUInt32LE(start - 4);
    if (length > maxHeaderBytes) throw new ProtocolError("a greeting that long");
    if (held.length < start + length) return null;
    this.#keep(held.subarray(start + length));
    return parseHeader(held.subarray(start, start + length));
  }

  #frame(): Frame | null {
    const needed = this.#needed();
    if (needed === null || this.#length < needed) return null;
    const held = this.rest;
    const end = prefixBytes + held.readUInt32LE(4);
    this.#keep(held.subarray(needed));
    return {
      header: parseHeader(held.subarray(prefixBytes, end)),
      payload: held.subarray(end, needed),
    };
  }

  /** Bytes of the frame that begins here; null while its prefix is not there. */
  #needed(): number | null {
    if (this.#length < prefixBytes) return null;
    if ((this.#held[0]?.length ?? 0) < prefixBytes) this.#keep(this.rest);
    const prefix = this.#held[0] ?? Buffer.alloc(0);
    const isFrame = prefix.toString("latin1", 0, 4) === magic;
    const header = prefix.readUInt32LE(4);
    const payload = prefix.readBigUInt64LE(8);
    if (!isFrame || header > maxHeaderBytes || payload > BigInt(maxPayloadBytes)) {
      throw new ProtocolError("bytes that are no frame");
    }
    return prefixBytes + header + Number(payload);
  }

  #keep(bytes: Buffer): void {
    this.#held = [bytes];
    this.#length = bytes.length;
  }
}

function parseHeader(bytes: Buffer): Frame["header"] {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new ProtocolError("a header that is no JSON", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("a header that is no object");
  }
  return value as Frame["header"];
}
