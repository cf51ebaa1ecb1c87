/**
 * The unrolled view: time to the right, lanes stacked from input to output, one cursor through all.
 *
 * Two canvases of the size of the viewport stay in place while the content scrolls: the lanes, and what moves with
 * the cursor. For assistive technology the unrolled view is a grid whose active cell is that of the cursor.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import { t } from "../../shared/l10n";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import { centreOf, limitOf, type Seen } from "../../../src/drawing/run/domains";
import {
  AXIS_HEIGHT,
  hitTest,
  type Hit,
  type UnrolledLayout,
} from "../../../src/drawing/run/layout";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { ThemeController } from "../../shared/pictures/theme";
import { cellText, logitText } from "./cellText";
import { CursorKeeper } from "./cursorKeeper";
import { fetchUnrolled, type Fetched } from "./fetched";
import { legend } from "./legend";
import { pointedValue, readout, type Pointer } from "./readout";
import { UnrolledGestures } from "./gestures";
import { laneLabels } from "./labels";
import "./overviewView";
import type { OverviewFrame } from "./overviewView";
import { RowZoomKeeper, rowsAt } from "./rowZoomKeeper";
import { SteadyHeight } from "./steadyHeight";
import { UnrolledPicture } from "./unrolledPicture";

/**
 * Holds the layout and the picture that is drawn of it. Follows the size of its scroller while it is in the page, and
 * ends with its element.
 */
export class UnrolledView extends RunElement {
  static override properties: PropertyDeclarations = {
    pointer: { state: true },
    viewport: { state: true },
  };

  declare pointer: Pointer | null;
  declare viewport: { width: number; height: number };

