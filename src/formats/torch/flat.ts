/**
 * The parameters in an FSDP flat parameter, where the checkpoint has the metadata that say what lies where in it.
 *
 * Source: fairscale/nn/data_parallel/fully_sharded_data_parallel.py, `local_metadata_dict` and `consolidate_shard_weights`:
 *         shard_metadata.param_metadata is a list of {fsdp_path, params: {name: {names, shapes, numels, padding}}}. PyTorch's
 *         own FSDP does not save them.
 */
import { text, type Text } from "../../core/text";
import { rowMajorStrides } from "../../tensor/strided";
import { elementCount } from "../../tensor/tensor";
import { maxAxes, maxEntries } from "../base/limits";
import { PickleDict, type PickleValue } from "../pickle/values";
import { TensorReference } from "./pickle";

/** Views of flat parameters under the names of what they are, and what was not found in them. */
export interface FlatParameters {
  readonly parameters: readonly (readonly [name: string, tensor: TensorReference])[];
  readonly notes: readonly Text[];
}

/** A tensor of the checkpoint, or an array. */
interface Named {
  readonly name: string;
  readonly tensor: unknown;
}

/** One parameter in a flat one. */
interface Part {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A flat parameter as the metadata have it. */
interface Described {
  /** The way to its module, with the last dot. */
  readonly way: string;
  readonly name: string;
  readonly parts: readonly Part[];
}

/** Each is looked for among all tensors: FSDP wraps some dozens of modules. */
const maxFlat = 256;

/** Finds the parameters of all flat ones among the tensors of a checkpoint. */
export function splitFlat(root: PickleValue, tensors: readonly Named[]): FlatParameters {
  const parameters: (readonly [string, TensorReference])[] = [];
  const notes: Text[] = [];
  for (const { way, name, parts } of describedIn(root)) {
    const found = flatNamed(tensors, name);
    if (found === null || parameters.length + parts.length > maxEntries) continue;
    const prefix = found.name.slice(0, found.name.length - name.length) + way;
    const views = viewsOf(found.tensor, parts);
    views?.forEach((view, index) => parameters.push([prefix + (parts[index]?.name ?? ""), view]));
    if (views !== null) continue;
    notes.push(
      text(
        "{0} is one part of an FSDP flat parameter; put the parts of all ranks together (consolidate_shard_weights of fairscale)",
        found.name,
      ),
    );
  }
  return { parameters, notes };
}

function describedIn(root: PickleValue): readonly Described[] {
  const shards = get(get(root, "shard_metadata"), "param_metadata");
  const described: Described[] = [];
  let count = 0;
  for (const shard of Array.isArray(shards) ? shards : []) {
    const path = get(shard, "fsdp_path");
    const way = typeof path === "string" && path !== "" ? `${path}.` : "";
    const flats = get(shard, "params");
    for (const [key, metadata] of flats instanceof PickleDict ? flats.items : []) {
      const parts = partsOf(metadata);
      if (parts === null || typeof key !== "string") continue;
      described.push({ way, name: way + key, parts });
      // The same list may stand in all of them.
      count += parts.length;
      if (described.length === maxFlat || count > maxEntries) return described;
    }
  }
  return described;
}

/** The tensor of a name behind the key that the model is kept under: the one with the shortest such name. */
function flatNamed(
  tensors: readonly Named[],
  name: string,
): { readonly name: string; readonly tensor: TensorReference } | null {
  let best: { readonly name: string; readonly tensor: TensorReference } | null = null;
  for (const { name: full, tensor } of tensors) {
    const isCalled = full === name || full.endsWith(`.${name}`);
    if (!isCalled || !(tensor instanceof TensorReference)) continue;
    if (best === null || full.length < best.name.length) best = { name: full, tensor };
  }
  return best;
}

/** Views of a flat parameter one after another; null where it has not as many elements as all of them. */
function viewsOf(flat: TensorReference, parts: readonly Part[]): readonly TensorReference[] | null {
  const [length, ...others] = Array.isArray(flat.shape) ? flat.shape : [];
  const total = parts.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const isWhole = typeof length === "number" && others.length === 0 && total <= length;
  if (!isWhole || typeof flat.offset !== "number" || !isContiguous(flat)) return null;
  let offset = flat.offset;
  return parts.map(({ shape }) => {
    const from = offset;
    offset += elementCount(shape);
    return new TensorReference(flat.type, flat.storage, [from, [...shape], rowMajorStrides(shape)]);
  });
}

function isContiguous({ strides }: TensorReference): boolean {
  return Array.isArray(strides) && strides[0] === 1;
}

function partsOf(metadata: PickleValue): readonly Part[] | null {
  const [names, shapes] = [get(metadata, "names"), get(metadata, "shapes")];
  if (!Array.isArray(names) || !Array.isArray(shapes) || names.length !== shapes.length)
    return null;
  const parts = names.flatMap((name, index): Part[] => {
    const shape = shapes[index];
    return typeof name === "string" && isShape(shape) ? [{ name, shape }] : [];
  });
  return parts.length === names.length && parts.length > 0 ? parts : null;
}

function isShape(value: PickleValue | undefined): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= maxAxes &&
    value.every((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0)
  );
}

function get(value: PickleValue, key: string): PickleValue {
  return value instanceof PickleDict ? (value.get(key) ?? null) : null;
}
