/**
 * The effect of cursor keys in the heatmap and the table. No DOM.
 */
import type { Cell, Extent } from "./slices";
import { clampCell } from "./viewport";

/** Rows and columns that a page is. */
export interface PageSize {
  readonly rows: number;
  readonly columns: number;
}

/** The cell a key leads to; null for keys that move nothing. `isFar` is Ctrl held: to the ends of the slice. */
export function moveCell(
  key: string,
  isFar: boolean,
  { row, column }: Cell,
  { rows, columns }: Extent,
  page: PageSize,
): Cell | null {
  const moved: Readonly<Record<string, Cell>> = {
    ArrowUp: { row: isFar ? 0 : row - 1, column },
    ArrowDown: { row: isFar ? rows - 1 : row + 1, column },
    ArrowLeft: { row, column: isFar ? 0 : column - 1 },
    ArrowRight: { row, column: isFar ? columns - 1 : column + 1 },
    Home: { row: isFar ? 0 : row, column: 0 },
    End: { row: isFar ? rows - 1 : row, column: columns - 1 },
    PageUp: { row: row - page.rows, column },
    PageDown: { row: row + page.rows, column },
  };
  const to = Object.hasOwn(moved, key) ? moved[key] : undefined;
  if (to === undefined) return null;
  return clampCell({ rows, columns }, to);
}
