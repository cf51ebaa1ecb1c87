/**
 * The layers around a recurrent module, an nn.Embedding before it and an nn.Linear after it, found by names and shapes
 * alone.
 *
 * A state_dict does not say which layer feeds which. What fits by its sizes is ordered by its name (`embedding`, `fc`),
 * then by how near it stands to the module among the prefixes; where that leaves more than one, a note says so.
 */
import { NotFoundError } from "../errors";
import type { TensorEntry } from "../tensor/tensor";
import { text, type Text } from "../text";
import { numDirections, stateSize, type RecurrentConfig } from "./config";
import type { RecurrentModule } from "./find";

/** An nn.Embedding: one row of the table for each token. */
export interface EmbeddingLayer {
  /** Its name in the state_dict, without `.weight`. */
  readonly name: string;
  /** (V, I). */
  readonly weight: TensorEntry;
}

/** An nn.Linear: y = x·Wᵀ + b. */
export interface LinearLayer {
  /** Its name in the state_dict, without `.weight`. */
  readonly name: string;
  /** (out, F). */
  readonly weight: TensorEntry;
  /** (out); null without bias. */
  readonly bias: TensorEntry | null;
  /** True when the table of the embedding serves as its weight. */
  readonly isTied: boolean;
}

/** The line of Python that constructs an embedding. */
export function embeddingLine({ weight }: EmbeddingLayer): string {
  return `nn.Embedding(${weight.shape.join(", ")})`;
}

/** The line of Python that constructs a linear layer. */
export function linearLine({ weight, bias }: LinearLayer): string {
  const [out = 0, features = 0] = weight.shape;
  return `nn.Linear(${features}, ${out}${bias === null ? ", bias=False" : ""})`;
}

/** What stands around a module. */
export interface Pipeline {
  readonly embedding: EmbeddingLayer | null;
  readonly linear: LinearLayer | null;
  /** Choices that names and shapes left open, one sentence each. */
  readonly notes: readonly Text[];
}

/** Which layers are wanted: a name, null for none, left out for what fits. */
export interface PipelineNames {
  readonly embedding?: string | null;
  readonly linear?: string | null;
}

/** `encoder`, with `decoder` for the Linear, is what PyTorch's own language model calls its embedding. */
const embeddingNames = /emb|wte|lookup|vocab|token|word|^encoder$/i;
const linearNames =
  /fc|lin|out|head|classif|proj|dense|logit|predict|score|decoder|hidden2|generator/i;

const layerNames = { embedding: embeddingNames, linear: linearNames };

/** A layer that fits by its sizes, and how well its name and place suit. */
interface Candidate {
  readonly weight: TensorEntry;
  readonly name: string;
  readonly isNamed: boolean;
  readonly distance: number;
}

/**
 * The layers around `module` in an archive.
 * @throws NotFoundError when a layer that is named in `wanted` is not there.
 */
export function findPipeline(
  entries: readonly TensorEntry[],
  module: RecurrentModule,
  wanted: PipelineNames = {},
): Pipeline {
  const notes: Text[] = [];
  const embedding = findEmbedding(entries, module, wanted.embedding, notes);
  const linear = findLinear(entries, module, { name: wanted.linear, embedding }, notes);
  return { embedding, linear, notes };
}

function findEmbedding(
  entries: readonly TensorEntry[],
  module: RecurrentModule,
  wanted: string | null | undefined,
  notes: Text[],
): EmbeddingLayer | null {
  if (wanted === null) return null;
  if (wanted !== undefined) {
    const weight = namedWeight(entries, wanted, text("there is no embedding {0}", wanted));
    return { name: layerName(weight), weight };
  }
  const { inputSize } = module.config;
  const fitting = weightsOf(entries).filter(
    (weight) => weight.shape[1] === inputSize && biasOf(entries, weight) === null,
  );
  const chosen = choose(fitting, module, "embedding");
  if (chosen.length > 1) notes.push(severalText(chosen, text("embedding")));
  return chosen[0] ?? null;
}

function findLinear(
  entries: readonly TensorEntry[],
  module: RecurrentModule,
  wanted: { readonly name: string | null | undefined; readonly embedding: EmbeddingLayer | null },
  notes: Text[],
): LinearLayer | null {
  const { name, embedding } = wanted;
  if (name === null) return null;
  const complete = (weight: TensorEntry): LinearLayer => ({
    name: layerName(weight),
    weight,
    bias: biasOf(entries, weight),
    isTied: weight === embedding?.weight,
  });
  if (name !== undefined) {
    const tied = embedding === null ? null : tiedLinear(entries, embedding, name);
    if (tied !== null) return tied;
    return complete(namedWeight(entries, name, text("there is no linear layer {0}", name)));
  }
  const features = linearFeatures(module.config);
  const fitting = weightsOf(entries).filter(
    (weight) => weight !== embedding?.weight && features.includes(weight.shape[1] ?? 0),
  );
  const chosen = choose(fitting, module, "linear");
  if (chosen.length > 1) notes.push(severalText(chosen, text("linear layer")));
  const [first] = chosen;
  if (first !== undefined) return complete(first.weight);
  return embedding === null || !features.includes(embedding.weight.shape[1] ?? 0)
    ? null
    : tiedLinear(entries, embedding, null);
}

