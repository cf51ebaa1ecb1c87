/**
 * The Gather before and the Gemm or MatMul after a recurrent node as nn.Embedding and nn.Linear.
 */
import type { Archive } from "../../../formats/base/archive";
import type { OnnxLayer } from "../../../formats/base/declared";
import type { TensorEntry } from "../../../tensor/tensor";
import { text } from "../../../core/text";
import type { DerivedEntry } from "../base/derived";
import { layerPrefix } from "./names";
import { stackedEntry, type Stacking } from "../base/stackedEntry";

/** What is there already; prefixes of layers are added to `taken`. */
interface Surroundings {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly taken: Set<string>;
  /** The last number behind each kind of layer: counting goes on from there. */
  readonly counts: Map<string, number>;
}

/** `weight` and `bias` of a layer, as far as the file has none of these names in PyTorch's layout. */
export function deriveOnnxLayer(
  archive: Archive,
  layer: OnnxLayer,
  { entries, taken, counts }: Surroundings,
): readonly DerivedEntry[] {
  const weight = entries.get(layer.weight);
  const bias = layer.bias === null ? undefined : entries.get(layer.bias);
  if (weight?.shape.length !== 2) return [];
  const prefix = prefixOf(layer, weight, { entries, taken, counts });
  taken.add(prefix);
  const parts = [
    matrixPart(layer, weight, prefix),
    ...(bias === undefined ? [] : [biasPart(layer, bias, prefix)]),
  ];
  return parts.filter(({ name }) => !entries.has(name)).map((part) => stackedEntry(archive, part));
}

/** (out, in) of nn.Linear, (V, I) of nn.Embedding. */
function matrixPart({ name, transposed }: OnnxLayer, entry: TensorEntry, prefix: string): Stacking {
  const [rows = 0, columns = 0] = transposed ? [...entry.shape].reverse() : entry.shape;
  const from = { entry, start: [0, 0], axes: transposed ? [1, 0] : [0, 1] };
  return {
    name: `${prefix}weight`,
    dtype: entry.dtype,
    columns: [columns],
    blocks: [{ rows, from }],
    how: transposed ? text("the matrix of {0}, transposed", name) : text("the matrix of {0}", name),
  };
}

function biasPart({ name }: OnnxLayer, entry: TensorEntry, prefix: string): Stacking {
  const from = { entry, start: [0], axes: [0] };
  return {
    name: `${prefix}bias`,
    dtype: entry.dtype,
    columns: [],
    blocks: [{ rows: entry.shape[0] ?? 0, from }],
    how: text("the bias of {0}", name),
  };
}

/** The prefix that the file has for it, else that of the node's name, else the layer's kind. */
function prefixOf(
  layer: OnnxLayer,
  weight: TensorEntry,
  { entries, taken, counts }: Surroundings,
): string {
  const isOwn = (prefix: string): boolean => {
    const [found, bias] = [entries.get(`${prefix}weight`), entries.get(`${prefix}bias`)];
    const isWeight = found === undefined || (found === weight && !layer.transposed);
    return isWeight && (bias === undefined || bias.name === layer.bias);
  };
  const named = /^(.*?)weight$/s.exec(weight.name)?.[1] ?? "";
  const kind = layer.kind === "embedding" ? "embedding." : "linear.";
  const candidates = [named, layerPrefix(layer.name), kind].filter((each) => each !== "");
  const found = candidates.find((prefix) => isOwn(prefix) && !taken.has(prefix));
  if (found !== undefined) return found;
  let count = counts.get(kind) ?? 2;
  const numbered = (): string => `${kind.slice(0, -1)}_${count}.`;
  while (!isOwn(numbered()) || taken.has(numbered())) count += 1;
  counts.set(kind, count);
  return numbered();
}
