/**
 * What stands at the axes of the timeline's curves, whose scales differ; no DOM.
 */
import { rounded } from "../../../core/numeric";
import { decadesOf, deltaScale, fromTop, largestFinite, type Deltas } from "./curves";
import { powerText } from "./logScale";

export interface AxisTick {
  /** Share of the height, from the top. */
  readonly place: number;
  readonly text: string;
}

/** From and up to these, a number is written with a power of ten. */
const PLAIN = { least: 0.01, most: 10_000 } as const;

function numberText(value: number): string {
  if (value === 0) return "0";
  const isPlain = value >= PLAIN.least && value < PLAIN.most;
  return isPlain ? String(rounded(value, 2)) : value.toExponential(0).replace("+", "");
}

/** 0, and one or two round numbers below the largest value, which is at the top. */
export function linearTicks(values: ArrayLike<number>): AxisTick[] {
  const largest = largestFinite(values);
  if (largest === 0) return [{ place: fromTop(0), text: "0" }];
  const unit = 10 ** Math.floor(Math.log10(largest));
  const step = unit * ([5, 2].find((factor) => factor * unit <= largest) ?? 1);
  const count = Math.floor(largest / step);
  return Array.from({ length: count + 1 }, (_, index) => ({
    place: fromTop((index * step) / largest),
    text: numberText(index * step),
  }));
}

/** The powers of ten at both ends, and one between them. */
function powerTicks(low: number, high: number, placeOf: (power: number) => number): AxisTick[] {
  const powers = new Set([low, Math.round((low + high) / 2), high]);
  return [...powers].map((power) => ({
    place: fromTop(placeOf(power)),
    text: power === 0 ? "1" : powerText(power),
  }));
}

export function deltaTicks(deltas: Deltas): AxisTick[] {
  const { low, high } = deltaScale(deltas);
  return powerTicks(low, high, (power) => (power - low) / (high - low));
}

/** Of whole powers of ten on the scale. */
export function gradientTicks(values: ArrayLike<number>): AxisTick[] {
  const decades = decadesOf(values);
  if (decades === null) return [];
  const { bottom, count } = decades;
  const [low, high] = [Math.ceil(bottom), Math.floor(bottom + count)];
  return powerTicks(low, high, (power) => (power - bottom) / count);
}
