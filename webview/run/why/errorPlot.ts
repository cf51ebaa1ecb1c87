/**
 * The frame of errors over time: powers of ten at the side, steps below, and the curves over the band of rounding.
 */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { ERROR_HEIGHT, ERROR_WIDTH, stepTicks } from "../../../src/drawing/run/charts/errorChart";
import { placeOn, powerText, type LogScale } from "../../../src/drawing/run/charts/logScale";

const STEP_LABELS = 6;

interface Plot {
  readonly scale: LogScale;
  /** The first step. */
  readonly first: number;
  readonly steps: number;
  readonly band: string;
  readonly label: string;
  readonly curves: readonly SVGTemplateResult[];
}

export function errorPlot({ scale, first, steps, band, label, curves }: Plot): TemplateResult {
  const height = (power: number): number => ERROR_HEIGHT * (1 - placeOn(scale, 10 ** power));
  return html`<div class="error-plot">
    <div class="error-powers" aria-hidden="true">
      ${scale.ticks.map(
        (power) => html`<span .style=${`top:${height(power)}%`}>${powerText(power)}</span>`,
      )}
    </div>
    <svg
      class="error-curves"
      role="img"
      aria-label=${label}
      viewBox="0 0 ${ERROR_WIDTH} ${ERROR_HEIGHT}"
      preserveAspectRatio="none"
    >
      ${svg`<path class="error-band" d=${band}></path>`}
      ${scale.ticks.map(
        (power) =>
          svg`<line class="error-grid" x1="0" x2=${ERROR_WIDTH} y1=${height(power)} y2=${height(power)}></line>`,
      )}
      ${curves}
    </svg>
    <div class="error-steps" aria-hidden="true">
      ${stepTicks({ first, steps }, STEP_LABELS).map(
        ({ step, at }) => html`<span .style=${`left:${100 * at}%`}>${step}</span>`,
      )}
      <span class="error-axis">t</span>
    </div>
  </div>`;
}

/** A line over the steps; a single one is a point. */
export function errorCurve(name: string, path: string): SVGTemplateResult {
  const isPoint = !/[LC]/.test(path);
  return svg`<path class=${isPoint ? `${name} error-point` : name} d=${path}></path>`;
}

/** A curve by its line in the legend. */
export function legendLine(name: string, words: string): TemplateResult {
  return html`<li class=${name}>
    <svg viewBox="0 0 24 8" aria-hidden="true"><path d="M1,4H23"></path></svg>
    ${words}
  </li>`;
}

/** The band of rounding in the legend. */
export function legendBand(words: string): TemplateResult {
  return html`<li class="band">
    <svg viewBox="0 0 24 8" aria-hidden="true"><path d="M1,0H23V8H1Z"></path></svg>
    ${words}
  </li>`;
}