/**
 * Features that a Linear after the module can take: both directions side by side, or one direction's.
 * Without directions, both are the same.
 */
export function linearFeatures(config: RecurrentConfig): readonly number[] {
  const units = stateSize(config);
  return config.bidirectional ? [numDirections(config) * units, units] : [units];
}

/**
 * A Linear that shares the embedding's table: files that keep a shared tensor once (safetensors) have only its bias.
 * `name` is the layer's, or null for any that is named like a Linear.
 */
function tiedLinear(
  entries: readonly TensorEntry[],
  embedding: EmbeddingLayer,
  name: string | null,
): LinearLayer | null {
  const [rows] = embedding.weight.shape;
  const names = new Set(entries.map((entry) => entry.name));
  const bias = entries.find((entry) => {
    const layer = /^(.*)[./]bias$/s.exec(entry.name)?.[1];
    return (
      layer !== undefined &&
      (name === null ? layerNames.linear.test(lastName(layer)) : layer === name) &&
      entry.shape.length === 1 &&
      entry.shape[0] === rows &&
      !names.has(entry.name.replace(/bias$/, "weight"))
    );
  });
  if (bias === undefined) return null;
  const { weight } = embedding;
  return { name: layerName(bias), weight, bias, isTied: true };
}

/** Weights of a layer of their own: 2-D, of floating point, called `….weight`. */
function weightsOf(entries: readonly TensorEntry[]): TensorEntry[] {
  return entries.filter(
    ({ name, shape, dtype }) =>
      /(^|[./])weight$/.test(name) &&
      shape.length === 2 &&
      shape.every((size) => size > 0) &&
      dtype.includes("float"),
  );
}

function biasOf(entries: readonly TensorEntry[], weight: TensorEntry): TensorEntry | null {
  const name = weight.name.replace(/weight$/, "bias");
  if (name === weight.name) return null;
  return entries.find((entry) => entry.name === name) ?? null;
}

/** A layer by its name, or by the name of its weight. */
function namedWeight(entries: readonly TensorEntry[], wanted: string, missing: Text): TensorEntry {
  const found =
    entries.find(({ name }) => name === wanted) ??
    entries.find(({ name }) => name === `${wanted}.weight` || name === `${wanted}/weight`);
  if (found !== undefined) return found;
  const names = weightsOf(entries).map((weight) => layerName(weight));
  throw new NotFoundError(wanted, missing, names);
}

/** Those of `fitting` that suit the module best; more than one when nothing tells them apart. */
function choose(
  fitting: readonly TensorEntry[],
  module: RecurrentModule,
  kind: keyof typeof layerNames,
): Candidate[] {
  const other = layerNames[kind === "embedding" ? "linear" : "embedding"];
  const candidates = fitting
    .map((weight): Candidate => {
      const name = layerName(weight);
      const isNamed = layerNames[kind].test(lastName(name));
      return { weight, name, isNamed, distance: distanceOf(name, module.prefix) };
    })
    .filter(({ name, isNamed }) => isNamed || !other.test(lastName(name)));
  candidates.sort(
    (left, right) => Number(right.isNamed) - Number(left.isNamed) || left.distance - right.distance,
  );
  const [best] = candidates;
  return candidates.filter(
    ({ isNamed, distance }) => isNamed === best?.isNamed && distance === best.distance,
  );
}

/**
 * Steps between a layer and a module in the tree of prefixes, from the module's parent or from the module itself,
 * whichever is nearer; the module's own come first.
 */
function distanceOf(layer: string, prefix: string): number {
  const scope = layer.split(/[./]/).slice(0, -1);
  const module = prefix.split(/[./]/).slice(0, -1);
  const between = (path: readonly string[]): number => {
    const differing = path.findIndex((part, index) => part !== scope[index]);
    const shared = differing < 0 ? path.length : differing;
    return path.length + scope.length - 2 * shared;
  };
  const own = module.length > 0 && between(module) === 0;
  return own ? -1 : Math.min(between(module), between(module.slice(0, -1)));
}

/** `model.fc` of `model.fc.weight`; the whole name of a tensor that is called otherwise. */
function layerName({ name }: TensorEntry): string {
  return name.replace(/[./](?:weight|bias)$/, "");
}

/** The last part of a layer's name that is no number: nn.Sequential counts its layers (`head.0`). */
function lastName(layer: string): string {
  const parts = layer.split(/[./]/);
  return parts.filter((part) => !/^\d+$/.test(part)).at(-1) ?? layer;
}

function severalText(chosen: readonly Candidate[], what: Text): Text {
  const [first, ...others] = chosen.map(({ name }) => name);
  return text(
    "{0} is taken for the {1} of this module; {2} would fit as well",
    first ?? "",
    what,
    others,
  );
}
