/**
 * A layer above the first at one step of one row, begun in the reference's own state: what it shows for anything that it may have
 * read. Each direction whose state before the step is known takes part.
 */
import { numDirections, stateSize } from "../../../model/config";
import { directionsOf } from "../../../model/directions";
import { gateCount } from "../../../model/gates";
import { stepInProcessing } from "../../../analysis/noise";
import type { LayerParameters, Model } from "../../base/model";
import { exact, stepOf, type StepBuffers } from "../../forward/cells";
import { stepBuffers } from "../../forward/lane";
import { multiply } from "../../../engine/products/product";
import { switchesOf } from "../../forward/switches";

/** The states of the layer as the reference has them, (T, B, D·R) and (T, B, D·H); c is null where it is not given. */
interface KnownStates {
  readonly h: Float64Array;
  readonly c: Float64Array | null;
}

/** One direction. */
interface Lane {
  readonly at: number;
  readonly weights: LayerParameters;
  readonly buffers: StepBuffers;
  readonly step: (buffers: StepBuffers) => void;
}

/** Past this, a state of float32 says nothing of what was squashed. */
const MOST_STATE = 1 - 2 ** -20;

/** What a state was before its tanh, in units of the state where it is wanted: a simple RNN is linear in it. */
function unsquashed(state: number, wanted: number): number {
  const before = Math.atanh(Math.max(-MOST_STATE, Math.min(MOST_STATE, state)));
  return before * (1 - Math.min(MOST_STATE, Math.abs(wanted)) ** 2);
}

/** A step of a pre-activation that shows how a gate moves what is returned. */
const NUDGE = 1e-6;

export class UpperLayer {
  /** Features that the layer reads, and values that it shows. */
  readonly features: number;
  readonly rows: number;
  /** Of the reference, (rows). */
  readonly wanted: Float64Array;
  readonly #model: Model;
  readonly #layer: number;
  readonly #known: KnownStates;
  readonly #lanes: readonly Lane[];
  readonly #row: number;

  /** Where an LSTM's cell states are not given, they follow from step to step in the first direction alone. */
  constructor(model: Model, layer: number, row: number, known: KnownStates) {
    const { config } = model;
    const directions = [...directionsOf(config).keys()];
    const follows = config.cell === "LSTM" && known.c === null;
    const told = follows ? directions.slice(0, 1) : directions;
    this.#model = model;
    this.#layer = layer;
    this.#known = known;
    this.#row = row;
    this.#lanes = told.map((at) => laneOf(model, layer, at));
    this.features = numDirections(config) * stateSize(config);
    this.rows = told.length * stateSize(config);
    this.wanted = new Float64Array(this.rows);
    for (const lane of this.#lanes) lane.buffers.c.set(this.#initial(lane, "c"));
  }

  /** Goes to a step: its states before come from the reference. */
  goTo(t: number): void {
    const { config, batchSize, lengths } = this.#model;
    const { h, c } = this.#known;
    const part = (values: Float64Array, size: number, step: number, at: number): Float64Array => {
      const width = numDirections(config) * size;
      const from = (step * batchSize + this.#row) * width + at * size;
      return values.subarray(from, from + size);
    };
    const [R, H] = [stateSize(config), config.hiddenSize];
    const length = lengths[this.#row]!;
    this.#lanes.forEach((lane, index) => {
      const direction = directionsOf(config)[lane.at]!;
      const s = stepInProcessing(direction, t, length);
      const before = s === 0 ? null : stepInProcessing(direction, s - 1, length);
      lane.buffers.h.set(before === null ? this.#initial(lane, "h") : part(h, R, before, lane.at));
      if (c !== null && config.cell === "LSTM") {
        lane.buffers.c.set(
          before === null ? this.#initial(lane, "c") : part(c, H, before, lane.at),
        );
      }
      this.wanted.set(part(h, R, t, lane.at), index * R);
    });
  }

  /**
   * What is shown for what was read, less what is wanted, into `residual`. It is in the units of states near 0, and as
   * straight as can be far from it.
   */
  show(read: Float64Array, residual: Float64Array): void {
    const size = stateSize(this.#model.config);
    this.#lanes.forEach(({ weights, buffers, step }, index) => {
      const rows = { first: 0, end: buffers.input.length };
      const affine = { matrix: weights.weightIh, bias: weights.biasIh, size: weights.inputSize };
      multiply(affine, { values: read, from: 0 }, { values: buffers.input, at: 0 }, rows);
      step(buffers);
      for (let unit = 0; unit < size; unit++) {
        const row = index * size + unit;
        residual[row] =
          this.#measured(buffers.shown[unit]!, row) - this.#measured(this.wanted[row]!, row);
      }
    });
  }

  /** How much what is shown moves with each feature times `scales`, (rows, features), after `show`. */
  derivative(scales: Float64Array): Float64Array {
    const jacobian = new Float64Array(this.rows * this.features);
    const size = stateSize(this.#model.config);
    this.#lanes.forEach((lane, index) => {
      const own = this.#ofUnits(lane, index * size, scales);
      const { weightHr } = lane.weights;
      const from = index * size * this.features;
      if (weightHr === null) jacobian.set(own, from);
      else projectInto(jacobian.subarray(from), weightHr, own, this.features);
    });
    return jacobian;
  }

