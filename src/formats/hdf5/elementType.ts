/**
 * Maps datatypes of HDF5 to dtypes.
 *
 * Spec: HDF5 File Format Specification 3.0, "Datatype Message"; conventions of h5py for bool (an enumeration of FALSE
 * and TRUE) and complex numbers (a compound of r and i), and of Keras for bfloat16 (opaque, named by an attribute).
 */
import { byteWidth, isDType, type DType } from "../../tensor/dtype";
import { text, type Text } from "../../core/text";
import { typeClass, type Hdf5Metadata } from "./library";

const integers: Readonly<Record<number, readonly [signed: DType, unsigned: DType]>> = {
  1: ["int8", "uint8"],
  2: ["int16", "uint16"],
  4: ["int32", "uint32"],
  8: ["int64", "uint64"],
};

const floats: Readonly<Record<number, DType>> = { 2: "float16", 4: "float32", 8: "float64" };
const complexNumbers: Readonly<Record<number, DType>> = {
  4: "complex32",
  8: "complex64",
  16: "complex128",
};

/** The name of a datatype that has no dtype. */
const classNames: Readonly<Record<number, Text>> = {
  [typeClass.integer]: text("integers of an uncommon width"),
  [typeClass.float]: text("floats of an uncommon width"),
  [typeClass.time]: text("times"),
  [typeClass.string]: text("text"),
  [typeClass.opaque]: text("bytes without a meaning"),
  [typeClass.compound]: text("records"),
  [typeClass.reference]: text("references"),
  [typeClass.variable]: text("lists of varying length"),
  [typeClass.array]: text("small arrays"),
};

/** The dtype of a dataset's elements, or what they are instead; `declared` is its attribute `dtype`, where it has one. */
export function elementTypeOf(
  metadata: Hdf5Metadata,
  declared: () => string | undefined,
): DType | Text {
  return (
    readers[metadata.type]?.(metadata, declared) ??
    classNames[metadata.type] ??
    text("elements of an unknown kind")
  );
}

type Reader = (metadata: Hdf5Metadata, declared: () => string | undefined) => DType | undefined;

const integerOf: Reader = ({ size, signed }) => integers[size]?.[signed ? 0 : 1];

const readers: Readonly<Record<number, Reader>> = {
  [typeClass.integer]: integerOf,
  [typeClass.bitfield]: ({ size }) => integers[size]?.[1],
  [typeClass.float]: ({ size }) => floats[size],
  [typeClass.complex]: ({ size }) => complexNumbers[size],
  [typeClass.enumeration]: (metadata, declared) =>
    isBoolean(metadata) ? "bool" : integerOf(metadata, declared),
  [typeClass.compound]: (metadata) =>
    isComplexRecord(metadata) ? complexNumbers[metadata.size] : undefined,
  [typeClass.opaque]: ({ size }, declared) => {
    const name = declared();
    return name !== undefined && isDType(name) && byteWidth(name) === size ? name : undefined;
  },
};

function isBoolean({ size, enum_type }: Hdf5Metadata): boolean {
  const members = enum_type?.members ?? {};
  return (
    size === 1 &&
    Object.keys(members).length === 2 &&
    members["FALSE"] === 0 &&
    members["TRUE"] === 1
  );
}

function isComplexRecord({ size, compound_type }: Hdf5Metadata): boolean {
  const [real, imaginary, ...more] = compound_type?.members ?? [];
  if (real === undefined || imaginary === undefined || more.length > 0) return false;
  const isPart = (member: typeof real): boolean =>
    member.type === typeClass.float && member.size * 2 === size;
  return (
    /^re?(al)?$/i.test(real.name) &&
    /^im?(ag)?(inary)?$/i.test(imaginary.name) &&
    isPart(real) &&
    isPart(imaginary) &&
    real.offset === 0 &&
    imaginary.offset === real.size
  );
}
