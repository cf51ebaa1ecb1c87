/**
 * The closed list of callables in pickles of `torch.save`, and references to tensors and storages.
 *
 * Source: torch/_utils.py (`_rebuild_*`) and torch/serialization.py (`persistent_id`). A reference is a record of what
 * the pickle said; nothing here has been checked against the archive yet.
 */
import type { DType } from "../../tensor/dtype";
import { text, type Text } from "../../core/text";
import { numpyCallables } from "../numpy/arrayPickle";
import { PickleDict, PickleGlobal, PickleHosted, PickleOpaque } from "../pickle/values";
import type { PickleHost, PickleValue } from "../pickle/values";

/** An element type by PyTorch's name; `dtype` when Unroll reads it. */
export interface TorchType {
  readonly name: string;
  readonly width: number;
  readonly dtype?: DType;
}

const storageTypes: ReadonlyMap<string, TorchType> = new Map([
  ["DoubleStorage", { name: "float64", width: 8, dtype: "float64" }],
  ["FloatStorage", { name: "float32", width: 4, dtype: "float32" }],
  ["HalfStorage", { name: "float16", width: 2, dtype: "float16" }],
  ["BFloat16Storage", { name: "bfloat16", width: 2, dtype: "bfloat16" }],
  ["LongStorage", { name: "int64", width: 8, dtype: "int64" }],
  ["IntStorage", { name: "int32", width: 4, dtype: "int32" }],
  ["ShortStorage", { name: "int16", width: 2, dtype: "int16" }],
  ["CharStorage", { name: "int8", width: 1, dtype: "int8" }],
  ["ByteStorage", { name: "uint8", width: 1, dtype: "uint8" }],
  ["BoolStorage", { name: "bool", width: 1, dtype: "bool" }],
  ["UntypedStorage", { name: "uint8", width: 1, dtype: "uint8" }],
  ["ComplexFloatStorage", { name: "complex64", width: 8, dtype: "complex64" }],
  ["ComplexDoubleStorage", { name: "complex128", width: 16, dtype: "complex128" }],
  ["QInt8Storage", { name: "qint8", width: 1, dtype: "int8" }],
  ["QUInt8Storage", { name: "quint8", width: 1, dtype: "uint8" }],
  ["QInt32Storage", { name: "qint32", width: 4, dtype: "int32" }],
  ["QUInt4x2Storage", { name: "quint4x2", width: 1 }],
  ["QUInt2x4Storage", { name: "quint2x4", width: 1 }],
]);

/** dtypes without a storage class of their own: the tensor names them and its storage is bytes. */
const tensorTypes: ReadonlyMap<string, TorchType> = new Map([
  ...Array.from(storageTypes.values(), (type) => [`torch.${type.name}`, type] as const),
  ["torch.uint16", { name: "uint16", width: 2, dtype: "uint16" }],
  ["torch.uint32", { name: "uint32", width: 4, dtype: "uint32" }],
  ["torch.uint64", { name: "uint64", width: 8, dtype: "uint64" }],
  ["torch.complex32", { name: "complex32", width: 4, dtype: "complex32" }],
  ["torch.float8_e4m3fn", { name: "float8_e4m3fn", width: 1, dtype: "float8_e4m3fn" }],
  ["torch.float8_e4m3fnuz", { name: "float8_e4m3fnuz", width: 1, dtype: "float8_e4m3fnuz" }],
  ["torch.float8_e5m2", { name: "float8_e5m2", width: 1, dtype: "float8_e5m2" }],
  ["torch.float8_e5m2fnuz", { name: "float8_e5m2fnuz", width: 1, dtype: "float8_e5m2fnuz" }],
  ["torch.float8_e8m0fnu", { name: "float8_e8m0fnu", width: 1, dtype: "float8_e8m0fnu" }],
]);

/** The bytes that one or more tensors lie in, by the key that the file knows them by. */
export class StorageReference extends PickleHosted {
  readonly hosted = "storage";
  readonly type: TorchType;
  readonly key: string;
  readonly elements: number;
  /** Elements of the storage before the part that is meant: legacy files have views of storages. */
  readonly start: number;

  constructor(type: TorchType, key: string, elements: number, start = 0) {
    super();
    this.type = type;
    this.key = key;
    this.elements = elements;
    this.start = start;
  }

  get byteLength(): number {
    return this.elements * this.type.width;
  }
}

