/**
 * Index of weights that may be layers around a module, by size and name, with constant look-up time.
 */
import type { TensorEntry } from "../../tensor/tensor";

export type LayerKind = "embedding" | "linear";

/** `encoder`, with `decoder` for the Linear, is what PyTorch's own language model calls its embedding. */
const namePatterns: Readonly<Record<LayerKind, RegExp>> = {
  embedding: /emb|wte|lookup|vocab|token|word|^encoder$/i,
  linear: /fc|lin|out|head|classif|proj|dense|logit|predict|score|decoder|hidden2|generator/i,
};

/** Levels of names below this do not count as places. */
const maxLevels = 64;

/** A weight that may be a layer's. */
export interface Candidate {
  readonly weight: TensorEntry;
  /** Its name in the state_dict, without `.weight`. */
  readonly name: string;
  /** True when its name states its purpose. */
  readonly isNamed: boolean;
  /** The names of the levels it stands in. */
  readonly scope: readonly string[];
  /** Its place among the candidates in the order of the file. */
  readonly order: number;
}

/** A candidate beside a module. */
export interface Placed extends Candidate {
  /** Steps between the two in the tree of prefixes, as `distanceOf` counts them. */
  readonly distance: number;
}

/** Which layers are asked for. */
export interface LayerQuery {
  readonly kind: LayerKind;
  /** Sizes that the second axis may have. */
  readonly columns: readonly number[];
  /** The module's, with its separator. */
  readonly prefix: string;
  /** A weight that is none of them. */
  readonly except?: TensorEntry | undefined;
}

export class LayerIndex {
  readonly #entries = new Map<string, TensorEntry>();
  readonly #weights: TensorEntry[];
  /** By kind, columns and whether they are named. */
  readonly #trees = new Map<string, PlaceTree>();
  readonly #all = new Map<string, Candidate[]>();
  #biases: ReadonlyMap<string, TensorEntry> | undefined;

  constructor(entries: readonly TensorEntry[]) {
    for (const entry of entries) {
      if (!this.#entries.has(entry.name)) this.#entries.set(entry.name, entry);
    }
    const recurrent = recurrentSources(entries);
    this.#weights = entries.filter((entry) => isLayerWeight(entry) && !recurrent.has(entry.name));
    this.#weights.forEach((weight, order) => {
      // An embedding table has no bias, so a weight with a bias is a Linear.
      if (this.biasOf(weight) === null) this.#add("embedding", weight, order);
      this.#add("linear", weight, order);
    });
  }

  /** Weights of a layer of their own: 2-D, of floating point, called `….weight`. */
  get weights(): readonly TensorEntry[] {
    return this.#weights;
  }

  entry(name: string): TensorEntry | undefined {
    return this.#entries.get(name);
  }

  biasOf({ name }: TensorEntry): TensorEntry | null {
    if (!name.endsWith("weight")) return null;
    return this.#entries.get(`${name.slice(0, -"weight".length)}bias`) ?? null;
  }

  /** The one that suits best: by its name, then by how near it stands, then the first of the file. */
  best(query: LayerQuery): Placed | null {
    for (const isNamed of [true, false]) {
      let best: Placed | null = null;
      for (const columns of new Set(query.columns)) {
        const tree = this.#trees.get(keyOf(query.kind, columns, isNamed));
        best = nearer(best, tree?.nearest(query) ?? null);
      }
      if (best !== null) return best;
    }
    return null;
  }

  /** All that suit as well as `best`, in the order of the file. */
  asGood(query: LayerQuery, best: Placed): readonly Candidate[] {
    return [...new Set(query.columns)]
      .flatMap((columns) => this.#all.get(keyOf(query.kind, columns, best.isNamed)) ?? [])
      .filter(({ weight, scope }) => {
        return weight !== query.except && distanceOf(scope, query.prefix) === best.distance;
      })
      .sort((left, right) => left.order - right.order);
  }

  /** A bias of a Linear whose weight the file has under another name: that of a layer, or the first of `rows`. */
  lonelyBias(rows: number, layer: string | null): TensorEntry | null {
    this.#biases ??= this.#lonelyBiases();
    return this.#biases.get(layer === null ? String(rows) : `${rows} ${layer}`) ?? null;
  }

  #lonelyBiases(): Map<string, TensorEntry> {
    const biases = new Map<string, TensorEntry>();
    for (const [name, entry] of this.#entries) {
      const [rows] = entry.shape;
      if (rows === undefined || entry.shape.length !== 1 || !/[./]bias$/.test(name)) continue;
      if (this.#entries.has(`${name.slice(0, -"bias".length)}weight`)) continue;
      const layer = layerName(entry);
      const keys = [`${rows} ${layer}`, ...(isCalled("linear", layer) ? [String(rows)] : [])];
      for (const key of keys) if (!biases.has(key)) biases.set(key, entry);
    }
    return biases;
  }

  #add(kind: LayerKind, weight: TensorEntry, order: number): void {
    const name = layerName(weight);
    const isNamed = isCalled(kind, name);
    const isCalledOtherwise = isCalled(kind === "embedding" ? "linear" : "embedding", name);
    // With a bias it is a Linear, whatever it is called.
    const isCertain = kind === "linear" && this.biasOf(weight) !== null;
    if (!isNamed && isCalledOtherwise && !isCertain) return;
    const candidate = { weight, name, isNamed, scope: scopeOf(name), order };
    const key = keyOf(kind, weight.shape[1] ?? 0, isNamed);
    const tree = this.#trees.get(key) ?? new PlaceTree();
    tree.add(candidate);
    this.#trees.set(key, tree);
    const all = this.#all.get(key) ?? [];
    all.push(candidate);
    this.#all.set(key, all);
  }
}

