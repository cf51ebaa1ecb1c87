/**
 * The last steps of a direction of a layer, begun in any state: what a lane has forgotten by its end need not be run.
 */
import { recurrentOf, stepOf, type Recurrent, type StepParts } from "./cells";
import { inputSums, knownSums, stepBuffers } from "./lane";
import type { LaneRun } from "./laneStates";
import type { RowOrder } from "./order";
import { multiplyAll } from "../../engine/products/product";

/** A state of one row: what goes on from step to step, (R) and (H). */
export interface RowState {
  readonly h: Float64Array;
  readonly c: Float64Array;
}

/** Row 0 after its last step, with h as it is shown, for each state that it may be in before step `first` of its order. */
export function runTail(
  run: LaneRun,
  order: RowOrder,
  first: number,
  starts: readonly RowState[],
): RowState[] {
  const { model } = run;
  const steps = Array.from({ length: order.steps - first }, (_, k) => first + k);
  const indices = steps.map((s) => order.readsAt(s) * model.batchSize + order.readRow);
  const known = knownSums(run);
  const sums = known ?? inputSums(run, indices);
  const width = sums.length / (known === null ? indices.length : model.seqLength * model.batchSize);
  const rows = starts.map(({ h, c }) => {
    const buffers = stepBuffers(model.config, sums);
    buffers.h.set(h);
    buffers.c.set(c);
    return buffers;
  });
  const joint = new JointProducts(
    { ...run, config: model.config },
    rows.map(({ h }) => h),
  );
  const step = stepOf({ ...run, config: model.config }, joint.recurrent);
  indices.forEach((index, k) => {
    joint.multiply();
    for (const buffers of rows) {
      buffers.inputAt = (known === null ? k : index) * width;
      step(buffers);
      buffers.h.set(buffers.nextH);
      buffers.c.set(buffers.nextC);
    }
  });
  return rows.map(({ shown, nextC }) => ({ h: shown, c: nextC }));
}

/** Products of W_hh with the states of several rows at a time. */
class JointProducts {
  readonly #parts: StepParts;
  readonly #states: readonly Float64Array[];
  readonly #single: Recurrent;
  /** The states one after another, and their products. */
  readonly #joined: Float64Array;
  readonly #sums: Float64Array;

  constructor(parts: StepParts, states: readonly Float64Array[]) {
    const size = states[0]?.length ?? 1;
    this.#parts = parts;
    this.#states = states;
    this.#single = recurrentOf(parts);
    this.#joined = new Float64Array(states.length * size);
    this.#sums = new Float64Array((parts.weights.weightHh.length / size) * states.length);
  }

  /** Of the states as they are now. */
  multiply(): void {
    const { weights, switches } = this.#parts;
    const size = this.#joined.length / this.#states.length;
    const starts = this.#states.map((_, row) => row * size);
    this.#states.forEach((state, row) => {
      this.#joined.set(
        switches.operands === null ? state : state.map(switches.operands),
        row * size,
      );
    });
    const affine = { matrix: weights.weightHh, bias: weights.biasHh, size };
    multiplyAll(affine, this.#joined, starts, this.#sums);
  }

  /** Those that were multiplied; of any other vector by itself. */
  readonly recurrent: Recurrent = (h, first, end) => {
    const row = this.#states.indexOf(h);
    if (row < 0) return this.#single(h, first, end);
    const rows = this.#sums.length / this.#states.length;
    return this.#sums.subarray(row * rows, (row + 1) * rows);
  };
}
