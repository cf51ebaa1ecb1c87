/**
 * Back-propagation through one block of steps of one direction of one layer.
 */
import { norm } from "../../core/numeric";
import type { Parts } from "../../core/turns";
import type { CellState } from "../readable/cells";
import type { ForwardInput, StateArray } from "../base/engine";
import { keepsZeros, type CarriedGradient, type GradientLane } from "./lanes";
import type { CellGradient } from "./cells";
import type { StepBlock } from "../base/plan";
import { readInputRow } from "../readable/readable";
import type { ForwardTrace, StateName } from "../base/trace";
import { sequenceLength } from "../../model/sequence";

/** A block to walk through, from the end of its direction to the start. */
export interface BlockWalk {
  readonly lane: GradientLane;
  readonly cell: CellGradient;
  readonly block: StepBlock;
  /** ∂L/∂(the layer's output), (steps, B, D·P). */
  readonly arriving: Float64Array;
  /** Read and written: the gradient at the state that the next block ends with. */
  readonly carried: CarriedGradient;
  /** ∂L/∂(the layer's input), (steps, B, I), is added here; null when it is not needed. */
  readonly ofInput: Float64Array | null;
  /** False when the block is run again for the layer below only. */
  readonly records: boolean;
}

/** Buffers of one row while it walks. */
interface RowBuffers {
  readonly x: Float64Array;
  readonly dx: Float64Array | null;
  readonly previous: CellState;
  at: CellState;
  before: CellState;
}

/** The inputs of a lane's block: its input, and the state before each of its steps. */
interface BlockStates {
  /** Parts side by side along the features, each (steps, B, features of the part). */
  readonly x: readonly StateArray[];
  /** (steps, B, P). */
  readonly h: StateArray;
  /** (steps, B, H). */
  readonly c: StateArray | null;
  /** True where 0 times any of these, or of the weights, is 0. */
  readonly keepsZeros: boolean;
}

/** Walks blocks of one run; `tick` is told how many steps of a row are done, and says whether the work may be left. */
export class BlockWalker {
  readonly #run: ForwardInput;
  readonly #trace: ForwardTrace;
  readonly #tick: (steps: number) => boolean;

  constructor(run: ForwardInput, trace: ForwardTrace, tick: (steps: number) => boolean) {
    this.#run = run;
    this.#trace = trace;
    this.#tick = tick;
  }

