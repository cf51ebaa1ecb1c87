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
import { domainsOf, type Domains } from "../../../src/drawing/run/domains";
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
import { lanesShown } from "../store/lanes";
import { laneIdOf } from "../store/places";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { ThemeController } from "../../shared/theme";
import { cellText } from "./cellText";
import { legend } from "./legend";
import { fetchReadout, readout, type Pointer, type Readout } from "./readout";
import { UnrolledGestures } from "./gestures";
import { laneLabels } from "./labels";
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
  readonly #gestures = new UnrolledGestures(this);
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });
  #layout: UnrolledLayout | undefined;
  /** The unit under the cursor; undefined while it is fetched. */
  #explanation: UnitExplanation | undefined;
  #readout: Readout | null = null;
  #domains: Domains = {
    input: 1,
    states: 1,
    logits: 1,
    layers: 1,
    delta: 1,
    beside: { h: 1, c: 1 },
    own: {},
    gates: { spans: {}, range: "auto" },
  };
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
  }

  protected override fetch(store: Store): void {
    const { state } = store;
    const { view, cursor, stateName } = state;
    if (view === null) return;
    this.#layout = layoutUnrolled({
      ...this.viewport,
      lanes: lanesShown(state),
      mode: state.mode,
      steps: state.steps ?? [0, view.seqLength],
      showsFinding: state.showsFinding && besideOf(state).length > 0,
      isZoomed: state.steps !== null,
    });
    this.#domains = domainsOf(
      state.run ?? view,
      stateName,
      state.stateRange,
      this.#picture.spansOf(view),
    );
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
                ${laneLabels(this.#layout, view, store)}
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

  #scale(limit: number, centre = 0): ColourScale {
    const scheme = this.store?.state.colourScheme ?? "RdBu";
    return this.#picture.scale(scheme, this.#theme.theme, { limit, centre });
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
    const key = `${laneIdOf(cursor)} ${jumps}`;
    if (key === this.#revealed || box === undefined) return;
    this.#revealed = key;
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
