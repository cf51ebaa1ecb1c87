/**
 * NumPy arrays whose bytes are part of a pickle.
 *
 * Source: numpy/core/multiarray (`_reconstruct`, `ndarray.__setstate__`), numpy/core/numeric (`_frombuffer`) and
 * `dtype.__reduce__`. Protocols below 3 write bytes as text that `_codecs.encode` turns back.
 */
import type { DType } from "../../tensor/dtype";
import { numpyDType } from "./header";
import { PickleHosted, PickleOpaque, type PickleValue } from "../pickle/values";

/** `numpy.dtype(…)`: the kind and width that it was made of, and the byte order of its state. */
class NumpyDType extends PickleHosted {
  readonly hosted = "numpy.dtype";
  readonly kind: string;
  order = "|";

  constructor(kind: string) {
    super();
    this.kind = kind;
  }

  /** (version, byte order, …) */
  override build(state: PickleValue): void {
    const order = Array.isArray(state) ? state[1] : undefined;
    if (typeof order === "string") this.order = order;
  }
}

/** A NumPy array; nothing of it has been checked yet. */
export class NumpyReference extends PickleHosted {
  readonly hosted = "numpy.ndarray";
  shape: PickleValue = null;
  /** Undefined for objects, text and records. */
  dtype: DType | undefined;
  /** The dtype as NumPy writes it. */
  dtypeName = "?";
  littleEndian = true;
  fortranOrder = false;
  bytes: PickleValue = null;

  /** (version, shape, dtype, is Fortran order, bytes) */
  override build(state: PickleValue): void {
    if (!Array.isArray(state)) return;
    const [, shape = null, dtype = null, fortranOrder, bytes = null] = state;
    this.fill(shape, dtype, bytes);
    this.fortranOrder = fortranOrder === true;
  }

  fill(shape: PickleValue, dtype: PickleValue, bytes: PickleValue): void {
    this.shape = shape;
    this.bytes = bytes;
    if (!(dtype instanceof NumpyDType)) return;
    this.dtypeName = dtype.kind;
    this.dtype = numpyDType(dtype.kind);
    this.littleEndian = dtype.order !== ">";
  }
}

function makeDType([kind]: readonly PickleValue[]): PickleValue {
  return typeof kind === "string" ? new NumpyDType(kind) : new PickleOpaque("numpy.dtype");
}

/** (bytes, dtype, shape, order) */
function fromBuffer(args: readonly PickleValue[]): PickleValue {
  const [bytes = null, dtype = null, shape = null, order] = args;
  const array = new NumpyReference();
  array.fill(shape, dtype, bytes);
  array.fortranOrder = order === "F";
  return array;
}

/** (text, encoding) */
function encodeText([characters, encoding]: readonly PickleValue[]): PickleValue {
  const isLatin1 = encoding === "latin1" || encoding === "latin-1";
  if (typeof characters !== "string" || !isLatin1) return new PickleOpaque("_codecs.encode");
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

/** For the list of what may be called. NumPy 2 moved its core to `numpy._core`. */
export const numpyCallables: readonly (readonly [
  string,
  (args: readonly PickleValue[]) => PickleValue,
])[] = [
  ["numpy.dtype", makeDType],
  ...["numpy.core", "numpy._core"].flatMap(
    (core) =>
      [
        [`${core}.multiarray._reconstruct`, () => new NumpyReference()],
        [`${core}.numeric._frombuffer`, fromBuffer],
      ] as const,
  ),
  ["_codecs.encode", encodeText],
];