  *walk(walk: BlockWalk): Parts<void> {
    const states = this.#statesOf(walk);
    const { weights } = walk.lane;
    const stateOf = (): CellState => ({
      h: new Float64Array(weights.stateSize),
      c: states.c === null ? null : new Float64Array(weights.hiddenSize),
    });
    const buffers: RowBuffers = {
      x: new Float64Array(weights.inputSize),
      dx: walk.ofInput === null ? null : new Float64Array(weights.inputSize),
      previous: stateOf(),
      at: stateOf(),
      before: stateOf(),
    };
    for (let batch = 0; batch < this.#run.batchSize; batch++) {
      loadRow(walk.carried.h, batch, buffers.at.h);
      if (walk.carried.c !== null) loadRow(walk.carried.c, batch, buffers.at.c!);
      if (!states.keepsZeros || !isNothing(walk, buffers.at, batch, this.#run.batchSize)) {
        yield* this.#walkRow(walk, states, buffers, batch);
      } else if (this.#tick(this.#validSteps(walk.block, batch))) yield;
    }
  }

  #validSteps({ from, to }: StepBlock, batch: number): number {
    return Math.max(0, Math.min(to, this.#run.lengths?.[batch] ?? to) - from);
  }

  *#walkRow(walk: BlockWalk, states: BlockStates, buffers: RowBuffers, batch: number): Parts<void> {
    const { lane, cell, block, carried } = walk;
    const { batchSize } = this.#run;
    const steps = block.to - block.from;
    const valid = this.#validSteps(block, batch);
    const { x, dx, previous } = buffers;
    const units = previous.h.length;
    const width = units * this.#run.weights[0]!.length;
    for (let k = 0; k < valid; k++) {
      const step = lane.direction === "forward" ? valid - 1 - k : k;
      const row = step * batchSize + batch;
      const { at, before } = buffers;
      readInputRow(states.x, row, steps * batchSize, x);
      loadRow(states.h, row, previous.h);
      if (states.c !== null) loadRow(states.c, row, previous.c!);
      const offset = row * width + lane.directionIndex * units;
      addArriving(walk, offset, { step: block.from + step, batch }, at);
      cell.step(x, previous, at, before, dx);
      if (walk.records) recordRow(lane, (block.from + step) * batchSize + batch, at);
      if (dx !== null) addRow(walk.ofInput!, row, dx);
      buffers.at = before;
      buffers.before = at;
      if (this.#tick(1)) yield;
    }
    carried.h.set(buffers.at.h, batch * buffers.at.h.length);
    if (carried.c !== null) carried.c.set(buffers.at.c!, batch * buffers.at.c!.length);
  }

  #statesOf({ lane, block }: BlockWalk): BlockStates {
    const { config, batchSize, input } = this.#run;
    const size = batchSize * config.inputSize;
    const below = lane.layer - 1;
    // The values that the trace returns are valid until the next call.
    const x =
      lane.layer === 0
        ? [input.subarray(block.from * size, block.to * size)]
        : this.#run.weights[below]!.map((_, directionIndex) =>
            this.#trace.read("h", { layer: below, directionIndex }, block.from, block.to).slice(),
          );
    const h = this.#statesBefore("h", lane, block);
    const c = config.cell === "LSTM" ? this.#statesBefore("c", lane, block) : null;
    return { x, h, c, keepsZeros: lane.keepsZeros && [...x, h, c].every(keepsZeros) };
  }

  /** The state that each step of a block starts from: its neighbour's, and h0 or c0 at the end of the sequence. */
  #statesBefore(stateName: StateName, lane: GradientLane, { from, to }: StepBlock): StateArray {
    const { batchSize, seqLength, lengths, h0, c0 } = this.#run;
    const features = stateName === "h" ? this.#trace.stateSize : this.#trace.cellSize;
    const size = batchSize * features;
    const states = new Float64Array((to - from) * size);
    const initial = stateName === "h" ? h0 : c0;
    const slot = (lane.layer * this.#run.weights[0]!.length + lane.directionIndex) * size;
    const setInitial = (step: number, batch: number): void => {
      const row = slot + batch * features;
      const offset = (step - from) * size + batch * features;
      if (initial === null) states.fill(0, offset, offset + features);
      else states.set(initial.subarray(row, row + features), offset);
    };
    if (lane.direction === "forward") {
      const first = Math.max(0, from - 1);
      states.set(this.#trace.read(stateName, lane, first, to - 1), (first + 1 - from) * size);
      if (from === 0) for (let batch = 0; batch < batchSize; batch++) setInitial(0, batch);
      return states;
    }
    states.set(this.#trace.read(stateName, lane, from + 1, Math.min(seqLength, to + 1)));
    for (let batch = 0; batch < batchSize; batch++) {
      const last = sequenceLength({ lengths, seqLength }, batch) - 1;
      if (last >= from && last < to) setInitial(last, batch);
    }
    return states;
  }
}

/**
 * True where no gradient reaches a row of a block: then all of its steps, and all that they add to others, are 0. A −0 is
 * left to the steps, which make +0 of it.
 */
function isNothing(
  { block, lane, arriving }: BlockWalk,
  { h, c }: CellState,
  batch: number,
  batchSize: number,
): boolean {
  const isZero = (value: number): boolean => Object.is(value, 0);
  if (!h.every(isZero) || c?.every(isZero) === false) return false;
  const begins = lane.units.some(
    ({ step, batch: row }) => row === batch && step >= block.from && step < block.to,
  );
  if (begins) return false;
  const steps = block.to - block.from;
  const width = arriving.length / (steps * batchSize);
  for (let step = 0; step < steps; step++) {
    const from = (step * batchSize + batch) * width;
    for (let k = from; k < from + width; k++) if (arriving[k] !== 0) return false;
  }
  return true;
}

/** Adds what reaches a state from the layer's output, and what begins at it. */
function addArriving(
  { lane, arriving }: BlockWalk,
  offset: number,
  { step, batch }: { step: number; batch: number },
  at: CellState,
): void {
  for (let unit = 0; unit < at.h.length; unit++) at.h[unit]! += arriving[offset + unit]!;
  for (const start of lane.units) {
    if (start.step !== step || start.batch !== batch) continue;
    const target = start.stateName === "h" ? at.h : at.c;
    if (target !== null) target[start.unit]! += start.value;
  }
}

function recordRow(lane: GradientLane, row: number, at: CellState): void {
  lane.norms[row] = norm(at.h);
  lane.h?.set(at.h, row * at.h.length);
  if (at.c !== null) lane.c?.set(at.c, row * at.c.length);
}

function loadRow(values: StateArray, row: number, into: Float64Array): void {
  const offset = row * into.length;
  for (let k = 0; k < into.length; k++) into[k] = values[offset + k]!;
}

function addRow(values: Float64Array, row: number, summand: Float64Array): void {
  const offset = row * summand.length;
  for (let k = 0; k < summand.length; k++) values[offset + k]! += summand[k]!;
}
