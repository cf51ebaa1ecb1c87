/**
 * The cell of the flip picture that is under a point; no DOM.
 */
import type { StripId, StripPart } from "./boxes";
import { GAP_WIDTH, type FlipLayout } from "./layout";

/** A row of a part of a strip, at a step. */
export interface StripHit {
  readonly strip: StripId;
  readonly part: StripPart;
  /** From the top of the part. */
  readonly row: number;
  readonly step: number;
  /** The step of the states that its column belongs to. */
  readonly belongs: number;
}

/** The cell at a point of the picture; null beside the strips, and over steps that are left out. */
export function cellUnder(
  { strips, cellWidth }: Pick<FlipLayout, "strips" | "cellWidth">,
  x: number,
  y: number,
): StripHit | null {
  for (const strip of strips) {
    const [across, down] = [x - strip.x, y - strip.y];
    if (across < 0 || across >= strip.width || down < 0 || down >= strip.height) continue;
    const at = strip.columns.findIndex((step, index) => {
      const width = step === null ? GAP_WIDTH : cellWidth;
      return across < (strip.columnX[index] ?? 0) + width;
    });
    const step = strip.columns[at] ?? null;
    const row = Math.floor(down / strip.rowHeight);
    const part = strip.parts.find((each) => row >= each.row && row < each.row + each.rows);
    if (step === null || part === undefined) return null;
    const belongs = strip.belongs?.[at] ?? step;
    return { strip: strip.id, part, row: row - part.row, step, belongs };
  }
  return null;
}
