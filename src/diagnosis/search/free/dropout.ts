/**
 * Dropout between two layers in train mode: the mask is found step by step from the reference's own states.
 *
 * What layer 1 reads is layer 0 times 0 or 1/(1 − p), new at each element. The state before a step and the one after it
 * stand in the reference, so that each step can be searched by itself. What cannot be known: masks between layers whose
 * states are in no reference, and those of an LSTM of two directions and many units, where one direction shows too little.
 */
import { stateSize } from "../../../model/config";
import { toTimeMajor } from "../../../model/sequence";
import { text } from "../../../core/text";
import type { RunControl } from "../../../core/control";
import type { Model } from "../../base/model";
import { exact } from "../../forward/cells";
import { runLane } from "../../forward/lane";
import { forwardUnder, join, afterStep } from "../../forward/forward";
import { stepInProcessing } from "../../../analysis/noise";
import { directionsOf } from "../../../model/directions";
import { layOut, resultsOf } from "../../forward/returned";
import { switchesOf, type Switches } from "../../forward/switches";
import { distanceFrom } from "../closeness";
import type { Ground } from "../singles";
import type { FreeFinding } from "./found";
import { canBeFound, findMask, isUsual } from "./mask";
import { UpperLayer } from "./upperLayer";

/** Operations of all steps, about ten seconds; the first step tells most references that have no mask. */
const MOST_WORK = 1e10;

/** @throws CancelledError when `control` says so. */
export function layerDropout(ground: Ground, control: RunControl): FreeFinding | null {
  const { the, before, tolerance } = ground;
  const { config } = the.model;
  if (config.numLayers !== 2 || the.reference.output === null || !before.hasShapes) return null;
  const found = new MaskSearch(ground, control).run();
  if (found === null) return null;
  const after = distanceUnder(ground, found.read);
  if (after === null || after > tolerance) return null;
  const probability = Number((1 - 1 / found.scale).toPrecision(4));
  return {
    id: "dropout/between-layers",
    title: text("dropout with p = {0} was applied between the layers: train mode", probability),
    parameter: { kind: "probability", probability },
    after,
  };
}

/** What is left of the difference when layer 1 reads `masked`, (T, B, D·R); null where shapes differ. */
function distanceUnder({ the, tolerance }: Ground, masked: Float64Array): number | null {
  const { model } = the;
  const switches = switchesOf(model.config);
  const whole = forwardUnder(model, switches)!;
  const upper = laneStates(model, switches, masked);
  const lanes = [whole.lanes[0]!, upper];
  const output = join(model, switches, upper, afterStep);
  const returned = layOut(resultsOf({ ...whole, lanes, output }), the);
  const { most, hasShapes } = distanceFrom(returned, the.reference, the, tolerance);
  return hasShapes ? most : null;
}

function laneStates(
  model: Model,
  switches: Switches,
  input: Float64Array,
): ReturnType<typeof runLane>[] {
  const { config, layers, batchSize, h0, c0 } = model;
  const directions = directionsOf(config);
  return directions.map((direction, at) => {
    const slot = directions.length + at;
    const part = (values: Float64Array | null, size: number): Float64Array =>
      values?.subarray(slot * batchSize * size, (slot + 1) * batchSize * size) ??
      new Float64Array();
    return runLane({
      model,
      direction,
      switches,
      input,
      round: exact,
      roundState: exact,
      weights: layers[1]![at]!,
      h0: part(h0, stateSize(config)),
      c0: part(c0, config.hiddenSize),
    });
  });
}

/** What layer 1 has read at every step, (T, B, D·R), and the one factor of what was kept. */
interface FoundMasks {
  readonly read: Float64Array;
  readonly scale: number;
}

/** Finds what layer 1 has read, row by row and step by step. */
class MaskSearch {
  readonly #ground: Ground;
  readonly #control: RunControl;
  /** The reference's output, time-major. */
  readonly #output: Float64Array;
  /** What layer 0 gives, (T, B, D·R). */
  readonly #below: Float64Array;
  readonly #read: Float64Array;
  #scale: number | null = null;
  #dropped = 0;
  #count = 0;

  constructor(ground: Ground, control: RunControl) {
    const { the, run } = ground;
    this.#ground = ground;
    this.#control = control;
    const { shape, data } = the.reference.output!;
    const { batchFirst } = the.model.config;
    this.#output = toTimeMajor({ dtype: "float64", shape, data }, batchFirst) as Float64Array;
    this.#below = join(the.model, run.switches, run.lanes[0]!, afterStep);
    this.#read = this.#below.slice();
  }

  /** null when a step has no mask, or the masks do not come from one dropout. */
  run(): FoundMasks | null {
    const { model } = this.#ground.the;
    for (let row = 0; row < model.batchSize; row++) {
      const layer = new UpperLayer(model, this.#output, row);
      if (!canBeFound(layer) || !this.#isAffordable(layer)) return null;
      if (!this.#searchRow(layer, row)) return null;
    }
    const scale = this.#scale;
    return scale !== null && this.#isLikely(scale) ? { read: this.#read, scale } : null;
  }

  #isAffordable({ features, rows }: UpperLayer): boolean {
    const { seqLength, batchSize } = this.#ground.the.model;
    return seqLength * batchSize * features ** 2 * (features + 8 * rows) <= MOST_WORK;
  }

  #searchRow(layer: UpperLayer, row: number): boolean {
    const { batchSize, lengths, config } = this.#ground.the.model;
    const { features } = layer;
    const length = lengths[row]!;
    const [direction] = directionsOf(config);
    for (let s = 0; s < length; s++) {
      this.#control.check();
      const t = stepInProcessing(direction!, s, length);
      const at = (t * batchSize + row) * features;
      layer.goTo(t);
      const found = findMask({
        layer,
        below: this.#below.subarray(at, at + features),
        // A step begins with the reference's own rounding.
        tolerance: 4 * this.#ground.tolerance,
        scale: this.#scale,
      });
      if (found === null) return false;
      layer.goOn();
      this.#read.set(found.read, at);
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
