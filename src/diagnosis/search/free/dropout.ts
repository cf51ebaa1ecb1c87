/**
 * Dropout between two layers in train mode: the mask is found step by step from the reference's own states.
 *
 * What layer 1 reads is layer 0 times 0 or 1/(1 − p), new at each element. The state before a step and the one after it
 * stand in the reference, so that each step can be searched by itself: all masks of the D·R features.
 */
import { stateSize, numDirections } from "../../../model/config";
import { gateCount } from "../../../model/gates";
import { toTimeMajor } from "../../../model/sequence";
import { text } from "../../../core/text";
import type { RunControl } from "../../../core/control";
import type { Model } from "../../base/model";
import { partOf } from "../../base/part";
import { exact, stepOf, type StepBuffers } from "../../forward/cells";
import { runLane } from "../../forward/lane";
import { forwardUnder, join, afterStep } from "../../forward/forward";
import { directionsOf } from "../../../model/directions";
import { layOut, resultsOf } from "../../forward/returned";
import { switchesOf, type Switches } from "../../forward/switches";
import { distanceFrom } from "../closeness";
import type { Ground } from "../singles";
import type { FreeFinding } from "./found";

/** Probabilities that people write. */
const PROBABILITIES = [0.5, 0.1, 0.2, 0.3, 0.4, 0.25];
/** 2^12 masks a step are searched in milliseconds. */
const MOST_FEATURES = 12;

/** @throws CancelledError when `control` says so. */
export function layerDropout(ground: Ground, control: RunControl): FreeFinding | null {
  const { the, before, tolerance } = ground;
  const { config } = the.model;
  const features = numDirections(config) * stateSize(config);
  const isSearched =
    config.numLayers === 2 &&
    directionsOf(config)[0] === "forward" &&
    features <= MOST_FEATURES &&
    the.reference.output !== null &&
    before.hasShapes &&
    config.projSize === 0;
  if (!isSearched) return null;
  for (const probability of PROBABILITIES) {
    const masked = new MaskSearch(ground, 1 / (1 - probability), control).run();
    if (masked === null) continue;
    const after = distanceUnder(ground, masked);
    if (after === null || after > tolerance) continue;
    return {
      id: "dropout/between-layers",
      title: text("dropout with p = {0} was applied between the layers: train mode", probability),
      parameter: { kind: "probability", probability },
      after,
    };
  }
  return null;
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
      weights: layers[1]![at]!,
      h0: part(h0, stateSize(config)),
      c0: part(c0, config.hiddenSize),
    });
  });
}

/** Finds what layer 1 has read, row by row and step by step of its forward direction. */
class MaskSearch {
  readonly #ground: Ground;
  readonly #scale: number;
  readonly #control: RunControl;
  /** The reference's output, time-major. */
  readonly #output: Float64Array;
  readonly #tolerance: number;

  constructor(ground: Ground, scale: number, control: RunControl) {
    this.#ground = ground;
    this.#scale = scale;
    this.#control = control;
    const { shape, data } = ground.the.reference.output!;
    const { batchFirst } = ground.the.model.config;
    this.#output = toTimeMajor({ dtype: "float64", shape, data }, batchFirst) as Float64Array;
    // A step begins with the reference's own rounding.
    this.#tolerance = 4 * ground.tolerance;
  }

  /** (T, B, D·R) that layer 1 reads; null where a step has no mask. */
  run(): Float64Array | null {
    const { model } = this.#ground.the;
    const below = join(model, this.#ground.run.switches, this.#ground.run.lanes[0]!, afterStep);
    const masked = below.slice();
    for (let row = 0; row < model.batchSize; row++) {
      if (!this.#searchRow(row, below, masked)) return null;
    }
    return masked;
  }

  #searchRow(row: number, below: Float64Array, masked: Float64Array): boolean {
    const { model } = this.#ground.the;
    const { config, batchSize } = model;
    const own = partOf(model, { rows: [row], steps: model.seqLength });
    const features = numDirections(config) * stateSize(config);
    const step = new StepSearch(own, this.#tolerance, this.#scale);
    const units = stateSize(config);
    for (let t = 0; t < model.lengths[row]!; t++) {
      this.#control.check();
      const at = (t * batchSize + row) * features;
      const wanted = this.#output.subarray(at, at + units);
      const mask = step.next(below.subarray(at, at + features), wanted);
      if (mask === null) return false;
      masked.set(mask, at);
    }
    return true;
  }
}

/** The forward direction of layer 1 for one row, step by step. */
class StepSearch {
  readonly #buffers: StepBuffers;
  readonly #step: (buffers: StepBuffers) => void;
  readonly #weights: Model["layers"][number][number];
  readonly #tolerance: number;
  readonly #scale: number;

  constructor({ config, layers, h0, c0 }: Model, tolerance: number, scale: number) {
    const [weights] = layers[1]!;
    this.#weights = weights!;
    this.#tolerance = tolerance;
    this.#scale = scale;
    const [R, H] = [stateSize(config), config.hiddenSize];
    const cells = config.cell === "LSTM" ? H : 0;
    const slot = numDirections(config);
    this.#buffers = {
      input: new Float64Array(gateCount(config.cell) * H),
      inputAt: 0,
      h: h0.slice(slot * R, (slot + 1) * R),
      c: cells === 0 ? new Float64Array() : c0!.slice(slot * H, (slot + 1) * H),
      nextH: new Float64Array(R),
      shown: new Float64Array(R),
      nextC: new Float64Array(cells),
      unprojected: new Float64Array(H),
    };
    this.#step = stepOf({ config, weights: weights!, switches: switchesOf(config), round: exact });
  }

  /** What was read at a step whose state is `wanted`; null where no mask gives it. The state goes on to the next step. */
  next(below: Float64Array, wanted: Float64Array): Float64Array | null {
    const { biasIh } = this.#weights;
    const { input, h, c, shown, nextC } = this.#buffers;
    const read = new Float64Array(below.length);
    input.set(biasIh ?? new Float64Array(input.length));
    // Gray code: from one mask to the next a single feature is added or taken away.
    for (let code = 0; code < 2 ** below.length; code++) {
      if (code > 0) this.#toggle(read, below, trailingZeros(code));
      this.#step(this.#buffers);
      if (!this.#isWanted(shown, wanted)) continue;
      // The reference's own state, so that its rounding does not add up.
      h.set(wanted);
      c.set(nextC);
      return read;
    }
    return null;
  }

  #toggle(read: Float64Array, below: Float64Array, feature: number): void {
    const { weightIh, inputSize } = this.#weights;
    const { input } = this.#buffers;
    const after = read[feature] === 0 ? below[feature]! * this.#scale : 0;
    const change = after - read[feature]!;
    read[feature] = after;
    for (let row = 0; row < input.length; row++) {
      input[row] = input[row]! + weightIh[row * inputSize + feature]! * change;
    }
  }

  #isWanted(shown: Float64Array, wanted: Float64Array): boolean {
    for (let unit = 0; unit < wanted.length; unit++) {
      if (!(Math.abs(shown[unit]! - wanted[unit]!) <= this.#tolerance)) return false;
    }
    return true;
  }
}

function trailingZeros(code: number): number {
  return 31 - Math.clz32(code & -code);
}
