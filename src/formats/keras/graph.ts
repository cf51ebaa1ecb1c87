/**
 * The other inputs of a layer in a Keras model: the mask of an earlier layer, and states of another layer.
 *
 * Spec: `compute_mask` of keras.layers.Masking and Embedding; `inbound_nodes` of functional models (2.x and 3.x).
 */
import type { KerasMask } from "../base/declared";
import { listOf, objectOf, textOf, type Json, type JsonObject } from "./json";

export interface Feeds {
  readonly mask: KerasMask | null;
  /** The layer whose states it begins with. */
  readonly statesFrom: string | null;
  /** The layer whose output it reads; null for the model's input, masked or looked up in a table. */
  readonly readsFrom: string | null;
}

export const noFeeds: Feeds = { mask: null, statesFrom: null, readsFrom: null };

/** Layers that return their input unchanged in inference. */
const passing: ReadonlySet<string> = new Set([
  ...["InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Identity"],
]);

/** Layers that let no mask through; all others hand it on, or have none. */
const ending = /Conv|Pool|Flatten|Reshape|Permute|RepeatVector|Lambda|Crop|Pad|Attention/;

/** Layers one after another that a mask is followed through. */
const maxSteps = 64;

/** Layers of one model by their names, and which one each reads. */
interface Sibling {
  readonly layer: JsonObject;
  readonly reads: string | undefined;
  readonly states: string | undefined;
}

/** The inputs of each layer of a model's list, by its name. */
export function feedsOf(layers: readonly Json[]): (name: string) => Feeds {
  const siblings = new Map<string, Sibling>();
  let previous: string | undefined;
  for (const item of layers) {
    const layer = objectOf(item);
    const name = layerName(layer);
    const nodes = layer["inbound_nodes"];
    const [reads, states] =
      nodes === undefined || nodes === null ? [previous] : tensorsIn(listOf(nodes)[0], 0);
    siblings.set(name, { layer, reads, states });
    previous = name;
  }
  return (name) => ({
    mask: maskBefore(name, siblings),
    statesFrom: siblings.get(name)?.states ?? null,
    readsFrom: layerBefore(name, siblings),
  });
}

/** The nearest layer before another one that computes something. */
function layerBefore(start: string, siblings: ReadonlyMap<string, Sibling>): string | null {
  let name = siblings.get(start)?.reads;
  for (let step = 0; step < maxSteps && name !== undefined; step += 1) {
    const sibling = siblings.get(name);
    const className = textOf(sibling?.layer["class_name"]) ?? "";
    if (sibling === undefined || className === "Embedding") return null;
    if (!passing.has(className) && className !== "Masking") return name;
    name = sibling.reads;
  }
  return null;
}

/** The name of a layer in a functional model stands beside its configuration as well. */
export function layerName(layer: JsonObject): string {
  const own = textOf(objectOf(layer["config"])["name"]) ?? textOf(layer["name"]);
  return own ?? textOf(layer["class_name"]) ?? "";
}

function maskBefore(start: string, siblings: ReadonlyMap<string, Sibling>): KerasMask | null {
  let isDirect = true;
  let name = siblings.get(start)?.reads;
  for (let step = 0; step < maxSteps && name !== undefined; step += 1) {
    const sibling = siblings.get(name);
    if (sibling === undefined) return null;
    const mask = maskOf(name, sibling.layer);
    if (mask !== null) return { ...mask, isDirect };
    const className = textOf(sibling.layer["class_name"]) ?? "";
    if (ending.test(className)) return null;
    isDirect &&= passing.has(className);
    name = sibling.reads;
  }
  return null;
}

function maskOf(
  layer: string,
  { class_name, config }: JsonObject,
): Omit<KerasMask, "isDirect"> | null {
  const { mask_value: value, mask_zero: zero } = objectOf(config);
  if (class_name === "Masking") {
    return { layer, kind: "Masking", value: typeof value === "number" ? value : 0 };
  }
  return class_name === "Embedding" && zero === true
    ? { layer, kind: "Embedding", value: 0 }
    : null;
}

/** More calls within calls than any model has. */
const maxDepth = 12;

/**
 * Names of the layers whose tensors a call takes, in order: `keras_history` of Keras 3, `["name", 0, 0]` of Keras 2. The
 * first one is its input, of a recurrent layer the next ones are its states.
 */
function tensorsIn(value: Json | undefined, depth: number): readonly string[] {
  if (typeof value !== "object" || value === null || depth > maxDepth) return [];
  const history = objectOf(value)["keras_history"];
  if (history !== undefined) return tensorsIn(history, depth + 1);
  if (!Array.isArray(value)) {
    return Object.entries(value as JsonObject).flatMap(([key, part]) =>
      key === "mask" ? [] : tensorsIn(part, depth + 1),
    );
  }
  const [name, node, tensor, kwargs] = value as readonly Json[];
  if (typeof name === "string" && typeof node === "number" && typeof tensor === "number") {
    return [name, ...tensorsIn(kwargs, depth + 1)];
  }
  return listOf(value as Json).flatMap((part) => tensorsIn(part, depth + 1));
}
