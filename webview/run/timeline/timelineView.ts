/**
 * The timeline: play, step, and two curves of the cursor's lane over all steps.
 */
import {
  html,
  nothing,
  svg,
  type PropertyDeclarations,
  type SVGTemplateResult,
  type TemplateResult,
} from "lit";
import type { Timeline } from "../../../src/protocol/run/curveMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { travel } from "../store/actions";
import { t } from "../../shared/l10n";
import {
  columnMarks,
  curvePath,
  deltaCurves,
  largestValue,
  logCurvePath,
} from "../../../src/drawing/run/charts/curves";
import { layoutColumns } from "../../../src/drawing/run/layout";
import type { Motion } from "../../../src/drawing/run/navigate";
import { formatValue } from "../../../src/drawing/base/numbers";
import { cursorLane } from "../../../src/drawing/run/places";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { fetchGradient, gradientLine, gradientSwitch, type ShownGradient } from "./gradientLine";
import { icon } from "../../shared/icons";
import { curveAxes, type ShownCurves } from "./axes";
import { focusStepField, stepField } from "./stepField";
import { layerText } from "../store/placeText";

const HEIGHT = 44;
/** The marks of values outside tolerance have the upper edge for themselves: curves and the cursor begin below. */
const MARKS_HEIGHT = 3;

/** Columns without a number say so where they have room for it. */
const BROKEN_NAME = 80;

/** A curve that is not the first, and around it what a pointer reaches. */
function drawCurve(name: "delta" | "gradient", line: string, shape = ""): SVGTemplateResult {
  return svg`<path class=${`curve-${name}${shape}`} d=${line}></path><path class=${`reach name-${name}`} d=${line}></path>`;
}

/** Below the steps of the whole sequence in an unrolled view of this width: the same step at the same place. */
function placeOf({ unrolledWidth, unitSort }: ViewState, { seqLength }: RunView): string {
  const { plotLeft, plotWidth } = layoutColumns(unrolledWidth, [0, seqLength], {
    isGrouped: unitSort?.by === "clusters",
  });
  return `--plot-left:${plotLeft}px;--plot-width:${plotWidth}px`;
}

/** The largest value of a curve; a NaN is its own. */
function boundText(values: Timeline["norm"]): string {
  const largest = largestValue(values);
  return Number.isNaN(largest) ? formatValue(largest) : t("max {0}", formatValue(largest));
}

/** Holds the width of the track, and the curves shown last. Ends with its element. */
export class TimelineView extends RunElement {
  static override properties: PropertyDeclarations = { width: { state: true } };

