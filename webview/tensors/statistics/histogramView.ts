/**
 * The histogram of the values in the colours of the heatmap, with the range of the colours below.
 *
 * Dragging over it sets that range; so do the fields of the heatmap's foot, which keys reach.
 */
import { grouped } from "../../../src/core/numeric";
import { clamp, rounded } from "../../../src/core/numeric";
import { html, nothing, svg, type PropertyDeclarations, type TemplateResult } from "lit";
import { LitElement } from "lit";
import type { TensorStatistics } from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import {
  histogramBars,
  shareOfValue,
  valueAtShare,
  type Bar,
} from "../../../src/drawing/tensors/histogram";
import { formatShort } from "../../../src/drawing/tensors/quantities";

const HEIGHT = 84;
/** A drag shorter than this share of the width is a click. */
const LEAST_DRAG = 0.02;

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Holds the bar under the pointer and the range that is being dragged. Ends with its element. */
export class HistogramView extends LitElement {
  static override properties: PropertyDeclarations = {
    statistics: { attribute: false },
    isLog: { attribute: false },
    range: { attribute: false },
    colourOf: { attribute: false },
    over: { state: true },
    dragged: { state: true },
  };

  declare statistics: TensorStatistics | undefined;
  declare isLog: boolean;
  /** Range of the colours; null while it is not known. */
  declare range: Range | null;
  declare colourOf: (value: number) => string;
  /** Bar under the pointer. */
  declare over: number | null;
  declare dragged: readonly [number, number] | null;

  constructor() {
    super();
    this.isLog = false;
    this.range = null;
    this.colourOf = () => "currentColor";
    this.over = null;
    this.dragged = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { statistics, isLog } = this;
    if (statistics === undefined) return nothing;
    const [min = NaN, max = NaN] = statistics.moments;
    if (!Number.isFinite(min) || !Number.isFinite(max)) return nothing;
    const bars = histogramBars({ counts: statistics.histogram, min, max, isLog });
    if (bars.length === 0) return nothing;
    const bar = this.over === null ? undefined : bars[this.over];
    return html`<div
        class="histogram"
        role="img"
        aria-label=${describe(bars, min, max)}
        @pointerdown=${this.#onDown}
        @pointermove=${(event: PointerEvent) => {
          this.#onMove(event, bars.length);
        }}
        @pointerup=${(event: PointerEvent) => {
          this.#onUp(event, min, max);
        }}
        @pointerleave=${() => {
          this.over = null;
        }}
      >
        <svg viewBox="0 0 1 ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
          ${bars.map((each, index) => this.#bar(each, index === this.over))} ${this.#selection()}
        </svg>
        ${this.#zero(min, max)}
      </div>
      ${this.#rangeLine(min, max)}
      <div class="histogram-ends">
        <span class="number">${formatShort(min)}</span>
        <span class="histogram-hover"
          >${
            bar === undefined
              ? nothing
              : t("{0} … {1}: {2}", formatShort(bar.from), formatShort(bar.to), grouped(bar.count))
          }</span
        >
        <span class="number">${formatShort(max)}</span>
      </div>`;
  }

  #bar({ x, width, height, count, from, to }: Bar, isOver: boolean): TemplateResult {
    // A bar with anything in it can be seen.
    const tall = count === 0 ? 0 : Math.max(1.5, height * (HEIGHT - 2));
    const gap = Math.min(width * 0.15, 0.002);
    return svg`<rect
      class=${isOver ? "bar-over" : ""}
      x=${x}
      y=${HEIGHT - tall}
      width=${width - gap}
      height=${tall}
      fill=${this.colourOf((from + to) / 2)}
    ></rect>`;
  }

  #selection(): TemplateResult | typeof nothing {
    if (this.dragged === null) return nothing;
    const [a, b] = this.dragged;
    const left = Math.min(a, b);
    return svg`<rect class="selection" x=${left} y="0" width=${Math.abs(a - b)} height=${HEIGHT}></rect>`;
  }

  #zero(min: number, max: number): TemplateResult | typeof nothing {
    if (min >= 0 || max <= 0) return nothing;
    const share = shareOfValue(min, max, 0);
    return html`<span class="histogram-zero" .style=${`left:${share * 100}%`}></span>`;
  }

  /** Which of the values the colours tell apart. */
  #rangeLine(min: number, max: number): TemplateResult | typeof nothing {
    if (this.range === null) return nothing;
    const share = (value: number): number => clamp(shareOfValue(min, max, value), 0, 1);
    const [low, high] = [share(this.range.low), share(this.range.high)];
    return html`<div class="range-line" aria-hidden="true">
      <span .style=${`left:${low * 100}%;width:${(high - low) * 100}%`}></span>
    </div>`;
  }

  #share(event: PointerEvent): number {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return clamp((event.clientX - box.left) / Math.max(1, box.width), 0, 1);
  }

  readonly #onDown = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const share = this.#share(event);
    this.dragged = [share, share];
  };

  #onMove(event: PointerEvent, bars: number): void {
    const share = this.#share(event);
    this.over = Math.min(bars - 1, Math.floor(share * bars));
    if (this.dragged !== null) this.dragged = [this.dragged[0], share];
  }

  #onUp(event: PointerEvent, min: number, max: number): void {
    const { dragged } = this;
    this.dragged = null;
    if (dragged === null) return;
    const [a, b] = [dragged[0], this.#share(event)];
    if (Math.abs(a - b) < LEAST_DRAG) return;
    const round = (share: number): number => rounded(valueAtShare(min, max, share), 3);
    const detail: Range = { low: round(Math.min(a, b)), high: round(Math.max(a, b)) };
    if (detail.low < detail.high) this.dispatchEvent(new CustomEvent("range", { detail }));
  }
}

function describe(bars: readonly Bar[], min: number, max: number): string {
  const [tallest] = [...bars].sort((a, b) => b.count - a.count);
  return t(
    "Histogram from {0} to {1}; most values lie between {2} and {3}",
    formatShort(min),
    formatShort(max),
    formatShort(tallest?.from ?? min),
    formatShort(tallest?.to ?? max),
  );
}

customElements.define("unroll-histogram", HistogramView);
