/**
 * The values that a picture of the unrolled view needs: windows of visible lanes, and h_n or c_n. No DOM.
 */
import type { RunView, StateName } from "../../../protocol/run/messages";
import type { DeltaAs, Side, WindowRequest } from "../../../protocol/run/windowMessages";
import { slotOfLane } from "./finals";
import { asMeasured } from "../measures";
import type { ShownLane } from "../laneChoice";
import type { Band, LaneBox, UnrolledLayout } from "../layout";
import { isUncovered } from "../sides";
import type { Mode } from "../modes";
import { finalName } from "../state";
import { tilesOf, type TileRequest } from "./tiles";
import { unitsOnScreen } from "../zoom/rowZoom";

/** The windows of a lane's steps. */
export interface StepsPlan {
  readonly side: Side;
  readonly requests: readonly TileRequest[];
  /** What was drawn here before may stand in for it. */
  readonly place: string;
}

/** One slot of h_n or c_n in so many rows, or the logits of one step. */
export type FinalPlan = { readonly side: Side; readonly as?: DeltaAs } & (
  | { readonly kind: "slot"; readonly slot: number; readonly rows: number }
  | { readonly kind: "window"; readonly request: TileRequest }
);

/** What a band of a lane shows; "absent" where the reference does not have it, null where there is nothing to show. */
export interface BandPlan {
  readonly box: LaneBox;
  readonly band: Band;
  readonly steps: StepsPlan | "absent" | null;
  readonly final: FinalPlan | "absent" | null;
}

export interface PlanRequest {
  readonly layout: UnrolledLayout;
  readonly view: Pick<RunView, "config" | "seqLength" | "verdicts">;
  readonly mode: Mode;
  /** How differences are measured; by themselves when not given. */
  readonly deltaAs?: DeltaAs;
  readonly stateName: StateName;
  readonly batch: number;
  /** Device pixels per CSS pixel. */
  readonly dpr: number;
  /** Part of the content that is on screen, CSS pixels. */
  readonly scrollTop: number;
  readonly height: number;
  /** Mistakes that lanes without a reference are shown beside, in Δ. */
  readonly under?: readonly string[];
}

/** The bands on screen, top to bottom, with what each needs; h_n has bands of its own where it is two and the lane is one. */
export function planBands(request: PlanRequest): BandPlan[] {
  const { layout, scrollTop, height } = request;
  return layout.boxes
    .filter((box) => box.top + box.height >= scrollTop && box.top <= scrollTop + height)
    .flatMap((box) => [
      ...box.bands.map((band) => ({
        box,
        band,
        steps: box.info.isFinal === true ? null : stepsOf(request, box.info, band),
        final: box.finals.includes(band) ? besideOf(request, box.info, band) : null,
      })),
      ...box.finals
        .filter((band) => !box.bands.includes(band))
        .map((band) => ({ box, band, steps: null, final: besideOf(request, box.info, band) })),
    ]);
}

/** What stands behind the steps of a band. */
function besideOf(request: PlanRequest, info: ShownLane, band: Band): BandPlan["final"] {
  return info.isFinal === true ? logitsOf(request, info, band) : finalOf(request, info, band);
}

function stepsOf(
  { layout, view, batch, dpr, under, deltaAs, ...screen }: PlanRequest,
  info: ShownLane,
  band: Band,
): BandPlan["steps"] {
  const { side, height } = band;
  if (info.isFolded === true) return null;
  if (side === null) return "absent";
  const as = measureOf(side, deltaAs);
  const tiles = tilesOf({
    info,
    side,
    batch,
    seqLength: view.seqLength,
    steps: layout.steps,
    units: unitsOnScreen(band, info.units, { top: screen.scrollTop, height: screen.height }),
    devicePixelsPerStep: layout.columnWidth * dpr,
    devicePixelsPerUnit: (height * dpr) / info.units,
  });
  const isBeside = side === "delta" && under !== undefined && isUncovered(info);
  const beside = isBeside ? { under } : {};
  return {
    side,
    requests: tiles.map((tile) => ({ ...tile, ...as, ...beside })),
    place: [
      ...[info.id, side, batch, ...Object.values(as), ...(beside.under ?? [])],
      ...(info.sorted === undefined ? [] : [JSON.stringify(info.sorted.sort)]),
    ].join(" "),
  };
}

/** Only a difference is measured. */
function measureOf(side: Side, as: DeltaAs = "absolute"): ReturnType<typeof asMeasured> {
  return side === "delta" ? asMeasured(as) : {};
}

function rowsOf({ dpr }: PlanRequest, { height }: Band): number {
  return Math.max(1, Math.floor(height * dpr));
}

function finalOf(request: PlanRequest, info: ShownLane, band: Band): BandPlan["final"] {
  const { view, mode, stateName } = request;
  if (info.layer === null || view.config === null) return null;
  if (info.quantity !== undefined || info.isFolded === true) return null;
  // h_n and c_n have references of their own, also where the states of the lane have none.
  const side = band.side ?? (mode === "sideBySide" ? "ours" : mode);
  const hasReference = view.verdicts.some(
    ({ name, verdict }) => name === finalName(stateName) && verdict !== "cannot-compare",
  );
  if (side !== "ours" && !hasReference) return "absent";
  const slot = slotOfLane(view.config, info);
  const as = measureOf(side, request.deltaAs);
  return { kind: "slot", side, ...as, slot, rows: rowsOf(request, band) };
}

/** Logits of one step: a column of their own, in line with h_n. */
function logitsOf(request: PlanRequest, info: ShownLane, band: Band): BandPlan["final"] {
  if (band.side === null) return "absent";
  const window: Omit<WindowRequest, "stateName"> = {
    lane: info.id,
    side: band.side,
    batch: request.batch,
    stepStart: 0,
    stepEnd: 1,
    unitStart: 0,
    unitEnd: info.units,
    maxColumns: 1,
    maxRows: rowsOf(request, band),
  };
  const as = measureOf(band.side, request.deltaAs);
  return { kind: "window", side: band.side, request: { ...window, ...as } };
}
