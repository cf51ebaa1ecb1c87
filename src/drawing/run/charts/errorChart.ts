/**
 * The error of a reference over time as curves on a logarithmic scale; no DOM.
 */
import type { ErrorOverTime, StepCurve } from "../../../diagnosis/answer";
import { bandPath, linePath, type Point } from "../../base/paths";
import { wholeTicks } from "../../base/ticks";
import { logScale, placeOn, type LogScale } from "./logScale";

/** Units of the drawing, which is stretched to its place. */
export const ERROR_WIDTH = 1000;
export const ERROR_HEIGHT = 100;

export interface ErrorCurves<Values extends ArrayLike<number> = ArrayLike<number>> {
  /** |ours − reference|, a column a value. */
  readonly carried: Values;
  /** What each step makes, and what rounding may make of it; null where it is not known. */
  readonly made: Values | null;
  readonly floor: Values | null;
  /** What counts as rounding over the whole run. */
  readonly tolerance: number;
}

export interface ErrorChart {
  readonly scale: LogScale;
  readonly carried: string;
  readonly made: string | null;
  /** The band of rounding. */
  readonly band: string;
}

/** The error before and after, of columns of steps: a curve of the largest, and the span down to the smallest. */
export interface OverTimeChart {
  readonly scale: LogScale;
  readonly before: CurvePaths;
  readonly after: CurvePaths | null;
  readonly band: string;
}

interface CurvePaths {
  readonly line: string;
  /** Empty where a column is one step. */
  readonly span: string;
}

/** Steps with a label, and where they lie, 0…1. */
export interface StepTick {
  readonly step: number;
  readonly at: number;
}

export function errorChart({ carried, made, floor, tolerance }: ErrorCurves): ErrorChart {
  const all = [carried, made ?? [], floor ?? []].map((values) => Array.from(values));
  const scale = logScale(all.flat(), tolerance);
  const bounds = floor ?? Array.from(carried, () => tolerance);
  return {
    scale,
    carried: curve(carried, scale),
    made: made === null ? null : curve(made, scale),
    band: bandBelow(bounds, scale),
  };
}

/** `tolerance` is what counts as rounding over the whole run. */
export function overTimeChart(
  { steps, before, after, floor }: ErrorOverTime,
  tolerance: number,
): OverTimeChart {
  const all = [before.most, after?.most ?? [], floor].flatMap((values) => Array.from(values));
  const scale = logScale(all, tolerance);
  const paths = ({ most, least }: StepCurve): CurvePaths => ({
    line: curve(most, scale),
    span: most.length < steps ? between(least, most, scale) : "",
  });
  return {
    scale,
    before: paths(before),
    after: after && paths(after),
    band: bandBelow(floor, scale),
  };
}

/** Labels of steps from `first` on. */
export function stepTicks(
  { first, steps }: Pick<ErrorOverTime, "first" | "steps">,
  count: number,
): StepTick[] {
  if (steps === 1) return [{ step: first, at: 0.5 }];
  return wholeTicks(first, first + steps - 1, count).map((step) => ({
    step,
    at: (step - first + 0.5) / steps,
  }));
}

/** Through the middle of each column; interrupted where a value is not known. */
function curve(values: ArrayLike<number>, scale: LogScale): string {
  return linePath(
    Array.from(values, (value, index) =>
      Number.isNaN(value) ? null : [xOf(index, values), heightOf(value, scale)],
    ),
  );
}

/** From the smallest to the largest value of each column; interrupted where none is known. */
function between(least: ArrayLike<number>, most: ArrayLike<number>, scale: LogScale): string {
  return bandPath(
    Array.from(most, (value, index) =>
      Number.isNaN(value)
        ? null
        : [xOf(index, most), heightOf(least[index]!, scale), heightOf(value, scale)],
    ),
  );
}

/** From edge to edge: half a column beside the first and the last value as well. */
function bandBelow(bounds: ArrayLike<number>, scale: LogScale): string {
  const values = Array.from(bounds);
  const points = values.map((bound, index): Point => [xOf(index, values), bound]);
  const known = points.filter(([, bound]) => !Number.isNaN(bound));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return "";
  const half = ERROR_WIDTH / values.length / 2;
  const all: Point[] = [[first[0] - half, first[1]], ...known, [last[0] + half, last[1]]];
  return bandPath(all.map(([x, bound]) => [x, ERROR_HEIGHT, heightOf(bound, scale)]));
}

/** The middle of a column. */
function xOf(index: number, { length }: ArrayLike<number>): number {
  return ((index + 0.5) / length) * ERROR_WIDTH;
}

function heightOf(value: number, scale: LogScale): number {
  return ERROR_HEIGHT * (1 - placeOn(scale, value));
}
