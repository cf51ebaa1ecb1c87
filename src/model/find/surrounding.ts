/**
 * Finds the nn.Embedding before and the nn.Linear after a recurrent module by names and shapes.
 *
 * A state_dict does not say which layer feeds which. Layers of fitting sizes are ordered by their names
 * (`embedding`, `fc`), then by how close their prefixes are to the module's. If several are left, a note says so.
 */
import { NotFoundError } from "../../core/errors";
import type { TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import type { RecurrentModule } from "./find";
import { fitsFirst } from "./fitsFirst";
import { LayerIndex, layerName, type LayerQuery, type Placed } from "./layerIndex";

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
export interface SurroundingLayers {
  readonly embedding: EmbeddingLayer | null;
  readonly linear: LinearLayer | null;
  /** Choices that names and shapes left open, one sentence each. */
  readonly notes: readonly Text[];
}

/** The wanted layers: a name, null for none, absent for any that fits. */
export interface SurroundingNames {
  readonly embedding?: string | null;
  readonly linear?: string | null;
  /** null where no linear layer is run: then it does not matter which one it would be. */
  readonly head?: string | null;
}

/**
 * The layers around `module` in an archive, whose entries or their index are given: who asks for many modules makes
 * the index once.
 * @throws NotFoundError when a layer that is named in `wanted` is not there.
 */
export function findSurrounding(
  entries: readonly TensorEntry[] | LayerIndex,
  module: RecurrentModule,
  wanted: SurroundingNames = {},
): SurroundingLayers {
  const layers = entries instanceof LayerIndex ? entries : new LayerIndex(entries);
  const { embedding, open: openTable } = findEmbedding(layers, module, wanted.embedding);
  const { linear, open: openLinear } = findLinear(layers, module, wanted.linear, embedding);
  return {
    embedding,
    linear,
    // Computed on demand: the list of all fitting layers may be long, and most callers do not read it.
    get notes() {
      return [
        ...severalText(layers, openTable, text("embedding")),
        ...(wanted.head === null ? [] : severalText(layers, openLinear, text("linear layer"))),
      ];
    },
  };
}

/** What was chosen of several, and out of what. */
interface OpenChoice {
  readonly query: LayerQuery;
  readonly best: Placed;
}

function findEmbedding(
  layers: LayerIndex,
  { prefix, config }: RecurrentModule,
  wanted: string | null | undefined,
): { readonly embedding: EmbeddingLayer | null; readonly open: OpenChoice | null } {
  if (wanted === null) return { embedding: null, open: null };
  if (wanted !== undefined) {
    const missing = text("there is no embedding {0}", wanted);
    const weight = namedWeight(layers, wanted, { missing, columns: [config.inputSize] });
    return { embedding: { name: layerName(weight), weight }, open: null };
  }
  const query: LayerQuery = { kind: "embedding", columns: [config.inputSize], prefix };
  const best = layers.best(query);
  if (best === null) return { embedding: null, open: null };
  return { embedding: { name: best.name, weight: best.weight }, open: { query, best } };
}

function findLinear(
  layers: LayerIndex,
  { prefix, config }: RecurrentModule,
  name: string | null | undefined,
  embedding: EmbeddingLayer | null,
): { readonly linear: LinearLayer | null; readonly open: OpenChoice | null } {
  if (name === null) return { linear: null, open: null };
  const columns = linearFeatures(config);
  const complete = (weight: TensorEntry): LinearLayer => ({
    name: layerName(weight),
    weight,
    bias: layers.biasOf(weight),
    isTied: weight === embedding?.weight,
  });
  if (name !== undefined) {
    const tied = embedding === null ? null : tiedLinear(layers, embedding, name);
    const missing = text("there is no linear layer {0}", name);
    const weight = (): TensorEntry => namedWeight(layers, name, { missing, columns });
    return { linear: tied ?? complete(weight()), open: null };
  }
  const query: LayerQuery = { kind: "linear", columns, prefix, except: embedding?.weight };
  const best = layers.best(query);
  if (best !== null) return { linear: complete(best.weight), open: { query, best } };
  const isTied = embedding !== null && columns.includes(embedding.weight.shape[1] ?? 0);
  return { linear: isTied ? tiedLinear(layers, embedding, null) : null, open: null };
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
  layers: LayerIndex,
  { weight }: EmbeddingLayer,
  name: string | null,
): LinearLayer | null {
  const bias = layers.lonelyBias(weight.shape[0] ?? 0, name);
  return bias === null ? null : { name: layerName(bias), weight, bias, isTied: true };
}

/** A layer by its name, or by the name of its weight; `columns` are those of the candidates that are named first. */
function namedWeight(
  layers: LayerIndex,
  wanted: string,
  { missing, columns }: { readonly missing: Text; readonly columns: readonly number[] },
): TensorEntry {
  const found =
    layers.entry(wanted) ?? layers.entry(`${wanted}.weight`) ?? layers.entry(`${wanted}/weight`);
  if (found !== undefined) return found;
  throw new NotFoundError(
    wanted,
    missing,
    fitsFirst(layers.weights, [({ shape }) => columns.includes(shape[1] ?? 0)]).map(layerName),
    { data: { subject: wanted } },
  );
}

/** The sentence about a choice that names and shapes leave open; none for a clear choice. */
function severalText(layers: LayerIndex, choice: OpenChoice | null, what: Text): Text[] {
  if (choice === null) return [];
  const [first, ...others] = layers.asGood(choice.query, choice.best).map(({ name }) => name);
  if (others.length === 0) return [];
  return [
    text(
      "{0} is taken for the {1} of this module; {2} would fit as well",
      first ?? "",
      what,
      others,
    ),
  ];
}
