/**
 * What a reference of another shape may hold, and how directions are joined where it has one for both.
 */
import type { Noise } from "../../analysis/noise";
import type { ComparedPart } from "../../analysis/rows";
import type { StepValues } from "../../analysis/steps";
import { text, type Text } from "../../core/text";
import type { ForwardInput, StateArray } from "../../engine/base/engine";
import { numDirections } from "../../model/config";
import type { AxisSizes } from "./arrangements";

/** The results of a run, as references are compared with them. */
export interface ReadResults {
  /** By direction, each (T, B, P). */
  readonly output: readonly StepValues[];
  readonly hn: StateArray;
  readonly cn: StateArray | null;
}

/** A run whose reference is read, and the parts of it that sizes come from. */
export type ReadRun = Pick<ForwardInput, "config" | "lengths" | "seqLength" | "batchSize">;

/** One thing that a reference may hold. */
export interface Reading {
  readonly what: Text;
  /** All of the result, time-major; null where the reference holds a part of it. */
  readonly values: StateArray | null;
  parts(results: ReadResults, noise: Noise | null): ComparedPart[];
}

/** Which directions a reference holds in one, and what it makes of their values. */
export interface Joined {
  /** null for a direction that is there by itself. */
  readonly what: Text | null;
  /** Indices of directions. */
  readonly directions: readonly number[];
  readonly join: (left: number, right: number) => number;
}

const left = (value: number): number => value;

const joinedDirections: readonly Joined[] = [
  { what: text("the forward direction alone"), directions: [0], join: left },
  { what: text("the reverse direction alone"), directions: [1], join: left },
  { what: text("the sum of both directions"), directions: [0, 1], join: (f, r) => f + r },
  { what: text("the mean of both directions"), directions: [0, 1], join: (f, r) => (f + r) / 2 },
  { what: text("the product of both directions"), directions: [0, 1], join: (f, r) => f * r },
];

/** What an array without an axis of directions may hold of them; each by itself where that is there. */
export function joinsOf(run: ReadRun, hasAxis: boolean): readonly (readonly Joined[])[] {
  const count = numDirections(run.config);
  if (!hasAxis && count > 1) return joinedDirections.map((one) => [one]);
  return [Array.from({ length: count }, (_, at) => ({ what: null, directions: [at], join: left }))];
}

/** The sizes of the axes of a run's results, whose units are `units`. */
export function axisSizes({ config, seqLength, batchSize }: ReadRun, units: number): AxisSizes {
  return { L: config.numLayers, D: numDirections(config), T: seqLength, B: batchSize, U: units };
}
