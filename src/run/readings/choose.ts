/**
 * Chooses what a reference of another shape holds, by its values: sizes alone often allow for several things.
 */
import { joinComparisons, type Comparison, type Tolerance } from "../../analysis/compare";
import { PartComparer } from "../../analysis/rows";
import { walk } from "../../analysis/walk";
import { noControl, type RunControl } from "../../core/control";
import { text } from "../../core/text";
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

/** The reading of a reference that its values allow for; null where there is none. @throws CancelledError. */
export function chosenReading(
  frame: ReadFrame,
  name: "output" | "h_n" | "c_n",
  reference: Tensor,
): Reading | null {
  const readings = readingsOf(frame.run, name, reference);
  const [only, second] = readings;
  if (only === undefined) return null;
  let best: { readonly reading: Reading; readonly off: number } | null = null;
  for (const reading of readings) {
    const { outside, total } = compared(frame, reading);
    const off = total === 0 ? 1 : outside / total;
    if (best === null || off < best.off) best = { reading, off };
    if (off === 0) break;
  }
  if (best !== null && best.off < MOST_OFF) return best.reading;
  return second === undefined && only.values !== null ? only : null;
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
