/**
 * Builds the archive of an unpickled PyTorch file: every tensor is placed in its storage and checked.
 */
import { FormatError } from "../../core/errors";
import { byteWidth } from "../../tensor/dtype";
import type { Box, RawValues } from "../../tensor/raw";
import { columnMajorStrides, rowMajorStrides, spannedElements } from "../../tensor/strided";
import { elementCount, type Shape, type TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { nameFromFile, tensorsOf, type Archive } from "../base/archive";
import type { TorchModule } from "../base/declared";
import { maxAxes } from "../base/limits";
import { NoteList } from "../base/notes";
import { NumpyReference } from "../numpy/arrayPickle";
import type { PickleResult } from "../pickle/pickle";
import type { PickleValue } from "../pickle/values";
import { readStoredBox, type ByteRange, type StoredTensor } from "../base/stored";
import { dequantised, type StoredQuantisation } from "./dequantise";
import type { Quantisation, StorageReference, TensorReference, TurnedSigns } from "./pickle";
import { turnSigns } from "./signs";
import { collectTensors, type FoundModule, type NamedReference } from "./tree";
import { noteCalled, withoutTensors } from "./unread";

/** The container of a pickle, which gives access to the storages that the pickle refers to. */
export interface TorchContainer {
  readonly file: string;
  /**
   * The bytes of a storage; `name` is a tensor's, for sentences.
   * @throws FormatError when they are not there, or not as many as the pickle says.
   */
  storage(storage: StorageReference, name: string): ByteRange;
  readonly littleEndian: boolean;
  /** Adds the container's own data about a module, outside of the pickle. */
  readonly describeModule?: (module: FoundModule) => Promise<TorchModule>;
}

/**
 * Lists the tensors of a pickle.
 * @throws FormatError when pickle and storages contradict each other, UnsupportedError when there is no tensor that can
 * be read.
 */
export async function makeTorchArchive(
  container: TorchContainer,
  pickle: PickleResult,
): Promise<Archive> {
  const { file } = container;
  const notes = new NoteList();
  const tree = collectTensors(file, pickle.value, nameFromFile(file), notes);
  const placed = new Map<TensorEntry, PlacedTensor>();
  for (const reference of tree.tensors) {
    const tensor = placeTensor(container, reference, notes);
    if (tensor !== undefined) placed.set(tensor.entry, tensor);
  }
  if (placed.size === 0) throw withoutTensors(file, pickle, tree, notes);
  for (const problem of [pickle.problem, tree.problem]) {
    if (problem !== undefined) {
      notes.addFirst(text("listed as far as it could be read: {0}", problem.text));
    }
  }
  noteCalled(pickle, tree, notes);

  const readBox = async (tensor: PlacedTensor, box: Box): Promise<RawValues> => {
    const { entry, stored, numbers, turned } = tensor;
    const values = await readStoredBox(file, entry.name, stored, box);
    if (numbers !== undefined) return dequantised(file, entry.name, values, { numbers, box });
    return turned === undefined ? values : turnSigns(values, turned);
  };
  const { describeModule } = container;
  const declared: TorchModule[] = [];
  for (const found of tree.modules) {
    declared.push(describeModule === undefined ? found.module : await describeModule(found));
  }
  return {
    format: "pytorch",
    notes: notes.list(),
    declared,
    packed: tree.packed,
    ...tensorsOf(file, placed, readBox),
  };
}

interface PlacedTensor {
  readonly entry: TensorEntry;
  readonly stored: StoredTensor;
  readonly turned?: TurnedSigns;
  /** Of a tensor that is dequantised when it is read. */
  readonly numbers?: StoredQuantisation;
}

/** Checks the place of a tensor. Returns undefined, with a note, when its dtype is not read. */
function placeTensor(
  container: TorchContainer,
  reference: NamedReference,
  notes: NoteList,
): PlacedTensor | undefined {
  const { name, tensor } = reference;
  if (tensor instanceof NumpyReference) return placeArray(container.file, name, tensor, notes);
  const { dtype, name: typeName } = tensor.type;
  if (dtype === undefined) {
    notes.add(text("{0} is {1}, not read", name, typeName));
    return undefined;
  }
  const { file } = container;
  assertElements(file, tensor.storage);
  const { shape, strides, offset } = layoutOf(file, name, tensor);
  const bytes = container.storage(tensor.storage, name);
  const width = byteWidth(dtype);
  const byteLength = byteLengthOf(file, name, shape, width);
  const needed = (offset + spannedElements(shape, strides)) * width;
  if (byteLength > 0 && needed > bytes.size) {
    throw new FormatError(
      file,
      text("{0} reaches byte {1} of its storage, which has {2}", name, needed, bytes.size),
      { data: { tensor: name, expected: needed, found: bytes.size } },
    );
  }
  if (tensor.quantiser !== undefined) {
    notes.add(text("{0} is {1}, listed as its integers: {2}", name, typeName, tensor.quantiser));
  }
  const { littleEndian } = container;
  const stored = { dtype, shape, littleEndian, strides, offset, bytes };
  const { turned, quantisation, isDequantised } = tensor;
  if (isDequantised && quantisation !== undefined) {
    const numbers = placeQuantisation(container, { name, shape, quantisation });
    return { entry: { name, dtype: "float32", shape, byteLength }, stored, numbers };
  }
  const entry = { name, dtype, shape, byteLength };
  return { entry, stored, ...(turned === undefined ? {} : { turned }) };
}

/** Checks the places of the scales of a quantised tensor. */
function placeQuantisation(
  container: TorchContainer,
  {
    name,
    shape,
    quantisation,
  }: { readonly name: string; readonly shape: Shape; readonly quantisation: Quantisation },
): StoredQuantisation {
  if ("scale" in quantisation) return quantisation;
  const { scales, zeroPoints, axis } = quantisation;
  const [stored, zeros] = [scales, zeroPoints].map((tensor) => {
    const placed = placeTensor(container, { name, tensor }, new NoteList());
    const [size, ...others] = placed?.entry.shape ?? [];
    return size === shape[axis] && others.length === 0 ? placed?.stored : undefined;
  });
  if (stored === undefined || zeros === undefined) {
    throw new FormatError(
      container.file,
      text("{0} has scales that do not fit its axis {1}", name, axis),
      { data: { tensor: name } },
    );
  }
  return { scales: stored, zeroPoints: zeros, axis };
}

/** @throws FormatError when a storage has a number of elements, or a start, that none can have. */
export function assertElements(file: string, { key, elements, start }: StorageReference): void {
  // A pickle may hold any number here, Infinity among them.
  const wrong = [elements, start].filter((count) => !isSize(count));
  if (wrong.length === 0) return;
  throw new FormatError(
    file,
    text("storage {0} should have a whole number of elements, it says {1}", key, String(wrong[0])),
  );
}

function layoutOf(
  file: string,
  name: string,
  tensor: TensorReference,
): { readonly shape: Shape; readonly strides: readonly number[]; readonly offset: number } {
  const shape = sizes(tensor.shape);
  const strides = sizes(tensor.strides);
  const { offset } = tensor;
  if (shape === undefined || strides?.length !== shape.length || !isSize(offset)) {
    throw new FormatError(file, text("{0} has an impossible size, stride or offset", name), {
      data: { tensor: name },
    });
  }
  return { shape, strides, offset: tensor.storage.start + offset };
}

function placeArray(
  file: string,
  name: string,
  array: NumpyReference,
  notes: NoteList,
): PlacedTensor | undefined {
  const { dtype, bytes, littleEndian, fortranOrder } = array;
  const shape = sizes(array.shape);
  if (dtype === undefined || shape === undefined || !(bytes instanceof Uint8Array)) {
    notes.add(text("{0} is a NumPy array of {1}, not read", name, array.dtypeName));
    return undefined;
  }
  const byteLength = byteLengthOf(file, name, shape, byteWidth(dtype));
  if (byteLength !== bytes.length) {
    throw new FormatError(
      file,
      text("the data of {0} should have {1} bytes, they have {2}", name, byteLength, bytes.length),
      { data: { tensor: name, expected: byteLength, found: bytes.length } },
    );
  }
  const range: ByteRange = {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
  const strides = fortranOrder ? columnMajorStrides(shape) : rowMajorStrides(shape);
  const stored = { dtype, shape, littleEndian, strides, offset: 0, bytes: range };
  return { entry: { name, dtype, shape, byteLength }, stored };
}

function byteLengthOf(file: string, name: string, shape: Shape, width: number): number {
  const byteLength = elementCount(shape) * width;
  if (Number.isSafeInteger(byteLength)) return byteLength;
  throw new FormatError(file, text("{0} has an impossible size, stride or offset", name), {
    data: { tensor: name },
  });
}

/** A list of sizes from 0 upwards; undefined when it is anything else. */
function sizes(value: PickleValue): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > maxAxes) return undefined;
  return value.every(isSize) ? value : undefined;
}

function isSize(value: PickleValue): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** A tensor whose storage the file does not hold. */
export function missingData(file: string, { key }: StorageReference, name: string): FormatError {
  return new FormatError(file, text("the data of {0} are missing: no storage {1}", name, key), {
    data: { tensor: name },
  });
}
