/**
 * A network's forward under switches, in float64: what it would compute if a mistake had been made.
 */
import { numDirections, stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import type { Model } from "../base/model";
import type { Activation } from "./activations";
import { exact } from "./cells";
import { runLane, type LaneStates } from "./lane";
import type { Switches } from "./switches";

/** The states of a run. */
export interface Run {
  readonly model: Model;
  readonly switches: Switches;
  /** By layer, then direction. */
  readonly lanes: readonly (readonly LaneStates[])[];
  /** What the last layer returns, (T, B, D·R). */
  readonly output: Float64Array;
}

export interface ForwardOptions {
  /** What every sum, gate and state is rounded to; nothing when not given. */
  readonly round?: Activation;
  /** Told of each layer when it is done; false ends the run. */
  readonly goesOn?: (layer: number, lanes: readonly LaneStates[]) => boolean;
  /** Throws when the work is to stop. */
  readonly check?: () => void;
}

/** Runs the network; null when `goesOn` has ended it. */
export function forwardUnder(
  model: Model,
  switches: Switches,
  { round = exact, goesOn = () => true, check = () => undefined }: ForwardOptions = {},
): Run | null {
  const { config, layers, input } = model;
  const lanes: LaneStates[][] = [];
  let sequence = input;
  let output = input;
  const directions = directionsOf(config);
  const isBehind = switches.stacking === "previousStep";
  for (const [layer, parameters] of layers.entries()) {
    const read = layer > 0 && switches.stacking === "inputIsX" ? input : sequence;
    const done: LaneStates[] = [];
    for (const [at, direction] of directions.entries()) {
      check();
      const start = startOf(model, switches, { layer, at, below: lanes[layer - 1], done });
      const weights = parameters[at]!;
      done.push(runLane({ model, weights, direction, switches, input: read, round, ...start }));
    }
    lanes.push(done);
    if (!goesOn(layer, done)) return null;
    output = join(model, switches, done, afterStep);
    if (switches.stacking === "residualAdded" && layer > 0) addTo(output, read);
    sequence = isBehind ? join(model, switches, done, beforeStep) : output;
  }
  return { model, switches, lanes, output };
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