  readonly #theme = new ThemeController(this);
  readonly #picture = new UnrolledPicture();
  readonly #rows = new RowZoomKeeper();
  readonly #gestures = new UnrolledGestures(this);
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });
  readonly #cursor = new CursorKeeper();
  /** Ours and Δ have legends of other lengths: lanes that jump between them are hard to compare. */
  readonly #legend = new SteadyHeight();
  /** Of the run that was shown last; undefined before the first. */
  #fetched: Fetched | undefined;
  #frame = 0;
  #stopPlay: (() => void) | undefined;
  /** The phase that is played. */
  #phase: number | undefined;

  constructor() {
    super();
    this.pointer = null;
    this.viewport = { width: 0, height: 0 };
  }

  get layout(): UnrolledLayout | undefined {
    return this.#fetched?.layout;
  }

  get scroller(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".unrolled-scroll");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#legend.stop();
    this.#stopPlay?.();
    this.#stopPlay = undefined;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const scroller = this.scroller;
    if (scroller !== null) {
      this.#resize.observe(scroller);
      this.#legend.follow(this.querySelector<HTMLElement>(".legend"));
      this.#followPlay();
    }
    this.#picture.drawAgain();
  }

  /** The element under a point of the page. */
  hitAt(clientX: number, clientY: number): Hit | null {
    const box = this.scroller?.getBoundingClientRect();
    const { layout } = this;
    if (box === undefined || layout === undefined) return null;
    const y = clientY - box.top + (this.scroller?.scrollTop ?? 0);
    return hitTest(layout, clientX - box.left, y);
  }

  protected override firstUpdated(): void {
    const scroller = this.scroller;
    if (scroller === null) return;
    this.#resize.observe(scroller);
    this.#gestures.attach(scroller);
    this.#followPlay();
    // Not a frame later: what is on screen, and so what is asked for, follows from the size.
    this.#measure();
  }

  protected override fetch(store: Store): void {
    const { state } = store;
    const { view } = state;
    if (view === null) return;
    const before = this.layout;
    const { viewport, pointer } = this;
    const scrollTop = this.scroller?.scrollTop ?? 0;
    const fetchLanes = (layout: UnrolledLayout): Seen =>
      this.#picture.fetch(store, view, { layout, viewport, scrollTop });
    this.#fetched = fetchUnrolled(store, view, { viewport, pointer, fetchLanes });
    if (before !== undefined) {
      this.#rows.change(before, this.#fetched.layout, state, scrollTop);
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.view ?? null;
    const fetched = this.#fetched;
    if (store === undefined || view === null || fetched === undefined) return nothing;
    const { state } = store;
    const { layout, readout: read } = fetched;
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
        <div class="unrolled-content" .style=${`height:${layout.contentHeight}px`}>
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
                ${laneLabels(layout, view, store, { ...this.#screen(), answer: fetched.answer })}
              </div>
            </div>
          </div>
          <div role="row" class="visually-hidden">
            <div role="gridcell" id=${activeId(state)} aria-colindex=${state.cursor.step + 1}>
              ${
                fetched.logit === null
                  ? cellText(view, state.cursor, fetched.explanation)
                  : logitText(view, fetched.logit)
              }
            </div>
          </div>
        </div>
      </div>
      <unroll-overview .store=${store} .frame=${this.#overviewFrame(fetched)}></unroll-overview>
      ${readout(read)}
      ${legend({
        ...{ store, view, domains: fetched.domains, scaleOf: this.#scale.bind(this) },
        ...{ windows: this.#picture.windows, isDimmed: this.#picture.isDimmed },
        value: pointedValue(read, state),
      })}
    `;
  }

  /** The share of the whole that is scrolled past, and the height that is on screen. */
  #screen(): { readonly top: number; readonly height: number } {
    const height = Math.max(0, this.viewport.height - AXIS_HEIGHT);
    return { top: this.scroller?.scrollTop ?? 0, height };
  }

  /** The zoom over units and what is at the top; null where all lanes fit. */
  rowsOnScreen(): ReturnType<typeof rowsAt> {
    return rowsAt(this.layout, this.scroller?.scrollTop ?? 0);
  }

  /** The next zoom over units keeps what is at this place of the page. */
  holdAt(clientY: number): void {
    const { scroller, layout } = this;
    if (scroller === null || layout === undefined) return;
    const y = clientY - scroller.getBoundingClientRect().top + scroller.scrollTop;
    this.#rows.hold(layout, y, scroller.scrollTop);
  }

  protected override updated(): void {
    const { scroller, store, viewport, layout } = this;
    if (scroller !== null && store !== undefined && layout !== undefined) {
      if (viewport.height > 0) this.#rows.follow(scroller, store, layout);
      this.#cursor.follow(scroller, store.state, layout);
    }
    this.#legend.follow(this.querySelector<HTMLElement>(".legend"));
    this.#schedule();
  }

  #followPlay(): void {
    this.#stopPlay?.();
    const player = this.store?.player;
    this.#stopPlay = player?.subscribe(() => {
      // What is said beside the lanes follows the phases, what is painted every frame.
      const phase = player.point?.index;
      if (phase !== this.#phase) this.requestUpdate();
      this.#phase = phase;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  readonly #onScroll = (): void => {
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

  #overviewFrame({ layout, domains }: Fetched): OverviewFrame {
    return {
      layout,
      viewport: this.viewport,
      scrollTop: this.scroller?.scrollTop ?? 0,
      theme: this.#theme.theme,
      scaleOf: (lane, side) => this.#scale(limitOf(domains, lane, side), centreOf(lane, side)),
      scrollTo: (top) => {
        if (this.scroller !== null) this.scroller.scrollTop = top;
      },
    };
  }

  #scale(limit: number, centre = 0): ColourScale {
    const scheme = this.store?.state.colourScheme ?? "RdBu";
    const curve = this.store?.state.curve ?? "linear";
    return this.#picture.scale(scheme, this.#theme.theme, { limit, centre, curve });
  }

  #paint(): void {
    const { store, viewport, pointer } = this;
    if (store === undefined || viewport.width === 0 || this.#fetched === undefined) return;
    const { layout, domains } = this.#fetched;
    this.#picture.paint(this, store, {
      ...{ layout, viewport, pointer, domains, theme: this.#theme.theme },
      scrollTop: this.scroller?.scrollTop ?? 0,
    });
  }
}

/** Changes with what is looked into, so that the new cell is announced. */
function activeId({ cursor, logit }: ViewState): string {
  const { layer, direction, step, batch, unit } = cursor;
  if (logit !== null) return `cell-logits-${logit.step}-${batch}-${logit.unit}`;
  return `cell-${layer}-${direction}-${step}-${batch}-${unit}`;
}

customElements.define("unroll-unrolled", UnrolledView);