  declare width: number;
  readonly #resize = new ResizeObserver((entries) => {
    this.width = Math.round(entries.at(-1)?.contentRect.width ?? 0);
  });
  #observed: Element | null = null;
  #last: Timeline | undefined;
  #gradient: ShownGradient = { curve: undefined, size: undefined };

  constructor() {
    super();
    this.width = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#observed = null;
  }

  protected override fetch(store: Store): void {
    const { view, cursor } = store.state;
    if (view === null || view.lanes.length === 0) return;
    this.#gradient = fetchGradient(store, view, this.width);
    const lane = cursorLane(store.state);
    if (lane === undefined || this.width === 0) return;
    const curves = store.timeline({
      lane: lane.id,
      batch: cursor.batch,
      maxColumns: Math.min(view.seqLength, Math.max(1, this.width)),
    });
    // The curve of the previous lane stays until the next one is here, so that nothing flickers.
    if (curves !== undefined) this.#last = curves;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const view = store?.state.view;
    if (store === undefined || view == null || view.lanes.length === 0) return nothing;
    const { unrolledWidth } = store.state;
    return html`<div
        class=${unrolledWidth === 0 ? "timeline" : "timeline timeline-aligned"}
        role="group"
        aria-label=${t("Timeline")}
        .style=${unrolledWidth === 0 ? "" : placeOf(store.state, view)}
      >
        ${this.#buttons(store, view)} ${this.#track(store, view)}
      </div>
      ${gradientLine(store, this.#gradient)}`;
  }

  protected override updated(): void {
    const track = this.querySelector(".timeline-track");
    if (track !== this.#observed) {
      this.#resize.disconnect();
      if (track !== null) this.#resize.observe(track);
      this.#observed = track;
    }
    focusStepField(this);
  }

  #buttons(store: Store, view: RunView): TemplateResult {
    const { playing } = store.state;
    const button = (motion: Motion, name: "first" | "back" | "forward" | "last", label: string) =>
      html`<button
        type="button"
        class="icon-button"
        aria-label=${label}
        title=${label}
        @click=${() => {
          travel(store, motion);
        }}
      >
        ${icon(name)}
      </button>`;
    const playLabel = playing ? t("Pause") : t("Play the computation");
    return html`<div class="timeline-buttons">
      ${button("firstStep", "first", t("First step"))} ${button("stepBack", "back", t("Step back"))}
      <button
        type="button"
        class="icon-button"
        aria-label=${playLabel}
        title=${playLabel}
        @click=${() => {
          store.update({ playing: !playing });
        }}
      >
        ${icon(playing ? "pause" : "play")}
      </button>
      ${button("stepForward", "forward", t("Step forward"))}
      ${button("lastStep", "last", t("Last step"))} ${stepField(store, view)}
    </div>`;
  }

  /** All curves that are shown; null before the first. */
  get #shown(): (Timeline & ShownCurves) | null {
    return this.#last === undefined ? null : { ...this.#last, gradient: this.#gradient.curve };
  }

  #track(store: Store, view: RunView): TemplateResult {
    const { cursor, stateName } = store.state;
    const shown = this.#shown;
    return html`
      <div
        class="timeline-track"
        role="slider"
        tabindex="0"
        aria-label=${t("Time step")}
        aria-valuemin="0"
        aria-valuemax=${view.seqLength - 1}
        aria-valuenow=${cursor.step}
        @pointerdown=${this.#onScrub}
        @pointermove=${this.#onScrub}
      >
        ${shown === null ? nothing : [this.#curves(store, view, shown), curveAxes(shown, stateName)]}
      </div>
      <div class="timeline-end">
        ${gradientSwitch(store)} ${shown === null ? nothing : this.#names(shown, store.state)}
      </div>
    `;
  }

  #curves(
    store: Store,
    view: RunView,
    { norm, maxDelta, floor, outside, gradient }: Timeline & ShownCurves,
  ): TemplateResult {
    const { width } = this;
    const { cursor, steps } = store.state;
    // A sequence's padding has no states: 0 there would look as if they died.
    const end = (view.lengths?.[cursor.batch] ?? view.seqLength) / view.seqLength;
    const frame = { width, height: HEIGHT, end };
    const x = (step: number): number => (step / view.seqLength) * width;
    const isBroken = Array.from(norm, (value) => Number(!Number.isFinite(value)));
    const shape = norm.length === 1 ? " curve-point" : "";
    const delta = maxDelta.length === 0 ? null : deltaCurves({ maxDelta, floor }, frame);
    return html`<svg
      class="timeline-curves"
      viewBox="0 0 ${width} ${HEIGHT}"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      ${
        steps === null
          ? nothing
          : svg`<rect class="timeline-window" x=${x(steps[0])} y="0" width=${x(steps[1] - steps[0])} height=${HEIGHT}></rect>`
      }
      ${delta === null ? nothing : svg`<path class="curve-floor" d=${delta.band}></path>`}
      ${columnMarks(isBroken, frame).map(
        (mark) =>
          svg`<rect class="timeline-broken" x=${mark.x} y=${HEIGHT - MARKS_HEIGHT} width=${mark.width} height=${MARKS_HEIGHT}></rect>
            ${mark.width < BROKEN_NAME ? nothing : svg`<text class="timeline-broken" x=${mark.x + mark.width / 2} y=${HEIGHT - MARKS_HEIGHT - 5}>${t("not finite")}</text>`}`,
      )}
      ${svg`<rect class="timeline-cursor" x=${x(cursor.step + 0.5) - 1.5} y=${MARKS_HEIGHT + 1} width="3" height=${HEIGHT - MARKS_HEIGHT - 1}></rect>`}
      ${columnMarks(outside, frame).map(
        (mark) =>
          svg`<rect class="timeline-outside" x=${mark.x} y="0" width=${mark.width} height=${MARKS_HEIGHT}></rect>`,
      )}
      ${svg`<path class=${`curve-norm${shape}`} d=${curvePath(norm, frame)}></path>`}
      ${delta === null ? nothing : drawCurve("delta", delta.line, shape)}
      ${gradient === undefined ? nothing : drawCurve("gradient", logCurvePath(gradient.norm, frame))}
    </svg>`;
  }

  #names(
    { norm, maxDelta, floor }: ShownCurves,
    { cursor, stateName, view }: ViewState,
  ): TemplateResult {
    const lane = layerText(cursor);
    const where = (view?.batchSize ?? 1) > 1 ? t("{0}, row {1} only", lane, cursor.batch) : lane;
    return html`<div class="timeline-names">
      <span class="name-lane lane-quiet">${where}</span>
      <span
        class="name-norm"
        title=${t("largest of {0}: {1}", lane, formatValue(largestValue(norm)))}
        >‖${stateName}_t‖ <span class="lane-quiet">${boundText(norm)}</span></span
      >
      ${
        maxDelta.length === 0
          ? nothing
          : html`<span
              class="name-delta"
              title=${t("largest difference at each step, on a logarithmic scale; the band is rounding, up to {0}", formatValue(largestValue(floor)))}
              >max|Δ|_t <span class="lane-quiet">${boundText(maxDelta)}</span>
              <span class="name-floor lane-quiet">${t("rounding")}</span></span
            >`
      }
    </div>`;
  }

  readonly #onScrub = (event: PointerEvent): void => {
    const { store } = this;
    const view = store?.state.view;
    const track = event.currentTarget;
    if (store === undefined || view == null || !(track instanceof HTMLElement)) return;
    if (event.type === "pointerdown") track.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const box = track.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    store.moveTo({ step: Math.floor(share * view.seqLength) });
  };
}

customElements.define("unroll-timeline", TimelineView);
