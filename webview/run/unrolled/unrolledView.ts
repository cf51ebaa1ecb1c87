/**
 * The unrolled view: time to the right, lanes stacked from input to output, one cursor through all.
 *
 * Two canvases of the size of the viewport stay in place while the content scrolls: the lanes, and what moves with
 * the cursor. For assistive technology the unrolled view is a grid whose active cell is that of the cursor.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import { Lru } from "../../../src/core/lru";
import type { RunView } from "../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { t } from "../../shared/l10n";
import { paintCursor } from "./cursorPainter";
import { paintFrame } from "./framePainter";
import { paintLanes } from "./lanePainter";
import type { Scene, WrittenTexts } from "./scene";
import { fetchBands } from "./bandData";
import type { TileImages } from "./tileImages";
import { colourScale, type ColourScale } from "../../../src/drawing/base/colourScale";
import { domainsOf, limitOf, type Domains } from "../../../src/drawing/run/domains";
import {
  AXIS_HEIGHT,
  boxOf,
  hitTest,
  layoutUnrolled,
  scrollToReveal,
  type Hit,
  type UnrolledLayout,
} from "../../../src/drawing/run/layout";
import { planBands } from "../../../src/drawing/run/lanePlan";
import { laneIdOf } from "../store/places";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { clearedContext } from "../../shared/canvas";
import { CellImages } from "../../shared/cellImages";
import { ThemeController } from "../../shared/theme";
import { cellText } from "./cellText";
import { legend } from "./legend";
import { fetchReadout, readout, type Pointer, type Readout } from "./readout";
import { UnrolledGestures } from "./gestures";
import { laneLabels } from "./labels";

/** Fields of the state that the lanes depend on; the rest moves on the upper canvas only. */
function lanesKey(state: ViewState): readonly unknown[] {
  const { view, mode, colourScheme, stateRange, steps, cursor, tab } = state;
  return [view, mode, colourScheme, stateRange, steps, cursor.batch, tab];
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** The number of colour scales that are kept, for the latest pictures, themes and schemes. */
const MOST_SCALES = 32;

/**
 * Holds the layout, the latest images of windows and the state that was drawn, so that only changes are drawn again.
 * Follows the size of its scroller while it is in the page, and ends with its element.
 */
export class UnrolledView extends RunElement {
  static override properties: PropertyDeclarations = {
    pointer: { state: true },
    viewport: { state: true },
  };

  declare pointer: Pointer | null;
  declare viewport: { width: number; height: number };

  readonly #theme = new ThemeController(this);
  readonly #images: TileImages = new CellImages();
  readonly #scratch = document.createElement("canvas");
  readonly #scales = new Lru<string, ColourScale>(MOST_SCALES, () => 1);
  readonly #gestures = new UnrolledGestures(this);
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });
  #layout: UnrolledLayout | undefined;
  /** The unit under the cursor; undefined while it is fetched. */
  #explanation: UnitExplanation | undefined;
  #readout: Readout | null = null;
  #domains: Domains = { input: 1, states: 1, logits: 1, layers: 1, delta: 1 };
  #lanesDrawn: readonly unknown[] = [];
  #texts: WrittenTexts = { inside: [], onAxis: [] };
  #stateDrawn: ViewState | undefined;
  #revealed = "";
  #frame = 0;

  constructor() {
    super();
    this.pointer = null;
    this.viewport = { width: 0, height: 0 };
  }

  get layout(): UnrolledLayout | undefined {
    return this.#layout;
  }

  get scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".unrolled-scroll");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const scroller = this.scroller;
    if (scroller !== null) this.#resize.observe(scroller);
    this.#lanesDrawn = [];
  }

  /** The element under a point of the page. */
  hitAt(clientX: number, clientY: number): Hit | null {
    const box = this.scroller?.getBoundingClientRect();
    if (box === undefined || this.#layout === undefined) return null;
    const y = clientY - box.top + (this.scroller?.scrollTop ?? 0);
    return hitTest(this.#layout, clientX - box.left, y);
  }

  protected override firstUpdated(): void {
    const scroller = this.scroller;
    if (scroller === null) return;
    this.#resize.observe(scroller);
    this.#gestures.attach(scroller);
  }

  protected override fetch(store: Store): void {
    const { state } = store;
    const { view, cursor, stateName } = state;
    if (view === null) return;
    this.#layout = layoutUnrolled({
      ...this.viewport,
      lanes: view.lanes,
      mode: state.mode,
      steps: state.steps ?? [0, view.seqLength],
    });
    this.#domains = domainsOf(state.run ?? view, stateName, state.stateRange);
    this.#explanation =
      view.lanes.length === 0 ? undefined : store.explain({ ...cursor, stateName });
    this.#readout = fetchReadout(store, this.pointer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null || this.#layout === undefined) return nothing;
    const { state } = store;
    return html`
      <div
        class="unrolled-scroll"
        role="grid"
        tabindex="0"
        aria-label=${
          state.stateName === "h"
            ? t("Unrolled view: hidden states by layer, direction and step")
            : t("Unrolled view: cell states by layer, direction and step")
        }
        aria-rowcount=${view.lanes.reduce((sum, lane) => sum + lane.units, 0)}
        aria-colcount=${view.seqLength}
        aria-activedescendant=${activeId(state)}
        @scroll=${this.#onScroll}
      >
        <div class="unrolled-content" .style=${`height:${this.#layout.contentHeight}px`}>
          <div
            class="unrolled-sticky"
            .style=${`height:${this.viewport.height}px`}
            aria-hidden="true"
          >
            <canvas class="unrolled-lanes"></canvas>
            <canvas class="unrolled-cursor"></canvas>
            <div
              class="unrolled-labels"
              .style=${`height:${Math.max(0, this.viewport.height - AXIS_HEIGHT)}px`}
            >
              <div .style=${`transform:translateY(${-(this.scroller?.scrollTop ?? 0)}px)`}>
                ${laneLabels(this.#layout, view, state)}
              </div>
            </div>
          </div>
          <div role="row" class="visually-hidden">
            <div role="gridcell" id=${activeId(state)} aria-colindex=${state.cursor.step + 1}>
              ${cellText(view, state.cursor, this.#explanation)}
            </div>
          </div>
        </div>
      </div>
      ${readout(this.#readout)}
      ${legend({ store, view, domains: this.#domains, scaleOf: this.#scale.bind(this) })}
    `;
  }

  protected override updated(): void {
    this.#revealLane();
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#paint();
      });
    }
  }

  readonly #onScroll = (): void => {
    this.#lanesDrawn = [];
    this.requestUpdate();
  };

  #measure(): void {
    const scroller = this.scroller;
    if (scroller === null) return;
    const { clientWidth: width, clientHeight: height } = scroller;
    if (width !== this.viewport.width || height !== this.viewport.height) {
      this.viewport = { width, height };
    }
    // Not while another view has its place.
    if (width > 0 && width !== this.store?.state.unrolledWidth)
      this.store?.update({ unrolledWidth: width });
  }

  #scale(limit: number): ColourScale {
    const { theme } = this.#theme;
    const scheme = this.store?.state.colourScheme ?? "RdBu";
    const key = `${scheme} ${theme.background} ${limit}`;
    const scale = this.#scales.get(key) ?? colourScale(scheme, theme.backgroundRgb, limit);
    this.#scales.set(key, scale);
    return scale;
  }

  /** Scrolls the cursor's lane into view when the cursor entered another one, or a link led into it. */
  #revealLane(): void {
    const { scroller, store } = this;
    if (store === undefined || this.#layout === undefined || scroller === null) return;
    const { cursor, jumps } = store.state;
    const box = boxOf(this.#layout, laneIdOf(cursor));
    const key = `${laneIdOf(cursor)} ${jumps}`;
    if (key === this.#revealed || box === undefined) return;
    this.#revealed = key;
    const room = { top: scroller.scrollTop, height: scroller.clientHeight };
    scroller.scrollTop = scrollToReveal(box, cursor.unit, room);
  }

  #prepare(selector: string): CanvasRenderingContext2D | null {
    const canvas = this.querySelector<HTMLCanvasElement>(selector);
    const context = canvas === null ? null : clearedContext(canvas, this.viewport);
    const scrollTop = this.scroller?.scrollTop ?? 0;
    context?.translate(0, -scrollTop);
    return context;
  }

  #paint(): void {
    const { store } = this;
    const view = store?.state.view;
    if (store === undefined || view === undefined || view === null) return;
    if (this.viewport.width === 0 || this.#layout === undefined) return;
    const { state } = store;
    const { width, height } = this.viewport;
    const key = [...lanesKey(state), this.#theme.theme, width, height, window.devicePixelRatio];
    // The same state once more means that values arrived.
    const hasArrived = this.#stateDrawn === state;
    if (this.#stateDrawn?.view !== view) this.#images.clear();
    this.#stateDrawn = state;
    if (hasArrived || !isSame(key, this.#lanesDrawn)) {
      this.#lanesDrawn = key;
      this.#paintLanes(store, view, this.#layout);
    }
    this.#paintCursor(view, state, this.#layout);
  }

  #paintLanes(store: Store, view: RunView, layout: UnrolledLayout): void {
    const context = this.#prepare(".unrolled-lanes");
    if (context === null) return;
    const { canvas } = context;
    const { width, height } = this.#scratch;
    if (width !== canvas.width || height !== canvas.height) {
      Object.assign(this.#scratch, { width: canvas.width, height: canvas.height });
    }
    this.#texts = { inside: [], onAxis: [] };
    const { state } = store;
    const { mode, stateName, cursor } = state;
    const screen = {
      dpr: window.devicePixelRatio,
      scrollTop: this.scroller?.scrollTop ?? 0,
      height: this.viewport.height,
    };
    const plans = planBands({ layout, view, mode, stateName, batch: cursor.batch, ...screen });
    const scene: Scene = {
      context,
      layout,
      view,
      state,
      ...screen,
      theme: this.#theme.theme,
      bands: fetchBands(store, plans, cursor.batch, this.#images),
      images: this.#images,
      scratch: this.#scratch,
      texts: this.#texts,
      scaleOf: (lane, side) => this.#scale(limitOf(this.#domains, lane, side)),
    };
    paintLanes(scene);
    paintFrame(scene);
  }

  #paintCursor(view: RunView, state: ViewState, layout: UnrolledLayout): void {
    const context = this.#prepare(".unrolled-cursor");
    if (context === null || view.lanes.length === 0) return;
    paintCursor({
      context,
      layout,
      view,
      theme: this.#theme.theme,
      texts: this.#texts,
      cursor: state.cursor,
      stateName: state.stateName,
      isDelta: state.mode === "delta",
      scrollTop: this.scroller?.scrollTop ?? 0,
      height: this.viewport.height,
      hoverStep: this.pointer?.hit.area === "cell" ? this.pointer.hit.step : null,
    });
  }
}

/** Changes with the cursor, so that the new cell is announced. */
function activeId({ cursor }: ViewState): string {
  const { layer, direction, step, batch, unit } = cursor;
  return `cell-${layer}-${direction}-${step}-${batch}-${unit}`;
}

customElements.define("unroll-unrolled", UnrolledView);
