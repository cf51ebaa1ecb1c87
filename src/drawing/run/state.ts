/**
 * A run reduced to one of its states, h or c; no DOM.
 */
import type { LaneInfo, StateName, RunView } from "../../protocol/run/messages";

export const STATE_NAMES: readonly StateName[] = ["h", "c"];

/** True for the layers of an LSTM: their lanes can show c. */
export function hasCellStates(run: Pick<RunView, "lanes"> | null): boolean {
  return run?.lanes.some(({ cell }) => cell !== null) ?? false;
}

/** What a lane shows: only layers have c, input and output stay what they are. */
export function stateNameOfLane(
  lane: Pick<LaneInfo, "cell"> | undefined,
  stateName: StateName,
): StateName {
  return lane?.cell == null ? "h" : stateName;
}

/** The run with the lanes as they are shown. */
export function shownRun(run: RunView, stateName: StateName): RunView {
  if (stateName === "h") return run;
  return { ...run, lanes: run.lanes.map(shownLane) };
}

function shownLane(lane: LaneInfo): LaneInfo {
  if (lane.cell === null) return lane;
  const shown: { -readonly [Name in keyof LaneInfo]: LaneInfo[Name] } = { ...lane, ...lane.cell };
  // These are counted for c only where it has a reference of its own.
  if (lane.cell.outsideOfRow === undefined) delete shown.outsideOfRow;
  if (lane.cell.outsideOfFinal === undefined) delete shown.outsideOfFinal;
  if (lane.cell.byStep === undefined) delete shown.byStep;
  return shown;
}

/** The letter of a direction's axis of units: P for the h of an LSTM with a projection, otherwise H. */
export function unitAxis(
  { config }: Pick<RunView, "config">,
  stateName: StateName = "h",
): "P" | "H" {
  return stateName === "h" && config !== null && config.projSize > 0 ? "P" : "H";
}

/** The tensor that ends a state. */
export function finalName(stateName: StateName): "h_n" | "c_n" {
  return stateName === "h" ? "h_n" : "c_n";
}
