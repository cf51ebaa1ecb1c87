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
import {
  byStepOfRow,
  isOutsideAt,
  sideValue,
  type Row,
} from "../../analysis/laneMeasures/laneRows";

/** h_n or c_n as far as it is shown. */
export interface FinalStatesRun {
  readonly stateName: StateName;
  readonly name: "h_n" | "c_n";
  readonly slots: number;
  /** Of one slot. */
  readonly units: number;
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
  const name: FinalStatesRun["name"] = stateName === "h" ? "h_n" : "c_n";
  const context = contextOf(run.context, name);
  const ours = finalStates(trace, stateName);
  const reference = stateName === "h" ? run.reference.hn : run.reference.cn;
  const slots = frame.config.numLayers * numDirections(frame.config);
  const units = ours.length / (slots * frame.batchSize);
  const residuals = reference && steps?.finalsOf(stateName, { values: reference, units });
  const named = { stateName, name, slots, units };
  return {
    ...named,
    context,
    frame,
    noise,
    ours,
    reference,
    ...byStepOf(noise, residuals),
  };
}

/** One row of the batch of a slot, which is layer · D + direction. */
export function slotRow(
  { stateName, units, frame, noise, ours, reference, byStep }: FinalStatesRun,
  at: { readonly slot: number; readonly batch: number },
): Row {
  const index = at.slot * frame.batchSize + at.batch;
  const allowance = slotAllowance(noise, frame, stateName, at);
  const row = { ours, reference, offset: index * units, noise: allowance };
  return { ...row, byStep: byStep && byStepOfRow(row, { units, byStep, index }) };
}

/** One batch row of h_n or c_n. */
export function readFinalStates(
  run: FinalStatesRun,
  request: Omit<FinalStatesRequest, "stateName">,
): FinalStates {
  const { context, frame, slots, units } = run;
  const batch = clampWhole(request.batch, 0, frame.batchSize - 1);
  const values = new Float32Array(slots * units);
  const outside = new Uint8Array(slots * units);
  for (let slot = 0; slot < slots; slot++) {
    const row = slotRow(run, { slot, batch });
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
  const { slots, units } = finals;
  if (finals.reference === null) return null;
  const counts = new Array<number>(slots).fill(0);
  for (let batch = 0; batch < finals.frame.batchSize; batch++) {
    const { outside } = readFinalStates(finals, { side: "delta", batch });
    outside.forEach((each, cell) => (counts[Math.floor(cell / units)]! += each));
  }
  return counts;
}

/**
 * How the last states of lanes agree: where they are all that the reference has, or all that is off while its steps agree.
 */
export function finalsOfLanes(run: RunResult): (lane: LaneInfo) => LaneInfo {
  const { config } = run.forwardInput;
  const h = outsideOfSlots(run, "h");
  const c = outsideOfSlots(run, "c");
  const counted = (
    counts: readonly number[] | null,
    {
      layer,
      direction,
      reference,
      outside,
    }: Pick<LaneInfo, "layer" | "direction" | "reference" | "outside">,
  ): Pick<LaneInfo, "outsideOfFinal"> => {
    if (counts === null || layer === null || direction === null || outside > 0) return {};
    const outsideOfFinal = counts[slotOf(config, layer, direction)]!;
    return outsideOfFinal > 0 || reference === "none" ? { outsideOfFinal } : {};
  };
  return (lane) => {
    const { cell } = lane;
    const ofCell = cell === null ? null : { ...cell, ...counted(c, { ...lane, ...cell }) };
    return { ...lane, ...counted(h, lane), cell: ofCell };
  };
}
