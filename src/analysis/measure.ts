/**
 * One walk over all lanes of a run, span by span: their ranges, and the output against its reference.
 */
import type { RunControl } from "../core/control";
import type { StepBlock } from "../engine/base/plan";
import type { Direction } from "../model/config";
import { text, type Text } from "../core/text";
import { Comparer, FiniteRange, joinComparisons, type Comparison } from "./compare";
import { outputLane, type Lane, type LaneContext, type LanePart } from "./lanes";
import { joinMagnitudes, MagnitudeMeter, type Magnitude } from "./magnitude";
import { stepInProcessing } from "./noise";
import { stepSpans } from "./steps";

/** More rows of a batch than these are not counted one by one. */
const MOST_COUNTED_ROWS = 4096;

export interface LaneNumbers {
  readonly outside: number;
  /** Of each row of the batch; absent without a reference, and of a batch with one row or with too many. */
  readonly outsideOfRow?: readonly number[];
  readonly total: number;
  /** Smallest and largest finite value; [0, 0] when there is none. */
  readonly range: readonly [number, number];
  readonly deltaRange: readonly [number, number];
  /** Absent for what stands before and behind the recurrent layers. */
  readonly magnitude?: Magnitude;
  /** Smallest and largest finite value of c, and its magnitude; null for lanes without one. */
  readonly cell: {
    readonly range: readonly [number, number];
    readonly magnitude: Magnitude;
  } | null;
}

export interface Measured {
  /** By lane. */
  readonly lanes: readonly LaneNumbers[];
  /** The output against its reference; null unless every direction has one. */
  readonly output: Comparison | null;
}

/**
 * Measures lanes. Rows of a reference are ranked in dependency order: by direction, each in its order of processing,
 * batch by batch.
 * @throws CancelledError when `control` says so.
 */
export function measureLanes(
  lanes: readonly Lane[],
  context: LaneContext,
  control: RunControl,
): Measured {
  const meters = new Map<LanePart, PartMeter>();
  for (const lane of lanes) {
    for (const part of lane.parts) {
      const meter = meters.get(part) ?? new PartMeter(part, lane, context);
      meters.set(part, meter);
    }
    if (lane.cell !== null) meters.set(lane.cell, new PartMeter(lane.cell, lane, context));
  }
  const hasReference = [...meters.keys()].some(({ reference }) => reference !== null);
  const activity = hasReference ? text("Comparing") : text("Measuring the states");
  walk([...meters.values()], context, control, activity);
  const { parts } = outputLane(lanes);
  const comparisons = parts.flatMap((part) => meters.get(part)!.comparison() ?? []);
  return {
    lanes: lanes.map((lane) => numbersOf(lane, meters)),
    output: comparisons.length < parts.length ? null : joinComparisons(comparisons),
  };
}

function walk(
  meters: readonly PartMeter[],
  { seqLength, batchSize }: LaneContext,
  control: RunControl,
  activity: Text,
): void {
  const check = (): void => {
    control.check();
  };
  const blockSteps = Math.min(...meters.map(({ part }) => part.ours.blockSteps));
  const widest = Math.max(...meters.map(({ part }) => part.units));
  for (const span of stepSpans({ from: 0, to: seqLength }, blockSteps, batchSize * widest)) {
    meters.forEach((meter, index) => {
      meter.add(span, check);
      const done = span.from + ((index + 1) / meters.length) * (span.to - span.from);
      control.report(done / seqLength, activity);
      check();
    });
  }
}

function numbersOf(lane: Lane, meters: ReadonlyMap<LanePart, PartMeter>): LaneNumbers {
  const parts = lane.parts.map((part) => meters.get(part)!);
  const compared = parts.flatMap((part) => part.comparison() ?? []);
  const rows = joinCounts(parts.map(({ outsideOfRow }) => outsideOfRow));
  return {
    outside: compared.reduce((sum, { outside }) => sum + outside, 0),
    ...(rows === null ? {} : { outsideOfRow: rows }),
    total: parts.reduce((sum, { total }) => sum + total, 0),
    range: joinRanges(parts.map(({ range }) => range)),
    deltaRange: joinRanges(parts.flatMap(({ deltas }) => deltas ?? [])),
    magnitude: joinMagnitudes(parts.map(magnitudeOf)),
    cell: lane.cell === null ? null : cellNumbers(meters.get(lane.cell)!),
  };
}

