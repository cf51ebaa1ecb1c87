/**
 * One slot of h_n as a window of one column, aggregated to the height on screen; no DOM.
 */
import { largerMagnitude } from "../../../core/numeric";
import { slotOf, type Directed } from "../../../model/directions";
import type { LaneInfo } from "../../../protocol/run/messages";
import type { FinalStates, WindowData } from "../../../protocol/run/windowMessages";
import { unitOfRow, type Sorted } from "../sortedUnits";

/** Index of a lane's slot in h_n; 0 for a lane that has none. */
export function slotOfLane(
  config: Directed,
  { layer, direction }: Pick<LaneInfo, "layer" | "direction">,
): number {
  return layer === null || direction === null ? 0 : slotOf(config, layer, direction);
}

/** Values of a slot in the order of a lane, in at most `maxRows` rows, aggregated as the host aggregates windows. */
export function slotWindow(
  states: FinalStates,
  slot: number,
  maxRows: number,
  lane: Sorted = {},
): WindowData {
  const { units } = states;
  const perRow = Math.max(1, Math.ceil(units / Math.max(1, maxRows)));
  const rows = Math.ceil(units / perRow);
  const values = new Float32Array(rows);
  const outside = new Uint8Array(rows);
  for (let at = 0; at < units; at++) {
    const row = Math.floor(at / perRow);
    const unit = unitOfRow(lane, at);
    const value = states.values[slot * units + unit]!;
    values[row] = at % perRow === 0 ? value : largerMagnitude(values[row]!, value);
    outside[row]! |= states.outside[slot * units + unit] ?? 0;
  }
  return { rows, columns: 1, values, outside, valid: new Uint8Array(rows).fill(1) };
}

/** Step that a direction processes last: the end of the sequence, or its beginning. */
export function lastProcessedStep(
  lane: Pick<LaneInfo, "direction">,
  seqLength: number,
  length: number | undefined,
): number {
  return lane.direction === "reverse" ? 0 : Math.max(0, (length ?? seqLength) - 1);
}
