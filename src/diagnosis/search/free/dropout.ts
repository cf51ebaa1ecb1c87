/**
 * Dropout between layers in train mode: the masks are found step by step from the reference's own states.
 *
 * What a layer above the first reads is the layer below times 0 or 1/(1 − p), new at each element. The state before a
 * step and the one after it stand in the reference, so that each step can be searched by itself. The states of the last
 * layer are the output; those of layers between, and the cell states of two directions, are known where the reference
 * has states inside the layers. What cannot be known: masks of layers whose states are in no reference, and those of an
 * LSTM of two directions and many units without cell states, where one direction shows too little.
 */
import { numDirections } from "../../../model/config";
import { toTimeMajor } from "../../../model/sequence";
import { text } from "../../../core/text";
import type { RunControl } from "../../../core/control";
import { forwardUnder, join, afterStep } from "../../forward/forward";
import { stepInProcessing } from "../../../analysis/noise";
import { directionsOf } from "../../../model/directions";
import { layOut, resultsOf } from "../../forward/returned";
import type { Suspicion } from "../../answer";
import type { Values } from "../../base/model";
import { distanceFrom } from "../closeness";
import type { Ground } from "../singles";
import type { FreeFinding } from "./found";
import { canBeFound, findMask, isUsual } from "./mask";
import { UpperLayer } from "./upperLayer";

/** Operations of all steps, about ten seconds; the first step tells most references that have no mask. */
const MOST_WORK = 1e10;

const ID = "dropout/between-layers";

/** @throws CancelledError when `control` says so. */
export function layerDropout(ground: Ground, control: RunControl): FreeFinding | null {
  const layers = searchedLayers(ground);
  if (layers === null) return null;
  const found = new MaskSearch(ground, control).run(layers);
  if (found === null) return null;
  const after = distanceUnder(ground, found.masks);
  if (after === null || after > ground.tolerance) return null;
  const probability = Number((1 - 1 / found.scale).toPrecision(4));
  return {
    id: ID,
    title: text("dropout with p = {0} was applied between the layers: train mode", probability),
    parameter: { kind: "probability", probability },
    changes: { switches: { masks: found.masks } },
    after,
  };
}

/**
 * What dropout leaves where its masks cannot be found: the first layer is right, and what is above it is not. Other
 * weights of the upper layers leave the same, so that it is no proof. null where the masks were searched for.
 */
export function likelyDropout(ground: Ground): Suspicion | null {
  const { the, before, right, tolerance } = ground;
  const { config } = the.model;
  const { hn } = the.reference;
  if (config.numLayers < 2 || hn === null || !before.hasShapes) return null;
  if (searchedLayers(ground) !== null || config.isCellClass) return null;
  const slots = config.numLayers * numDirections(config);
  const lower = (values: Values): Values => {
    const data = values.data.subarray(0, (values.data.length / slots) * numDirections(config));
    return { shape: [data.length], data };
  };
  const given = (values: typeof the.reference): typeof the.reference => ({
    output: null,
    hn: values.hn && lower(values.hn),
    cn: the.reference.cn && values.cn && lower(values.cn),
  });
  if (distanceFrom(given(right), given(the.reference), the, tolerance).most > tolerance)
    return null;
  return {
    id: ID,
    title: text("dropout was applied between the layers: train mode"),
    before: before.mean,
    after: null,
  };
}

/** A layer whose mask is searched for: what it reads before the mask, and its states as the reference has them. */
interface SearchedLayer {
  readonly layer: number;
  /** (T, B, D·R). */
  readonly below: Float64Array;
  readonly known: { readonly h: Float64Array; readonly c: Float64Array | null };
}

