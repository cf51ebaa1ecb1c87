/**
 * The windows of a lane that a picture requests: tiles on a fixed grid, so that answers can be reused.
 */
import { inOrder } from "../sortedUnits";
import type { Side, WindowRequest } from "../../../protocol/run/windowMessages";
import { blockSize, cover, TILE_SIDE } from "../../base/grid";
import type { ShownLane } from "../laneChoice";
import type { StepRange } from "../modes";

export interface TileQuery {
  readonly info: ShownLane;
  readonly side: Side;
  readonly batch: number;
  readonly seqLength: number;
  /** Steps on screen. */
  readonly steps: StepRange;
  /** Units on screen; all of them where they are not given. */
  readonly units?: readonly [from: number, to: number];
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

/**
 * The half-open ranges of units that tiles of a lane have: all of them where they are few rows, else a grid over those on
 * screen. Each half of the output has a grid of its own.
 */
function unitRanges(
  { info: { id, units }, units: [from, to] = [0, units] }: TileQuery,
  perRow: number,
): readonly (readonly [from: number, to: number])[] {
  if (Math.ceil(units / perRow) <= TILE_SIDE) return [[0, units]];
  const size = id === "output" && units % 2 === 0 ? units / 2 : units;
  const ranges: [number, number][] = [];
  for (let start = 0; start < units; start += size) {
    const own = cover(Math.min(size, from - start), to - start, TILE_SIDE * perRow, size);
    ranges.push(...own.map(([first, end]): [number, number] => [start + first, start + end]));
  }
  return ranges;
}

/** Columns of a tile: no more than steps that the host computes at once, so that each has one. */
function tileSide(atOnce = TILE_SIDE): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, Math.min(TILE_SIDE, atOnce))));
}

/**
 * Ranges of a grid up to the end of the steps, in blocks of so many, the last of which has the rest as well: a smaller block
 * might have no pixel of its own. It is a window by itself, so that the others have whole blocks, which the host has ready.
 */
function withRest(
  ranges: readonly (readonly [from: number, to: number])[],
  perColumn: number,
  seqLength: number,
): readonly (readonly [from: number, to: number])[] {
  const rest = seqLength % perColumn;
  const last = Math.max(0, seqLength - rest - perColumn);
  if (rest === 0 || ranges.at(-1)?.[1] !== seqLength) return ranges;
  const whole = ranges
    .filter(([from]) => from < last)
    .map(([from, to]): [number, number] => [from, Math.min(to, last)]);
  return [...whole, [last, seqLength]];
}

/** The windows that cover what is on screen, top to bottom and left to right. */
export function tilesOf(query: TileQuery): TileRequest[] {
  const { info, side, batch, seqLength, steps } = query;
  const perColumn = blockSize(query.devicePixelsPerStep);
  const perRow = blockSize(query.devicePixelsPerUnit);
  const width = tileSide(info.atOnce) * perColumn;
  const shown = cover(steps[0], Math.ceil(steps[1]), width, seqLength);
  const ranges = withRest(shown, perColumn, seqLength);
  const bands = unitRanges(query, perRow);
  const isWhole = bands.length === 1 && bands[0]?.[1] === info.units;
  return bands.flatMap(([unitStart, unitEnd]) =>
    ranges.map(([stepStart, stepEnd]) => ({
      ...inOrder(info),
      ...{ lane: info.id, side, batch, stepStart, stepEnd, unitStart, unitEnd },
      maxColumns: Math.max(1, Math.floor((stepEnd - stepStart) / perColumn)),
      maxRows: isWhole ? rowsOf(info, perRow) : Math.ceil((unitEnd - unitStart) / perRow),
    })),
  );
}
