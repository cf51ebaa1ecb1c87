/**
 * Pages of the table twin: which units and steps it shows, where whole columns end, and the page as tab-separated
 * text. No DOM.
 */

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
  const inside = Math.max(0, Math.min(index, size - 1));
  return Math.floor(inside / pageSize) * pageSize;
}

/** Columns behind a heading column that stays in place, in CSS pixels. */
export interface ColumnStrip {
  /** Left edges of the columns from the end of the heading column on, ascending, and the end of the last one. */
  readonly edges: readonly number[];
  /** Width of what is on screen beside the heading column. */
  readonly room: number;
}

/** What has to follow the last column so that the strip, scrolled to its end, begins with a whole column. */
export function fillerBehind({ edges, room }: ColumnStrip): number {
  const end = edges.at(-1) ?? 0;
  if (end <= room) return 0;
  const first = edges.find((edge) => edge >= end - room) ?? end;
  // A single column that is wider than the screen cannot be shown whole.
  return first === end ? 0 : first + room - end;
}

/** Where to scroll so that a column is whole on screen and the strip begins with a whole column. */
export function scrollToColumn(
  { edges, room }: ColumnStrip,
  column: number,
  scrolled: number,
): number {
  const left = edges[column] ?? 0;
  const right = edges[column + 1] ?? left;
  if (left < scrolled) return left;
  if (right <= scrolled + room) return scrolled;
  const first = edges.find((edge) => edge >= right - room) ?? left;
  return Math.min(first, left);
}

/** Lines of tab-separated cells; a tab or line break inside a cell would move its neighbours, so it is a space. */
export function toTsv(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t"))
    .join("\n")
    .concat("\n");
}
