/**
 * A run as one of its quantities shows it: the layers' h, or their c; no DOM.
 */
import type { LaneInfo, Quantity, RunView } from "../../protocol/run/messages";

export const QUANTITIES: readonly Quantity[] = ["h", "c"];

/** True for the layers of an LSTM: their lanes can show c. */
export function hasCellStates(run: Pick<RunView, "lanes"> | null): boolean {
  return run?.lanes.some(({ cell }) => cell !== null) ?? false;
}

/** What a lane shows: only layers have c, input and output stay what they are. */
export function quantityOfLane(
  lane: Pick<LaneInfo, "cell"> | undefined,
  quantity: Quantity,
): Quantity {
  return lane?.cell == null ? "h" : quantity;
}

/** The run with the lanes as they are shown. No reference has c of all steps. */
export function shownRun(run: RunView, quantity: Quantity): RunView {
  if (quantity === "h") return run;
  return { ...run, lanes: run.lanes.map(shownLane) };
}

function shownLane(lane: LaneInfo): LaneInfo {
  if (lane.cell === null) return lane;
  return {
    ...lane,
    ...lane.cell,
    ...{ reference: "none", outside: 0, deltaRange: [0, 0] },
  };
}

/** What the axis of a direction's units is called: P for the h of an LSTM with a projection, else H. */
export function unitAxis({ config }: Pick<RunView, "config">, quantity: Quantity = "h"): "P" | "H" {
  return quantity === "h" && config !== null && config.projSize > 0 ? "P" : "H";
}

/** The tensor that ends a quantity. */
export function finalName(quantity: Quantity): "h_n" | "c_n" {
  return quantity === "h" ? "h_n" : "c_n";
}
