/**
 * Chooses what a reference of another shape holds, by its values: sizes alone often allow for several things.
 */
import { joinComparisons, type Comparison, type Tolerance } from "../../analysis/compare";
import {
  onlyNaNHint,
  scaledHint,
  sumsOf,
  zeroHint,
  type ComparedBlock,
} from "../../analysis/hints";
import { PartComparer, type ComparedPart } from "../../analysis/rows";
import { stepSpans } from "../../analysis/steps";
import { walk } from "../../analysis/walk";
import { noControl, type RunControl } from "../../core/control";
import { text, type Text } from "../../core/text";
import type { Tensor } from "../../tensor/tensor";
import { outputReadings } from "./outputReadings";
import type { Reading, ReadResults, ReadRun } from "./reading";
import { stateReadings } from "./stateReadings";

/** A right reading and a wrong one are about four powers of ten apart: this many times the tolerance is between them. */
const RECOGNISED = 100;
/** A reading of which a larger part is off than this is none, unless it is the only one and holds everything. */
const MOST_OFF = 0.5;

/** What reads a reference of another shape. */
interface ReadFrame {
  readonly run: ReadRun;
  readonly results: ReadResults;
  readonly tolerance: Tolerance;
  readonly control: RunControl;
}

/** Fewer values than these are a multiple of others by chance. */
const LEAST_SCALED_VALUES = 8;

/** What was found of a reference of another shape. */
export interface Recognition {
  /** What its values are; null where they are nothing that has its shape. */
  readonly reading: Reading | null;
  /** What else its values show. */
  readonly hint: Text | null;
  /** What has its shape, and other values. */
  readonly unfit: readonly Text[];
}

/** The reading of a reference that its values allow for. @throws CancelledError. */
export function chosenReading(
  frame: ReadFrame,
  name: "output" | "h_n" | "c_n",
  reference: Tensor,
): Recognition {
  const readings = readingsOf(frame.run, name, reference);
  const fitting = fittingReading(frame, readings);
  if (fitting !== null) return recognisedAs(fitting);
  const constant = constantHint(reference);
  if (constant !== null) return { reading: null, hint: constant, unfit: [] };
  for (const reading of readings) {
    const hint = multipleOf(frame, reading);
    if (hint !== null) return { ...recognisedAs(reading), hint };
  }
  return { reading: null, hint: null, unfit: readings.map(({ what }) => what) };
}

/** The reading that the values are nearest to, or the only one where it holds everything; null where none is near. */
function fittingReading(frame: ReadFrame, readings: readonly Reading[]): Reading | null {
  const [only, second] = readings;
  let best: { readonly reading: Reading; readonly off: number } | null = null;
  for (const reading of readings) {
    const { outside, total } = compared(frame, reading);
    const off = total === 0 ? 1 : outside / total;
    if (best === null || off < best.off) best = { reading, off };
    if (off === 0) break;
  }
  if (best !== null && best.off < MOST_OFF) return best.reading;
  return only?.values != null && second === undefined ? only : null;
}

function recognisedAs(reading: Reading): Recognition {
  return { reading, hint: null, unfit: [] };
}

/** The sentence about a reference of nothing but zeros or NaN, whatever its shape. */
function constantHint({ data }: Tensor): Text | null {
  if (data.length === 0) return null;
  if (data.every((value) => value === 0)) return zeroHint;
  return data.every((value) => Number.isNaN(value)) ? onlyNaNHint : null;
}

/** The sentence about a reference whose values are a multiple of a reading's; null where they are not. */
function multipleOf({ results }: ReadFrame, reading: Reading): Text | null {
  const parts = reading.parts(results, null);
  const total = parts.reduce(
    (sum, { count, batchSize, units }) => sum + count * batchSize * units,
    0,
  );
  if (total < LEAST_SCALED_VALUES) return null;
  return scaledHint(sumsOf({ blocks: () => blocksOf(parts) }));
}

function* blocksOf(parts: readonly ComparedPart[]): Generator<ComparedBlock> {
  for (const [part, { units, count, batchSize, ours, reference }] of parts.entries()) {
    const all = { from: 0, to: count };
    for (const { from, to } of stepSpans(all, ours.blockSteps, batchSize * units)) {
      yield { part, units, ours: ours.read(from, to), reference: reference.read(from, to) };
    }
  }
}

function readingsOf(run: ReadRun, name: "output" | "h_n" | "c_n", reference: Tensor): Reading[] {
  if (name === "h_n") return stateReadings(run, "h", reference);
  if (name === "c_n") return stateReadings(run, "c", reference);
  const ofStates = stateReadings(run, "h", reference).map((reading) => ({
    ...reading,
    // It holds nothing of the output that could be shown in its place.
    values: null,
    what: text("h_n: {0}", reading.what),
  }));
  return [...outputReadings(run, reference), ...ofStates];
}

function compared({ results, tolerance, control }: ReadFrame, reading: Reading): Comparison {
  const rough = {
    ...tolerance,
    rtol: tolerance.rtol * RECOGNISED,
    atol: tolerance.atol * RECOGNISED,
  };
  const comparers = reading.parts(results, null).map((part) => new PartComparer(part, rough));
  const silent = { ...noControl, check: () => control.check() };
  walk(comparers, silent, text("Comparing"));
  return joinComparisons(comparers.map((comparer) => comparer.result().comparison));
}
