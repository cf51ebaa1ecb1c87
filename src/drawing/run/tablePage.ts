/**
 * Pages of the table view: their units and steps, their width, and the page as tab-separated text. No DOM.
 */
import { clamp, clampIndex } from "../../core/numeric";

export interface TablePage {
  /** Half-open ranges. */
  readonly unitStart: number;
  readonly unitEnd: number;
  readonly stepStart: number;
  readonly stepEnd: number;
}

/** Rows and columns of a page: as much as a screen holds and a screen reader walks through. */
export const PAGE_UNITS = 40;
export const PAGE_STEPS = 30;

/** The page that holds a unit and a step; pages do not move with the cursor, only change. */
export function pageAround(unit: number, step: number, units: number, steps: number): TablePage {
  const unitStart = pageStart(unit, units, PAGE_UNITS);
  const stepStart = pageStart(step, steps, PAGE_STEPS);
  return {
    unitStart,
    unitEnd: Math.min(units, unitStart + PAGE_UNITS),
    stepStart,
    stepEnd: Math.min(steps, stepStart + PAGE_STEPS),
  };
}

function pageStart(index: number, size: number, pageSize: number): number {
  const inside = clampIndex(index, size);
  return Math.floor(inside / pageSize) * pageSize;
}

/** Columns of one width beside a heading column that stays in place, in CSS pixels. */
export interface ColumnStrip {
  readonly columnWidth: number;
  /** How many columns are on screen: as many as are whole, and at least one. */
  readonly shown: number;
}

/** How columns whose contents need these widths are laid out in so much room. */
export function layOutColumns(widths: readonly number[], room: number): ColumnStrip {
  const columnWidth = Math.max(1, Math.ceil(Math.max(0, ...widths)));
  return { columnWidth, shown: Math.max(1, Math.floor(room / columnWidth)) };
}

/** Where to scroll so that a column is on screen and the strip begins with a whole column. */
export function scrollToColumn(
  { columnWidth, shown }: ColumnStrip,
  column: number,
  scrolled: number,
): number {
  const first = Math.round(scrolled / columnWidth);
  return clamp(first, column - shown + 1, column) * columnWidth;
}

/** Lines of tab-separated cells; a tab or line break inside a cell would move its neighbours, so it is a space. */
export function toTsv(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t"))
    .join("\n")
    .concat("\n");
}
