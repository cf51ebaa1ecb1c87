/**
 * Short runs in one call: all states of all layers fit the kernels' memory and are copied out once.
 *
 * The work around the kernels takes a large part of the time of a short run: views, copies between layers, arrays.
 */
import { numDirections } from "../../model/config";
import { directionsOf } from "../../model/directions";
import type { ForwardInput, Network, StateArray } from "../base/engine";
import * as Task from "./kernel/layout/task";
import { stateLengths } from "../base/states";
import type { Kernel } from "./binary";
import type { PackedLayers } from "./layers";
import type { KernelMemory } from "./memory";
import { taskBytes, writeTask } from "./task";

/** The limit of the states, in bytes; longer runs go by spans. */
const maxStateBytes = 2 ** 19;

interface WholeParts {
  readonly network: Network;
  readonly memory: KernelMemory;
  readonly kernel: Kernel;
  readonly layers: PackedLayers;
  /** Address of the valid steps of each row, 0 without. */
  readonly lengths: number;
  readonly stepsPerSpan: number;
  /** A run that takes longer than this goes by spans. */
  readonly maxMultiplications: number;
}

/** Where a run of so many steps lies. */
interface Layout {
  readonly seqLength: number;
  readonly tasks: readonly number[];
  readonly input: StateArray;
  /** h_n and c_n, and with them all states: as `stateLengths` says. */
  readonly finals: StateArray;
  readonly states: StateArray;
  readonly lengths: ReturnType<typeof stateLengths>;
}

export class WholeRunner {
  readonly #parts: WholeParts;
  #layout: Layout | null = null;

  constructor(parts: WholeParts) {
    this.#parts = parts;
  }

  /** All states of a run as `stateLengths` lays them out; null when it is too long. */
  run(run: ForwardInput): StateArray | null {
    const layout = this.#layoutOf(run);
    if (layout === null) return null;
    const { tasks, input, finals, states, lengths } = layout;
    const { kernel, memory } = this.#parts;
    const { words } = memory;
    input.set(run.input);
    finals.fill(0);
    if (run.h0 !== null) finals.set(run.h0);
    if (run.c0 !== null && lengths.cn > 0) finals.set(run.c0, lengths.hn);
    for (const task of tasks) {
      words[(task + Task.done) / 4] = 0;
      kernel.run(task);
    }
    // An array made of another is not filled with zeros first.
    return states instanceof Float32Array ? new Float32Array(states) : new Float64Array(states);
  }

  #layoutOf(run: ForwardInput): Layout | null {
    const known = this.#layout;
    const { memory } = this.#parts;
    if (known?.seqLength === run.seqLength && known.states.buffer === memory.memory.buffer) {
      return known;
    }
    if (!this.#isShort(run)) return null;
    this.#layout = this.#layOut(run);
    return this.#layout;
  }

  #isShort(run: ForwardInput): boolean {
    const { memory, network, maxMultiplications } = this.#parts;
    const { all } = stateLengths(run);
    let perStep = 0;
    for (const { weightIh, weightHh } of network.weights.flat()) {
      perStep += weightIh.length + weightHh.length;
    }
    return (
      all * memory.bytesPerValue <= maxStateBytes &&
      run.input.length * memory.bytesPerValue <= maxStateBytes &&
      perStep * run.seqLength * run.batchSize <= maxMultiplications
    );
  }

  #layOut(run: ForwardInput): Layout {
    const { memory, kernel, layers, network, stepsPerSpan } = this.#parts;
    const { config, seqLength, batchSize } = run;
    const { bytesPerValue } = memory;
    const lengths = stateLengths(run);
    const directions = directionsOf(config);
    const lanes = network.weights.flat().map((_, lane) => ({
      layer: Math.floor(lane / directions.length),
      directionIndex: lane % directions.length,
    }));
    const packed = lanes.map(
      (lane) => layers.sharesOf(lane, { of: "rows", tasksEach: 1 }).layers[0]!,
    );
    const scratch = memory.reserve(
      Math.max(...packed.map((layer) => kernel.scratchBytes(layer, batchSize, stepsPerSpan))),
    );
    const input = memory.reserve(run.input.length * bytesPerValue);
    const states = memory.reserve(lengths.all * bytesPerValue);
    const tasks = lanes.map(() => memory.reserve(taskBytes));
    const addressOf = (values: number): number => states + values * bytesPerValue;
    const laneStart = (lane: number): number =>
      lengths.hn + lengths.cn + lane * (lengths.h + lengths.c);
    lanes.forEach(({ layer, directionIndex }, lane) => {
      const h = laneStart(lane);
      const below = (layer - 1) * numDirections(config);
      writeTask(memory, tasks[lane]!, {
        layer: packed[lane]!,
        steps: seqLength,
        from: 0,
        batchSize,
        isReverse: directions[directionIndex] === "reverse",
        rows: { from: 0, to: batchSize },
        lengths: this.#parts.lengths,
        stateH: addressOf((lane * lengths.hn) / lanes.length),
        stateC: addressOf(lengths.hn + (lane * lengths.cn) / lanes.length),
        h: addressOf(h),
        c: lengths.c === 0 ? 0 : addressOf(h + lengths.h),
        scratch,
        block: stepsPerSpan,
        until: seqLength,
        together: null,
        x:
          layer === 0
            ? [{ address: input, features: config.inputSize }]
            : directions.map((_, index) => ({
                address: addressOf(laneStart(below + index)),
                features: lengths.h / (seqLength * batchSize),
              })),
      });
    });
    return {
      seqLength,
      tasks,
      lengths,
      input: memory.values(input, run.input.length),
      finals: memory.values(states, lengths.hn + lengths.cn),
      states: memory.values(states, lengths.all),
    };
  }
}
