/**
 * The rows of a lane, one a step and batch row: the values of either side, and which of them are outside tolerance.
 */
import type { StateArray } from "../../engine/base/engine";
import type { StepBlock } from "../../engine/base/plan";
import { outsideByStep, type ByStep, type OutsideByStep } from "../byStep";
import { allowedDifference, difference, isOutside } from "../compare";
import type { LaneContext, LanePart } from "../lanes";
import { measuredDelta, type DeltaAs } from "../numbers/deltaAs";
import { stepSpans } from "../steps";

/** Which values of a lane are meant; `delta` is ours − reference. */
export type Side = "ours" | "reference" | "delta";

/** Values of both sides of a part over a span of steps, and where one row of them begins. */
export interface Row {
  readonly ours: StateArray;
  readonly reference: StateArray | null;
  readonly offset: number;
  /** Rounding allowance of the row. */
  readonly noise: number;
  /** Which units are wrong by their own step; undefined where the values say enough, null where nothing does. */
  readonly byStep: OutsideByStep | undefined;
}

/** How a row is judged whose values say nothing; see `Row`. */
export function byStepOfRow(
  { reference, offset, noise }: Pick<Row, "reference" | "offset" | "noise">,
  {
    units,
    byStep,
    index,
  }: { readonly units: number; readonly byStep?: ByStep; readonly index: number },
): Row["byStep"] {
  if (reference === null || byStep === undefined) return undefined;
  return outsideByStep(byStep, { reference, referenceOffset: offset, units, noise }, index);
}

/** Which values are wanted. */
export interface Wanted {
  readonly side: Side;
  /** How a difference is measured; by itself when not given. */
  readonly as?: DeltaAs;
}

/** ours − reference, by itself. */
export const DIFFERENCE: Wanted = { side: "delta" };

/** The value of a side at a unit: ours, the reference's or the difference. */
export function sideValue(
  { ours, reference, offset }: Pick<Row, "ours" | "reference" | "offset">,
  unit: number,
  { side, as }: Wanted,
  context: LaneContext,
): number {
  const own = ours[offset + unit]!;
  if (side === "ours") return own;
  if (reference === null) return NaN;
  const expected = reference[offset + unit]!;
  if (side === "reference") return expected;
  return as === undefined
    ? difference(own, expected, context.tolerance.equalNan)
    : measuredDelta(own, expected, as, context);
}

/** True for a unit that is outside tolerance, or wrong by its own step where its value says nothing. */
export function isOutsideAt(
  { ours, reference, offset, noise, byStep }: Row,
  unit: number,
  { tolerance }: LaneContext,
): boolean {
  if (reference === null || byStep === null) return false;
  if (byStep !== undefined) return byStep(unit);
  const expected = reference[offset + unit]!;
  const delta = difference(ours[offset + unit]!, expected, tolerance.equalNan);
  return isOutside(delta, allowedDifference(tolerance, expected, noise));
}

/** A value outside tolerance. */
export interface OutsideUnit {
  readonly unit: number;
  /** |ours − reference| of it; Infinity where it is NaN. */
  readonly size: number;
}

/** The unit of a row outside tolerance that is off most; null where all are inside. */
export function largestOutside(row: Row, units: number, context: LaneContext): OutsideUnit | null {
  let found: OutsideUnit | null = null;
  for (let unit = 0; unit < units; unit++) {
    if (!isOutsideAt(row, unit, context)) continue;
    const delta = Math.abs(sideValue(row, unit, DIFFERENCE, context));
    const size = Number.isNaN(delta) ? Infinity : delta;
    if (found === null || size > found.size) found = { unit, size };
  }
  return found;
}

/** The rows of one batch row of a part, step by step. */
export function* partRows(
  part: LanePart,
  batch: number,
  steps: StepBlock,
  { batchSize }: LaneContext,
): Generator<Row & { readonly step: number }> {
  const { units, noise: allowances, byStep: judging } = part;
  for (const { from, to } of stepSpans(steps, part.ours.blockSteps, batchSize * units)) {
    const ours = part.ours.read(from, to);
    const reference = part.reference?.read(from, to) ?? null;
    for (let step = from; step < to; step++) {
      const offset = ((step - from) * batchSize + batch) * units;
      const index = step * batchSize + batch;
      const noise = allowances?.[index] ?? 0;
      const byStep =
        judging && byStepOfRow({ reference, offset, noise }, { units, byStep: judging, index });
      yield { step, ours, reference, offset, noise, byStep };
    }
  }
}
