/**
 * Decides how threads share the spans of a layer: whole spans, rows of the batch, or units.
 */
import type { Network, Span } from "../base/engine";
import type { KernelThreads, TaskMemory, TaskTeam } from "./threads";

/** How each of some spans is shared out. */
export interface Sharing {
  readonly of: "rows" | "units";
  readonly tasksEach: number;
}

/** A part of the units is computed by whole vectors of either precision. */
const leastUnits = 8;

/** Threads that are asked for help when there is enough to do. */
export class WasmTeam {
  /** Spans that run side by side. */
  readonly spansAtOnce: number;
  readonly #threads: KernelThreads;
  readonly #target: TaskMemory;
  readonly #network: Network;
  /** Parts that the units of a span are shared in; 1 where they are not. */
  readonly #parts: number;
  #team: TaskTeam | null = null;
  #multiplications = 0;

  constructor(threads: KernelThreads, target: TaskMemory, network: Network) {
    const spans = network.config.bidirectional ? 2 : 1;
    this.#threads = threads;
    this.#target = target;
    this.#network = network;
    this.#parts = sharesUnits(network, threads) ? Math.floor(threads.count / spans) : 1;
    this.spansAtOnce = this.#parts > 1 ? spans : threads.count;
  }

  /** null when the caller alone is faster. */
  sharingOf(spans: readonly Span[]): Sharing | null {
    const { weights } = this.#network;
    let multiplications = 0;
    let batchSize = Infinity;
    for (const { layer, directionIndex, from, to, state } of spans) {
      const { weightIh, weightHh, stateSize } = weights[layer]![directionIndex]!;
      // A piece of a large batch has some of its rows only.
      batchSize = Math.min(batchSize, state.h.length / stateSize);
      multiplications += (to - from) * batchSize * (weightIh.length + weightHh.length);
    }
    const { count, limits } = this.#threads;
    const rows = Math.min(Math.ceil(batchSize / 2), Math.floor(count / spans.length));
    const tasksEach = this.#parts > 1 ? this.#parts : Math.max(1, rows);
    if (multiplications < limits.atOnce || (tasksEach < 2 && spans.length < 2)) return null;
    this.#multiplications += multiplications;
    if (this.#multiplications < limits.before) return null;
    return { of: this.#parts > 1 ? "units" : "rows", tasksEach };
  }

  /** Runs tasks that do not depend on each other. */
  run(tasks: readonly number[]): void {
    this.#attached().run(tasks);
  }

  /** Runs tasks that wait for each other; false when the threads for that are not there, and nothing is run. */
  runTogether(tasks: readonly number[], isPatient: boolean): boolean {
    return this.#attached().runTogether(tasks, isPatient);
  }

  dispose(): void {
    this.#team?.dispose();
  }

  #attached(): TaskTeam {
    return (this.#team ??= this.#threads.attach(this.#target));
  }
}

/** Whether the units of a step are worth sharing: of one row, which cannot be shared itself. */
function sharesUnits({ weights, batchSize }: Network, { count, limits }: KernelThreads): boolean {
  if (batchSize !== 1) return false;
  return weights
    .flat()
    .every(
      ({ weightHh, weightHr, hiddenSize }) =>
        weightHr === null && weightHh.length >= limits.ofStep && hiddenSize >= count * leastUnits,
    );
}
