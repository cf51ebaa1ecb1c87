/**
 * Windows of gates over time, which a run does not keep: their steps are computed again from the states around them.
 *
 * That is slow beside the kernels. A window has a budget: of blocks of more steps than it allows, some are computed, evenly
 * spaced, and the answer says how many.
 */
import { byStepOf, residualsAt } from "../../analysis/byStep";
import type { LaneContext } from "../../analysis/lanes";
import { arraySteps } from "../../analysis/steps";
import { bytesOf, Lru } from "../../core/lru";
import type { StateArray } from "../../engine/base/engine";
import type { DirectionPlace } from "../../engine/base/trace";
import type { StepRecomputer } from "../../engine/recompute";
import { directionIndexOf } from "../../model/directions";
import { gateCount, gateOrder } from "../../model/gates";
import type { NamedState } from "../../model/stateNames";
import type { GatesView } from "../../protocol/run/messages";
import { type Side, type WindowData, type WindowRequest } from "../../protocol/run/windowMessages";
import { stateValues } from "../../run/stateValues";
import type { RunResult } from "../../run/execute";
import { blockLimit, blockStart, clampWhole } from "./blocks";
import { readWindow } from "./window";
import { sequenceLength } from "../../model/sequence";

/** Multiplications that a window may take: about 50 ms, in which nothing else is answered. */
const STEPS_BUDGET = 2 ** 26;
/** Bytes of gates that are kept: neighbouring gates of a step are asked for one after another. */
const MAX_KEPT = 2 ** 26;
/** Steps from which the range of a gate is told. */
const MOST_SAMPLED = 64;

/** Multiplications of one step of a layer, of one row of the batch. */
function costOf({ forwardInput }: Pick<RunResult, "forwardInput">, layer: number): number {
  const { config, weights } = forwardInput;
  const { inputSize, stateSize } = weights[layer]![0]!;
  return gateCount(config.cell) * config.hiddenSize * (inputSize + stateSize);
}

/** Candidates are made by tanh, the others by σ. */
function centreOf(letter: string): number {
  return letter === "g" || letter === "n" ? 0 : 0.5;
}

function stepsAtOnce(cost: number): number {
  return Math.max(1, Math.floor(STEPS_BUDGET / cost));
}

/** The gates that a direction of a layer has; undefined for an RNN, and where they cannot be computed. */
export function gatesOf(
  run: RunResult,
  { layer, direction }: DirectionPlace,
): GatesView | undefined {
  const { config, seqLength, batchSize } = run.forwardInput;
  const letters = gateOrder[config.cell].filter((letter) => letter !== "");
  if (letters.length === 0 || run.isShown) return undefined;
  const states = run.compared.flatMap((tensor) => tensor.states ?? []);
  const given = run.inputs.states ?? [];
  const units = config.hiddenSize;
  const each = letters.map((quantity): GatesView["each"][number] => {
    const found = states.find(
      (state) =>
        state.layer === layer && state.direction === direction && state.quantity === quantity,
    )?.comparison;
    return {
      letter: quantity,
      centre: centreOf(quantity),
      reference: stateValues(given, { layer, direction, quantity }) === null ? "none" : "full",
      outside: found?.outside ?? 0,
      total: found?.total ?? seqLength * batchSize * units,
      deltaRange: found?.deltaRange ?? [0, 0],
    };
  });
  return { units, atOnce: stepsAtOnce(costOf(run, layer)), each };
}

/** What of the steps of a window is computed. */
interface Chosen {
  readonly steps: readonly number[];
  readonly columns: number;
  /** Steps that the window has. */
  readonly of: number;
}

/** All steps, or so many of each block that the budget holds, evenly spaced and in their order. */
function chooseSteps(request: WindowRequest, seqLength: number, cost: number): Chosen {
  const from = clampWhole(request.stepStart, 0, seqLength);
  const to = clampWhole(request.stepEnd, from, seqLength);
  const of = to - from;
  const most = stepsAtOnce(cost);
  const columns = Math.min(of, blockLimit(request.maxColumns), most);
  if (of <= most) return { steps: Array.from({ length: of }, (_, k) => from + k), columns, of };
  const each = Math.max(1, Math.floor(most / columns));
  const steps: number[] = [];
  for (let column = 0; column < columns; column++) {
    const start = blockStart({ from, to }, column, columns);
    const size = blockStart({ from, to }, column + 1, columns) - start;
    for (let k = 0; k < each; k++) steps.push(start + Math.floor((k * size) / each));
  }
  return { steps, columns, of };
}

/** Holds the gates that were computed last. Owned by a session, and ends with it. */
export class GateWindows {
  readonly #run: RunResult;
  readonly #recomputer: StepRecomputer;
  /** Of each gate, by the row of the batch. */
  readonly #spans = new Map<string, number>();
  readonly #known = new Lru<string, Float32Array>(MAX_KEPT, bytesOf);

