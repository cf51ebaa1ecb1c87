/**
 * Images of tiles, and the places of cells with non-finite values.
 */
import { bytesOf } from "../../../src/core/lru";
import type { Tile, TileRequest } from "../../../src/protocol/archive/messages";
import type { ColourMap } from "../../../src/drawing/tensors/colourMap";
import {
  flaggedCells,
  rasterizeTile,
  type FlaggedCell,
} from "../../../src/drawing/tensors/rasterizeTile";
import { cellCanvas, type CellImage, type CellImages } from "../../shared/pictures/cellImages";

export interface PlacedTile {
  readonly request: TileRequest;
  readonly tile: Tile;
}

/** The image of one tile. */
export interface HeatImage extends CellImage {
  readonly colours: HTMLCanvasElement;
  /** Thinned out where they are dense. */
  readonly flagged: readonly FlaggedCell[];
  /** `TILE_…` bits of all of them. */
  readonly flags: number;
}

/** The pictures of a tensor's tiles. */
export type HeatImages = CellImages<Tile, HeatImage, PlacedTile>;

function makeImage(tile: Tile, map: ColourMap): HeatImage {
  const flagged = flaggedCells(tile);
  return {
    colours: cellCanvas(tile, rasterizeTile(tile, map)),
    flagged,
    flags: flagged.reduce((all, { flags }) => all | flags, 0),
    bytes: bytesOf(tile) + 4 * tile.rows * tile.columns,
  };
}

/** The picture of a tile. */
export function heatImage(images: HeatImages, tile: Tile, map: ColourMap): HeatImage {
  return images.imageOf(tile, map, () => makeImage(tile, map));
}
