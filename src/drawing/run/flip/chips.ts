/**
 * The chips with the steps below a strip: which have room, and where they stand. No DOM.
 */
import { clamp } from "../../../core/numeric";
import type { StripBox } from "./boxes";

export interface Chip {
  /** That its column belongs to. */
  readonly step: number;
  readonly label: string;
  /** Its middle, from the left end of the strip. */
  readonly x: number;
  readonly width: number;
}

/** Width of a character, and of the room beside the text. */
const CHARACTER = 7;
const PADDING = 1.6 * CHARACTER;
const GAP = 2;
/** A chip reaches so far over an end of its strip: there stands what is between two strips. */
const OVER = 5;

/** The step that is lit, the ends, and as many between them as do not touch each other. */
export function chipsOf(
  {
    columns,
    processed = columns,
    belongs = columns,
    columnX,
    width,
  }: Pick<StripBox, "columns" | "processed" | "belongs" | "columnX" | "width">,
  cellWidth: number,
  litStep: number | null,
): readonly Chip[] {
  const all = belongs.flatMap((step, index) => {
    if (step === null) return [];
    const written = String(processed[index]);
    const long = `t=${written}`;
    const label = (long.length + 1) * CHARACTER <= cellWidth ? long : written;
    const most = label.length * CHARACTER + PADDING;
    // Where there is a chip for each column, the column bounds it.
    const wide = label === long ? Math.min(most, cellWidth - GAP) : most;
    const middle = (columnX[index] ?? 0) + cellWidth / 2;
    const x = clamp(middle, wide / 2 - OVER, Math.max(wide / 2 - OVER, width - wide / 2 + OVER));
    return [{ step, label, x, width: wide }];
  });
  const every = Math.ceil((Math.max(0, ...all.map((chip) => chip.width)) + GAP) / cellWidth);
  const wanted = [
    ...all.filter(({ step }) => step === litStep),
    ...all.slice(0, 1),
    ...all.slice(-1),
    ...all.filter((_, index) => index % every === 0),
  ];
  const placed: Chip[] = [];
  for (const chip of wanted) {
    const touches = (other: Chip): boolean =>
      Math.abs(chip.x - other.x) < (chip.width + other.width) / 2 + GAP - 1e-6;
    if (!placed.some(touches)) placed.push(chip);
  }
  return placed.sort((left, right) => left.x - right.x);
}
