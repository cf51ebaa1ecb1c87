/**
 * Which windows of a lane to ask for: tiles on a fixed grid, so that panning meets answers that are already here.
 */
import type { LaneInfo, Side, WindowRequest } from "../../protocol/run/messages";
import type { StepRange } from "./modes";

/** Columns of one tile: a few tiles fill a screen, one tile answers quickly. */
export const TILE_COLUMNS = 256;

/** Smallest power of two that is at least `value`, and at least 1. */
function powerOfTwoFrom(value: number): number {
  return value <= 1 ? 1 : 2 ** Math.ceil(Math.log2(value));
}

/**
 * How many steps, or units, share one column, or row.
 *
 * Never fewer than the screen can show: a block that is smaller than a device pixel would be dropped by chance, and
 * with it the one value that is wrong.
 */
export function blockSize(devicePixelsPerItem: number): number {
  return powerOfTwoFrom(1 / devicePixelsPerItem);
}

export interface TileQuery {
  readonly info: LaneInfo;
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
function rowsOf({ id, units }: LaneInfo, perRow: number): number {
  const isHalved = id === "output" && units % 2 === 0;
  return isHalved ? 2 * Math.max(1, Math.floor(units / 2 / perRow)) : Math.ceil(units / perRow);
}

/** The windows that cover the steps on screen, left to right. */
export function tilesOf(query: TileQuery): TileRequest[] {
  const { info, side, batch, seqLength, steps } = query;
  const perColumn = blockSize(query.devicePixelsPerStep);
  const perRow = blockSize(query.devicePixelsPerUnit);
  const tileSteps = TILE_COLUMNS * perColumn;
  const first = Math.floor(Math.max(0, steps[0]) / tileSteps);
  const end = Math.min(seqLength, Math.ceil(steps[1]));
  const tiles: TileRequest[] = [];
  for (let stepStart = first * tileSteps; stepStart < end; stepStart += tileSteps) {
    const stepEnd = Math.min(seqLength, stepStart + tileSteps);
    tiles.push({
      ...{ lane: info.id, side, batch, stepStart, stepEnd },
      ...{ unitStart: 0, unitEnd: info.units },
      maxColumns: Math.ceil((stepEnd - stepStart) / perColumn),
      maxRows: rowsOf(info, perRow),
    });
  }
  return tiles;
}
