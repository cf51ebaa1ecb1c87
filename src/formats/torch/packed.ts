/**
 * Weights that quantisation has packed into objects of the C++ library, as the parameters that they were made of.
 *
 * Source:   aten/src/ATen/native/RNN.cpp (`__getstate__` of CellParamsBase) and quantized/library.cpp
 *           (LinearPackedParamsBase); torch/ao/nn/quantized/dynamic/modules/rnn.py: `_all_weight_values` has an object for
 *           each direction of each layer.
 */
import type { TorchModule } from "../base/declared";
import { PickleOpaque, type PickleValue } from "../pickle/values";
import { TensorReference } from "./pickle";

/** Weight and bias of a linear layer. */
export interface PackedLinear {
  readonly kind: "linear";
  readonly weight: TensorReference;
  readonly bias: TensorReference | null;
}

/** One direction of a recurrent layer. */
export interface PackedCell {
  readonly kind: "cell";
  readonly input: PackedLinear;
  readonly state: PackedLinear;
}

const linearClass = ".LinearPackedParamsBase";
const cellClass = ".rnn.CellParamsBase";

/** Ways to a packed linear layer, and the parts of the names of its parameters. */
const linearPlaces =
  /^(.*?)(?:_packed_params\._packed_params|_packed_params|_packed_weight(_ih|_hh))$/s;

/** The parameters in an object; undefined for an object of another class, or another layout. */
export function packedIn(object: PickleOpaque): PackedLinear | PackedCell | undefined {
  const [className, state] = scripted(object);
  if (!Array.isArray(state)) return undefined;
  if (className.endsWith(linearClass)) return packedLinear(state);
  return className.endsWith(cellClass) ? packedCell(state) : undefined;
}

/** The packed layer that a pair of weight and bias is, at such a way: how its state is written in a state_dict. */
export function packedPair(
  value: readonly PickleValue[],
  path: readonly string[],
): PackedLinear | undefined {
  const way = path.slice(-2).join(".");
  return /(?:^|\.)_packed_params\._packed_params$/.test(way) ? packedLinear(value) : undefined;
}

/** Class and state: of a ScriptObject both are in its state, in an archive of TorchScript the class is its own. */
function scripted({ name, state }: PickleOpaque): readonly [string, PickleValue] {
  if (name !== "torch.ScriptObject") return [name, state];
  const [inner = null, className] = Array.isArray(state) ? state : [];
  return [typeof className === "string" ? className : "", inner];
}

function packedLinear([weight, bias = null]: readonly PickleValue[]): PackedLinear | undefined {
  if (!(weight instanceof TensorReference)) return undefined;
  if (bias !== null && !(bias instanceof TensorReference)) return undefined;
  return { kind: "linear", weight: weight.asNumbers(), bias };
}

/** (kind, tensors, floats, integers, packed layers) */
function packedCell(state: readonly PickleValue[]): PackedCell | undefined {
  const [kind, tensors, , , layers] = state;
  const packed = (Array.isArray(layers) ? layers : []).map((layer) =>
    layer instanceof PickleOpaque ? packedIn(layer) : undefined,
  );
  const [input, hidden] = packed;
  if (input?.kind !== "linear" || hidden?.kind !== "linear") return undefined;
  if (kind === "quantized_fp16") return { kind: "cell", input, state: hidden };
  if (kind !== "quantized_dynamic" || !Array.isArray(tensors)) return undefined;
  const [inputBias = null, stateBias = null] = tensors.map((tensor) =>
    tensor instanceof TensorReference ? tensor : null,
  );
  return {
    kind: "cell",
    input: { ...input, bias: inputBias },
    state: { ...hidden, bias: stateBias },
  };
}

/** A parameter and the name that its module would have given it. */
export type NamedParameter = readonly [name: string, tensor: TensorReference];

/** The parameters of a packed linear layer by the way to it, and the prefix of its module. */
export function linearParameters(
  name: string,
  layer: PackedLinear,
): readonly [prefix: string, parameters: readonly NamedParameter[]] {
  const [, prefix = `${name}.`, end = ""] = linearPlaces.exec(name) ?? [];
  return [prefix, parametersOf(prefix, end, layer)];
}

/** The way to a cell of a dynamically quantised module: what its module is called, and which cell it is. */
function cellPlace(name: string): readonly [prefix: string, index: number] | undefined {
  const [, prefix, index] = /^(.*?)_all_weight_values\.(\d{1,4})\.param$/s.exec(name) ?? [];
  return prefix === undefined || index === undefined ? undefined : [prefix, Number(index)];
}

/**
 * The parameters of all cells of a module, layer by layer with forward before reverse. Where the module does not say that
 * there are two directions, the sizes do: the second layer reads one state or two.
 */
export function cellParameters(
  prefix: string,
  cells: readonly (PackedCell | undefined)[],
  isBidirectional: boolean | undefined,
): NamedParameter[] {
  const directions = (isBidirectional ?? hasTwoDirections(cells)) ? 2 : 1;
  return cells.flatMap((cell, index) => {
    if (cell === undefined) return [];
    const layer = Math.floor(index / directions);
    const end = `_l${layer}${index % directions === 1 ? "_reverse" : ""}`;
    return [
      ...parametersOf(prefix, `_ih${end}`, cell.input),
      ...parametersOf(prefix, `_hh${end}`, cell.state),
    ];
  });
}

/** The cells of dynamically quantised modules, which a walk meets one by one, by the prefixes of the modules. */
export class PackedCells {
  readonly #cells = new Map<string, (PackedCell | undefined)[]>();

  /** Keeps a cell by the way to it; false where that is not the way to a cell of a module. */
  add(name: string, cell: PackedCell): boolean {
    const place = cellPlace(name);
    if (place === undefined) return false;
    const [prefix, index] = place;
    const cells = this.#cells.get(prefix) ?? [];
    cells[index] = cell;
    this.#cells.set(prefix, cells);
    return true;
  }

  /** The parameters of each module, once all of its cells are known. */
  parameters(
    modules: readonly { readonly module: TorchModule }[],
  ): (readonly [prefix: string, parameters: readonly NamedParameter[]])[] {
    return [...this.#cells].map(([prefix, cells]) => {
      const known = modules.find(({ module }) => module.prefix === prefix);
      const isBidirectional = known?.module.attributes.get("bidirectional");
      const directions = typeof isBidirectional === "boolean" ? isBidirectional : undefined;
      return [prefix, cellParameters(prefix, cells, directions)];
    });
  }
}

function hasTwoDirections(cells: readonly (PackedCell | undefined)[]): boolean {
  const [first, second, third] = cells;
  const columns = (tensor: TensorReference | undefined): unknown =>
    Array.isArray(tensor?.shape) ? tensor.shape[1] : undefined;
  const units = columns(first?.state.weight);
  if (cells.length % 2 !== 0 || typeof units !== "number") return false;
  if (third !== undefined) return columns(third.input.weight) === 2 * units;
  return columns(second?.input.weight) !== units;
}

function parametersOf(
  prefix: string,
  end: string,
  { weight, bias }: PackedLinear,
): NamedParameter[] {
  const parameters: NamedParameter[] = [[`${prefix}weight${end}`, weight]];
  return bias === null ? parameters : [...parameters, [`${prefix}bias${end}`, bias]];
}
