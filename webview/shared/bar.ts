/**
 * A bar that shows the size of a number.
 */
import { html, svg, type TemplateResult } from "lit";

/** Units of its drawing across a bar. */
export const BAR_WIDTH = 100;

/** The filled part of a bar. */
export interface BarFill {
  /** Names its colour. */
  readonly kind: "open" | "negative" | "positive";
  readonly x: number;
  readonly width: number;
}

/** A bar filled from `x` over `width`, with a mark at `zero` unless that is null; for a NaN, null, it is hatched. */
export function bar(fill: BarFill | null, zero: number | null = null): TemplateResult {
  return html`<svg
    class="bar"
    viewBox="0 0 ${BAR_WIDTH} 10"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="track" width=${BAR_WIDTH} height="10"></rect>
    ${
      fill === null
        ? svg`<rect class="bad" width=${BAR_WIDTH} height="10"></rect>`
        : svg`<rect class=${fill.kind} x=${fill.x} width=${fill.width} height="10"></rect>`
    }
    ${zero === null ? "" : svg`<rect class="zero" x=${zero - 0.5} width="1" height="10"></rect>`}
  </svg>`;
}
