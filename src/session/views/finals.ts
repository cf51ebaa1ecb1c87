/**
 * Reads h_n and c_n as a view draws them.
 */
import { byStepOf, type ByStep } from "../../analysis/byStep";
import {
  contextOf,
  slotAllowance,
  type FinalStatesFrame,
  type LaneContext,
} from "../../analysis/lanes";
import type { Noise } from "../../analysis/noise";
import type { StateArray } from "../../engine/base/engine";
import type { StateName } from "../../engine/base/trace";
import { numDirections } from "../../model/config";
import { slotOf } from "../../model/directions";
import type { LaneInfo } from "../../protocol/run/messages";
import type { FinalStates, FinalStatesRequest } from "../../protocol/run/windowMessages";
import { finalStates, type RunResult } from "../../run/execute";
import { clampWhole } from "./blocks";
import { byStepOfRow, isOutsideAt, sideValue } from "../../analysis/laneMeasures/laneRows";

/** h_n or c_n as far as it is shown. */
export interface FinalStatesRun {
  readonly context: LaneContext;
  readonly frame: FinalStatesFrame;
  readonly noise: Noise | null;
  /** (L·D, B, size) */
  readonly ours: StateArray;
  readonly reference: StateArray | null;
  /** How they are judged where their values say nothing. */
  readonly byStep?: ByStep;
}

/** h_n or c_n of a run. @throws RangeError for c_n of a cell without one. */
export function finalStatesRun(run: RunResult, stateName: StateName): FinalStatesRun {
  const { trace, noise, forwardInput: frame, steps } = run;
  const context = contextOf(run.context, stateName === "h" ? "h_n" : "c_n");
  const ours = finalStates(trace, stateName);
  const reference = stateName === "h" ? run.reference.hn : run.reference.cn;
  const slots = frame.config.numLayers * numDirections(frame.config);
  const units = ours.length / (slots * frame.batchSize);
  const residuals = reference && steps?.finalsOf(stateName, { values: reference, units });
  return { context, frame, noise, ours, reference, ...byStepOf(noise, residuals) };
}

/** One batch row of h_n or c_n. */
export function readFinalStates(run: FinalStatesRun, request: FinalStatesRequest): FinalStates {
  const { context, frame, noise, ours, reference } = run;
  const { config, batchSize } = frame;
  const batch = clampWhole(request.batch, 0, batchSize - 1);
  const slots = config.numLayers * numDirections(config);
  const units = ours.length / (slots * batchSize);
  const values = new Float32Array(slots * units);
  const outside = new Uint8Array(slots * units);
  for (let slot = 0; slot < slots; slot++) {
    const index = slot * batchSize + batch;
    const allowance = slotAllowance(noise, frame, request.stateName, { slot, batch });
    const own = { ours, reference, offset: index * units, noise: allowance };
    const row = { ...own, byStep: byStepOfRow(own, { ...run, units, index }) };
    for (let unit = 0; unit < units; unit++) {
      const cell = slot * units + unit;
      values[cell] = sideValue(row, unit, request, context);
      if (isOutsideAt(row, unit, context)) outside[cell] = 1;
    }
  }
  return { slots, units, values, outside };
}

/** How many values of each slot of h_n or c_n are outside tolerance, in all rows; null where nothing is compared. */
function outsideOfSlots(run: RunResult, stateName: StateName): readonly number[] | null {
  const { cn } = run.trace;
  if (stateName === "c" && cn === null) return null;
  const finals = finalStatesRun(run, stateName);
  if (finals.reference === null) return null;
  const counts: number[] = [];
  for (let batch = 0; batch < finals.frame.batchSize; batch++) {
    const { slots, units, outside } = readFinalStates(finals, { stateName, side: "delta", batch });
    for (let slot = 0; slot < slots; slot++) {
      const own = outside.subarray(slot * units, (slot + 1) * units);
      counts[slot] = (counts[slot] ?? 0) + own.reduce((sum, each) => sum + each, 0);
    }
  }
  return counts;
}

/** How the last states of lanes whose steps no reference has agree: what is known of these lanes. */
export function finalsOfLanes(run: RunResult): (lane: LaneInfo) => LaneInfo {
  const { config } = run.forwardInput;
  const [h, c] = (["h", "c"] as const).map((stateName) => outsideOfSlots(run, stateName));
  const counted = (
    counts: readonly number[] | null | undefined,
    { layer, direction, reference }: Pick<LaneInfo, "layer" | "direction" | "reference">,
  ): Pick<LaneInfo, "outsideOfFinal"> => {
    if (counts == null || layer === null || direction === null || reference !== "none") return {};
    return { outsideOfFinal: counts[slotOf(config, layer, direction)]! };
  };
  return (lane) => {
    const { cell } = lane;
    const ofCell = cell === null ? null : { ...cell, ...counted(c, { ...lane, ...cell }) };
    return { ...lane, ...counted(h, lane), cell: ofCell };
  };
}
