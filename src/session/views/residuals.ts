/**
 * The error of a reference over time: what each step makes, beside what is carried along.
 */
import { residualsOfDirection } from "../../analysis/residuals";
import type { RunControl } from "../../core/control";
import { text } from "../../core/text";
import { largerOrNaN } from "../../core/numeric";
import type { StateArray } from "../../engine/base/engine";
import { stateSize } from "../../model/config";
import { directionIndexOf, existingDirection } from "../../model/directions";
import type { ResidualCurve, ResidualRequest } from "../../protocol/run/curveMessages";
import type { RunResult } from "../../run/execute";
import { blockIndex, blockLimit, clampWhole } from "./blocks";
import { referenceSteps, stateSteps } from "./referenceStates";
import { sequenceLength } from "../../model/sequence";

/** The curves of one direction of a layer; null where they cannot be computed. @throws CancelledError. */
export function readResiduals(
  result: RunResult,
  request: ResidualRequest,
  control: RunControl,
): ResidualCurve | null {
  const { forwardInput: run, trace, noise } = result;
  const { config, seqLength, batchSize, precision } = run;
  const is16Bits = precision === "f16" || precision === "bf16";
  const layer = clampWhole(request.layer, 0, config.numLayers - 1);
  const direction = existingDirection(config, request.direction);
  const at = directionIndexOf(config, direction);
  const given = referenceSteps(result, layer);
  const theirsOf = given[at];
  if (theirsOf == null || is16Bits) return null;
  const batch = clampWhole(request.batch, 0, batchSize - 1);
  const from = clampWhole(request.from, 0, seqLength - 1);
  const steps = { from, to: clampWhole(request.to, from + 1, seqLength) };
  const columns = Math.min(steps.to - from, blockLimit(request.maxColumns));
  const columnOf = blockIndex(steps, columns);
  const check = (fraction: number): void => {
    control.check();
    control.report(fraction, text("Computing where error is made"));
  };
  const below = layer === 0 ? [] : referenceSteps(result, layer - 1);
  const input = {
    ...{ run, trace, noise, layer, rows: [batch], steps, check },
    // No other direction than this one is read.
    reference: given.map((values) => values ?? theirsOf),
    cell: stateSteps(result, { layer, direction, quantity: "c" }),
    below: below.every((values) => values !== null) ? below : null,
  };
  const { values, floors } = residualsOfDirection(input, direction);
  const curve = (): Float32Array => new Float32Array(columns).fill(NaN);
  const [carried, made, floor] = [curve(), curve(), curve()];
  const units = stateSize(config);
  const lane = { layer, directionIndex: at };
  for (let t = from; t < Math.min(steps.to, sequenceLength(run, batch)); t++) {
    const row = t * batchSize + batch;
    const column = columnOf[t - from]!;
    const [ours, theirs] = [trace.read("h", lane, t, t + 1), theirsOf.read(t, t + 1)];
    raise(carried, column, distanceAt(ours, theirs, batch * units, units));
    // What is not known of a step has no rounding either.
    if (Number.isNaN(values[row]!)) continue;
    raise(made, column, values[row]!);
    raise(floor, column, floors[row]!);
  }
  return { carried, made, floor };
}

/** The largest |ours − theirs| of one row of (B, units). */
function distanceAt(ours: StateArray, theirs: StateArray, from: number, units: number): number {
  let largest = 0;
  for (let k = from; k < from + units; k++) {
    largest = largerOrNaN(largest, Math.abs(ours[k]! - theirs[k]!));
  }
  return largest;
}

function raise(curve: Float32Array, column: number, value: number): void {
  const before = curve[column]!;
  if (Number.isNaN(before) || value > before) curve[column] = value;
}
