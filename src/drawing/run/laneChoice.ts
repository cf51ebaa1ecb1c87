/**
 * The lanes that the unrolled view shows: which, in which order, and the states and gates beside them; no DOM.
 */
import type { GatesView, LaneInfo, StateName } from "../../protocol/run/messages";
import type { Sorted } from "./sortedUnits";
import { hasCellStates } from "./state";

/** From the input up, or those with most values outside tolerance on top. */
export type LaneOrder = "dependency" | "error";

export const LANE_ORDERS: readonly LaneOrder[] = ["dependency", "error"];

export interface LaneChoice {
  /** Ids of lanes that are not shown. */
  readonly hidden: readonly string[];
  /** Ids of lanes that show their name alone. */
  readonly collapsed: readonly string[];
  /** `h`, `c` and letters of gates that each layer shows beside its state. */
  readonly quantities: readonly string[];
  readonly order: LaneOrder;
}

export const ALL_LANES: LaneChoice = {
  hidden: [],
  collapsed: [],
  quantities: [],
  order: "dependency",
};

/** A lane as it is drawn. */
export interface ShownLane extends LaneInfo, Sorted {
  /** Of a lane beside that of its layer: `h`, `c` or a gate. */
  readonly quantity?: string;
  /** Of a gate, which is computed when it is asked for: steps that one window has. */
  readonly atOnce?: number;
  /** Of a gate: the middle of its values, and of its colours. */
  readonly centre?: number;
  readonly isFolded?: true;
}

interface Shown {
  /** Bottom to top. */
  readonly lanes: readonly LaneInfo[];
  /** The state in the lanes of the layers. */
  readonly stateName: StateName;
}

/** What the layers of a run can show beside their state, top to bottom. */
export function quantitiesOf(lanes: readonly LaneInfo[], stateName: StateName): readonly string[] {
  const other = hasCellStates({ lanes }) ? [stateName === "h" ? "c" : "h"] : [];
  const gates = lanes.find((lane) => lane.gates !== undefined)?.gates;
  return [...other, ...(gates?.each.map(({ letter }) => letter) ?? [])];
}

/**
 * The lanes that were chosen, bottom to top. `lanes` are those of the run itself, which have both states; `shown` are the
 * same as one state shows them.
 */
export function shownLanes(
  { lanes, stateName }: Shown,
  shown: readonly LaneInfo[],
  choice: LaneChoice,
): readonly ShownLane[] {
  const wanted = quantitiesOf(lanes, stateName).filter((each) => choice.quantities.includes(each));
  const groups = shown.flatMap((lane, index) => {
    if (choice.hidden.includes(lane.id)) return [];
    const own = lanes[index];
    const beside = own === undefined ? [] : wanted.flatMap((name) => quantityLane(own, name));
    return [[...beside.reverse(), lane].map((each) => folded(each, choice))];
  });
  if (choice.order === "error") groups.sort(([a], [b]) => outsideOf(a) - outsideOf(b));
  return groups.flat();
}

/** Share of the values outside tolerance; lanes without a reference come last. */
function outsideOf(lane: ShownLane | undefined): number {
  if (lane === undefined || lane.reference === "none") return -1;
  return lane.outside / Math.max(1, lane.total);
}

function folded(lane: ShownLane, { collapsed }: LaneChoice): ShownLane {
  return collapsed.includes(lane.id) ? { ...lane, isFolded: true } : lane;
}

/** A further state or a gate of a layer's lane; none where it does not have it. */
function quantityLane(lane: LaneInfo, quantity: string): ShownLane[] {
  const { layer, direction, cell, gates } = lane;
  if (layer === null || direction === null) return [];
  const id: LaneInfo["id"] = `layer${layer}.${direction}.${quantity}`;
  if (quantity === "h" || quantity === "c") {
    const state = quantity === "h" ? lane : cell;
    return state === null ? [] : [{ ...lane, ...state, id, quantity }];
  }
  const gate = gates?.each.find(({ letter }) => letter === quantity);
  if (gates === undefined || gate === undefined) return [];
  return [gateLane({ id, layer, direction, quantity }, gates, gate)];
}

/** Gates are σ or tanh of a sum: within ±1. */
function gateLane(
  place: Pick<ShownLane, "id" | "layer" | "direction" | "quantity">,
  { units, atOnce }: GatesView,
  { reference, outside, total, deltaRange, centre }: GatesView["each"][number],
): ShownLane {
  const numbers = { reference, outside, total, deltaRange };
  return { ...place, units, atOnce, centre, ...numbers, range: [-1, 1], cell: null };
}

/** The choice with one of its ids, or quantities, in or out. */
export function toggled(list: readonly string[], each: string): readonly string[] {
  return list.includes(each) ? list.filter((other) => other !== each) : [...list, each];
}
