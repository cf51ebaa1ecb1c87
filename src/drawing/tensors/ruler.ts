/**
 * Labels of the indices along the edges of the heatmap. No DOM.
 */

export interface Tick {
  readonly index: number;
  /** Middle of its cell, CSS pixels from the plot's corner. */
  readonly at: number;
}

export interface RulerRequest {
  /** Index at the corner, a fraction within a cell. */
  readonly start: number;
  readonly cell: number;
  readonly count: number;
  /** Length of the ruler. */
  readonly pixels: number;
  /** Room that one label needs. */
  readonly label: number;
}

/** The smallest of 1, 2, 5, 10, 20, … that is at least `atLeast`. */
export function niceStep(atLeast: number): number {
  if (atLeast <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(atLeast) + 1e-12);
  const step = [1, 2, 5, 10].find((each) => each * power >= atLeast - 1e-9) ?? 10;
  return step * power;
}

/** Every index that is labelled: round ones, as many as have room. */
export function rulerTicks({ start, cell, count, pixels, label }: RulerRequest): Tick[] {
  if (!(cell > 0)) return [];
  const step = niceStep(label / cell);
  const ticks: Tick[] = [];
  const end = Math.min(count, start + pixels / cell);
  for (let index = Math.ceil(Math.max(0, start - 0.5) / step) * step; index < end; index += step) {
    const at = (index + 0.5 - start) * cell;
    if (at >= 0 && at <= pixels) ticks.push({ index, at });
  }
  return ticks;
}
