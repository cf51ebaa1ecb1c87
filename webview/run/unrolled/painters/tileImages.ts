/**
 * Images of windows: colours and marks.
 */
import type { WindowData } from "../../../../src/protocol/run/windowMessages";
import type { ColourScale } from "../../../../src/drawing/base/colourScale";
import {
  irregularCells,
  outsideColumns,
  outsideEdges,
  rasterize,
  rasterizeOutside,
  rasterizePadding,
  type Edge,
  type Grid,
  type IrregularCell,
  type Runs,
} from "../../../../src/drawing/base/rasterize";
import { bytesOf } from "../../../../src/core/lru";
import type { TileRequest } from "../../../../src/drawing/run/requests/tiles";
import { cellCanvas, type CellImage, type CellImages } from "../../../shared/pictures/cellImages";

/** The image of one window. */
export interface TileImage extends CellImage {
  readonly colours: HTMLCanvasElement;
  readonly outside: HTMLCanvasElement | null;
  readonly padding: HTMLCanvasElement | null;
  readonly irregular: readonly IrregularCell[];
  /** Columns with something outside tolerance. */
  readonly runs: Runs;
  /** Computed when first asked for, and kept for the grid that was asked for last. */
  readonly edges: (grid: Grid) => readonly Edge[];
}

/** A window of a lane and its values. */
export interface Tile {
  readonly request: TileRequest;
  readonly data: WindowData;
}

function makeImage(data: WindowData, scale: ColourScale, isDelta: boolean): TileImage {
  let known: { readonly grid: Grid; readonly edges: readonly Edge[] } | undefined;
  const edges = (grid: Grid): readonly Edge[] => {
    const isKnown = known?.grid.rows === grid.rows && known.grid.columns === grid.columns;
    if (known === undefined || !isKnown) known = { grid, edges: outsideEdges(data, grid) };
    return known.edges;
  };
  const mask = (pixels: Uint8ClampedArray<ArrayBuffer> | null): HTMLCanvasElement | null =>
    pixels === null ? null : cellCanvas(data, pixels);
  const outside = mask(rasterizeOutside(data));
  const padding = mask(rasterizePadding(data));
  const canvases = 1 + (outside === null ? 0 : 1) + (padding === null ? 0 : 1);
  return {
    colours: cellCanvas(data, rasterize(data, scale, isDelta)),
    outside,
    padding,
    edges,
    irregular: irregularCells(data),
    runs: outsideColumns(data),
    bytes: bytesOf(data) + 4 * canvases * data.rows * data.columns,
  };
}

/** The pictures of a run's windows. */
export type TileImages = CellImages<WindowData, TileImage, Tile>;

/** The image of a window; in Δ only values outside tolerance are coloured. */
export function tileImage(
  images: TileImages,
  data: WindowData,
  scale: ColourScale,
  isDelta: boolean,
): TileImage {
  return images.imageOf(data, scale, () => makeImage(data, scale, isDelta));
}
