/**
 * Reads values of TensorProtos, from the model's file or from external data.
 */
import { FormatError, UnsupportedError } from "../../../core/errors";
import { byteWidth, type DType } from "../../../tensor/dtype";
import type { Box, RawValues } from "../../../tensor/raw";
import { rowMajorStrides } from "../../../tensor/strided";
import { elementCount } from "../../../tensor/tensor";
import { text } from "../../../core/text";
import type { ByteSource } from "../../base/bytes";
import { assertTensorBytes } from "../../base/limits";
import type { OnnxTensor, TensorPlace } from "./tensor";
import type { StorageField } from "./tensorFields";
import { VarintReader } from "../../base/varints";
import { siblingName, type Siblings } from "../../base/siblings";
import { rangeIn, readStoredBox, type ByteRange } from "../../base/stored";

type StoredPlace = Extract<TensorPlace, { readonly kind: "stored" }>;
type ExternalPlace = Extract<TensorPlace, { readonly kind: "external" }>;

/** Reads tensors of one file. Files beside it are opened when the first tensor of theirs is read. */
export class OnnxValues {
  readonly #source: ByteSource;
  readonly #siblings: Siblings | undefined;
  readonly #opened = new Map<string, Promise<ByteSource>>();
  /** The latest decoded values, because windows of one tensor are read repeatedly. */
  #decoded: { readonly tensor: OnnxTensor; readonly bytes: Uint8Array } | null = null;

  constructor(source: ByteSource, siblings: Siblings | undefined) {
    this.#source = source;
    this.#siblings = siblings;
  }

  /**
   * Reads a box of a tensor.
   * @throws FormatError when its values are damaged or not where it says, NotFoundError when the file that has them is
   * missing, LimitError when they do not fit a buffer.
   */
  async readBox(tensor: OnnxTensor, box: Box): Promise<RawValues> {
    const { dtype, shape } = tensor;
    const bytes = await this.#bytesOf(tensor);
    const strides = rowMajorStrides(shape);
    const stored = { dtype, shape, littleEndian: true, strides, offset: 0, bytes };
    return readStoredBox(this.#source.name, tensor.name, stored, box);
  }

  /**
   * The file beside the model that external data is in, opened once.
   * @throws NotFoundError when it is missing, FormatError when it is not of the model's folder.
   */
  openExternal(location: string): Promise<ByteSource> {
    const known = this.#opened.get(location);
    if (known !== undefined) return known;
    const opening = this.#open(location);
    this.#opened.set(location, opening);
    return opening;
  }

  async #open(location: string): Promise<ByteSource> {
    const name = siblingName(this.#source.name, location);
    if (this.#siblings === undefined) {
      throw new UnsupportedError(
        this.#source.name,
        text("its values are in the file {0} beside it, which cannot be read from here", name),
      );
    }
    return this.#siblings.open(name);
  }

  async #bytesOf(tensor: OnnxTensor): Promise<ByteRange> {
    const { place, byteLength } = tensor;
    if (place.kind === "external") return this.#externalRange(tensor, place);
    const [only] = place.spans;
    if (byteLength > 0 && only !== undefined && isContiguous(place)) {
      if (place.small !== null) return memoryRange(place.small);
      return rangeIn(this.#source, only.start, byteLength);
    }
    return memoryRange(await this.#decode(tensor, place));
  }

  async #externalRange(tensor: OnnxTensor, place: ExternalPlace): Promise<ByteRange> {
    const { name, byteLength } = tensor;
    const source = await this.openExternal(place.location);
    const length = place.length ?? byteLength;
    if (length !== byteLength || place.offset + length > source.size) {
      throw new FormatError(
        this.#source.name,
        text(
          "{0} needs {1} bytes; it is said to have {2} from byte {3} of {4} on, which has {5}",
          name,
          byteLength,
          length,
          place.offset,
          source.name,
          source.size,
        ),
        { data: { tensor: name, expected: byteLength, found: length } },
      );
    }
    return rangeIn(source, place.offset, byteLength);
  }

  /** Little-endian bytes of values that are not stored as such. */
  async #decode(tensor: OnnxTensor, place: StoredPlace): Promise<Uint8Array> {
    if (this.#decoded?.tensor === tensor) return this.#decoded.bytes;
    const { name, dtype, shape, byteLength } = tensor;
    assertTensorBytes(this.#source.name, name, byteLength);
    const writer = new VarintDecoder(dtype, elementCount(shape));
    for (const { start, end } of place.spans) {
      const bytes = await this.#source.read(start, end - start);
      if (place.field.includes("int")) writer.varints(bytes);
      else writer.copy(bytes);
    }
    const bytes = writer.finished();
    if (bytes === null) {
      throw new FormatError(
        this.#source.name,
        text("the values of {0} are damaged: their number is not that of its shape", name),
        { data: { tensor: name } },
      );
    }
    this.#decoded = { tensor, bytes };
    return bytes;
  }
}

/** Fields whose values lie one after another as they are in memory. */
function isContiguous({ field, spans }: StoredPlace): boolean {
  const asStored: readonly StorageField[] = ["raw_data", "float_data", "double_data"];
  return asStored.includes(field) && spans.length === 1;
}

/** Elements out of varints: those of 32 bits and fewer stand for bit patterns of 8 and 16 bits too. */
class VarintDecoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #width: number;
  #at = 0;
  #isDamaged = false;

  constructor(dtype: DType, count: number) {
    this.#width = byteWidth(dtype);
    this.#bytes = new Uint8Array(count * this.#width);
    this.#view = new DataView(this.#bytes.buffer);
  }

  varints(bytes: Uint8Array): void {
    const reader = new VarintReader(bytes);
    while (reader.at < bytes.length && !this.#isDamaged) {
      this.#isDamaged = !reader.next() || this.#at + this.#width > this.#bytes.length;
      if (!this.#isDamaged) this.#put(reader);
    }
  }

  copy(bytes: Uint8Array): void {
    this.#isDamaged ||= this.#at + bytes.length > this.#bytes.length;
    if (!this.#isDamaged) this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** null when there were more or fewer values than expected, or one was cut short. */
  finished(): Uint8Array | null {
    return this.#isDamaged || this.#at !== this.#bytes.length ? null : this.#bytes;
  }

  #put({ low, high }: VarintReader): void {
    switch (this.#width) {
      case 1:
        this.#view.setUint8(this.#at, low);
        break;
      case 2:
        this.#view.setUint16(this.#at, low, true);
        break;
      case 4:
        this.#view.setUint32(this.#at, low, true);
        break;
      default:
        this.#view.setUint32(this.#at, low, true);
        this.#view.setUint32(this.#at + 4, high, true);
    }
    this.#at += this.#width;
  }
}

function memoryRange(bytes: Uint8Array): ByteRange {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}
