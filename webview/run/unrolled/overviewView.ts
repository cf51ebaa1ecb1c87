/**
 * The overview: all steps and lanes as a strip below the part that is on screen, which is dragged in it.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import { rasterize } from "../../../src/drawing/base/rasterize";
import type { ShownLane } from "../../../src/drawing/run/laneChoice";
import { planBands, type BandPlan } from "../../../src/drawing/run/requests/lanePlan";
import { layoutUnrolled, unitY, type UnrolledLayout } from "../../../src/drawing/run/layout";
import {
  contentAt,
  partOnScreen,
  reduced,
  smallBands,
  type SmallBand,
} from "../../../src/drawing/run/zoom/overview";
import type { Side, WindowData } from "../../../src/protocol/run/windowMessages";
import { clearedContext } from "../../shared/pictures/canvas";
import { cellCanvas, CellImages, type CellImage } from "../../shared/pictures/cellImages";
import { t } from "../../shared/l10n";
import type { Context, Rect } from "../../shared/pictures/marks";
import type { Theme } from "../../shared/pictures/theme";
import { besideOf } from "../store/diagnosis";
import { showSteps } from "../store/actions";
import { sortedLanes } from "../store/lanes";
import { RunElement } from "../store/runElement";
import type { Store } from "../store/store";
import type { Tile } from "./painters/tileImages";

/** Of the strip and what is free around it, CSS pixels. */
const OVERVIEW_HEIGHT = 60;
const STRIP_HEIGHT = 48;
const DIMMED = 0.6;
const MARK = 3;

/** What is on screen, and where. */
export interface OverviewFrame {
  readonly layout: UnrolledLayout;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly scrollTop: number;
  readonly theme: Theme;
  readonly scaleOf: (lane: ShownLane, side: Side) => ColourScale;
  readonly scrollTo: (top: number) => void;
}

interface Small extends CellImage {
  readonly canvas: HTMLCanvasElement;
  readonly data: WindowData;
}

interface Shown {
  readonly plans: readonly BandPlan[];
  readonly small: readonly SmallBand[];
  readonly tiles: readonly (readonly Tile[])[];
}

/** Holds the values of the whole run and their small pictures; ends with its element. */
export class OverviewView extends RunElement {
  static override properties: PropertyDeclarations = { frame: { attribute: false } };

  declare frame: OverviewFrame | undefined;
  #shown: Shown | null = null;
  readonly #images = new CellImages<WindowData, Small, never>();

  protected override fetch(store: Store): void {
    const { frame } = this;
    this.#shown = frame === undefined ? null : fetchWhole(store, frame);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { frame } = this;
    if (frame === undefined || this.#shown === null) return nothing;
    const { plotLeft, plotWidth } = frame.layout;
    return html`<canvas
      class="overview"
      aria-hidden="true"
      title=${t("The whole run; drag to move the part on screen")}
      .style=${`margin-left:${plotLeft}px;width:${plotWidth}px;height:${STRIP_HEIGHT}px`}
      @pointerdown=${this.#onDrag}
      @pointermove=${this.#onDrag}
    ></canvas>`;
  }

  protected override updated(): void {
    const { frame, store } = this;
    const canvas = this.querySelector("canvas");
    const shown = this.#shown;
    if (canvas === null || frame === undefined || store === undefined || shown === null) return;
    const size = { width: frame.layout.plotWidth, height: STRIP_HEIGHT };
    const context = clearedContext(canvas, size);
    if (context === null) return;
    shown.plans.forEach((plan, index) => {
      this.#paintBand(context, frame, plan, shown, index);
    });
    paintPart(context, size, frame, this.#part(frame, store, shown));
  }

  #part(frame: OverviewFrame, store: Store, { small }: Shown): ReturnType<typeof partOnScreen> {
    const screen = { top: frame.scrollTop, height: frame.viewport.height };
    const seqLength = store.state.view?.seqLength ?? 1;
    return partOnScreen(frame.layout, seqLength, bandsOf(frame.layout), small, screen);
  }

  #paintBand(
    context: Context,
    frame: OverviewFrame,
    { box: { info }, band }: BandPlan,
    { small, tiles }: Shown,
    index: number,
  ): void {
    const own = small[index];
    const [lastStep, side] = [frameSteps(tiles[index]), band.side];
    context.fillStyle = frame.theme.quiet;
    if (own === undefined) return;
    const { plotWidth } = frame.layout;
    context.fillRect(0, own.top, plotWidth, own.height);
    if (side === null) return;
    const scale = frame.scaleOf(info, side);
    for (const { request, data } of tiles[index] ?? []) {
      const x = (request.stepStart / lastStep) * plotWidth;
      const y = unitY(own, info.units, request.unitStart);
      const at = {
        x,
        y,
        width: ((request.stepEnd - request.stepStart) / lastStep) * plotWidth,
        height: unitY(own, info.units, request.unitEnd) - y,
      };
      const image = this.#imageOf(data, scale, at, side === "delta");
      context.imageSmoothingEnabled = false;
      context.drawImage(image.canvas, at.x, at.y, at.width, at.height);
      paintMarks(context, image.data, at, frame.theme, side === "delta");
    }
  }