function cellNumbers(meter: PartMeter): LaneNumbers["cell"] {
  return { range: meter.range.bounds(), magnitude: magnitudeOf(meter) };
}

function magnitudeOf({ magnitude }: PartMeter): Magnitude {
  return magnitude.result();
}

/** The sums, row by row; null where a part has none. */
function joinCounts(parts: readonly (Uint32Array | null)[]): readonly number[] | null {
  const [first, ...others] = parts;
  if (first == null) return null;
  const sums = Array.from(first);
  for (const other of others) {
    if (other === null) return null;
    sums.forEach((sum, row) => (sums[row] = sum + other[row]!));
  }
  return sums;
}

function joinRanges(ranges: readonly FiniteRange[]): readonly [number, number] {
  const all = new FiniteRange();
  for (const range of ranges) all.include(range);
  return all.bounds();
}

/** The numbers of one part. */
class PartMeter {
  readonly part: LanePart;
  readonly range = new FiniteRange();
  readonly magnitude: MagnitudeMeter;
  total = 0;
  /** Elements outside tolerance of each row of the batch; null where rows are not counted. */
  readonly outsideOfRow: Uint32Array | null;
  readonly #direction: Direction;
  readonly #layer: number;
  readonly #context: LaneContext;
  readonly #comparer: Comparer | null;

  /** `lane` is the first one that has the part: the layer's own, for parts of the output. */
  constructor(part: LanePart, lane: Lane, context: LaneContext) {
    this.part = part;
    this.#direction = lane.direction ?? "forward";
    this.#layer = lane.layer ?? 0;
    this.#context = context;
    this.magnitude = new MagnitudeMeter(context.seqLength, context.batchSize * part.units);
    this.#comparer = part.reference === null ? null : new Comparer(context.tolerance);
    const { batchSize } = context;
    const isCounted = this.#comparer !== null && batchSize > 1 && batchSize <= MOST_COUNTED_ROWS;
    this.outsideOfRow = isCounted ? new Uint32Array(batchSize) : null;
  }

  add(span: StepBlock, check: () => void): void {
    const { from, to } = span;
    const ours = this.part.ours.read(from, to, check);
    this.total += ours.length;
    this.range.addAll(ours, 0, ours.length);
    this.magnitude.add(ours);
    if (this.#comparer === null) return;
    const reference = this.part.reference!.read(from, to, check);
    const { seqLength, batchSize, lengths } = this.#context;
    const { units, noise } = this.part;
    const layer = this.#layer;
    const direction = this.#direction;
    for (let step = from; step < to; step++) {
      for (let batch = 0; batch < batchSize; batch++) {
        const s = stepInProcessing(direction, step, lengths?.[batch] ?? seqLength);
        const offset = ((step - from) * batchSize + batch) * units;
        const before = this.#comparer.outside;
        // Written out: one object a row, and there may be millions.
        this.#comparer.add({
          layer,
          direction,
          step,
          batch,
          rank: s * batchSize + batch,
          units,
          ours,
          oursOffset: offset,
          reference,
          referenceOffset: offset,
          noise: noise?.[step * batchSize + batch] ?? 0,
        });
        const found = this.#comparer.outside - before;
        if (this.outsideOfRow !== null) this.outsideOfRow[batch]! += found;
      }
    }
  }

  comparison(): Comparison | null {
    return this.#comparer?.result() ?? null;
  }

  /** Of ours − reference; null without a reference. */
  get deltas(): FiniteRange | null {
    return this.#comparer?.deltas ?? null;
  }
}
