/**
 * Positions of the gate blocks of a weight in a slice. No DOM.
 */
import type { GateBlock, GateLayoutView, Slice } from "../../protocol/archive/messages";
import type { Extent, Window } from "./slices";

/** The blocks of a layout along the rows or columns of a slice. */
export interface ShownBlocks {
  readonly along: "rows" | "columns";
  readonly blocks: readonly GateBlock[];
}

/** The layout of this name, else the one that the weight is read with; undefined without any. */
export function chosenLayout(
  layouts: readonly GateLayoutView[],
  name: string | null,
): GateLayoutView | undefined {
  return layouts.find((layout) => layout.name === name) ?? layouts[0];
}

/** The blocks as the slice lays them out; null when their axis is held or there are none. */
export function shownBlocks(layout: GateLayoutView | undefined, slice: Slice): ShownBlocks | null {
  if (layout === undefined) return null;
  const { axis, blocks } = layout;
  if (axis === slice.rowAxis) return { along: "rows", blocks };
  return axis === slice.columnAxis ? { along: "columns", blocks } : null;
}

/** The window that a block fills. */
export function blockWindow(
  { along }: ShownBlocks,
  { start, end }: GateBlock,
  { rows, columns }: Extent,
): Window {
  return along === "rows"
    ? { rowStart: start, rowEnd: end, columnStart: 0, columnEnd: columns }
    : { rowStart: 0, rowEnd: rows, columnStart: start, columnEnd: end };
}

/** The block that an index along the ruled axis lies in. */
export function blockAt(shown: ShownBlocks | null, row: number, column: number): GateBlock | null {
  if (shown === null) return null;
  const at = shown.along === "rows" ? row : column;
  return shown.blocks.find(({ start, end }) => at >= start && at < end) ?? null;
}