/** The conj and neg bits of a tensor as `torch.save` writes them; its storage holds the values without them. */
export interface TurnedSigns {
  readonly conj: boolean;
  readonly neg: boolean;
}

/** How the stored integers of a quantised tensor become numbers: scale · (integer − zero point). */
export type Quantisation =
  | { readonly scale: number; readonly zeroPoint: number }
  /** One of each for every index of an axis. */
  | {
      readonly scales: TensorReference;
      readonly zeroPoints: TensorReference;
      readonly axis: number;
    };

/** A tensor as the pickle describes it; sizes and strides are still whatever the file says. */
export class TensorReference extends PickleHosted {
  readonly hosted = "tensor";
  readonly type: TorchType;
  readonly storage: StorageReference;
  readonly offset: PickleValue;
  readonly shape: PickleValue;
  readonly strides: PickleValue;
  /** The same in words, of a tensor that is listed as its integers. */
  readonly quantiser: Text | undefined;
  readonly quantisation: Quantisation | undefined;
  /** True where the numbers are meant, not the stored integers. */
  readonly isDequantised: boolean;
  /** Signs that a lazy view turns: of the imaginary part by conj(), of everything by a negative view. */
  readonly turned: TurnedSigns | undefined;

  constructor(
    type: TorchType,
    storage: StorageReference,
    layout: readonly [offset: PickleValue, shape: PickleValue, strides: PickleValue],
    more: {
      readonly quantiser?: Text | undefined;
      readonly quantisation?: Quantisation | undefined;
      readonly isDequantised?: boolean;
      readonly turned?: TurnedSigns | undefined;
    } = {},
  ) {
    super();
    this.type = type;
    this.storage = storage;
    [this.offset, this.shape, this.strides] = layout;
    this.quantiser = more.quantiser;
    this.quantisation = more.quantisation;
    this.isDequantised = more.isDequantised === true;
    this.turned = more.turned;
  }

  /** The tensor as its numbers, where its quantisation is known; else as it is. */
  asNumbers(): TensorReference {
    const { type, storage, offset, shape, strides, quantisation, turned } = this;
    if (quantisation === undefined) return this;
    const more = { quantisation, isDequantised: true, turned };
    return new TensorReference(type, storage, [offset, shape, strides], more);
  }
}

/** The element type of a storage by the name of its class; undefined for one that is not known. */
export function storageType(className: string): TorchType | undefined {
  return storageTypes.get(className.slice(className.lastIndexOf(".") + 1));
}

/** Callables and persistent ids of a PyTorch archive. Adding a name here is the only way to have one followed. */
export const torchHost: PickleHost = {
  callables: new Map<string, (args: readonly PickleValue[]) => PickleValue>([
    ["collections.OrderedDict", () => new PickleDict()],
    ["collections.defaultdict", () => new PickleDict()],
    ["collections.Counter", () => new PickleDict()],
    ["torch.Size", firstOrEmpty],
    ["torch.serialization._get_layout", ([name = null]) => name],
    ["torch._utils._rebuild_tensor", rebuildTensor],
    ["torch._utils._rebuild_tensor_v2", rebuildTensor],
    ["torch._utils._rebuild_tensor_v3", rebuildTypedTensor],
    ["torch._utils._rebuild_qtensor", rebuildQuantised],
    ["torch._utils._rebuild_parameter", unwrapTensor],
    ["torch._utils._rebuild_parameter_with_state", unwrapTensor],
    ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
    ["torch.nn.parameter.Parameter", unwrapTensor],
    ["torch.autograd.variable.Variable", unwrapTensor],
    ["torch.jit._pickle.build_tensorlist", firstOrEmpty],
    ["torch.jit._pickle.build_intlist", firstOrEmpty],
    ["torch.jit._pickle.build_doublelist", firstOrEmpty],
    ["torch.jit._pickle.build_boollist", firstOrEmpty],
    ["torch.jit._pickle.restore_type_tag", firstOrEmpty],
    ...numpyCallables,
  ]),
  persistent: (id) => {
    const [kind, storageClass, key, , elements] = Array.isArray(id) ? id : [];
    if (
      kind !== "storage" ||
      !(storageClass instanceof PickleGlobal) ||
      typeof key !== "string" ||
      typeof elements !== "number"
    ) {
      return new PickleOpaque("persistent id");
    }
    const type = storageType(storageClass.name);
    return type === undefined
      ? new PickleOpaque(storageClass.name)
      : new StorageReference(type, key, elements);
  },
};

