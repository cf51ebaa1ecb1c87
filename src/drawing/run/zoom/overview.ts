/**
 * The overview of the whole run beside a part of it: small lanes, and the part that is on screen; no DOM.
 */
import { clamp, largerMagnitude } from "../../../core/numeric";
import type { WindowData } from "../../../protocol/run/windowMessages";
import type { StepRange } from "../modes";
import type { UnrolledLayout } from "../layout";
import type { Band } from "../laneStack";
import type { Scrolled } from "./rowZoom";

const LEAST_BAND = 3;
const GAP = 1;

/** A lane in the overview, CSS pixels from its top. */
export interface SmallBand {
  readonly top: number;
  readonly height: number;
}

/** Places the bands of a layout below each other in a height, each with its share of it. */
export function smallBands(bands: readonly Pick<Band, "height">[], height: number): SmallBand[] {
  const room = height - GAP * Math.max(0, bands.length - 1);
  const total = bands.reduce((sum, band) => sum + band.height, 0);
  const least = Math.min(LEAST_BAND, room / Math.max(1, bands.length));
  const free = room - least * bands.length;
  let top = 0;
  return bands.map((band) => {
    const own = least + (free * band.height) / Math.max(1, total);
    const placed = { top, height: own };
    top += own + GAP;
    return placed;
  });
}

/** The part of the overview that is on screen, as shares of its width and height. */
export interface OverviewPart {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a height of the content lies in the overview: its lanes are stretched differently. */
function placeOf(y: number, boxes: readonly SmallBand[], small: readonly SmallBand[]): number {
  const last = small.at(-1);
  const whole = last === undefined ? 1 : last.top + last.height;
  for (const [index, box] of boxes.entries()) {
    const own = small[index];
    if (own === undefined) continue;
    if (y <= box.top) return own.top / whole;
    if (y < box.top + box.height) {
      return (own.top + ((y - box.top) / box.height) * own.height) / whole;
    }
  }
  return 1;
}

/** The height of the content at a share of the overview's. */
export function contentAt(
  share: number,
  boxes: readonly SmallBand[],
  small: readonly SmallBand[],
): number {
  const last = small.at(-1);
  const y = share * (last === undefined ? 1 : last.top + last.height);
  const index = small.findIndex(({ top, height }) => y < top + height + GAP);
  const [own, box] = [small[index], boxes[index]];
  if (own === undefined || box === undefined) return boxes.at(-1)?.top ?? 0;
  return box.top + clamp((y - own.top) / own.height, 0, 1) * box.height;
}

/** What of the run a layout has on screen. */
export function partOnScreen(
  { steps }: Pick<UnrolledLayout, "steps">,
  seqLength: number,
  bands: readonly SmallBand[],
  small: readonly SmallBand[],
  screen: Scrolled,
): OverviewPart {
  const [start, end]: StepRange = steps;
  return {
    left: clamp(start / seqLength, 0, 1),
    right: clamp(end / seqLength, 0, 1),
    top: placeOf(screen.top, bands, small),
    bottom: placeOf(screen.top + screen.height, bands, small),
  };
}

/** The same values in at most so many rows and columns; a cell keeps the worst of its values. */
export function reduced(data: WindowData, most: { rows: number; columns: number }): WindowData {
  const rows = Math.min(data.rows, Math.max(1, Math.floor(most.rows)));
  const columns = Math.min(data.columns, Math.max(1, Math.floor(most.columns)));
  if (rows === data.rows && columns === data.columns) return data;
  const values = new Float32Array(rows * columns);
  const outside = new Uint8Array(rows * columns);
  const valid = new Uint8Array(rows * columns);
  for (let row = 0; row < data.rows; row++) {
    const first = Math.floor((row * rows) / data.rows) * columns;
    for (let column = 0; column < data.columns; column++) {
      const from = row * data.columns + column;
      const cell = first + Math.floor((column * columns) / data.columns);
      if (data.valid[from] === 0) continue;
      valid[cell] = 1;
      values[cell] = largerMagnitude(values[cell]!, data.values[from]!);
      if (data.outside[from] === 1) outside[cell] = 1;
    }
  }
  return { rows, columns, values, outside, valid };
}
