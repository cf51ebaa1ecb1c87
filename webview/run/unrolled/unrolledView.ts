/**
 * The unrolled view: time to the right, lanes stacked from input to output, one cursor through all.
 *
 * Two canvases of the size of the viewport stay in place while the content scrolls: the lanes, and what moves with
 * the cursor. For assistive technology the unrolled view is a grid whose active cell is that of the cursor.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { t } from "../../shared/l10n";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import { centreOf, domainsOf, limitOf, type Domains } from "../../../src/drawing/run/domains";
import {
  AXIS_HEIGHT,
  boxOf,
  hitTest,
  layoutUnrolled,
  scrollToReveal,
  type Hit,
  type UnrolledLayout,
} from "../../../src/drawing/run/layout";
import { besideOf } from "../store/diagnosis";
import { sortedLanes } from "../store/lanes";
import { laneIdOf } from "../store/places";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { ThemeController } from "../../shared/theme";
import { cellText } from "./cellText";
import { legend } from "./legend";
import {
  fetchAnswer,
  fetchReadout,
  pointedValue,
  readout,
  type Answer,
  type Pointer,
  type Readout,
} from "./readout";
import { UnrolledGestures } from "./gestures";
import { laneLabels } from "./labels";
import "./overviewView";
import type { OverviewFrame } from "./overviewView";
import { RowZoomKeeper, rowsAt } from "./rowZoomKeeper";
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
  #layout: UnrolledLayout | undefined;
  /** The unit under the cursor; undefined while it is fetched. */
  #explanation: UnitExplanation | undefined;
  #readout: Readout | null = null;
  /** The likeliest class at the cursor's step. */
  #answer: Answer | null = null;
  #domains: Domains = {
    input: 1,
    states: 1,
    logits: 1,
    layers: 1,
    delta: 1,
    isMeasured: false,
    beside: { h: 1, c: 1 },
    own: {},
    gates: { spans: {}, range: "auto" },
  };
  #revealed = { lane: "", unit: 0 };
  #frame = 0;
  #stopPlay: (() => void) | undefined;

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
      this.#followPlay();
    }
    this.#picture.drawAgain();
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
    this.#followPlay();
  }

  protected override fetch(store: Store): void {
    const { state } = store;
    const { view, cursor, stateName } = state;
    if (view === null) return;
    const before = this.#layout;
    this.#layout = layoutUnrolled({
      ...this.viewport,
      rowZoom: state.rowZoom,
      lanes: sortedLanes(store),
      mode: state.mode,
      steps: state.steps ?? [0, view.seqLength],
      showsFinding: state.showsFinding && besideOf(state).length > 0,
      isZoomed: state.steps !== null,
    });
    if (before !== undefined) {
      this.#rows.change(before, this.#layout, state, this.scroller?.scrollTop ?? 0);
    }
    this.#domains = domainsOf(
      state.run ?? view,
      stateName,
      state.stateRange,
      this.#picture.seenOf(view, state.deltaAs),
    );
    this.#explanation =
      view.lanes.length === 0 ? undefined : store.explain({ ...cursor, stateName });
    this.#readout = fetchReadout(store, this.pointer);
    this.#answer = fetchAnswer(store);
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
                ${laneLabels(this.#layout, view, store, { ...this.#screen(), answer: this.#answer })}
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
      <unroll-overview
        .store=${store}
        .frame=${this.#overviewFrame(this.#layout)}
      ></unroll-overview>
      ${readout(this.#readout)}
      ${legend({
        ...{ store, view, domains: this.#domains, scaleOf: this.#scale.bind(this) },
        ...{ windows: this.#picture.windows, value: pointedValue(this.#readout, state) },
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
    return rowsAt(this.#layout, this.scroller?.scrollTop ?? 0);
  }

  /** The next zoom over units keeps what is at this place of the page. */
  holdAt(clientY: number): void {
    const { scroller } = this;
    if (scroller === null || this.#layout === undefined) return;
    const y = clientY - scroller.getBoundingClientRect().top + scroller.scrollTop;
    this.#rows.hold(this.#layout, y, scroller.scrollTop);
  }

  protected override updated(): void {
    const { scroller, store, viewport } = this;
    const isThere = scroller !== null && store !== undefined && viewport.height > 0;
    if (isThere && this.#layout !== undefined) this.#rows.follow(scroller, store, this.#layout);
    this.#revealLane();
    this.#schedule();
  }

  #followPlay(): void {
    this.#stopPlay?.();
    this.#stopPlay = this.store?.player.subscribe(() => {
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
    this.#picture.drawAgain();
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

  #overviewFrame(layout: UnrolledLayout): OverviewFrame {
    return {
      layout,
      viewport: this.viewport,
      scrollTop: this.scroller?.scrollTop ?? 0,
      theme: this.#theme.theme,
      scaleOf: (lane, side) =>
        this.#scale(limitOf(this.#domains, lane, side), centreOf(lane, side)),
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
    const layout = this.#layout;
    if (store === undefined || viewport.width === 0 || layout === undefined) return;
    this.#picture.paint(this, store, {
      ...{ layout, viewport, pointer, domains: this.#domains, theme: this.#theme.theme },
      scrollTop: this.scroller?.scrollTop ?? 0,
      measured: () => {
        this.requestUpdate();
      },
    });
  }

  /** Scrolls the cursor's lane into view when the cursor entered another one, or a link led into it. */
  #revealLane(): void {
    const { scroller, store } = this;
    if (store === undefined || this.#layout === undefined || scroller === null) return;
    const { cursor, jumps } = store.state;
    const box = boxOf(this.#layout, laneIdOf(cursor));
    const lane = `${laneIdOf(cursor)} ${jumps}`;
    const before = this.#revealed;
    this.#revealed = { lane, unit: cursor.unit };
    // Where lanes are higher than the view, its unit may leave the view as well.
    const isUnitMoved = this.#layout.rowZoom > 1 && cursor.unit !== before.unit;
    if (box === undefined || (lane === before.lane && !isUnitMoved)) return;
    const room = { top: scroller.scrollTop, height: scroller.clientHeight };
    scroller.scrollTop = scrollToReveal(box, cursor.unit, room);
  }
}

/** Changes with the cursor, so that the new cell is announced. */
function activeId({ cursor }: ViewState): string {
  const { layer, direction, step, batch, unit } = cursor;
  return `cell-${layer}-${direction}-${step}-${batch}-${unit}`;
}

customElements.define("unroll-unrolled", UnrolledView);
