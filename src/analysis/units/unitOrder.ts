/**
 * Orders of the units of a lane by what they do over time: how active they are, how like another one, or in groups of
 * units that do alike.
 */
import type { StateArray } from "../../engine/base/engine";

/** Values of a lane at some steps in their order, (steps, units); what is not finite counts as 0. */
export interface UnitSamples {
  readonly steps: number;
  readonly units: number;
  readonly values: StateArray;
}

/** Root mean square of each unit over samples `from` to `to`. */
export function activityOf(
  { steps, units, values }: UnitSamples,
  from = 0,
  to = steps,
): Float64Array {
  const squares = new Float64Array(units);
  for (let step = from; step < to; step++) {
    for (let unit = 0; unit < units; unit++)
      squares[unit]! += finite(values[step * units + unit]!) ** 2;
  }
  return squares.map((sum) => Math.sqrt(sum / Math.max(1, to - from)));
}

/** What is not finite counts as 0. */
export function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Units by their scores, the highest first; of equal ones the lower number. */
export function byScore(scores: Float64Array): Uint32Array {
  const order = Uint32Array.from(scores, (_, unit) => unit);
  return order.sort((left, right) => scores[right]! - scores[left]! || left - right);
}

/** Each unit over time with mean 0 and length 1, (units, steps); zeros for one that does not change. */
export function standardised({ steps, units, values }: UnitSamples): Float32Array {
  const series = new Float32Array(units * steps);
  for (let unit = 0; unit < units; unit++) {
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += finite(values[step * units + unit]!);
    const mean = sum / steps;
    let length = 0;
    for (let step = 0; step < steps; step++) {
      const value = finite(values[step * units + unit]!) - mean;
      series[unit * steps + step] = value;
      length += value * value;
    }
    const scale = length > 0 ? 1 / Math.sqrt(length) : 0;
    for (let step = 0; step < steps; step++) series[unit * steps + step]! *= scale;
  }
  return series;
}

/** Pearson's r of each unit with a series that is standardised as well. */
export function likeness(series: Float32Array, like: Float32Array): Float64Array {
  const steps = like.length;
  return Float64Array.from({ length: series.length / Math.max(1, steps) }, (_, unit) => {
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += series[unit * steps + step]! * like[step]!;
    return sum;
  });
}

/** Units that do alike on the whole: groups whose mean r is less are not one group. */
const LEAST_LIKENESS = 0.5;

export interface UnitGroups {
  /** The units from the top row down. */
  readonly units: Uint32Array;
  /** Half-open ranges of rows that are a group; what is in none is like nothing else. */
  readonly groups: readonly (readonly [from: number, to: number])[];
}

/**
 * Units in groups that do alike: average linkage of 1 − r (nearest-neighbour chains, Murtagh 1983), the leaves of the tree in
 * an order in which those that meet where two groups are joined are the more alike ones.
 */
export function byClusters(series: Float32Array, steps: number): UnitGroups {
  const units = series.length / Math.max(1, steps);
  const distances = distancesOf(series, steps);
  const between = (left: number, right: number): number => distances[left * units + right]!;
  const groups: Groups = {
    units,
    leaves: Array.from({ length: units }, (_, unit) => [unit]),
    means: distances.slice(),
    active: new Set(Array.from({ length: units }, (_, unit) => unit)),
  };
  // The group of a unit is named by one of its units.
  const groupOf = Uint32Array.from({ length: units }, (_, unit) => unit);
  const chain: number[] = [];
  while (groups.active.size > 1) {
    const last = chain.at(-1) ?? groups.active.values().next().value!;
    if (chain.length === 0) chain.push(last);
    const nearest = nearestOf(groups, last, chain.at(-2));
    if (nearest !== chain.at(-2)) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    if (groups.means[last * units + nearest]! <= 1 - LEAST_LIKENESS) {
      for (const unit of groups.leaves[nearest]!) groupOf[unit] = groupOf[last]!;
    }
    join(groups, last, nearest, between);
  }
  const [root = 0] = groups.active;
  const order = Uint32Array.from(groups.leaves[root] ?? []);
  return { units: order, groups: rangesOf(order.map((unit) => groupOf[unit]!)) };
}

/** Ranges of more than one equal entry. */
function rangesOf(entries: Uint32Array): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  for (let at = 1; at <= entries.length; at++) {
    if (entries[at] === entries[from]) continue;
    if (at - from > 1) ranges.push([from, at]);
    from = at;
  }
  return ranges;
}

/** Groups of units by the number of one of them, and how far they are apart. */
interface Groups {
  readonly units: number;
  readonly leaves: number[][];
  /** Mean distances, (units, units). */
  readonly means: Float32Array;
  readonly active: Set<number>;
}

/** The nearest other group; of equal ones that which the chain came from. */
function nearestOf({ active, means, units }: Groups, last: number, before?: number): number {
  let nearest = before ?? -1;
  for (const other of active) {
    if (other === last) continue;
    if (nearest < 0 || means[last * units + other]! < means[last * units + nearest]!) {
      nearest = other;
    }
  }
  return nearest;
}

/** Puts a group into another one. */
function join(
  { active, means, units, leaves }: Groups,
  into: number,
  other: number,
  between: (left: number, right: number) => number,
): void {
  const [own, theirs] = [leaves[into]!.length, leaves[other]!.length];
  for (const third of active) {
    if (third === into || third === other) continue;
    const sum = own * means[into * units + third]! + theirs * means[other * units + third]!;
    means[into * units + third] = sum / (own + theirs);
    means[third * units + into] = sum / (own + theirs);
  }
  leaves[into] = joined(leaves[into]!, leaves[other]!, between);
  active.delete(other);
}

function distancesOf(series: Float32Array, steps: number): Float32Array {
  const units = series.length / Math.max(1, steps);
  const distances = new Float32Array(units * units);
  for (let left = 0; left < units; left++) {
    const found = likeness(
      series.subarray((left + 1) * steps),
      series.subarray(left * steps, (left + 1) * steps),
    );
    found.forEach((r, at) => {
      const right = left + 1 + at;
      distances[left * units + right] = 1 - r;
      distances[right * units + left] = 1 - r;
    });
  }
  return distances;
}

/** Two groups in one, each turned round where that brings the more alike ends together. */
function joined(
  left: readonly number[],
  right: readonly number[],
  between: (left: number, right: number) => number,
): number[] {
  const [first, last] = [left[0]!, left.at(-1)!];
  const [start, end] = [right[0]!, right.at(-1)!];
  const ways = [
    { distance: between(last, start), turnsLeft: false, turnsRight: false },
    { distance: between(last, end), turnsLeft: false, turnsRight: true },
    { distance: between(first, start), turnsLeft: true, turnsRight: false },
    { distance: between(first, end), turnsLeft: true, turnsRight: true },
  ];
  const { turnsLeft, turnsRight } = ways.reduce((best, way) =>
    way.distance < best.distance ? way : best,
  );
  return [
    ...(turnsLeft ? [...left].reverse() : left),
    ...(turnsRight ? [...right].reverse() : right),
  ];
}
