/**
 * The range of the colours with the distribution of what is drawn: its ends are dragged in it.
 */
import { grouped } from "../../../src/core/numeric";
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { colourOf, type ColourScale } from "../../../src/drawing/base/colourScale";
import {
  distributionOf,
  legendAxis,
  limitAt,
  placeOnAxis,
  valueOnAxis,
  type Distribution,
  type LegendAxis,
} from "../../../src/drawing/run/charts/distribution";
import { formatValue } from "../../../src/drawing/base/numbers";
import type { WindowData } from "../../../src/protocol/run/windowMessages";
import { clearedContext } from "../../shared/pictures/canvas";
import { t } from "../../shared/l10n";
import type { Context } from "../../shared/pictures/marks";

const SIZE = { width: 168, height: 26 } as const;
const BAR_HEIGHT = 9;
const KEY_FACTOR = 1.1;

export interface ShownRange {
  readonly scale: ColourScale;
  /** Largest magnitude of the run. */
  readonly largest: number;
  /** What is drawn in these colours. */
  readonly windows: readonly WindowData[];
  /** Under the pointer; null where it is elsewhere. */
  readonly value: number | null;
  /** Null for a range that is not chosen. */
  readonly change: ((limit: number) => void) | null;
}

/** What happens on a drag is the same, but another function each time. */
function isOther(now: ShownRange | undefined, before: ShownRange | undefined): boolean {
  if (now === undefined || before === undefined) return now !== before;
  return (
    now.scale !== before.scale ||
    now.largest !== before.largest ||
    now.windows !== before.windows ||
    now.value !== before.value ||
    (now.change === null) !== (before.change === null)
  );
}

/** Holds the axis while its range is dragged, and the counts of what is drawn. Ends with its element. */
export class RangeBar extends LitElement {
  static override properties: PropertyDeclarations = {
    shown: { attribute: false, hasChanged: isOther },
  };

  declare shown: ShownRange | undefined;
  /** What is dragged must not move the axis that it is dragged on. */
  #held: LegendAxis | null = null;
  #counted: { readonly of: readonly unknown[]; readonly found: Distribution } | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    if (shown === undefined) return nothing;
    const axis = this.#axis(shown);
    const { beyond, counted } = this.#distribution(shown, axis);
    const title = t(
      "Values on screen, {0} of {1} cells beyond the colours. A cell of several values shows the largest of them.",
      grouped(beyond),
      grouped(counted),
    );
    const at = (value: number): string => `left:${100 * placeOnAxis(axis, value)}%`;
    const { limit } = shown.scale;
    return html`<canvas class="range-canvas" aria-hidden="true" title=${title}></canvas> ${
        shown.change === null
          ? nothing
          : html`<div
                class="range-handle"
                aria-hidden="true"
                .style=${at(-limit)}
                @pointerdown=${this.#onDrag}
                @pointermove=${this.#onDrag}
                @pointerup=${this.#onEnd}
              ></div>
              <div
                class="range-handle"
                role="slider"
                tabindex="0"
                aria-label=${t("End of the colours")}
                aria-valuemin="0"
                aria-valuemax=${axis.extent}
                aria-valuenow=${limit}
                .style=${at(limit)}
                @pointerdown=${this.#onDrag}
                @pointermove=${this.#onDrag}
                @pointerup=${this.#onEnd}
                @keydown=${this.#onKey}
              ></div>`
      }
      ${
        shown.value === null
          ? nothing
          : html`<span class="range-value number" aria-hidden="true" .style=${at(shown.value)}
              >${formatValue(shown.value)}</span
            >`
      }`;
  }

  protected override updated(): void {
    const canvas = this.querySelector("canvas");
    const { shown } = this;
    if (canvas === null || shown === undefined) return;
    const context = clearedContext(canvas, SIZE);
    if (context === null) return;
    const axis = this.#axis(shown);
    const style = getComputedStyle(this);
    paintBars(context, this.#distribution(shown, axis), style.color);
    paintScale(context, axis, shown.scale);
    if (shown.value !== null) {
      context.fillStyle = style.getPropertyValue("--vscode-foreground");
      context.fillRect(
        Math.round(placeOnAxis(axis, shown.value) * SIZE.width) - 1,
        0,
        2,
        SIZE.height,
      );
    }
  }

  #axis({ scale, largest }: ShownRange): LegendAxis {
    return this.#held ?? legendAxis(scale.limit, largest, scale.curve ?? "linear");
  }

  #distribution({ windows, scale }: ShownRange, axis: LegendAxis): Distribution {
    const of = [windows, scale.limit, axis.extent, axis.curve];
    if (this.#counted?.of.every((each, index) => each === of[index]) !== true) {
      this.#counted = { of, found: distributionOf(windows, axis, scale.limit) };
    }
    return this.#counted.found;
  }

  readonly #onDrag = (event: PointerEvent): void => {
    const { shown } = this;
    const handle = event.currentTarget;
    if (shown === undefined || !(handle instanceof HTMLElement)) return;
    if (event.type === "pointerdown") {
      handle.setPointerCapture(event.pointerId);
      this.#held = this.#axis(shown);
      return;
    }
    if (this.#held === null || event.buttons === 0) return;
    const box = this.getBoundingClientRect();
    shown.change?.(limitAt(this.#held, (event.clientX - box.left) / box.width));
  };

  readonly #onEnd = (): void => {
    this.#held = null;
    this.requestUpdate();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const { shown } = this;
    const wider = { ArrowRight: KEY_FACTOR, ArrowUp: KEY_FACTOR }[event.key];
    const narrower = { ArrowLeft: 1 / KEY_FACTOR, ArrowDown: 1 / KEY_FACTOR }[event.key];
    const factor = wider ?? narrower;
    if (shown === undefined || factor === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const limit = shown.scale.limit * factor;
    const digits = 3;
    shown.change?.(Number(limit.toPrecision(digits)));
  };
}

function paintBars(context: Context, { bars }: Distribution, colour: string): void {
  const width = SIZE.width / bars.length;
  const most = SIZE.height - BAR_HEIGHT - 1;
  context.fillStyle = colour;
  bars.forEach((share, index) => {
    // A single value is seen beside thousands.
    const height = share === 0 ? 0 : Math.max(1.5, Math.sqrt(share) * most);
    context.fillRect(index * width, most - height, width - 0.5, height);
  });
}

function paintScale(context: Context, axis: LegendAxis, scale: ColourScale): void {
  for (let x = 0; x < SIZE.width; x++) {
    const value = valueOnAxis(axis, (x + 0.5) / SIZE.width) + (scale.centre ?? 0);
    context.fillStyle = `rgb(${colourOf(scale, value).join(",")})`;
    context.fillRect(x, SIZE.height - BAR_HEIGHT, 1, BAR_HEIGHT);
  }
}

customElements.define("unroll-range", RangeBar);