function firstOrEmpty([first]: readonly PickleValue[]): PickleValue {
  return first ?? [];
}

/** (storage, offset, size, stride, requires_grad, hooks, metadata) */
function rebuildTensor(args: readonly PickleValue[]): PickleValue {
  const [storage, offset = null, shape = null, strides = null, , , metadata] = args;
  if (!(storage instanceof StorageReference)) return opaqueStorage(storage);
  const turned = turnedSigns(metadata);
  return new TensorReference(storage.type, storage, [offset, shape, strides], { turned });
}

/** `{"conj": True}`, `{"neg": True}`: torch.serialization's `_get_tensor_metadata`. */
function turnedSigns(metadata: PickleValue | undefined): TurnedSigns | undefined {
  if (!(metadata instanceof PickleDict)) return undefined;
  const [conj, neg] = [metadata.get("conj") === true, metadata.get("neg") === true];
  return conj || neg ? { conj, neg } : undefined;
}

/** (storage, offset, size, stride, requires_grad, hooks, dtype, metadata) */
function rebuildTypedTensor(args: readonly PickleValue[]): PickleValue {
  const [storage, offset = null, shape = null, strides = null, , , dtype, metadata] = args;
  if (!(storage instanceof StorageReference)) return opaqueStorage(storage);
  const name = dtype instanceof PickleGlobal ? dtype.name : "?";
  const type = tensorTypes.get(name) ?? { name: name.replace(/^torch\./, ""), width: 0 };
  const turned = turnedSigns(metadata);
  return new TensorReference(type, storage, [offset, shape, strides], { turned });
}

/** (storage, offset, size, stride, (scheme, …), requires_grad, hooks) */
function rebuildQuantised(args: readonly PickleValue[]): PickleValue {
  const [storage, offset = null, shape = null, strides = null, scheme] = args;
  if (!(storage instanceof StorageReference)) return opaqueStorage(storage);
  const layout = [offset, shape, strides] as const;
  return new TensorReference(storage.type, storage, layout, {
    quantiser: describeQuantiser(scheme),
    quantisation: quantisationOf(scheme),
  });
}

/** (per_tensor_affine, scale, zero point) or (per_channel_affine, scales, zero points, axis) */
function quantisationOf(scheme: PickleValue | undefined): Quantisation | undefined {
  const [, scale, zeroPoint, axis] = Array.isArray(scheme) ? scheme : [];
  if (typeof scale === "number" && typeof zeroPoint === "number") return { scale, zeroPoint };
  const isEach = scale instanceof TensorReference && zeroPoint instanceof TensorReference;
  if (!isEach || typeof axis !== "number") return undefined;
  return { scales: scale, zeroPoints: zeroPoint, axis };
}

function describeQuantiser(scheme: PickleValue | undefined): Text {
  const [kind, scale, zeroPoint, axis] = Array.isArray(scheme) ? scheme : [];
  if (typeof scale === "number" && typeof zeroPoint === "number") {
    return text("its numbers are {0} × (integer − {1})", scale, zeroPoint);
  }
  if (scale instanceof TensorReference && typeof axis === "number") {
    return text("every index of axis {0} has a scale and zero point of its own", axis);
  }
  return text("by {0}", kind instanceof PickleGlobal ? kind.name : "?");
}

function opaqueStorage(storage: PickleValue | undefined): PickleOpaque {
  return storage instanceof PickleOpaque
    ? storage
    : new PickleOpaque("torch._utils._rebuild_tensor");
}

/** (tensor, requires_grad, hooks, …) */
function unwrapTensor([tensor]: readonly PickleValue[]): PickleValue {
  return tensor ?? null;
}

/** (function, type, arguments, state): a tensor that carried attributes of its own, or a subclass. */
function rebuildFromType([callable, , args]: readonly PickleValue[]): PickleValue {
  if (!(callable instanceof PickleGlobal) || !Array.isArray(args)) return new PickleOpaque("?");
  const rebuild = torchHost.callables.get(callable.name);
  const nested = callable.name.endsWith("_rebuild_from_type_v2");
  return rebuild === undefined || nested ? new PickleOpaque(callable.name) : rebuild(args);
}
