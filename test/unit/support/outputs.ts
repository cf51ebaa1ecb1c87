/** The output of a run's results, in whole. */
import { joinDirections } from "../../../src/analysis/lanes";
import type { StateArray } from "../../../src/engine/base/engine";
import type { Results } from "../../../src/run/results";

/** (T, B, D·P). */
export function outputOf({ output }: Results, units: number, seqLength: number): StateArray {
  return joinDirections(
    output.map((part) => part.read(0, seqLength).slice()),
    units,
  );
}
