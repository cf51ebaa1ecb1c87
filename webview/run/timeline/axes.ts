/**
 * The axes at the right of the timeline's track, in one place: one for each curve, in its colour.
 */
import { html, type TemplateResult } from "lit";
import {
  deltaTicks,
  gradientTicks,
  linearTicks,
  type AxisTick,
} from "../../../src/drawing/run/charts/curveAxes";
import type { GradientCurve, Timeline } from "../../../src/protocol/run/curveMessages";

export type ShownCurves = Pick<Timeline, "norm" | "maxDelta" | "floor"> & {
  readonly gradient: GradientCurve | undefined;
};

/** One of them is seen: that of the curve that is pointed at, else the first. */
export function curveAxes(curves: ShownCurves, stateName: string): TemplateResult {
  const { norm, maxDelta, gradient } = curves;
  return html`<div class="timeline-axes" aria-hidden="true">
    ${axis("axis-norm", `‖${stateName}_t‖`, linearTicks(norm))}
    ${maxDelta.length === 0 ? "" : axis("axis-delta", "max|Δ|_t", deltaTicks(curves))}
    ${gradient === undefined ? "" : axis("axis-gradient", "‖∂L/∂h_t‖", gradientTicks(gradient.norm))}
  </div>`;
}

function axis(kind: string, name: string, ticks: readonly AxisTick[]): TemplateResult {
  return html`<div class="timeline-axis ${kind}" title=${name}>
    ${ticks.map(({ place, text }) => html`<span .style=${`top:${100 * place}%`}>${text}</span>`)}
  </div>`;
}
