/**
 * Requests the values that a picture of the heatmap needs.
 */
import type { DType, Tile, TileRequest } from "../../../src/protocol/archive/messages";
import type { Cell, Window } from "../../../src/drawing/tensors/slices";
import { isHeavy, tilesFor } from "../../../src/drawing/tensors/tilePlan";
import { visibleWindow, type Zoom } from "../../../src/drawing/tensors/viewport";
import type { Frame } from "../../../src/drawing/tensors/frame";
import { isRoundedInteger } from "../../../src/tensor/elementText";
import { exactText } from "../store/actions";
import type { TensorStore } from "../store/store";
import type { TensorState } from "../store/tensorState";
import type { HeatImages, PlacedTile } from "./heatImages";

/** Cells smaller than this have no room for a digit. */
export const NUMBER_HEIGHT = 14;

/** The values of a picture, as far as they are here. */
export interface HeatData {
  readonly tiles: readonly PlacedTile[];
  /** The previous tiles, which are scaled while some tiles are missing. */
  readonly still: readonly PlacedTile[];
  /** False while something on screen has neither values nor a sample of them. */
  readonly isCovered: boolean;
  readonly isComplete: boolean;
  /** Integers that a double cannot hold, as they are stored; undefined while they are fetched, and of other values. */
  readonly exactAt: (row: number, column: number) => string | undefined;
}

interface Picture {
  readonly frame: Frame;
  readonly zoom: Zoom;
  readonly dpr: number;
}

/** The key of pictures of a slice that may replace each other for a moment. */
function placeOf({ info, slice }: TensorState, { frame }: Picture): string {
  const { rows, columns } = frame.plot;
  return JSON.stringify([info?.name, slice?.rowAxis, slice?.columnAxis, rows, columns]);
}

/** The tile, or a sample of it while all of its values are read; undefined while neither is here. */
function bestTile(store: TensorStore, request: TileRequest): Tile | undefined {
  if (!isHeavy(request)) return store.tile(request);
  const sample = store.tile({ ...request, effort: "sample" });
  if (sample?.kind !== "sampled") return sample;
  return store.tile({ ...request, effort: "exact" }) ?? sample;
}

function cellKey(row: number, column: number): string {
  return `${row} ${column}`;
}

/** The cells of a tile that are on screen and hold an integer that had to be rounded, where each is one value. */
function* roundedCells(
  { request, tile }: PlacedTile,
  shown: Window,
  dtype: DType,
): Generator<Cell> {
  const { rowStart, columnStart, rowEnd, columnEnd } = request;
  if (tile.rows !== rowEnd - rowStart || tile.columns !== columnEnd - columnStart) return;
  const lastRow = Math.min(rowEnd, shown.rowEnd);
  const lastColumn = Math.min(columnEnd, shown.columnEnd);
  for (let row = Math.max(rowStart, shown.rowStart); row < lastRow; row++) {
    const first = (row - rowStart) * tile.columns - columnStart;
    for (let column = Math.max(columnStart, shown.columnStart); column < lastColumn; column++) {
      if (isRoundedInteger(tile.values[first + column] ?? 0, dtype)) yield { row, column };
    }
  }
}

/** The texts of rounded integers, if the cells have room for a number. */
function fetchTexts(
  store: TensorStore,
  { frame, zoom }: Picture,
  tiles: readonly PlacedTile[],
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const dtype = store.state.info?.dtype ?? "float32";
  if (!dtype.includes("int64") || zoom.cellHeight < NUMBER_HEIGHT) return texts;
  const shown = visibleWindow(frame.plot, zoom);
  for (const placed of tiles) {
    for (const cell of roundedCells(placed, shown, dtype)) {
      const written = exactText(store, cell);
      if (written !== undefined) texts.set(cellKey(cell.row, cell.column), written);
    }
  }
  return texts;
}

const NOTHING: HeatData = {
  ...{ tiles: [], still: [], isCovered: false, isComplete: false },
  exactAt: () => undefined,
};

/** The values on screen; missing ones are requested, and the picture is drawn again when they arrive. */
export function fetchHeat(store: TensorStore, picture: Picture, images: HeatImages): HeatData {
  const { state } = store;
  const { info, slice, colours } = state;
  if (info === null || slice === null) return NOTHING;
  const { frame, zoom, dpr } = picture;
  const requests = tilesFor({
    tensor: info.name,
    slice,
    aggregate: colours.aggregate,
    plot: frame.plot,
    zoom,
    dpr,
  });
  const tiles = requests.flatMap((request) => {
    const tile = bestTile(store, request);
    return tile === undefined ? [] : [{ request, tile }];
  });
  const isComplete =
    tiles.length === requests.length && tiles.every(({ tile }) => tile.kind !== "sampled");
  const place = placeOf(state, picture);
  const still = isComplete ? [] : images.lastDrawn(place);
  if (isComplete) images.remember(place, tiles);
  const texts = fetchTexts(store, picture, tiles);
  const isCovered = tiles.length === requests.length;
  const exactAt = (row: number, column: number): string | undefined =>
    texts.get(cellKey(row, column));
  return { tiles, still, isCovered, isComplete, exactAt };
}
