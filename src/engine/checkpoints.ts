/**
 * A trace in bounded memory: it keeps the states between blocks and recomputes a block when it is read.
 *
 * A block of a layer needs the same block of the layer below, so a block is computed for all layers up to the one
 * asked for. (Checkpointing as in Chen et al. 2016, "Training deep nets with sublinear memory cost".)
 */
import { Lru } from "../core/lru";
import { stateSize, type Direction } from "../model/config";
import { directionsOf } from "../model/directions";
import type { RunControl } from "../core/control";
import type { Parts } from "../core/turns";
import type { CarriedState, ForwardEngine, ForwardInput, StateArray } from "./base/engine";
import { blockAtTurn, blockLength, stepBlocks, type StepBlock } from "./base/plan";
import { forwardProgress } from "./base/progress";
import type { WorkProgress } from "../core/workProgress";
import { allocate, allocateFinals, initialStates } from "./base/states";
import type { StopRule } from "./base/stop";
import {
  cellSizeOf,
  type ForwardTrace,
  type LanePlace,
  type StateName,
  type TracePath,
} from "./base/trace";
import type { TracePlan } from "./base/traceMemory";

export interface CheckpointOptions extends Omit<TracePlan, "blockSteps"> {
  readonly control: RunControl;
  /** Steps between two checkpoints. */
  readonly blockSteps: number;
  /** null when the run goes to its end in any case. */
  readonly stop: StopRule | null;
}

/**
 * Runs the network once to set the checkpoints; null when it was stopped. The trace owns the engine from here on.
 * @throws CancelledError when `control` says so.
 */
