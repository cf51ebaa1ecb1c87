/**
 * The windows of a lane that a picture requests: tiles on a fixed grid, so that answers can be reused.
 */
import type { Side, WindowRequest } from "../../protocol/run/windowMessages";
import { blockSize, cover, TILE_SIDE } from "../base/grid";
import type { ShownLane } from "./laneChoice";
import type { StepRange } from "./modes";

export interface TileQuery {
  readonly info: ShownLane;
  readonly side: Side;
  readonly batch: number;
  readonly seqLength: number;
  /** Steps on screen. */
  readonly steps: StepRange;
  readonly devicePixelsPerStep: number;
  readonly devicePixelsPerUnit: number;
}

/** A window of a lane, of whichever state is shown. */
export type TileRequest = Omit<WindowRequest, "stateName">;

/** Rows of a lane; those of the output come in pairs, so that none mixes units of both directions. */
function rowsOf({ id, units }: ShownLane, perRow: number): number {
  const isHalved = id === "output" && units % 2 === 0;
  return isHalved ? 2 * Math.max(1, Math.floor(units / 2 / perRow)) : Math.ceil(units / perRow);
}

/** Columns of a tile: no more than steps that the host computes at once, so that each has one. */
function tileSide(atOnce = TILE_SIDE): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, Math.min(TILE_SIDE, atOnce))));
}

/** The windows that cover the steps on screen, left to right. */
export function tilesOf(query: TileQuery): TileRequest[] {
  const { info, side, batch, seqLength, steps } = query;
  const perColumn = blockSize(query.devicePixelsPerStep);
  const perRow = blockSize(query.devicePixelsPerUnit);
  const ranges = cover(steps[0], Math.ceil(steps[1]), tileSide(info.atOnce) * perColumn, seqLength);
  return ranges.map(([stepStart, stepEnd]) => ({
    lane: info.id,
    side,
    batch,
    stepStart,
    stepEnd,
    unitStart: 0,
    unitEnd: info.units,
    maxColumns: Math.ceil((stepEnd - stepStart) / perColumn),
    maxRows: rowsOf(info, perRow),
  }));
}