  #imageOf(data: WindowData, scale: ColourScale, at: Rect, isDelta: boolean): Small {
    return this.#images.imageOf(data, scale, () => {
      const dpr = window.devicePixelRatio;
      const few = reduced(data, { rows: at.height * dpr, columns: at.width * dpr });
      const bytes = 10 * few.rows * few.columns;
      return { canvas: cellCanvas(few, rasterize(few, scale, isDelta)), data: few, bytes };
    });
  }

  readonly #onDrag = (event: PointerEvent): void => {
    const { frame, store } = this;
    const canvas = event.currentTarget;
    const view = store?.state.view;
    if (frame === undefined || view == null || store === undefined || this.#shown === null) return;
    if (!(canvas instanceof HTMLElement)) return;
    if (event.type === "pointerdown") canvas.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const box = canvas.getBoundingClientRect();
    const [start, end] = frame.layout.steps;
    const step = ((event.clientX - box.left) / box.width) * view.seqLength;
    if (store.state.steps !== null) {
      showSteps(store, step - (end - start) / 2, step + (end - start) / 2);
    }
    const share = (event.clientY - box.top) / box.height;
    const middle = contentAt(share, bandsOf(frame.layout), this.#shown.small);
    frame.scrollTo(middle - frame.viewport.height / 2);
  };
}

function bandsOf({ boxes }: UnrolledLayout): readonly SmallBand[] {
  return boxes.filter(({ info }) => info.isFinal !== true).flatMap(({ bands }) => bands);
}

function frameSteps(tiles: readonly Tile[] | undefined): number {
  return Math.max(1, ...(tiles ?? []).map(({ request }) => request.stepEnd));
}

/** The same windows as the picture of the whole run has, which are mostly here. */
function fetchWhole(store: Store, { viewport }: OverviewFrame): Shown | null {
  const { state } = store;
  const { view, mode, deltaAs, stateName, cursor } = state;
  if (view === null || (state.steps === null && state.rowZoomShown === 1)) return null;
  const height = viewport.height + OVERVIEW_HEIGHT;
  const under = state.showsFinding ? { under: besideOf(state) } : {};
  const layout = layoutUnrolled({
    ...{ width: viewport.width, height, lanes: sortedLanes(store), mode },
    steps: [0, view.seqLength],
    showsFinding: state.showsFinding && besideOf(state).length > 0,
  });
  const plans = planBands({
    ...{ layout, view, mode, deltaAs, stateName, batch: cursor.batch, ...under },
    ...{ dpr: window.devicePixelRatio, scrollTop: 0, height: layout.contentHeight },
  }).filter(({ box, band }) => box.info.isFinal !== true && box.bands.includes(band));
  const tiles = plans.map(({ steps }) => {
    const requests = steps === null || steps === "absent" ? [] : steps.requests;
    return requests.flatMap((request) => {
      const data = store.window(request);
      return data === undefined ? [] : [{ request, data }];
    });
  });
  const small = smallBands(
    plans.map(({ band }) => band),
    STRIP_HEIGHT,
  );
  return { plans, small, tiles };
}

/** What is not finite, and in Δ what is outside tolerance, is seen however small its cell is. */
function paintMarks(
  context: Context,
  { rows, columns, values, valid, outside }: WindowData,
  at: Rect,
  theme: Theme,
  isDelta: boolean,
): void {
  for (let cell = 0; cell < values.length; cell++) {
    const isBad = valid[cell] === 1 && !Number.isFinite(values[cell]);
    if (!isBad && !(isDelta && outside[cell] === 1)) continue;
    const x = at.x + (((cell % columns) + 0.5) * at.width) / columns;
    const y = at.y + ((Math.floor(cell / columns) + 0.5) * at.height) / rows;
    context.fillStyle = isBad ? theme.foreground : theme.error;
    context.fillRect(x - MARK / 2, y - MARK / 2, MARK, MARK);
  }
}

function paintPart(
  context: Context,
  { width, height }: { readonly width: number; readonly height: number },
  { theme }: OverviewFrame,
  { left, right, top, bottom }: ReturnType<typeof partOnScreen>,
): void {
  const part = {
    x: Math.round(left * width),
    y: Math.round(top * height),
    width: Math.max(MARK, Math.round((right - left) * width)),
    height: Math.max(MARK, Math.round((bottom - top) * height)),
  };
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.rect(part.x, part.y, part.width, part.height);
  context.clip("evenodd");
  context.globalAlpha = DIMMED;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  context.restore();
  context.strokeStyle = theme.isHighContrast ? theme.focus : theme.foreground;
  context.lineWidth = 1.5;
  context.strokeRect(part.x + 0.75, part.y + 0.75, part.width - 1.5, part.height - 1.5);
}

customElements.define("unroll-overview", OverviewView);
