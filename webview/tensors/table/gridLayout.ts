/**
 * Sizes of the table: how wide its columns are, and how much of it is on screen.
 */
import type { TensorInfo } from "../../../src/protocol/archive/messages";
import { extentOf, tableSlice, type Cell, type Extent } from "../../../src/drawing/tensors/slices";
import type { ListGeometry } from "../../../src/drawing/tensors/virtualList";
import type { TensorState } from "../store/tensorState";

/** CSS pixels; the height also in table.css. */
export const ROW = 22;
export const HEAD = 24;
const DIGIT = 7.3;
const PADDING = 22;

/** Longest value of a dtype as text, in characters. */
function widestOf({ dtype }: TensorInfo): number {
  if (dtype === "bool") return 6;
  if (dtype.endsWith("int8")) return 5;
  if (dtype.includes("int64")) return 20;
  if (dtype.includes("int")) return 11;
  if (dtype === "float64") return 23;
  return dtype.startsWith("complex") ? 28 : 15;
}

/** The cursor as the table lays it out: a vector stands upright. */
export function tableCursor({ slice, cursor }: TensorState): Cell {
  return slice?.rowAxis === null ? { row: cursor.column, column: 0 } : cursor;
}

/** Rows and columns of the table; none while there is no tensor. */
export function tableExtent({ info, slice }: TensorState): Extent {
  return info === null || slice === null
    ? { rows: 0, columns: 0 }
    : extentOf(info.shape, tableSlice(slice));
}

/** The width of the column with the numbers of rows. */
export function headWidth({ rows }: Extent): number {
  return Math.max(3, String(rows - 1).length) * DIGIT + PADDING;
}

/** Rows and columns as lists of which a part is on screen. */
export function tableLists(
  state: TensorState,
  { width, height }: { readonly width: number; readonly height: number },
): { rows: ListGeometry; columns: ListGeometry } {
  const extent = tableExtent(state);
  const { info } = state;
  const item = Math.ceil((info === null ? 10 : widestOf(info)) * DIGIT + PADDING);
  return {
    rows: { count: extent.rows, item: ROW, viewport: Math.max(ROW, height - HEAD) },
    columns: {
      count: extent.columns,
      item,
      viewport: Math.max(item, width - headWidth(extent)),
    },
  };
}
