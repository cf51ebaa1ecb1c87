/**
 * The bytes of a zip archive as the zip library reads them: ranged, bounded, and with one ambiguity taken out.
 */
import { LimitError } from "../../errors";
import { text } from "../../text";
import type { ByteSource } from "../bytes";
import { Reader } from "./library";

/** The library reads content in small chunks, but the directory in one piece: 64 MiB name a million members. */
const maxReadBytes = 2 ** 26;

const endRecord = { bytes: 22, signature: 0x06054b50 } as const;
const zip64Locator = { bytes: 20, signature: 0x07064b50 } as const;

/** Where the end record holds the number of members, and the size and offset of the directory. */
const directoryFields = { start: 10, end: 20 } as const;

/**
 * Ranged reads of a `ByteSource` for the library.
 *
 * PyTorch writes a ZIP64 end record also where none is needed. The library then looks for the directory right before
 * the plain end record, and mistakes its second header for its first one when the first takes exactly the 76 bytes of
 * the ZIP64 records (a `data.pkl` below a folder of 21 letters). Fields of all ones send it to the ZIP64 record.
 */
export class ZipSource extends Reader<ByteSource> {
  readonly #source: ByteSource;
  readonly #hasZip64Record: boolean;

  private constructor(source: ByteSource, hasZip64Record: boolean) {
    super(source);
    this.#source = source;
    this.#hasZip64Record = hasZip64Record;
    this.size = source.size;
  }

  static async open(source: ByteSource): Promise<ZipSource> {
    const length = zip64Locator.bytes + endRecord.bytes;
    if (source.size < length) return new ZipSource(source, false);
    const tail = await source.read(source.size - length, length);
    const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
    const hasZip64Record =
      view.getUint32(0, true) === zip64Locator.signature &&
      view.getUint32(zip64Locator.bytes, true) === endRecord.signature;
    return new ZipSource(source, hasZip64Record);
  }

  override async readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    const available = Math.max(0, Math.min(length, this.#source.size - offset));
    if (available > maxReadBytes) {
      throw new LimitError(
        this.#source.name,
        text("the size of the zip directory in bytes"),
        maxReadBytes,
        available,
      );
    }
    const bytes = await this.#source.read(offset, available);
    const record = this.#source.size - endRecord.bytes - offset;
    const end = Math.min(record + directoryFields.end, bytes.length);
    if (!this.#hasZip64Record || end <= 0) return bytes;
    return new Uint8Array(bytes).fill(0xff, Math.max(0, record + directoryFields.start), end);
  }
}
