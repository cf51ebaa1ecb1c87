/**
 * Tiles as small canvases, one pixel a cell, kept as long as their values; and the last complete picture.
 */
import type { Tile, TileRequest } from "../../../src/protocol/archive/messages";
import type { ColourMap } from "../../../src/drawing/tensors/colourMap";
import {
  flaggedCells,
  rasterizeTile,
  type FlaggedCell,
} from "../../../src/drawing/tensors/rasterizeTile";

export interface PlacedTile {
  readonly request: TileRequest;
  readonly tile: Tile;
}

function toCanvas(
  { rows, columns }: Tile,
  pixels: Uint8ClampedArray<ArrayBuffer>,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  // In memory, where putImageData is a copy and no upload.
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  return canvas;
}

export class HeatImages {
  readonly #images = new WeakMap<Tile, { map: ColourMap; image: HTMLCanvasElement }>();
  readonly #flagged = new WeakMap<Tile, readonly FlaggedCell[]>();
  #last: { key: string; tiles: readonly PlacedTile[] } = { key: "", tiles: [] };

  /** The image of a tile under a colour map; made anew when the map is another one. */
  imageOf(tile: Tile, map: ColourMap): HTMLCanvasElement {
    const known = this.#images.get(tile);
    if (known?.map === map) return known.image;
    const image = toCanvas(tile, rasterizeTile(tile, map));
    this.#images.set(tile, { map, image });
    return image;
  }

  /** The cells of a tile that hold something that is not finite, thinned out where they are dense. */
  flaggedIn(tile: Tile): readonly FlaggedCell[] {
    const known = this.#flagged.get(tile) ?? flaggedCells(tile);
    this.#flagged.set(tile, known);
    return known;
  }

  /** `TILE_…` bits of all cells of a tile. */
  flagsOf(tile: Tile): number {
    return this.flaggedIn(tile).reduce((all, { flags }) => all | flags, 0);
  }

  /** What was last shown completely of the same axes, to be scaled while new tiles are fetched. */
  lastDrawn(key: string): readonly PlacedTile[] {
    return this.#last.key === key ? this.#last.tiles : [];
  }

  remember(key: string, tiles: readonly PlacedTile[]): void {
    this.#last = { key, tiles };
  }
}
