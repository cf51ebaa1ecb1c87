/**
 * One direction of one layer over a sequence, under switches. States are kept in the order in which they are computed.
 */
import type { RecurrentConfig } from "../../model/config";
import { stateSize } from "../../model/config";
import { gateCount } from "../../model/gates";
import { exact, stepOf, type Step, type StepBuffers } from "./cells";
import type { LaneRun, LaneStates } from "./laneStates";
import { rowKernel, type RowKernel } from "./kernelLane";
import { multiplyAll } from "../../engine/products/product";
import { rowOrder } from "./order";
import type { Activation } from "./activations";

/** Runs a lane. */
export function runLane(run: LaneRun): LaneStates {
  const { model, direction, switches, h0, c0 } = run;
  const { config, batchSize } = model;
  const inputs =
    knownSums(run) ?? inputSums(run, [...new Array(model.seqLength * batchSize).keys()]);
  const orders = Array.from({ length: batchSize }, (_, row) =>
    rowOrder(model, direction, row, switches),
  );
  const steps = Math.max(0, ...orders.map((order) => order.steps));
  const [R, H] = [stateSize(config), config.hiddenSize];
  const cells = config.cell === "LSTM" ? H : 0;
  const states: LaneStates = {
    orders,
    steps,
    h: new Float64Array(batchSize * steps * R),
    c: new Float64Array(batchSize * steps * cells),
    unprojected: new Float64Array(run.weights.weightHr === null ? 0 : batchSize * steps * H),
    h0: h0.slice(),
    c0: c0.slice(),
    hn: h0.slice(),
    cn: c0.slice(),
    begin: { h0, c0 },
    input: run.input,
    weights: run.weights,
    inputSums: inputs,
  };
  const runOne = rowKernel(run) ?? plainRows(run, inputs);
  for (let row = 0; row < batchSize; row++) {
    if (switches.carrying === "acrossBatch" && row > 0) startFromRowBefore(states, row, R, cells);
    runOne(states, row);
  }
  return states;
}

/** Rows step by step. */
function plainRows(run: LaneRun, inputs: Float64Array): RowKernel {
  const { config } = run.model;
  const step = withRoundedState(stepOf({ ...run, config }), run.roundState);
  const buffers = stepBuffers(config, inputs);
  return (states, row) => {
    runRow({ run, states, step, buffers }, row);
  };
}

/** The step, after which its state is rounded as a whole. */
function withRoundedState(step: Step, round: Activation): Step {
  if (round === exact) return step;
  return (buffers) => {
    step(buffers);
    for (const state of [buffers.nextH, buffers.shown]) {
      for (let unit = 0; unit < state.length; unit++) state[unit] = round(state[unit]!);
    }
  };
}

function startFromRowBefore(
  { h0, c0, hn, cn }: LaneStates,
  row: number,
  R: number,
  H: number,
): void {
  h0.set(hn.subarray((row - 1) * R, row * R), row * R);
  c0.set(cn.subarray((row - 1) * H, row * H), row * H);
  hn.set(h0.subarray(row * R, (row + 1) * R), row * R);
  cn.set(c0.subarray(row * H, (row + 1) * H), row * H);
}

/** Buffers of the steps of a lane that reads `input`. */
export function stepBuffers(config: RecurrentConfig, input: Float64Array): StepBuffers {
  const [R, H] = [stateSize(config), config.hiddenSize];
  const cells = config.cell === "LSTM" ? H : 0;
  return {
    input,
    inputAt: 0,
    h: new Float64Array(R),
    c: new Float64Array(cells),
    nextH: new Float64Array(R),
    shown: new Float64Array(R),
    nextC: new Float64Array(cells),
    unprojected: new Float64Array(H),
  };
}

/** The sums of the known lane, where they are those of this one; null where they are not. */
export function knownSums({
  known,
  weights,
  input,
  switches,
  round,
}: LaneRun): Float64Array | null {
  if (known === undefined || switches.operands !== null) return null;
  const isSame =
    known.input === input &&
    known.weights.weightIh === weights.weightIh &&
    known.weights.biasIh === weights.biasIh;
  if (!isSame) return null;
  return round === exact ? known.inputSums : known.inputSums.map(round);
}

/** W_ih·x + b_ih of some vectors of the input, by their index t·B + row: (count, G·H). */
export function inputSums(
  { model, weights, input, switches, round }: LaneRun,
  indices: readonly number[],
): Float64Array {
  const { config } = model;
  const rows = gateCount(config.cell) * config.hiddenSize;
  const size = weights.inputSize;
  const values = switches.operands === null ? input : input.map(switches.operands);
  const sums = new Float64Array(indices.length * rows);
  const affine = { matrix: weights.weightIh, bias: weights.biasIh, size };
  multiplyAll(
    affine,
    values,
    indices.map((index) => index * size),
    sums,
  );
  if (round !== exact) for (let k = 0; k < sums.length; k++) sums[k] = round(sums[k]!);
  return sums;
}

/** What the steps of a lane's rows share. */
interface Running {
  readonly run: LaneRun;
  readonly states: LaneStates;
  readonly step: (buffers: StepBuffers) => void;
  readonly buffers: StepBuffers;
}

function runRow({ run, states, step, buffers }: Running, row: number): void {
  const { model, switches } = run;
  const order = states.orders[row]!;
  const [R, H] = [buffers.h.length, buffers.c.length];
  const units = states.unprojected.length === 0 ? 0 : buffers.unprojected.length;
  const rows = buffers.input.length / (model.seqLength * model.batchSize);
  const begin = (): void => {
    buffers.h.set(states.h0.subarray(row * R, (row + 1) * R));
    buffers.c.set(states.c0.subarray(row * H, (row + 1) * H));
  };
  begin();
  for (let s = 0; s < order.steps; s++) {
    if (switches.carrying === "notCarried") begin();
    buffers.inputAt = (order.readsAt(s) * model.batchSize + order.readRow) * rows;
    step(buffers);
    const at = row * states.steps + s;
    states.h.set(buffers.shown, at * R);
    states.c.set(buffers.nextC, at * H);
    if (units > 0) states.unprojected.set(buffers.unprojected, at * units);
    buffers.h.set(buffers.nextH);
    buffers.c.set(buffers.nextC);
  }
  if (order.steps === 0) return;
  states.hn.set(buffers.shown, row * R);
  states.cn.set(buffers.nextC, row * H);
}
