/**
 * The order in which back-propagation goes through layers, directions and blocks.
 */
import { numDirections, stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { text } from "../../core/text";
import type { Parts } from "../../core/turns";
import { createCellGradient } from "./cells";
import type { RunControl } from "../../core/control";
import type { ForwardInput } from "../base/engine";
import type { OutputGradient } from "./outputGradient";
import type { CarriedGradient, GradientLane, GradientLanes, StepGradients } from "./lanes";
import { BlockWalker } from "./walk";
import { blockAtTurn, multiplicationsPerStep, stepBlocks, type StepBlock } from "../base/plan";
import type { ForwardTrace } from "../base/trace";

export interface GradientWork {
  readonly run: ForwardInput;
  readonly trace: ForwardTrace;
  readonly arriving: OutputGradient;
  readonly lanes: GradientLanes;
  readonly steps: StepGradients | null;
  readonly control: RunControl;
  /** Limit of the gradients kept between the layers, in bytes. */
  readonly maxBytes: number;
}

/** Steps of a block: long enough to be cheap to set up, short enough that its copies are small … */
const blockSteps = 512;

/** … unless the batch is so large that they would take more than this. */
const blockBytes = 2 ** 27;

/** Multiplications of the forward between two checks of the control; the backward takes about three times as long. */
const multiplicationsPerTick = 1e6;

/** One pass from the loss to the input. */
export class GradientPass {
  readonly #work: GradientWork;
  readonly #blocks: readonly StepBlock[];
  readonly #directions: number;
  readonly #walker: BlockWalker;
  /** True where the gradient between two layers is kept for all steps, false where blocks are run again for it. */
  readonly #keepsBetween: boolean;
  /** By layer, direction and block, where blocks are run again: the gradient that the block begins with. */
  readonly #checkpoints: CarriedGradient[][][];

  constructor(work: GradientWork) {
    const { run, trace, lanes, maxBytes } = work;
    const { config, seqLength, batchSize } = run;
    this.#work = work;
    this.#directions = numDirections(config);
    // What arrives and what goes on, the states before each step and the input, in float64.
    const features = 2 * this.#directions * stateSize(config) + 2 * config.hiddenSize;
    const stepBytes = 8 * batchSize * (features + config.inputSize);
    const steps = Math.min(blockSteps, trace.blockSteps, Math.floor(blockBytes / stepBytes));
    this.#blocks = stepBlocks(seqLength, Math.max(1, steps));
    const bytes = seqLength * batchSize * this.#directions * stateSize(config) * 8;
    // The layer that is read and the one that is written.
    this.#keepsBetween = 2 * bytes <= maxBytes;
    this.#checkpoints = lanes.layers.map((layer) => layer.map(() => []));
    this.#walker = new BlockWalker(run, trace, this.#ticks());
  }

  /** @throws CancelledError when the control says so. */
  *run(): Parts<void> {
    if (this.#directions === 1) yield* this.#runBlocks();
    else yield* this.#runLayers();
  }

  /** One direction: a block goes through all layers before the block in front of it. */
  *#runBlocks(): Parts<void> {
    const { lanes, run } = this.#work;
    const [direction] = directionsOf(run.config);
    const count = this.#blocks.length;
    for (let turn = count - 1; turn >= 0; turn--) {
      const block = blockAtTurn(direction!, turn, count);
      let arriving = this.#arrivingAtTop(block);
      for (let layer = lanes.layers.length - 1; layer >= 0; layer--) {
        const ofInput = layer === 0 ? this.#inputGradient(block) : this.#zeros(block);
        yield* this.#walk(lanes.layers[layer]![0]!, block, { arriving, ofInput });
        if (ofInput !== null) arriving = ofInput;
      }
    }
  }

  /** Two directions: both go through the whole sequence before the layer below begins. */
  *#runLayers(): Parts<void> {
    const { lanes } = this.#work;
    const count = this.#blocks.length;
    let between: readonly Float64Array[] | null = null;
    for (let layer = lanes.layers.length - 1; layer >= 0; layer--) {
      const keeps = this.#keepsBetween && layer > 0;
      const next: readonly Float64Array[] | null = keeps
        ? this.#blocks.map((_, block) => this.#zeros(block))
        : null;
      for (let k = 0; k < count; k++) {
        for (const lane of lanes.layers[layer]!) {
          const block = blockAtTurn(lane.direction, count - 1 - k, count);
          const arriving = between?.[block] ?? (yield* this.#arrivingAt(layer, block));
          const ofInput = layer === 0 ? this.#inputGradient(block) : (next?.[block] ?? null);
          yield* this.#walk(lane, block, { arriving, ofInput });
        }
      }
      between = next;
    }
  }

  *#walk(
    lane: GradientLane,
    block: number,
    { arriving, ofInput }: { arriving: Float64Array; ofInput: Float64Array | null },
  ): Parts<void> {
    if (this.#directions > 1 && !this.#keepsBetween) {
      const { h, c } = lane.carried;
      const checkpoint = { h: h.slice(), c: c?.slice() ?? null };
      this.#checkpoints[lane.layer]![lane.directionIndex]![block] = checkpoint;
    }
    const { cell, carried } = lane;
    const range = this.#blocks[block]!;
    yield* this.#walker.walk({
      lane,
      cell,
      block: range,
      arriving,
      carried,
      ofInput,
      records: true,
    });
  }

  /** ∂L/∂(a layer's output) in a block: both directions of the layer above are run again from their checkpoints. */
  *#arrivingAt(layer: number, block: number): Parts<Float64Array> {
    const above = this.#work.lanes.layers[layer + 1];
    if (above === undefined) return this.#arrivingAtTop(block);
    const arriving = yield* this.#arrivingAt(layer + 1, block);
    const ofInput = this.#zeros(block);
    for (const lane of above) {
      const { h, c } = this.#checkpoints[layer + 1]![lane.directionIndex]![block]!;
      yield* this.#walker.walk({
        lane,
        cell: createCellGradient(this.#work.run.config, lane.weights, null),
        block: this.#blocks[block]!,
        arriving,
        carried: { h: h.slice(), c: c?.slice() ?? null },
        ofInput,
        records: false,
      });
    }
    return ofInput;
  }

  /** ∂L/∂output in a block, (steps, B, D·P). */
  #arrivingAtTop(block: number): Float64Array {
    const { output } = this.#work.arriving;
    const { from, to } = this.#blocks[block]!;
    const arriving = this.#zeros(block);
    if (typeof output === "function") output(from, to, arriving);
    else if (output !== null) {
      const size = arriving.length / (to - from);
      arriving.set(output.subarray(from * size, to * size));
    }
    return arriving;
  }

  /** Where the gradients of x_t go: null when they were not asked for. */
  #inputGradient(block: number): Float64Array | null {
    const { run, steps } = this.#work;
    if (steps === null) return null;
    const { from, to } = this.#blocks[block]!;
    const size = run.batchSize * run.config.inputSize;
    return steps.input.subarray(from * size, to * size);
  }

  /** Zeros in the shape of a layer's output in a block. */
  #zeros(block: number): Float64Array {
    const { config, batchSize } = this.#work.run;
    const { from, to } = this.#blocks[block]!;
    return new Float64Array((to - from) * batchSize * this.#directions * stateSize(config));
  }

  /** Checks the control after a certain number of steps of a row; true where the work may be left for a while. */
  #ticks(): (steps: number) => boolean {
    const { run, control } = this.#work;
    const perRow = multiplicationsPerStep(run) / run.batchSize;
    const interval = Math.max(1, Math.floor(multiplicationsPerTick / perRow));
    const total = Math.max(1, this.#rows());
    let [done, next] = [0, interval];
    return (steps) => {
      done += steps;
      if (done < next) return false;
      next = done + interval;
      control.check();
      control.report(Math.min(1, done / total), text("Going back through time"));
      return true;
    };
  }

  /** Steps of rows that are walked, those that are run again included. */
  #rows(): number {
    const { config, batchSize, seqLength, lengths } = this.#work.run;
    const rows =
      lengths === null ? seqLength * batchSize : lengths.reduce((sum, length) => sum + length, 0);
    const layers = config.numLayers;
    if (this.#directions === 1) return rows * layers;
    // Each direction of layer l has all layers above it run again, both directions of each.
    const again = this.#keepsBetween ? 0 : 2 * layers * (layers - 1);
    return rows * (2 * layers + again);
  }
}
