/**
 * A network's forward under switches, in float64: what it would compute if a mistake had been made.
 */
import { numDirections, stateSize, type Direction } from "../../model/config";
import { directionsOf } from "../../model/directions";
import type { Model } from "../base/model";
import type { Activation } from "./activations";
import { exact } from "./cells";
import { runLane } from "./lane";
import type { LaneRun, LaneStates } from "./laneStates";
import type { Carrying, Switches } from "./switches";

/** The states of a run. */
export interface Run {
  readonly model: Model;
  readonly switches: Switches;
  /** By layer, then direction. */
  readonly lanes: readonly (readonly LaneStates[])[];
  /** What each layer hands on, (T, B, D·R). */
  readonly sequences: readonly Float64Array[];
  /** What the last layer returns, (T, B, D·R). */
  readonly output: Float64Array;
}

export interface ForwardOptions {
  /** What every sum, gate and state is rounded to; nothing when not given. */
  readonly round?: Activation;
  /** What the state that a step shows is rounded to; nothing when not given. */
  readonly roundState?: Activation;
  /** Told of each lane when it is done; false ends the run. */
  readonly goesOn?: (slot: number, lane: LaneStates) => boolean;
  /** Told of each lane before it is run, where it is not taken from the known run; false ends the run. */
  readonly begins?: (slot: number, lane: LaneRun) => boolean;
  /** An exact run of the same rows whose lanes are taken where nothing about them is different. */
  readonly known?: Run | null;
  /** Throws when the work is to stop. */
  readonly check?: () => void;
}

/** Runs the network; null when `goesOn` has ended it. */
export function forwardUnder(
  model: Model,
  switches: Switches,
  options: ForwardOptions = {},
): Run | null {
  const { config, input } = model;
  const lanes: LaneStates[][] = [];
  const sequences: Float64Array[] = [];
  const isBehind = switches.stacking === "previousStep";
  let sequence = input;
  let output = input;
  for (let layer = 0; layer < config.numLayers; layer++) {
    const read = readBy(layer, model, switches, sequence);
    const done = runLayer(
      { model, switches, below: lanes[layer - 1], input: read },
      layer,
      options,
    );
    if (done === null) return null;
    lanes.push(done);
    const same = sameSequence(options.known ?? null, switches, done, layer);
    if (same !== null) {
      output = same;
      sequence = same;
      sequences.push(same);
      continue;
    }
    output = join(model, switches, done, afterStep);
    if (switches.stacking === "residualAdded" && layer > 0) addTo(output, read);
    sequence = isBehind ? join(model, switches, done, beforeStep) : output;
    sequences.push(sequence);
  }
  return { model, switches, lanes, sequences, output };
}

/** What a layer reads of the sequence below it. */
function readBy(
  layer: number,
  { input }: Model,
  { stacking, masks }: Switches,
  sequence: Float64Array,
): Float64Array {
  const below = layer > 0 && stacking === "inputIsX" ? input : sequence;
  return timesMask(below, masks?.[layer] ?? null);
}

function timesMask(values: Float64Array, mask: Float64Array | null): Float64Array {
  return mask === null ? values : values.map((value, k) => value * mask[k]!);
}

/** What a known run hands on from a layer whose lanes are all its own; null where they are not, or are joined otherwise. */
function sameSequence(
  known: Run | null,
  { join: order, stacking }: Switches,
  lanes: readonly LaneStates[],
  layer: number,
): Float64Array | null {
  const own = known?.lanes[layer];
  const isSame =
    order === known?.switches.join &&
    stacking === "right" &&
    known.switches.stacking === "right" &&
    lanes.every((lane, at) => lane === own?.[at]);
  return isSame ? known.sequences[layer]! : null;
}

/** What a layer computes with. */
interface LayerRun {
  readonly model: Model;
  readonly switches: Switches;
  readonly below: readonly LaneStates[] | undefined;
  /** (T, B, inputSize). */
  readonly input: Float64Array;
}

function runLayer(run: LayerRun, layer: number, options: ForwardOptions): LaneStates[] | null {
  const directions = directionsOf(run.model.config);
  const done: LaneStates[] = [];
  for (const [at, direction] of directions.entries()) {
    options.check?.();
    const known = options.known?.lanes[layer]?.[at];
    const slot = layer * directions.length + at;
    const wanted = wantedLane(run, { layer, at, below: run.below, done }, direction, options);
    const same = knownLane(options.known ?? null, known, wanted);
    if (same === null && options.begins?.(slot, wanted) === false) return null;
    const lane = same ?? runLane(wanted);
    done.push(lane);
    if (options.goesOn?.(slot, lane) === false) return null;
  }
  return done;
}

/** What a direction of a layer computes with. */
function wantedLane(
  { model, switches, input }: LayerRun,
  place: LanePlace,
  direction: Direction,
  { round = exact, roundState = exact, known }: ForwardOptions,
): LaneRun {
  const { layer, at } = place;
  return {
    ...{ model, direction, switches, input, round, roundState },
    ...startOf(model, switches, place),
    weights: model.layers[layer]![at]!,
    known: known?.lanes[layer]?.[at],
  };
}

