/**
 * Recognises layers of Keras by the names and shapes of the tensors in a file.
 *
 * Two layouts. Model files of Keras 2 and 3 (`.h5`) and weights of Keras 2 name each tensor: a group holds `kernel`,
 * `recurrent_kernel` and `bias` (`kernel:0` before Keras 3), below groups named after layer and cell. Weights of Keras 3
 * (`.weights.h5`, and inside `.keras`) number them: `layers/lstm/cell/vars/0`, with the layer's own name in an
 * attribute of `layers/lstm/vars`.
 */
import type { DType } from "../../tensor/dtype";
import { sameShape, type TensorEntry } from "../../tensor/tensor";
import type { KerasWeights } from "../base/declared";

/** A recurrent cell, an embedding or a dense layer in a file. */
export interface StoredLayer {
  readonly kind: "recurrent" | "embedding" | "linear";
  readonly layout: "named" | "numbered";
  /** Groups that lead to the layer, with its own last: of a named layout names of layers, of a numbered one of classes. */
  readonly path: readonly string[];
  readonly cell: "RNN" | "GRU" | "LSTM" | null;
  readonly forward: StoredWeights;
  readonly backward: StoredWeights | null;
  /** True for layers that cuDNN computed: CuDNNLSTM, CuDNNGRU. */
  readonly isCudnn: boolean;
  /** True for layers of Keras 1. */
  readonly isFirstKeras?: boolean;
}

/** Entries by their roles; `recurrent` of recurrent cells alone. */
export interface StoredWeights {
  readonly kernel: TensorEntry;
  readonly recurrent: TensorEntry | null;
  readonly bias: TensorEntry | null;
  /** Of Keras 1, all gates of each role in Keras' order; the others are those of the first gate. */
  readonly gates?: Readonly<Record<"kernel" | "recurrent" | "bias", readonly TensorEntry[]>>;
}

/** The weights of a recurrent cell by names. */
export function namesOf({ kernel, recurrent, bias, gates }: StoredWeights): KerasWeights {
  if (gates !== undefined) {
    const all = (entries: readonly TensorEntry[]): string[] => entries.map(({ name }) => name);
    const { kernel: kernels, recurrent: recurrents, bias: biases } = gates;
    return { kernel: all(kernels), recurrentKernel: all(recurrents), bias: all(biases) };
  }
  return {
    kernel: kernel.name,
    recurrentKernel: recurrent?.name ?? "",
    bias: bias?.name ?? null,
  };
}

type Group = ReadonlyMap<string, TensorEntry>;
type FoundLayer = Omit<StoredLayer, "backward">;

const cells = new Map([
  [1, "RNN"],
  [3, "GRU"],
  [4, "LSTM"],
] as const);

/** The layers whose tensors are among the entries, in their order. */
export function storedLayers(entries: readonly TensorEntry[]): readonly StoredLayer[] {
  const found: FoundLayer[] = [];
  for (const [path, group] of groupsOf(entries)) {
    const segments = path === "" ? [] : path.split("/");
    const layer = namedLayer(segments, group) ?? numberedLayer(segments, group);
    if (layer !== null) found.push(layer);
    else found.push(...firstKerasLayers(segments, group));
  }
  return joinDirections(found);
}

