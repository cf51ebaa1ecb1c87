/**
 * Windows as small canvases, one pixel a cell, kept as long as their data; and the last ones drawn of every lane.
 */
import type { WindowData } from "../../../src/protocol/run/messages";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
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
} from "../../../src/drawing/base/rasterize";
import type { TileRequest } from "../../../src/drawing/run/tiles";

/** What is drawn of one window. */
export interface TileImage {
  readonly colours: HTMLCanvasElement;
  readonly outside: HTMLCanvasElement | null;
  readonly padding: HTMLCanvasElement | null;
  readonly irregular: readonly IrregularCell[];
  /** Columns with something outside tolerance. */
  readonly runs: Runs;
  /** Computed when first asked for, and kept for the grid that was asked for last. */
  readonly edges: (grid: Grid) => readonly Edge[];
}

export interface Tile {
  readonly request: TileRequest;
  readonly data: WindowData;
}

function toCanvas(
  data: WindowData,
  pixels: Uint8ClampedArray<ArrayBuffer> | null,
): HTMLCanvasElement | null {
  if (pixels === null) return null;
  const canvas = document.createElement("canvas");
  canvas.width = data.columns;
  canvas.height = data.rows;
  const image = new ImageData(pixels, data.columns, data.rows);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

function makeImage(data: WindowData, scale: ColourScale, onlyOutside: boolean): TileImage {
  let known: { readonly grid: Grid; readonly edges: readonly Edge[] } | undefined;
  const edges = (grid: Grid): readonly Edge[] => {
    const isKnown = known?.grid.rows === grid.rows && known.grid.columns === grid.columns;
    if (known === undefined || !isKnown) known = { grid, edges: outsideEdges(data, grid) };
    return known.edges;
  };
  return {
    colours:
      toCanvas(data, rasterize(data, scale, onlyOutside)) ?? document.createElement("canvas"),
    outside: toCanvas(data, rasterizeOutside(data)),
    padding: toCanvas(data, rasterizePadding(data)),
    irregular: irregularCells(data),
    runs: outsideColumns(data),
    edges,
  };
}

export class TileImages {
  #images = new WeakMap<WindowData, { scale: ColourScale; image: TileImage }>();
  readonly #lastDrawn = new Map<string, readonly Tile[]>();

  /** The image of a window under a scale; made anew when the scale is another one. */
  imageOf(data: WindowData, scale: ColourScale, onlyOutside: boolean): TileImage {
    const known = this.#images.get(data);
    if (known?.scale === scale) return known.image;
    const image = makeImage(data, scale, onlyOutside);
    this.#images.set(data, { scale, image });
    return image;
  }

  /** What a lane last showed completely, to be stretched while new windows are fetched. */
  lastDrawn(key: string): readonly Tile[] {
    return this.#lastDrawn.get(key) ?? [];
  }

  remember(key: string, tiles: readonly Tile[]): void {
    this.#lastDrawn.set(key, tiles);
  }

  /** Forgets what other runs showed. */
  clear(): void {
    this.#images = new WeakMap();
    this.#lastDrawn.clear();
  }
}
