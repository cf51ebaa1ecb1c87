/**
 * Paints above each lane in Δ how large its largest difference is at each step, on a logarithmic scale.
 */
import { stepX } from "../../../../src/drawing/run/layout";
import { logScale, placeOn } from "../../../../src/drawing/run/charts/logScale";
import { roundingOf } from "../../../../src/drawing/run/measures";
import { stripColumns } from "../../../../src/drawing/run/deltaStrip";
import type { BandData } from "./bandData";
import type { Scene } from "./scene";

/** Between the lanes, close to its own. */
const STRIP = { above: 5, height: 4 } as const;
/** A single wrong step among thousands stays to be seen. */
const LEAST_WIDTH = 3;
const FAINTEST = { outside: 0.55, inside: 0.15 } as const;

export function paintStrip(scene: Scene, { plan, tiles }: BandData): void {
  const { context, layout, theme, view, state } = scene;
  const { band, steps } = plan;
  if (steps === null || steps === "absent" || steps.side !== "delta") return;
  const columns = stripColumns(tiles);
  const scale = logScale(
    columns.map(({ size }) => size),
    roundingOf(state.deltaAs, view.tolerance),
  );
  const right = layout.plotLeft + layout.plotWidth;
  context.fillStyle = theme.background;
  context.fillRect(layout.plotLeft, band.top - STRIP.above, layout.plotWidth, STRIP.height);
  for (const { stepStart, stepEnd, size, isOutside } of columns) {
    const from = stepX(layout, stepStart);
    const whole = (stepEnd - stepStart) * layout.columnWidth;
    const width = isOutside ? Math.max(LEAST_WIDTH, whole) : whole;
    const x = Math.max(layout.plotLeft, from + (whole - width) / 2);
    const wide = Math.min(right, x + width) - x;
    if (wide <= 0) continue;
    const faintest = isOutside ? FAINTEST.outside : FAINTEST.inside;
    context.globalAlpha = faintest + (1 - faintest) * placeOn(scale, size);
    context.fillStyle = isOutside ? theme.error : theme.muted;
    context.fillRect(x, band.top - STRIP.above, wide, STRIP.height);
  }
  context.globalAlpha = 1;
}