function groupsOf(entries: readonly TensorEntry[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Map<string, TensorEntry>>();
  for (const entry of entries) {
    const slash = entry.name.lastIndexOf("/");
    const path = entry.name.slice(0, Math.max(0, slash));
    const group = groups.get(path) ?? new Map<string, TensorEntry>();
    group.set(entry.name.slice(slash + 1).replace(/:0$/, ""), entry);
    groups.set(path, group);
  }
  return groups;
}

function namedLayer(segments: readonly string[], group: Group): FoundLayer | null {
  const kernel = group.get("kernel");
  const recurrent = group.get("recurrent_kernel");
  const bias = group.get("bias") ?? null;
  const place = { layout: "named", path: segments } as const;
  const table = group.get("embeddings");
  if (table !== undefined) return embeddingLayer(table, place);
  if (kernel === undefined) return null;
  if (recurrent === undefined) return linearLayer({ kernel, recurrent: null, bias }, place);
  const path = isOwnGroup(segments) ? segments.slice(0, -1) : segments;
  return recurrentLayer({ kernel, recurrent, bias }, { ...place, path });
}

/** The cell of a layer has a group of its own since Keras 2.4; cells of a stack are told apart by theirs. */
function isOwnGroup(segments: readonly string[]): boolean {
  const isCell = segments.length > 1 && /^(?:.+_)?cell(?:_\d+)?$/.test(segments.at(-1) ?? "");
  return isCell && segments.at(-2)?.startsWith("stacked_rnn_cells") !== true;
}

/** Layers of Keras 1: `lstm_1_W_i`, `lstm_1_U_i`, `lstm_1_b_i` and so on, or `lstm_1_W` with all gates in it. */
function firstKerasLayers(segments: readonly string[], group: Group): readonly FoundLayer[] {
  const stems = [...group.keys()].flatMap((name) => /^(.*?)_W(?:_[iz])?$/.exec(name)?.[1] ?? []);
  return [...new Set(stems)].flatMap((stem) => {
    const path = stem === segments.at(-1) ? segments : [...segments, stem];
    const place = { layout: "named", path } as const;
    const layer = wholeLayer(stem, group, place) ?? layerOfGates(stem, group, place);
    return layer === null ? [] : [{ ...layer, isFirstKeras: true }];
  });
}

function wholeLayer(stem: string, group: Group, place: Place): FoundLayer | null {
  const [kernel, recurrent, bias] = ["W", "U", "b"].map((role) => group.get(`${stem}_${role}`));
  if (kernel === undefined || recurrent === undefined) return null;
  return recurrentLayer({ kernel, recurrent, bias: bias ?? null }, place);
}

/** Letters of the gates, in the order in which later versions stack them. */
const firstKerasGates = { LSTM: ["i", "f", "c", "o"], GRU: ["z", "r", "h"] } as const;

function layerOfGates(stem: string, group: Group, place: Place): FoundLayer | null {
  for (const cell of ["LSTM", "GRU"] as const) {
    const letters = firstKerasGates[cell];
    const [kernel, recurrent, bias] = ["W", "U", "b"].map((role) =>
      letters.flatMap((letter) => group.get(`${stem}_${role}_${letter}`) ?? []),
    );
    if (kernel === undefined || recurrent === undefined || bias === undefined) continue;
    const gates = { kernel, recurrent, bias };
    const forward = weightsOfGates(gates, letters.length);
    if (forward !== null) return { kind: "recurrent", ...place, cell, forward, isCudnn: false };
  }
  return null;
}

/** kernel (I, H), recurrent (H, H) and bias (H) of every gate, all of one dtype; null where they do not fit. */
function weightsOfGates(
  gates: NonNullable<StoredWeights["gates"]>,
  count: number,
): StoredWeights | null {
  const [kernel, recurrent, bias] = [gates.kernel[0], gates.recurrent[0], gates.bias[0]];
  if (kernel === undefined || recurrent === undefined || bias === undefined) return null;
  const [features = 0, units = 0] = kernel.shape;
  const all = [...gates.kernel, ...gates.recurrent, ...gates.bias];
  const isOneKind = new Set(all.map(dtypeOf)).size === 1 && features > 0 && units > 0;
  const have = (entries: readonly TensorEntry[], shape: readonly number[]): boolean =>
    entries.length === count && entries.every((entry) => sameShape(entry.shape, shape));
  const fits =
    have(gates.kernel, [features, units]) &&
    have(gates.recurrent, [units, units]) &&
    have(gates.bias, [units]);
  return isOneKind && fits ? { kernel, recurrent, bias, gates } : null;
}

function numberedLayer(segments: readonly string[], group: Group): FoundLayer | null {
  const kernel = group.get("0");
  const second = group.get("1") ?? null;
  if (segments.at(-1) !== "vars" || kernel === undefined) return null;
  const path = segments.slice(0, -1);
  const place = { layout: "numbered", path } as const;
  const [outer = "", own = ""] = ["", "", ...path].slice(-2);
  if (own === "cell") return numberedCell(group, { ...place, path: path.slice(0, -1) });
  if (outer === "cells") return numberedCell(group, place);
  if (/^embedding(?:_\d+)?$/.test(own)) return embeddingLayer(kernel, place);
  return /^(?:dense|time_distributed)(?:_\d+)?$/.test(own === "layer" ? outer : own)
    ? linearLayer({ kernel, recurrent: null, bias: second }, place)
    : null;
}

function numberedCell(group: Group, place: Place): FoundLayer | null {
  const [kernel, recurrent] = [group.get("0"), group.get("1")];
  if (kernel === undefined || recurrent === undefined) return null;
  return recurrentLayer({ kernel, recurrent, bias: group.get("2") ?? null }, place);
}

type Place = Pick<FoundLayer, "layout" | "path">;

function embeddingLayer(table: TensorEntry, place: Place): FoundLayer | null {
  if (table.shape.length !== 2) return null;
  const forward = { kernel: table, recurrent: null, bias: null };
  return { kind: "embedding", ...place, cell: null, forward, isCudnn: false };
}

type RecurrentWeights = StoredWeights & { readonly recurrent: TensorEntry };

/** kernel (I, G·H), recurrent (H, G·H), bias (G·H) or, of a GRU, (2, G·H); all of one dtype. */
function recurrentLayer(weights: RecurrentWeights, place: Place): FoundLayer | null {
  const { kernel, recurrent, bias } = weights;
  const [units = 0, columns = 0] = recurrent.shape;
  const cell = cells.get((columns / units) as 1 | 3 | 4);
  if (cell === undefined || !isMatrix(recurrent, columns) || !isMatrix(kernel, columns)) {
    return null;
  }
  const dtypes = new Set([kernel, recurrent, ...(bias === null ? [] : [bias])].map(dtypeOf));
  if (dtypes.size > 1 || (bias !== null && !isBias(bias, cell, columns))) return null;
  const isCudnn = bias !== null && isCudnnBias(bias, cell, columns);
  return { kind: "recurrent", ...place, cell, forward: weights, isCudnn };
}

function isMatrix({ shape }: TensorEntry, columns: number): boolean {
  return shape.length === 2 && shape[1] === columns && columns > 0;
}

function isBias({ shape }: Pick<TensorEntry, "shape">, cell: string, columns: number): boolean {
  return (
    sameShape(shape, [columns]) ||
    (cell === "GRU" && sameShape(shape, [2, columns])) ||
    isCudnnBias({ shape }, cell, columns)
  );
}

/** cuDNN has a bias for each product; they stand one after the other. */
function isCudnnBias(
  { shape }: Pick<TensorEntry, "shape">,
  cell: string,
  columns: number,
): boolean {
  return cell !== "RNN" && sameShape(shape, [2 * columns]);
}

function dtypeOf({ dtype }: TensorEntry): DType {
  return dtype;
}

function linearLayer(weights: StoredWeights, place: Place): FoundLayer | null {
  const { kernel, bias } = weights;
  const fits = bias === null || sameShape(bias.shape, [kernel.shape[1] ?? -1]);
  return kernel.shape.length === 2 && fits
    ? { kind: "linear", ...place, cell: null, forward: weights, isCudnn: false }
    : null;
}

/** The halves of a Bidirectional layer stand below it: forward_lstm and backward_lstm, forward_layer and backward_layer. */
function joinDirections(found: readonly FoundLayer[]): readonly StoredLayer[] {
  const halves = new Map<string, FoundLayer>();
  for (const layer of found) {
    const [direction, owner] = halfOf(layer);
    if (direction !== null) halves.set(`${direction} ${owner}`, layer);
  }
  const layers: StoredLayer[] = [];
  for (const layer of found) {
    const [direction, owner] = halfOf(layer);
    const backward = halves.get(`backward ${owner}`);
    const forward = halves.get(`forward ${owner}`);
    const isPair = direction !== null && forward !== undefined && backward !== undefined;
    if (!isPair || !fitTogether(forward, backward)) {
      layers.push({ ...layer, backward: null });
    } else if (direction === "forward") {
      layers.push({ ...layer, path: layer.path.slice(0, -1), backward: backward.forward });
    }
  }
  return layers;
}

function halfOf({ kind, path }: FoundLayer): readonly [string | null, string] {
  const direction = /^(forward|backward)_/.exec(path.at(-1) ?? "")?.[1] ?? null;
  return [kind === "recurrent" ? direction : null, path.slice(0, -1).join("/")];
}

function fitTogether(left: FoundLayer, right: FoundLayer): boolean {
  const shapes = ({ forward: { kernel, recurrent, bias } }: FoundLayer): string =>
    [kernel, recurrent, bias].map((entry) => entry?.shape.join("×") ?? "").join(" ");
  return shapes(left) === shapes(right);
}