/** Every layer above the first; null where the mask of one of them cannot be told, or would take too long. */
function searchedLayers({ the, run, before }: Ground): SearchedLayer[] | null {
  const { model, inside } = the;
  const { config } = model;
  const { output } = the.reference;
  if (config.numLayers < 2 || output === null || !before.hasShapes) return null;
  const last = toTimeMajor({ dtype: "float64", ...output }, config.batchFirst) as Float64Array;
  const first = join(model, run.switches, run.lanes[0]!, afterStep);
  /** The states of a layer, as far as they are known. */
  const statesOf = (layer: number): Float64Array | null => {
    if (layer === 0) return first;
    return layer === config.numLayers - 1 ? last : (inside?.[layer]?.h ?? null);
  };
  const found: SearchedLayer[] = [];
  for (let layer = 1; layer < config.numLayers; layer++) {
    const [below, h] = [statesOf(layer - 1), statesOf(layer)];
    if (below === null || h === null) return null;
    const known = { h, c: inside?.[layer]?.c ?? null };
    const upper = new UpperLayer(model, layer, 0, known);
    if (!canBeFound(upper) || !isAffordable(model, upper)) return null;
    found.push({ layer, below, known });
  }
  return found;
}

function isAffordable(
  { seqLength, batchSize, config }: Ground["the"]["model"],
  { features, rows }: UpperLayer,
): boolean {
  const ofLayer = seqLength * batchSize * features ** 2 * (features + 8 * rows);
  return (config.numLayers - 1) * ofLayer <= MOST_WORK;
}

/** What is left of the difference under masks; null where shapes differ. */
function distanceUnder(
  { the, run, tolerance }: Ground,
  masks: readonly (Float64Array | null)[],
): number | null {
  const under = forwardUnder(the.model, { ...run.switches, masks }, { known: run })!;
  const returned = layOut(resultsOf(under), the);
  const { most, hasShapes } = distanceFrom(returned, the.reference, the, tolerance);
  return hasShapes ? most : null;
}

/** What each layer multiplies by what it reads, null for the first, and the one factor of what was kept. */
interface FoundMasks {
  readonly masks: readonly (Float64Array | null)[];
  readonly scale: number;
}

/** Finds what layers have read, row by row and step by step. */
class MaskSearch {
  readonly #ground: Ground;
  readonly #control: RunControl;
  #scale: number | null = null;
  #dropped = 0;
  #count = 0;

  constructor(ground: Ground, control: RunControl) {
    this.#ground = ground;
    this.#control = control;
  }

  /** null when a step has no mask, or the masks do not come from one dropout. */
  run(layers: readonly SearchedLayer[]): FoundMasks | null {
    const masks: (Float64Array | null)[] = [null];
    for (const searched of layers) {
      const mask = new Float64Array(searched.below.length).fill(1);
      for (let row = 0; row < this.#ground.the.model.batchSize; row++) {
        if (!this.#searchRow(searched, row, mask)) return null;
      }
      masks.push(mask);
    }
    const scale = this.#scale;
    return scale !== null && this.#isLikely(scale) ? { masks, scale } : null;
  }

  #searchRow({ layer, below, known }: SearchedLayer, row: number, mask: Float64Array): boolean {
    const { model } = this.#ground.the;
    const { batchSize, lengths, config } = model;
    const upper = new UpperLayer(model, layer, row, known);
    const { features } = upper;
    const length = lengths[row]!;
    const [direction] = directionsOf(config);
    for (let s = 0; s < length; s++) {
      this.#control.check();
      const t = stepInProcessing(direction!, s, length);
      const at = (t * batchSize + row) * features;
      upper.goTo(t);
      const read = below.subarray(at, at + features);
      // A step begins with the reference's own rounding.
      const tolerance = 4 * this.#ground.tolerance;
      const found = findMask({ layer: upper, below: read, tolerance, scale: this.#scale });
      if (found === null) return false;
      upper.goOn();
      read.forEach((value, k) => {
        if (value !== 0) mask[at + k] = found.read[k]! / value;
      });
      this.#scale ??= found.scale;
      this.#dropped += found.dropped;
      this.#count += found.count;
    }
    return true;
  }

  /** True where about p of the features are dropped; a layer below that is scaled has dropped none. */
  #isLikely(scale: number): boolean {
    const expected = this.#count * (1 - 1 / scale);
    const spread = Math.sqrt(expected / scale);
    const isDropout = this.#dropped > 0 || isUsual(scale);
    return isDropout && Math.abs(this.#dropped - expected) <= MOST_SPREAD * spread + 1;
  }
}

/** Standard deviations that the share of what was dropped may be off. */
const MOST_SPREAD = 4.5;
