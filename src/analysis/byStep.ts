/**
 * Rows of a chaotic run that rounding alone may move anywhere: they are judged by the reference's own step, or not at all.
 */
import { Bits } from "../core/bits";
import type { ComparedRow } from "./compare";
import type { Noise } from "./noise";
import type { Residuals } from "./residuals";

/** How rows are judged that rounding alone may move anywhere. */
export interface ByStep {
  /** A row whose allowance is a larger part of its magnitude cannot be judged by its values. */
  readonly judgedTo: number;
  /** Each step judged by itself, at index · B + batch; null where it is not. */
  readonly residuals: Residuals | null;
}

/** How the rows of a part are judged whose values say nothing. */
export function byStepOf(
  noise: Pick<Noise, "judgedTo"> | null,
  residuals: Residuals | null | undefined = null,
): { readonly byStep?: ByStep } {
  return noise === null ? {} : { byStep: { judgedTo: noise.judgedTo, residuals } };
}

/** The residuals of some rows, in the order they are asked for; `units` of each. */
export function residualsAt(
  { values, floors, outside }: Residuals,
  rows: readonly number[],
  units: number,
): Residuals {
  const taken = new Bits(rows.length * units);
  rows.forEach((row, k) => {
    for (let unit = 0; unit < units; unit++) {
      if (outside.has(row * units + unit)) taken.set(k * units + unit);
    }
  });
  return {
    values: Float64Array.from(rows, (row) => values[row]!),
    floors: Float64Array.from(rows, (row) => floors[row]!),
    outside: taken,
  };
}

/** The largest magnitude of a row of the reference, 1 at least. */
function magnitudeOf({
  reference,
  referenceOffset,
  units,
}: Pick<ComparedRow, "reference" | "referenceOffset" | "units">): number {
  let most = 1;
  for (let unit = 0; unit < units; unit++) {
    const value = Math.abs(reference[referenceOffset + unit]!);
    if (value > most && value !== Infinity) most = value;
  }
  return most;
}

/** Which units of a row are wrong by their own step; null where that is not known. */
export type OutsideByStep = ((unit: number) => boolean) | null;

/** A row of a reference whose values say nothing is judged by its own step; undefined where they say enough. */
export function outsideByStep(
  byStep: ByStep | undefined,
  row: Pick<ComparedRow, "reference" | "referenceOffset" | "units" | "noise">,
  index: number,
): OutsideByStep | undefined {
  const { judgedTo = Infinity, residuals = null } = byStep ?? {};
  // Most rows are far from the limit: their values need not be looked at.
  if (row.noise <= judgedTo || row.noise <= judgedTo * magnitudeOf(row)) return undefined;
  if (residuals === null || Number.isNaN(residuals.values[index]!)) return null;
  return (unit) => residuals.outside.has(index * row.units + unit);
}
