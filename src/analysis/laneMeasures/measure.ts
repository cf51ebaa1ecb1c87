/**
 * The numbers of each lane: range, magnitude and comparison.
 */
import type { StepBlock } from "../../engine/base/plan";
import { FiniteRange, joinComparisons, type Comparison } from "../compare";
import type { Lane, LaneContext, LanePart } from "../lanes";
import { joinMagnitudes, MagnitudeMeter, type Magnitude } from "./magnitude";
import { overviewOf, type Overview } from "./overview";
import type { PartComparison } from "../rows";
import type { Meter } from "../walk";

/** Each step by itself: all of them, not all, or none of the values of a lane. */
export type JudgedByStep = "all" | "some" | "none";

export interface LaneNumbers {
  /** Elements outside tolerance, over all batch rows; 0 without a reference. */
  readonly outside: number;
  /** Of each row of the batch; absent without a reference, and of a batch with one row or with thousands. */
  readonly outsideOfRow?: readonly number[];
  readonly total: number;
  /** Smallest and largest finite value of ours over the lane; [0, 0] when there is none. */
  readonly range: readonly [number, number];
  /** Smallest and largest finite value of ours − reference; [0, 0] without a reference. */
  readonly deltaRange: readonly [number, number];
  /** How what rounding alone may move anywhere was judged; absent where there is nothing of it. */
  readonly byStep?: JudgedByStep;
  /** Absent for tokens and logits. */
  readonly magnitude?: Magnitude;
  /** The same of c; null for lanes without one. */
  readonly cell: CellNumbers | null;
}

/** The numbers of a lane's c. */
export interface CellNumbers extends Omit<LaneNumbers, "total" | "cell" | "magnitude"> {
  readonly magnitude: Magnitude;
}

/** What was found of each part of a lane, and of its c. */
export interface LaneComparisons {
  readonly parts: readonly PartComparison[];
  readonly cell: readonly PartComparison[];
}

/** A lane that is measured: how long it is, and what was found of its parts. */
export interface LaneFrame {
  readonly lane: Lane;
  readonly seqLength: number;
  readonly batchSize: number;
}

/** Measures lanes in one walk, and sums up long ones; a part that two lanes share is measured once. */
export class LaneMeters {
  readonly #lanes: readonly LaneFrame[];
  readonly #meters = new Map<LanePart, PartMeter>();

  constructor(lanes: readonly LaneFrame[], context: LaneContext) {
    this.#lanes = lanes;
    const frames = new Map<LanePart, LaneFrame>();
    for (const frame of lanes) {
      const { parts, cell } = frame.lane;
      for (const part of cell === null ? parts : [...parts, cell]) frames.set(part, frame);
    }
    for (const [part, frame] of frames) {
      const hasAllSteps = frame.seqLength === context.seqLength;
      const overview = hasAllSteps ? overviewOf(part, context, frames.size) : null;
      this.#meters.set(part, new PartMeter(part, frame, overview));
    }
  }

  get meters(): readonly Meter[] {
    return [...this.#meters.values()];
  }

  /** Overviews of parts that are long, whole after the walk. */
  get overviews(): ReadonlyMap<LanePart, Overview> {
    const found = [...this.#meters].flatMap(([part, { overview }]) =>
      overview === null ? [] : [[part, overview] as const],
    );
    return new Map(found);
  }

  /** The numbers by lane, after the walk. `found` returns the comparisons of a lane. */
  finish(found: (lane: Lane) => LaneComparisons): LaneNumbers[] {
    return this.#lanes.map(({ lane }) => this.#numbersOf(lane, found(lane)));
  }

  #numbersOf(lane: Lane, found: LaneComparisons): LaneNumbers {
    const parts = lane.parts.map((part) => this.#meters.get(part)!);
    const isModule = lane.id !== "tokens" && lane.id !== "logits";
    return {
      ...differencesOf(found.parts),
      total: parts.reduce((sum, { total }) => sum + total, 0),
      range: joinRanges(parts.map(({ range }) => range)),
      ...(isModule ? { magnitude: joinMagnitudes(parts.map(magnitudeOf)) } : {}),
      cell: lane.cell === null ? null : cellNumbers(this.#meters.get(lane.cell)!, found.cell),
    };
  }
}

function differencesOf(
  found: readonly PartComparison[],
): Pick<LaneNumbers, "outside" | "outsideOfRow" | "deltaRange" | "byStep"> {
  const joined = joinComparisons(found.map(({ comparison }) => comparison));
  const { outside, deltaRange } = joined;
  const rows = joinCounts(found.map(({ outsideOfRow }) => outsideOfRow));
  return {
    outside,
    ...(rows === null ? {} : { outsideOfRow: rows }),
    deltaRange,
    ...judged(joined),
  };
}

function judged({
  byStep,
  unjudged,
  total,
}: Pick<Comparison, "byStep" | "unjudged" | "total">): Pick<LaneNumbers, "byStep"> {
  if (byStep + unjudged === 0) return {};
  if (unjudged === 0) return { byStep: "all" };
  return { byStep: unjudged === total ? "none" : "some" };
}

function cellNumbers(meter: PartMeter, found: readonly PartComparison[]): CellNumbers {
  return {
    ...differencesOf(found),
    range: meter.range.bounds(),
    magnitude: magnitudeOf(meter),
  };
}

function magnitudeOf({ magnitude }: PartMeter): Magnitude {
  return magnitude.result();
}

/** The sums, row by row; null where a part has none. */
function joinCounts(parts: readonly (readonly number[] | null)[]): readonly number[] | null {
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

/** The range and the magnitude of one part, and its overview. */
class PartMeter implements Meter {
  readonly count: number;
  readonly blockSteps: number;
  readonly rowSize: number;
  readonly range = new FiniteRange();
  readonly magnitude: MagnitudeMeter;
  readonly overview: Overview | null;
  total = 0;
  readonly #part: LanePart;

  constructor(part: LanePart, { seqLength, batchSize }: LaneFrame, overview: Overview | null) {
    this.#part = part;
    this.overview = overview;
    this.count = seqLength;
    this.blockSteps = part.ours.blockSteps;
    this.rowSize = batchSize * part.units;
    this.magnitude = new MagnitudeMeter(seqLength, this.rowSize);
  }

  add(span: StepBlock, check: () => void): void {
    const ours = this.#part.ours.read(span.from, span.to, check);
    this.total += ours.length;
    this.range.addAll(ours, 0, ours.length);
    this.magnitude.add(ours);
    this.overview?.add(span, ours);
  }
}