export function* checkpointedTrace(
  run: ForwardInput,
  engine: ForwardEngine,
  options: CheckpointOptions,
): Parts<ForwardTrace | null> {
  try {
    const trace = new CheckpointedTrace(run, engine, options);
    if (yield* trace.fill(options.control, options.stop)) return trace;
    engine.dispose();
    return null;
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

/** The states of one lane in one block. */
type BlockStates = Readonly<Record<StateName, StateArray | null>>;

/** Called with the finished part while spans run, and after them. */
interface Ticks {
  readonly pause: (fraction: number) => void;
  readonly tick: () => void;
}

class CheckpointedTrace implements ForwardTrace {
  readonly seqLength: number;
  readonly batchSize: number;
  readonly stateSize: number;
  readonly cellSize: number;
  readonly hn: StateArray;
  readonly cn: StateArray | null;
  readonly blockSteps: number;
  readonly path: TracePath;
  readonly #run: ForwardInput;
  readonly #engine: ForwardEngine;
  readonly #directions: readonly Direction[];
  readonly #blocks: readonly StepBlock[];
  readonly #carried: readonly (readonly CarriedState[])[];
  /** By layer, direction and block: the state before the block is processed. */
  readonly #checkpoints: CarriedState[][][];
  /** The blocks that were recomputed last, by block and layer. */
  readonly #computed: Lru<number, BlockStates[][]>;

  constructor(run: ForwardInput, engine: ForwardEngine, options: CheckpointOptions) {
    const { config, seqLength, batchSize } = run;
    const { blockSteps, keptBlocks } = options;
    const finals = allocateFinals(run);
    this.seqLength = seqLength;
    this.batchSize = batchSize;
    this.stateSize = stateSize(config);
    this.cellSize = cellSizeOf(config);
    this.hn = finals.hn;
    this.cn = finals.cn;
    this.blockSteps = blockSteps;
    this.#computed = new Lru(keptBlocks, () => 1);
    this.path = { engine: engine.path, threads: engine.threads, checkpoints: true };
    this.#run = run;
    this.#engine = engine;
    this.#directions = directionsOf(config);
    this.#blocks = stepBlocks(seqLength, this.blockSteps);
    this.#carried = initialStates(run, finals);
    this.#checkpoints = this.#carried.map((directions) => directions.map(() => []));
  }

  read(
    stateName: StateName,
    lane: LanePlace,
    from: number,
    to: number,
    check: () => void = () => undefined,
  ): StateArray {
    const size = this.batchSize * (stateName === "h" ? this.stateSize : this.cellSize);
    const first = Math.floor(from / this.blockSteps);
    const within = (block: number): StateArray =>
      this.#compute(block, lane.layer, check)[lane.layer]![lane.directionIndex]![stateName]!;
    if (to <= (first + 1) * this.blockSteps) {
      if (from === to) return allocate(this.#run.precision, 0);
      const offset = first * this.blockSteps;
      return within(first).subarray((from - offset) * size, (to - offset) * size);
    }
    const states = allocate(this.#run.precision, (to - from) * size);
    for (let step = from; step < to;) {
      const block = Math.floor(step / this.blockSteps);
      const offset = block * this.blockSteps;
      const end = Math.min(to, offset + this.blockSteps);
      const part = within(block).subarray((step - offset) * size, (end - offset) * size);
      states.set(part, (step - from) * size);
      step = end;
    }
    return states;
  }

  dispose(): void {
    this.#computed.clear();
    this.#engine.dispose();
  }

  /** Runs all layers over all steps once and stores the checkpoints; false when it was stopped. */
  *fill(control: RunControl, stop: StopRule | null): Parts<boolean> {
    const { config } = this.#run;
    const last = config.numLayers - 1;
    const blocks = this.#blocks.length;
    const progress = forwardProgress(control, config.numLayers * blocks * this.#spansOfBlock());
    if (this.#directions.length === 1) {
      for (let turn = 0; turn < blocks; turn++) {
        const block = blockAtTurn(this.#directions[0]!, turn, blocks);
        if (!this.#fillBlock(block, progress, stop)) return false;
        yield;
      }
      return true;
    }
    for (let layer = 0; layer < config.numLayers; layer++) {
      for (let k = 0; k < blocks; k++) {
        const pair = [k, blocks - 1 - k];
        const inputs = pair.map((block) => this.#layerInput(layer, block, control));
        const states = this.#advance(layer, pair, inputs, progress);
        if (layer === last && this.#isStopped(stop, pair, states)) return false;
        yield;
      }
    }
    return true;
  }

  /** Runs one block of a network of one direction through all layers; false when it was stopped there. */
  #fillBlock(block: number, progress: WorkProgress, stop: StopRule | null): boolean {
    let states: BlockStates[] = [];
    for (let layer = 0; layer < this.#run.config.numLayers; layer++) {
      const input = layer === 0 ? this.#inputOf(block) : [states[0]!.h!];
      states = this.#advance(layer, [block], [input], progress);
    }
    return !this.#isStopped(stop, [block], states);
  }

  #isStopped(
    stop: StopRule | null,
    blockOf: readonly number[],
    states: readonly BlockStates[],
  ): boolean {
    return states.some(({ h }, directionIndex) => {
      const direction = this.#directions[directionIndex]!;
      const reached = { ...this.#blocks[blockOf[directionIndex]!]!, direction, h: h! };
      return stop?.when(reached) === true;
    });
  }

  /** Stores the checkpoints of one block for each direction of a layer, and runs the block. */
  #advance(
    layer: number,
    blockOf: readonly number[],
    inputs: readonly (readonly StateArray[])[],
    progress: WorkProgress,
  ): BlockStates[] {
    const states = this.#carried[layer]!;
    blockOf.forEach((block, directionIndex) => {
      this.#checkpoints[layer]![directionIndex]![block] = copyOf(states[directionIndex]!);
    });
    return this.#runBlocks(layer, blockOf, inputs, states, {
      pause: (fraction) => progress.pause(fraction),
      tick: () => progress.advance(1),
    });
  }

  /** Runs each direction of a layer over its block, by spans that are short enough. */
  #runBlocks(
    layer: number,
    blockOf: readonly number[],
    inputs: readonly (readonly StateArray[])[],
    states: readonly CarriedState[],
    { pause, tick }: Ticks,
  ): BlockStates[] {
    const results = blockOf.map((block) => this.#emptyBlock(block));
    const size = blockLength(this.#run, this.#engine);
    const spans = this.#directions.map((direction, directionIndex) => {
      const { from, to } = this.#blocks[blockOf[directionIndex]!]!;
      const parts = stepBlocks(to - from, size);
      if (direction === "reverse") parts.reverse();
      return parts.map((part) => {
        const rows = (values: StateArray): StateArray => {
          const perStep = values.length / (to - from);
          return values.subarray(part.from * perStep, part.to * perStep);
        };
        const { h, c } = results[directionIndex]!;
        return {
          layer,
          directionIndex,
          direction,
          from: from + part.from,
          to: from + part.to,
          x: inputs[directionIndex]!.map(rows),
          state: states[directionIndex]!,
          h: rows(h!),
          c: c === null ? null : rows(c),
        };
      });
    });
    const longest = Math.max(...spans.map(({ length }) => length));
    for (let k = 0; k < longest; k++) {
      this.#engine.run(
        spans.flatMap((parts) => parts[k] ?? []),
        pause,
      );
      tick();
    }
    return results;
  }

  /** Spans that one block is run in; a last, shorter block may have fewer. */
  #spansOfBlock(): number {
    return Math.ceil(this.blockSteps / blockLength(this.#run, this.#engine));
  }

  #emptyBlock(block: number): BlockStates {
    const { from, to } = this.#blocks[block]!;
    const rows = (to - from) * this.batchSize;
    const { precision } = this.#run;
    return {
      h: allocate(precision, rows * this.stateSize),
      c: this.cn === null ? null : allocate(precision, rows * this.cellSize),
    };
  }

  #inputOf(block: number): readonly StateArray[] {
    const { from, to } = this.#blocks[block]!;
    const { input } = this.#run;
    const size = input.length / this.seqLength;
    return [input.subarray(from * size, to * size)];
  }

  /** The input of a layer at a block: the run's input, or both directions of the layer below, recomputed. */
  #layerInput(layer: number, block: number, control: RunControl): readonly StateArray[] {
    if (layer === 0) return this.#inputOf(block);
    const check = (): void => {
      control.check();
    };
    return this.#compute(block, layer - 1, check)[layer - 1]!.map(({ h }) => h!);
  }

  /** The states of a block, by layer up to `layer` at least, by direction. */
  #compute(block: number, layer: number, check: () => void): BlockStates[][] {
    const known = this.#computed.get(block) ?? [];
    if (known.length === 0) this.#computed.set(block, known);
    while (known.length <= layer) {
      const next = known.length;
      const input = next === 0 ? this.#inputOf(block) : known[next - 1]!.map(({ h }) => h!);
      const states = this.#checkpoints[next]!.map((lane) => copyOf(lane[block]!));
      const blockOf = this.#directions.map(() => block);
      const inputs = this.#directions.map(() => input);
      const ticks = { pause: check, tick: check };
      known.push(this.#runBlocks(next, blockOf, inputs, states, ticks));
    }
    return known;
  }
}

function copyOf({ h, c }: CarriedState): CarriedState {
  return { h: h.slice(), c: c?.slice() ?? null };
}
