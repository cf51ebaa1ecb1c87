/**
 * The colour map of the heatmap: of the tensor's range, or of the cells on screen where these are means.
 */
import type { TensorInfo, TensorStatistics } from "../../../src/protocol/archive/messages";
import { CellRanges, domainOfCells, type Range } from "../../../src/drawing/tensors/cellRange";
import {
  colourMap,
  type ColourMap,
  type ColourMapChoice,
} from "../../../src/drawing/tensors/colourMap";
import { domainOf, type Domain } from "../../../src/drawing/tensors/domain";
import { blocksOf } from "../../../src/drawing/tensors/tilePlan";
import type { ColourChoice } from "../store/savedState";
import type { PlacedTile } from "./heatImages";
import type { HeatScene } from "./heatScene";

/** What is known of the tensor on screen, and what lies behind its cells. */
interface Known {
  readonly statistics: TensorStatistics | undefined;
  readonly cellRange: Range | null;
  readonly background: ColourMapChoice["background"];
}

/** Holds the map that was made last, and the ranges of cells by what they are of. Owned by the heatmap, and ends with it. */
export class HeatColours {
  #map: ColourMap | undefined;
  #key = "";
  /** Range of the tensor that was shown last, until the statistics of the next one are here. */
  #domain: Domain | undefined;
  #hasOwnRange = false;
  readonly #cellRanges = new CellRanges();

  /** True where the range is that of the cells on screen. */
  get hasOwnRange(): boolean {
    return this.#hasOwnRange;
  }

  /** The map of a tensor; the same object while nothing changes. */
  mapOf(
    { dtype }: TensorInfo,
    { range, kind, diverging, sequential }: ColourChoice,
    { statistics, cellRange, background }: Known,
  ): ColourMap {
    const isKnown = statistics !== undefined || range.mode === "typed";
    const domain =
      isKnown || this.#domain === undefined ? domainOf(statistics, dtype, range) : this.#domain;
    if (isKnown) this.#domain = domain;
    const own = range.mode === "typed" ? null : domainOfCells(cellRange, domain);
    this.#hasOwnRange = own !== null;
    const choice = { domain: own ?? domain, kind, diverging, sequential, background };
    const key = JSON.stringify(choice);
    if (this.#map === undefined || key !== this.#key) this.#map = colourMap(choice);
    this.#key = key;
    return this.#map;
  }

  /**
   * The range of cells that are means; null where they are single values, and for a vector, whose bars are measured by
   * all values.
   */
  rangeOf(
    { state, zoom, dpr, frame }: HeatScene,
    tiles: readonly PlacedTile[],
    isSampled: boolean,
  ): Range | null {
    const { rows, columns } = blocksOf(zoom, dpr);
    const isMean = rows * columns > 1 && state.colours.aggregate === "mean";
    if (!isMean || frame.plot.rows === 1) return null;
    const kind = [state.info?.name, state.slice, rows, columns, isSampled];
    return this.#cellRanges.include(
      JSON.stringify(kind),
      tiles.map(({ tile }) => tile),
    );
  }
}