  /** Takes the cell state after the step for the one before the next. */
  goOn(): void {
    for (const { buffers } of this.#lanes) buffers.c.set(buffers.nextC);
  }

  /** Of what a direction has before its projection, (H, features). A unit depends on its own gates alone. */
  #ofUnits({ weights, buffers, step }: Lane, at: number, scales: Float64Array): Float64Array {
    const H = this.#model.config.hiddenSize;
    const { input, unprojected, shown } = buffers;
    const state = weights.weightHr === null ? shown : unprojected;
    const measured = (): Float64Array =>
      state.map((value, unit) => this.#measured(value, at + unit));
    const before = measured();
    const own = new Float64Array(H * this.features);
    for (let first = 0; first < input.length; first += H) {
      for (let unit = 0; unit < H; unit++) input[first + unit] = input[first + unit]! + NUDGE;
      step(buffers);
      const after = measured();
      for (let unit = 0; unit < H; unit++) {
        input[first + unit] = input[first + unit]! - NUDGE;
        const slope = (after[unit]! - before[unit]!) / NUDGE;
        if (slope === 0) continue;
        const row = (first + unit) * this.features;
        for (let feature = 0; feature < this.features; feature++) {
          const to = unit * this.features + feature;
          own[to] = own[to]! + slope * weights.weightIh[row + feature]! * scales[feature]!;
        }
      }
    }
    return own;
  }

  /** A state as residuals are measured: of an RNN, whose sums are linear in what it reads, before its tanh. */
  #measured(state: number, row: number): number {
    const { cell, nonlinearity } = this.#model.config;
    if (cell !== "RNN" || nonlinearity !== "tanh") return state;
    return unsquashed(state, this.wanted[row]!);
  }

  #initial({ at }: Lane, stateName: "h" | "c"): Float64Array {
    const { config, h0, c0, batchSize } = this.#model;
    const size = stateName === "h" ? stateSize(config) : config.hiddenSize;
    const slot = (this.#layer * numDirections(config) + at) * batchSize + this.#row;
    const values = stateName === "h" ? h0 : c0;
    return values === null ? new Float64Array() : values.subarray(slot * size, (slot + 1) * size);
  }
}

function laneOf({ config, layers }: Model, layer: number, at: number): Lane {
  const weights = layers[layer]![at]!;
  return {
    at,
    weights,
    buffers: stepBuffers(config, new Float64Array(gateCount(config.cell) * config.hiddenSize)),
    step: stepOf({ config, weights, switches: switchesOf(config), round: exact }),
  };
}

/** W_hr·values, (R, features). */
function projectInto(
  target: Float64Array,
  weightHr: Float64Array,
  values: Float64Array,
  features: number,
): void {
  const H = values.length / features;
  for (let row = 0; row < weightHr.length / H; row++) {
    for (let unit = 0; unit < H; unit++) {
      const weight = weightHr[row * H + unit]!;
      for (let feature = 0; feature < features; feature++) {
        const at = row * features + feature;
        target[at] = target[at]! + weight * values[unit * features + feature]!;
      }
    }
  }
}
