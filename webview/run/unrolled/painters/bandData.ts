/**
 * Requests the values that a picture of the unrolled view needs.
 */
import { outsideMark } from "../../../../src/drawing/base/outsideShare";
import type { FinalStates, WindowData } from "../../../../src/protocol/run/windowMessages";
import { slotWindow } from "../../../../src/drawing/run/requests/finals";
import type { Sorted } from "../../../../src/drawing/run/sortedUnits";
import type { BandPlan, StepsPlan } from "../../../../src/drawing/run/requests/lanePlan";
import type { Store } from "../../store/store";
import type { Tile, TileImages } from "./tileImages";

/** A band with its values, as far as they are here. */
export interface BandData {
  readonly plan: BandPlan;
  readonly tiles: readonly Tile[];
  /** The previous tiles of the band, which are stretched while some of its tiles are missing. */
  readonly still: readonly Tile[];
  /** h_n, c_n or logits; undefined while they are fetched, or where there are none. */
  readonly final: WindowData | undefined;
}

type Source = Pick<Store, "window" | "finalStates">;

/** Windows of h_n by the answer they were cut from, so that their images are kept. */
const slotWindows = new WeakMap<FinalStates, Map<string, WindowData>>();

function slotData(
  states: FinalStates,
  { slot, rows }: { readonly slot: number; readonly rows: number },
  { sorted }: Sorted,
): WindowData {
  const known = slotWindows.get(states) ?? new Map<string, WindowData>();
  slotWindows.set(states, known);
  const key = `${slot} ${rows} ${sorted === undefined ? "" : JSON.stringify(sorted.sort)}`;
  const lane = sorted === undefined ? {} : { sorted };
  const data = known.get(key) ?? slotWindow(states, slot, rows, lane);
  known.set(key, data);
  return data;
}

function fetchFinal(
  source: Source,
  { box, final }: BandPlan,
  batch: number,
): WindowData | undefined {
  if (final === null || final === "absent") return undefined;
  if (final.kind === "window") return source.window(final.request);
  const as = final.as === undefined ? {} : { as: final.as };
  const states = source.finalStates({ side: final.side, batch, ...as });
  return states?.units === box.info.units ? slotData(states, final, box.info) : undefined;
}

function fetchSteps(
  source: Source,
  { requests, place }: StepsPlan,
  images: TileImages,
): Pick<BandData, "tiles" | "still"> {
  const tiles = requests.flatMap((request) => {
    const data = source.window(request);
    return data === undefined ? [] : [{ request, data }];
  });
  const isComplete = tiles.length === requests.length;
  if (isComplete) images.remember(place, tiles);
  return { tiles, still: isComplete ? [] : images.lastDrawn(place) };
}

/** The values of the bands; missing ones are requested, and the picture is drawn again when they arrive. */
export function fetchBands(
  source: Source,
  plans: readonly BandPlan[],
  batch: number,
  images: TileImages,
): BandData[] {
  return plans.map((plan) => {
    const { steps } = plan;
    const hasSteps = steps !== null && steps !== "absent";
    return {
      plan,
      ...(hasSteps ? fetchSteps(source, steps, images) : { tiles: [], still: [] }),
      final: fetchFinal(source, plan, batch),
    };
  });
}

/** True beside the reference where something of the lane is outside tolerance: what agrees in it steps back. */
export function isVeiled(
  { plan: { box }, tiles, still, final }: BandData,
  shown: "bands" | "finals",
): boolean {
  if (box[shown].length < 2) return false;
  const windows = [...[...tiles, ...still].map(({ data }) => data), ...(final ? [final] : [])];
  return windows.some((data) => outsideMark(data) !== null);
}

/** True where nothing of the bands is still to come. */
export function isComplete(bands: readonly BandData[]): boolean {
  return bands.every(({ plan: { steps, final: wanted }, tiles, final }) => {
    const hasSteps = steps === null || steps === "absent" || tiles.length === steps.requests.length;
    return hasSteps && (wanted === null || wanted === "absent" || final !== undefined);
  });
}