/** A lane of a known run where it would be computed from the same values in the same way; else null. */
function knownLane(
  run: Run | null,
  known: LaneStates | undefined,
  wanted: LaneRun,
): LaneStates | null {
  const { model, switches, weights, input, h0, c0, round, roundState } = wanted;
  const isKnown =
    run !== null &&
    known !== undefined &&
    round === exact &&
    roundState === exact &&
    known.weights === weights &&
    known.input === input &&
    isSameArray(known.begin.h0, h0) &&
    isSameArray(known.begin.c0, c0) &&
    model.lengths === run.model.lengths &&
    carriedOn(model, switches) === carriedOn(model, run.switches) &&
    laneSwitches[wanted.direction].every((name) => switches[name] === run.switches[name]);
  return isKnown ? known : null;
}

const cellSwitches: readonly (keyof Switches)[] = [
  ...(["tanh", "candidate", "cellTanh", "gate", "clip", "lstm", "gru"] as const),
  ...(["projection", "operands"] as const),
];
/** What a lane of a direction depends on; where it begins and what it reads is compared by itself. */
const laneSwitches: Readonly<Record<Direction, readonly (keyof Switches)[]>> = {
  forward: [...cellSwitches, "forwardRunsOn"],
  reverse: [...cellSwitches, "reverse"],
};

/** How a lane goes on: where it begins stands in its own states, and a single row has none before it. */
function carriedOn({ batchSize }: Model, { carrying }: Switches): Carrying {
  if (carrying === "notCarried") return carrying;
  return carrying === "acrossBatch" && batchSize > 1 ? carrying : "right";
}

/** True for two views of the same values. */
function isSameArray(left: Float64Array, right: Float64Array): boolean {
  return (
    left.buffer === right.buffer &&
    left.byteOffset === right.byteOffset &&
    left.length === right.length
  );
}

function addTo(values: Float64Array, added: Float64Array): void {
  for (let k = 0; k < values.length; k++) values[k] = values[k]! + added[k]!;
}

/** Where a lane stands: its layer, its direction's index, and the lanes before it. */
interface LanePlace {
  readonly layer: number;
  readonly at: number;
  readonly below: readonly LaneStates[] | undefined;
  readonly done: readonly LaneStates[];
}

/** The states that a lane begins with, (B, R) and (B, H). */
function startOf(
  { config, batchSize, h0, c0 }: Model,
  { carrying }: Switches,
  { layer, at, below, done }: LanePlace,
): { readonly h0: Float64Array; readonly c0: Float64Array } {
  const from =
    carrying === "chainedThroughLayers"
      ? below?.[at]
      : carrying === "reverseFromForwardFinal"
        ? done[0]
        : undefined;
  if (from !== undefined) return { h0: from.hn, c0: from.cn };
  const slot = layer * numDirections(config) + at;
  const part = (values: Float64Array, size: number): Float64Array =>
    values.subarray(slot * batchSize * size, (slot + 1) * batchSize * size);
  return {
    h0: part(h0, stateSize(config)),
    c0: c0 === null ? new Float64Array() : part(c0, config.hiddenSize),
  };
}

/** Which values step `s` of a row has: an array, and the index of the state in it. */
export type StateAt = (
  lane: LaneStates,
  row: number,
  s: number,
) => readonly [values: Float64Array, index: number];

/** What a step shows. */
export const afterStep: StateAt = (lane, row, s) => [lane.h, row * lane.steps + s];
/** What was there before it. */
export const beforeStep: StateAt = (lane, row, s) =>
  s === 0 ? [lane.h0, row] : afterStep(lane, row, s - 1);

/** The states of a layer's directions side by side at the times where they are placed, (T, B, D·size); 0 elsewhere. */
export function join(
  { config, seqLength, batchSize }: Model,
  { join: order }: Pick<Switches, "join">,
  lanes: readonly LaneStates[],
  stateAt: StateAt,
  size = stateSize(config),
): Float64Array {
  const directions = lanes.length;
  const width = directions * size;
  const joined = new Float64Array(seqLength * batchSize * width);
  const isInterleaved = order === "interleaved" && directions > 1;
  lanes.forEach((lane, direction) => {
    const half = order === "reverseFirst" ? directions - 1 - direction : direction;
    const first = isInterleaved ? direction : half * size;
    const stride = isInterleaved ? directions : 1;
    for (let row = 0; row < batchSize; row++) {
      const { steps, placesAt, placeRow } = lane.orders[row]!;
      for (let s = 0; s < steps; s++) {
        const t = placesAt(s);
        if (t < 0) continue;
        const [values, index] = stateAt(lane, row, s);
        const to = (t * batchSize + placeRow) * width + first;
        for (let k = 0; k < size; k++) joined[to + k * stride] = values[index * size + k]!;
      }
    }
  });
  return joined;
}