  constructor(run: RunResult, recomputer: StepRecomputer) {
    this.#run = run;
    this.#recomputer = recomputer;
  }

  /** A window of a gate, as of any lane; with `computed` where not every step was. */
  read(gate: NamedState, request: WindowRequest, order?: Uint32Array): WindowData {
    const { forwardInput, context, noise, steps: judged, inputs } = this.#run;
    const { config, batchSize, seqLength } = forwardInput;
    const batch = clampWhole(request.batch, 0, batchSize - 1);
    const { steps, columns, of } = chooseSteps(request, seqLength, costOf(this.#run, gate.layer));
    const units = config.hiddenSize;
    const ours = new Float32Array(steps.length * units);
    const block = gateOrder[config.cell].indexOf(gate.quantity);
    steps.forEach((step, row) => {
      const gates = this.#gates({ ...gate, step, batch });
      ours.set(gates.subarray(block * units, (block + 1) * units), row * units);
    });
    const rowOf = (step: number): number => step * batchSize + batch;
    const allowance = noise?.allowance[gate.layer]?.[directionIndexOf(config, gate.direction)];
    const rows = steps.map(rowOf);
    const residuals = judged?.stateOf(gate);
    const part = {
      of: "states",
      ...byStepOf(noise, residuals && residualsAt(residuals, rows, units)),
      units,
      ours: arraySteps(ours, units),
      reference: referenceRows(stateValues(inputs.states ?? [], gate), rows, units),
      noise: allowance === undefined ? null : Float64Array.from(rows, (row) => allowance[row]!),
    };
    const lane = { id: request.lane, ...gate, units, parts: [part], cell: null };
    const whole = { stepStart: 0, stepEnd: steps.length, maxColumns: columns, batch: 0 };
    const data = readWindow(lane, { ...request, ...whole }, rowContext(context, steps, batch), {
      order,
    });
    const span = this.#span(gate, batch, request.side);
    return steps.length === of
      ? { ...data, ...span }
      : { ...data, ...span, computed: { steps: steps.length, of } };
  }

  /** How far from its middle a gate is, by some steps over the whole sequence. */
  #span(gate: NamedState, batch: number, side: Side): Pick<WindowData, "span"> {
    if (side === "delta") return {};
    const { layer, direction, quantity } = gate;
    const key = `${layer} ${direction} ${quantity} ${batch}`;
    const known = this.#spans.get(key) ?? this.#measure(gate, batch);
    this.#spans.set(key, known);
    return { span: known };
  }

  #measure(gate: NamedState, batch: number): number {
    const { config } = this.#run.forwardInput;
    const length = sequenceLength(this.#run.forwardInput, batch);
    const most = Math.floor(STEPS_BUDGET / 4 / costOf(this.#run, gate.layer));
    const count = Math.min(length, Math.max(1, Math.min(MOST_SAMPLED, most)));
    const units = config.hiddenSize;
    const from = gateOrder[config.cell].indexOf(gate.quantity) * units;
    const centre = centreOf(gate.quantity);
    const distances = new Float32Array(count * units);
    for (let k = 0; k < count; k++) {
      const step = Math.floor(((k + 0.5) * length) / count);
      const gates = this.#gates({ ...gate, step, batch });
      for (let unit = 0; unit < units; unit++) {
        const distance = Math.abs(gates[from + unit]! - centre);
        distances[k * units + unit] = Number.isFinite(distance) ? distance : 0;
      }
    }
    distances.sort();
    return distances[Math.ceil(0.995 * distances.length) - 1] ?? 0;
  }

  /** All gates of a step in the order of the weights, (G·H); zeros in the padding. */
  #gates(place: DirectionPlace & { readonly step: number; readonly batch: number }): Float32Array {
    const { layer, direction, step, batch } = place;
    const key = `${layer} ${direction} ${step} ${batch}`;
    const { config } = this.#run.forwardInput;
    const gates =
      this.#known.get(key) ??
      Float32Array.from(
        this.#recomputer.step(place)?.record.gates ??
          new Float32Array(gateCount(config.cell) * config.hiddenSize),
      );
    this.#known.set(key, gates);
    return gates;
  }
}

/** Rows of a reference, (T·B, units), in the order they are asked for; null without one. */
function referenceRows(
  values: StateArray | null,
  rows: readonly number[],
  units: number,
): ReturnType<typeof arraySteps> | null {
  if (values === null) return null;
  const taken = new Float64Array(rows.length * units);
  rows.forEach((row, k) => {
    taken.set(values.subarray(row * units, (row + 1) * units), k * units);
  });
  return arraySteps(taken, units);
}

/** One row of the batch at some steps. */
function rowContext(context: LaneContext, steps: readonly number[], batch: number): LaneContext {
  const { tolerance, precision } = context;
  const length = sequenceLength(context, batch);
  const valid = steps.filter((step) => step < length).length;
  return { seqLength: steps.length, batchSize: 1, lengths: [valid], tolerance, precision };
}
