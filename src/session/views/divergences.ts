/**
 * The steps with a value outside tolerance, one after another: a list that keys walk through.
 *
 * They come in the order of dependency: lanes from the bottom up, each in its order of processing; a step stands with its
 * value that is off most. The last one stands with that of h_n or c_n where its own values are off less, or not at all.
 */
import { largestOutside } from "../../analysis/laneMeasures/laneRows";
import { laneOf, lastStep, type Lane, type LaneContext } from "../../analysis/lanes";
import { stepInProcessing } from "../../analysis/noise";
import type { Place, StateName } from "../../engine/base/trace";
import type { DivergenceAnswer, DivergenceRequest } from "../../protocol/run/windowMessages";
import type { RunResult } from "../../run/execute";
import { slotOf } from "../../model/directions";
import { finalStatesRun, slotRow } from "./finals";
import { outsideRows } from "./timeline";
import { sequenceLength } from "../../model/sequence";

/** A step with a value outside tolerance. */
interface Divergence {
  readonly place: Place;
  /** Position of its lane, bottom to top, and of its step in the order of processing. */
  readonly order: readonly [lane: number, processing: number];
  /** |ours − reference|; Infinity where it is NaN. */
  readonly size: number;
}

type Found = Divergence | undefined;

/** Holds the places of the rows of the batch that were asked about last. Owned by a session, and ends with it. */
export class Divergences {
  readonly #run: RunResult;
  #known: { readonly key: string; readonly all: readonly Divergence[] } | undefined;

  constructor(run: RunResult) {
    this.#run = run;
  }

  /** The place that was asked for; null where no state is outside tolerance. */
  find(request: DivergenceRequest): DivergenceAnswer {
    return { place: this.#find(request)?.place ?? null };
  }

  #find({ want, from, stateName }: DivergenceRequest): Found {
    const { batchSize } = this.#run.context;
    const rows = Array.from({ length: batchSize }, (_, row) => row);
    if (want === "worst") {
      const worst = rows.map((row) => this.#of(row, stateName).reduce<Found>(larger, undefined));
      return worst.reduce(larger, undefined);
    }
    if (want === "first") {
      return rows.map((row) => this.#of(row, stateName)[0]).find((each) => each !== undefined);
    }
    const isForward = want === "next";
    const here = orderOf(this.#run, from);
    const own = this.#of(from.batch, stateName);
    const beside = isForward
      ? own.find(({ order }) => isBefore(here, order))
      : own.filter(({ order }) => isBefore(order, here)).at(-1);
    if (beside !== undefined) return beside;
    // On to the other rows of the batch, and round to this one again.
    for (let by = 1; by <= batchSize; by++) {
      const row = (from.batch + (isForward ? by : batchSize - by)) % batchSize;
      const found = this.#of(row, stateName).at(isForward ? 0 : -1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Those of one row of the batch, in their order. */
  #of(batch: number, stateName: StateName): readonly Divergence[] {
    const key = `${batch} ${stateName}`;
    if (this.#known?.key !== key) {
      const all = this.#run.lanes.flatMap((lane, index) => {
        const shown = laneOf(lane, stateName);
        return shown === null ? [] : divergencesOf(this.#run, shown, [index, batch, stateName]);
      });
      this.#known = { key, all };
    }
    return this.#known.all;
  }
}

function divergencesOf(
  run: RunResult,
  { layer, direction, parts }: Lane,
  [index, batch, stateName]: readonly [index: number, batch: number, stateName: StateName],
): Divergence[] {
  const [part] = parts;
  if (layer === null || direction === null || part === undefined) return [];
  const { context, forwardInput } = run;
  const found = [...outsideRows(part, batch, context)];
  if (direction === "reverse") found.reverse();
  const step = lastStep(forwardInput, direction, batch);
  const finals = finalStatesRun(run, stateName);
  const slot = slotOf(forwardInput.config, layer, direction);
  const final = largestOutside(slotRow(finals, { slot, batch }), finals.units, finals.context);
  const last = found.at(-1)?.step === step ? found.pop() : undefined;
  const largest = last === undefined || (final !== null && final.size > last.size) ? final : last;
  if (largest !== null) found.push({ ...largest, step });
  return found.map(({ step, unit, size }) => ({
    place: { layer, direction, step, batch, unit },
    order: [index, processingOf(context, { direction, step, batch })],
    size,
  }));
}

function processingOf(
  { lengths, seqLength }: LaneContext,
  { direction, step, batch }: Pick<Place, "direction" | "step" | "batch">,
): number {
  return stepInProcessing(direction, step, sequenceLength({ lengths, seqLength }, batch));
}

function orderOf({ lanes, context }: RunResult, place: Place): Divergence["order"] {
  const index = lanes.findIndex(
    ({ layer, direction }) => layer === place.layer && direction === place.direction,
  );
  return [index, processingOf(context, place)];
}

function isBefore(left: Divergence["order"], right: Divergence["order"]): boolean {
  return left[0] === right[0] ? left[1] < right[1] : left[0] < right[0];
}

function larger(left: Found, right: Found): Found {
  return left === undefined || (right !== undefined && right.size > left.size) ? right : left;
}