function keyOf(kind: LayerKind, columns: number, isNamed: boolean): string {
  return `${kind} ${columns} ${String(isNamed)}`;
}

function isLayerWeight({ name, shape, dtype }: TensorEntry): boolean {
  return (
    /(?:^|[./])weight$/.test(name) &&
    shape.length === 2 &&
    shape.every((size) => size > 0) &&
    dtype.includes("float")
  );
}

/** Names of the tensors that parameters of a recurrent module are made of, in any number of steps. */
export function recurrentSources(entries: readonly TensorEntry[]): ReadonlySet<string> {
  const parameter = /(?:^|[./])(?:weight_[ih][hr]|bias_[ih]h|peephole)_l\d+(?:_reverse)?$/;
  const originOf = new Map(entries.map(({ name, origin }) => [name, origin?.from ?? []]));
  const sources = new Set(
    entries.flatMap(({ name, origin }) => (parameter.test(name) ? (origin?.from ?? []) : [])),
  );
  // What is added on the way is visited as well.
  for (const name of sources) for (const from of originOf.get(name) ?? []) sources.add(from);
  return sources;
}

/** `model.fc` of `model.fc.weight`; the whole name of a tensor that is called otherwise. */
export function layerName({ name }: TensorEntry): string {
  return name.replace(/[./](?:weight|bias)$/, "");
}

function isCalled(kind: LayerKind, layer: string): boolean {
  return namePatterns[kind].test(lastName(layer));
}

/** The last part of a layer's name that is no number: nn.Sequential counts its layers (`head.0`). */
function lastName(layer: string): string {
  let end = layer.length;
  while (end > 0) {
    const start = 1 + Math.max(layer.lastIndexOf(".", end - 1), layer.lastIndexOf("/", end - 1));
    const part = layer.slice(start, end);
    if (!/^\d+$/.test(part)) return part;
    end = start - 1;
  }
  return layer;
}

/** The names before the last separator. */
function scopeOf(name: string): readonly string[] {
  const end = Math.max(name.lastIndexOf("."), name.lastIndexOf("/"));
  return end < 0 ? [] : name.slice(0, end).split(/[./]/, maxLevels);
}

/** Where a module stands, and its parent: the nearer of the two counts. */
function anchorsOf(prefix: string): readonly (readonly string[])[] {
  const module = scopeOf(prefix);
  return module.length === 0 ? [module] : [module, module.slice(0, -1)];
}

/**
 * Steps between a layer and a module in the tree of prefixes, from the module's parent or from the module itself,
 * whichever is nearer; the module's own come first.
 */
function distanceOf(scope: readonly string[], prefix: string): number {
  const [module = [], parent = module] = anchorsOf(prefix);
  const between = (path: readonly string[]): number => {
    const differing = path.findIndex((part, index) => part !== scope[index]);
    const shared = differing < 0 ? path.length : differing;
    return path.length + scope.length - 2 * shared;
  };
  const own = module.length > 0 && between(module) === 0;
  return own ? -1 : Math.min(between(module), between(parent));
}

function nearer(left: Placed | null, right: Placed | null): Placed | null {
  if (left === null || right === null) return left ?? right;
  const difference = left.distance - right.distance || left.order - right.order;
  return difference <= 0 ? left : right;
}

/** The candidates by their places; each place knows the two that stand highest in or below it. */
class PlaceTree {
  readonly #root = newPlace();

  add(candidate: Candidate): void {
    let place = this.#root;
    keepHighest(place, candidate);
    for (const part of candidate.scope) {
      const below = place.below.get(part) ?? newPlace();
      place.below.set(part, below);
      keepHighest(below, candidate);
      place = below;
    }
  }

  /** From each of the module's places up: down again to the highest candidate below it. */
  nearest({ prefix, except }: LayerQuery): Placed | null {
    let best: Placed | null = null;
    for (const anchor of anchorsOf(prefix)) {
      for (const place of this.#along(anchor)) {
        const found = place.highest.find(({ weight }) => weight !== except);
        if (found === undefined) continue;
        best = nearer(best, { ...found, distance: distanceOf(found.scope, prefix) });
      }
    }
    return best;
  }

  *#along(path: readonly string[]): Generator<Place> {
    let place: Place | undefined = this.#root;
    yield place;
    for (const part of path) {
      place = place.below.get(part);
      if (place === undefined) return;
      yield place;
    }
  }
}

interface Place {
  readonly below: Map<string, Place>;
  /** At most two: one of them may not be wanted. */
  readonly highest: Candidate[];
}

function newPlace(): Place {
  return { below: new Map(), highest: [] };
}

function keepHighest({ highest }: Place, candidate: Candidate): void {
  highest.push(candidate);
  highest.sort((left, right) => left.scope.length - right.scope.length || left.order - right.order);
  highest.length = Math.min(2, highest.length);
}
