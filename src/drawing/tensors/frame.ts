/**
 * Geometry of the heatmap: rulers, plot and scrollbars. No DOM.
 */
import type { ShownBlocks } from "./gateBlocks";
import type { Extent } from "./slices";
import type { Plot } from "./viewport";

export interface Frame {
  /** Upper left corner of the plot, CSS pixels. */
  readonly left: number;
  readonly top: number;
  readonly plot: Plot;
  /** Where the names of gate blocks stand: width of their column, or height of their row; 0 without any. */
  readonly names: number;
}

/** Width of a digit of a ruler's label. */
const DIGIT = 6.8;
const LABEL_PADDING = 14;
const TOP_RULER = 22;
const NAME_ROW = 18;
/** Room of a scrollbar, and of the marks that stand out of the last cells. */
export const SCROLLBAR = 12;
/** Left of a slice without a row axis. */
const BARE_LEFT = 12;

export interface FrameRequest {
  /** The whole canvas. */
  readonly width: number;
  readonly height: number;
  readonly extent: Extent;
  readonly hasRows: boolean;
  readonly shown: ShownBlocks | null;
  /** See `Plot`. */
  readonly widestFit?: number | undefined;
}

export function layoutFrame(request: FrameRequest): Frame {
  const { width, height, extent, hasRows, shown, widestFit } = request;
  const longest = Math.max(0, ...(shown?.blocks ?? []).map(({ name }) => name.length));
  const names =
    shown === null ? 0 : shown.along === "rows" ? longest * 7.2 + LABEL_PADDING : NAME_ROW;
  const digits = String(Math.max(0, extent.rows - 1)).length;
  const rowRuler = hasRows ? Math.max(2, digits) * DIGIT + LABEL_PADDING : BARE_LEFT;
  const left = Math.ceil(rowRuler + (shown?.along === "rows" ? names : 0));
  const top = TOP_RULER + (shown?.along === "columns" ? names : 0);
  return {
    left,
    top,
    names,
    plot: {
      ...extent,
      ...(widestFit === undefined ? {} : { widestFit }),
      width: Math.max(1, width - left - SCROLLBAR),
      height: Math.max(1, height - top - SCROLLBAR),
    },
  };
}
