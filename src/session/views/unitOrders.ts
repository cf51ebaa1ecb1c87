/**
 * Answers in which order the units of a lane are shown: by what they do over time, in a sample of the steps.
 */
import { activeIn, type ActiveUnits } from "../../analysis/units/activeSpans";
import type { Lane, LaneContext, LanePart } from "../../analysis/lanes";
import {
  activityOf,
  byClusters,
  byScore,
  likeness,
  standardised,
  type UnitSamples,
} from "../../analysis/units/unitOrder";
import { clamp } from "../../core/numeric";
import { bytesOf, Lru } from "../../core/lru";
import { NotFoundError } from "../../core/errors";
import { text } from "../../core/text";
import type { StateName } from "../../engine/base/trace";
import type {
  LaneId,
  UnitOrder,
  UnitOrderRequest,
  UnitSort,
} from "../../protocol/run/windowMessages";
import { clampWhole } from "./blocks";
import { sequenceLength } from "../../model/sequence";

/** Steps that are looked at, evenly spaced over the valid ones. */
const MOST_SAMPLES = 4096;
/** Multiplications that all pairs of units may take, and the fewest steps of them that still tell anything. */
const PAIRS_BUDGET = 2 ** 28;
const SAMPLES_OF_PAIRS = { least: 32, most: 512 } as const;
/** Bytes of orders that are kept: lanes of one picture ask for the same ones again and again. */
const MAX_KEPT = 2 ** 22;

type LaneOf = (id: LaneId, stateName: StateName) => Lane;
type Like = Extract<UnitSort, { readonly by: "likeness" }>;

/** Keeps the orders that were asked for last. Owned by a session, and ends with it. */
export class UnitOrders {
  readonly #context: LaneContext;
  readonly #laneOf: LaneOf;
  readonly #known = new Lru<string, UnitOrder>(MAX_KEPT, ({ units }) => bytesOf({ units }));

  constructor(context: LaneContext, laneOf: LaneOf) {
    this.#context = context;
    this.#laneOf = laneOf;
  }

  /** @throws NotFoundError for a unit to be likened to that there is not. */
  order(request: UnitOrderRequest): UnitOrder {
    const { lane, stateName, batch, order } = request;
    // Windows that ask for it have more in their requests, which the order does not depend on.
    const key = JSON.stringify([lane, stateName, batch, order]);
    const found = this.#known.get(key) ?? this.#find(request);
    this.#known.set(key, found);
    return found;
  }

  /** Each direction of a lane that has both is ordered by itself: its units stay in its half. */
  #find({ lane: id, stateName, batch, order }: UnitOrderRequest): UnitOrder {
    const { parts } = this.#laneOf(id, stateName);
    const found = parts.map((part) => this.#findIn(part, batch, order));
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    const starts = parts.map((_, at) =>
      parts.slice(0, at).reduce((sum, { units }) => sum + units, 0),
    );
    return {
      units: Uint32Array.from(
        found.flatMap(({ units }, at) => Array.from(units, (unit) => unit + starts[at]!)),
      ),
      groups: found.flatMap(({ groups }, at) =>
        groups.map(([from, to]) => [from + starts[at]!, to + starts[at]!] as const),
      ),
      ...{ active: [], spans: [] },
    };
  }

  #findIn(part: LanePart, batch: number, order: UnitSort): UnitOrder {
    const none = { groups: [], active: [], spans: [] };
    const samples = this.#samples(part, batch, mostSamples(order, part.units));
    switch (order.by) {
      case "activity":
        return { ...none, units: byScore(activityOf(samples)) };
      case "clusters":
        return { ...none, ...byClusters(standardised(samples), samples.steps) };
      case "likeness": {
        const like = this.#series(order, batch, samples.steps);
        return { ...none, units: byScore(likeness(standardised(samples), like)) };
      }
      case "span":
        return { ...none, ...this.#inSpan(samples, batch, order.steps) };
    }
  }

  #series({ lane: id, unit }: Like, batch: number, steps: number): Float32Array {
    const lane = this.#laneOf(id, "h");
    if (!Number.isInteger(unit) || unit < 0 || unit >= lane.units) {
      throw new NotFoundError(id, text("there is no unit {0}", unit));
    }
    const series = standardised(this.#samples(lane.parts[0]!, batch, steps));
    return series.subarray(unit * steps, (unit + 1) * steps);
  }

  #inSpan(
    samples: UnitSamples,
    batch: number,
    [from, to]: readonly [number, number],
  ): Omit<UnitOrder, "groups"> {
    const length = sequenceLength(this.#context, batch);
    const share = samples.steps / Math.max(1, length);
    const start = clampWhole(Math.floor(from * share), 0, Math.max(0, samples.steps - 1));
    const end = clampWhole(
      Math.ceil(to * share),
      Math.min(start + 1, samples.steps),
      samples.steps,
    );
    const { order, units, spans }: ActiveUnits = activeIn(samples, [start, end]);
    const stepOf = (sample: number): number => Math.round(sample / share);
    return {
      units: order,
      active: units,
      spans: spans.map(([first, last]) => [stepOf(first), stepOf(last)] as const),
    };
  }

  /** Values of a row of the batch at some of its valid steps. */
  #samples({ units, ours }: LanePart, row: number, most: number): UnitSamples {
    const { batchSize } = this.#context;
    const batch = clampWhole(row, 0, batchSize - 1);
    const length = sequenceLength(this.#context, batch);
    const steps = Math.min(length, most);
    const values = new Float32Array(steps * units);
    for (let at = 0; at < steps; at++) {
      const step = Math.floor((at * length) / steps);
      const states = ours.read(step, step + 1);
      values.set(states.subarray(batch * units, (batch + 1) * units), at * units);
    }
    return { steps, units, values };
  }
}

function mostSamples({ by }: UnitSort, units: number): number {
  if (by !== "clusters" && by !== "likeness") return MOST_SAMPLES;
  const { least, most } = SAMPLES_OF_PAIRS;
  return by === "likeness" ? 4 * most : clamp(Math.floor(PAIRS_BUDGET / units ** 2), least, most);
}
