/**
 * The parts of the flip picture: strips of cells, and the connectors between them.
 */
import type { StripColumn } from "./strips";

/** Three lines above a strip: name, code, shape. */
export const HEADING_HEIGHT = 58;
/** Two of them, in a drawing of two directions: only their output, in the middle of its height, has a third. */
export const LOW_HEADING = 42;
/** The chips of the steps, and below them which of h_n a column is. */
export const CHIP_HEIGHT = 42;
/** Around the picture, CSS pixels. */
export const MARGIN = 12;

export type StripId = "x" | "flippedX" | "forward" | "reverse" | "flippedBack" | "output";

/** Rows of a strip that belong together and, while playing, arrive from `source`. */
export interface StripPart {
  readonly values: "x" | "forward" | "reverse";
  /** First row of the strip that the part takes. */
  readonly row: number;
  readonly rows: number;
  readonly source: StripId | null;
}

export interface StripBox {
  readonly id: StripId;
  /** Top left corner of the cells; the heading stands above, the chips of the steps below. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly columns: readonly StripColumn[];
  /** The steps that the columns were processed at, where those are others. */
  readonly processed?: readonly StripColumn[];
  /** The steps of the states that the columns belong to, where those are others. */
  readonly belongs?: readonly StripColumn[];
  /** Left edges of the columns, relative to `x`. */
  readonly columnX: readonly number[];
  readonly parts: readonly StripPart[];
}

export interface Connector {
  readonly from: StripId;
  readonly to: StripId;
  readonly points: readonly (readonly [number, number])[];
}
