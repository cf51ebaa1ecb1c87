/**
 * The picture of the unrolled view: what is painted on its two canvases, and when it is painted again.
 */
import { Lru } from "../../../src/core/lru";
import {
  colourScale,
  type ColourScale,
  type Curve,
  type SchemeName,
} from "../../../src/drawing/base/colourScale";
import {
  centreOf,
  limitOf,
  type Domains,
  type GateSpans,
  type Seen,
} from "../../../src/drawing/run/domains";
import { planBands } from "../../../src/drawing/run/requests/lanePlan";
import type { UnrolledLayout } from "../../../src/drawing/run/layout";
import { measuredOf, type Measured } from "../../../src/drawing/run/measures";
import { hasOutside } from "../../../src/drawing/run/sides";
import { NONE_TURNED, showsWhole, turnedLanes } from "../../../src/drawing/run/play/turned";
import type { RunView } from "../../../src/protocol/run/messages";
import type { DeltaAs, WindowData } from "../../../src/protocol/run/windowMessages";
import { clearedContext } from "../../shared/pictures/canvas";
import { CellImages } from "../../shared/pictures/cellImages";
import { markFirst } from "../../shared/firstMark";
import type { Theme } from "../../shared/pictures/theme";
import { besideOf } from "../store/diagnosis";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import { fetchBands, isComplete, isVeiled, type BandData } from "./painters/bandData";
import { paintCursor } from "./painters/cursorPainter";
import { paintFrame } from "./painters/framePainter";
import { paintLanes } from "./painters/lanePainter";
import { paintPlay } from "./painters/playPainter";
import type { Pointer } from "./readout";
import type { Scene, WrittenTexts } from "./painters/scene";
import type { TileImages } from "./painters/tileImages";
import { paintUnitAxis } from "./painters/unitAxisPainter";

/** The part of the content that a picture is of, CSS pixels. */
interface Screen {
  readonly layout: UnrolledLayout;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly scrollTop: number;
}

/** What is painted besides the values. */
interface Frame extends Screen {
  readonly pointer: Pointer | null;
  readonly domains: Domains;
  readonly theme: Theme;
}

/** Fields of the state that the lanes depend on; the rest moves on the upper canvas only. */
function lanesKey(state: ViewState): readonly unknown[] {
  const { view, mode, colourScheme, stateRange, steps, cursor, tab, laneChoice } = state;
  const { showsFinding, diagnosis, rowZoom, curve, deltaAs, deltaRange, unitSort } = state;
  const shown = [view, mode, colourScheme, stateRange, steps, cursor.batch, tab, laneChoice];
  return [...shown, showsFinding, diagnosis, rowZoom, curve, deltaAs, deltaRange, unitSort];
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** The number of colour scales that are kept, for the latest pictures, themes and schemes. */
const MOST_SCALES = 32;

/** Holds the latest values and images of windows and what was drawn of them, so that only changes are drawn again. */
export class UnrolledPicture {
  readonly #images: TileImages = new CellImages();
  readonly #scratch = document.createElement("canvas");
  readonly #scales = new Lru<string, ColourScale>(MOST_SCALES, () => 1);
  #texts: WrittenTexts = { inside: [], onAxis: [] };
  #view: RunView | undefined;
  /** What the bands were fetched for, and they themselves. */
  #fetchedFor: readonly unknown[] = [];
  #bands: readonly BandData[] = [];
  /** False while values of the bands are still to come. */
  #isComplete = false;
  #lanesDrawn: readonly unknown[] = [];
  #spans: GateSpans = {};
  #measured: MeasuredAs = {};
  #windows: readonly WindowData[] = [];
  #isDimmed = false;

  /** The next picture has its lanes painted, whether they have changed or not. */
  drawAgain(): void {
    this.#lanesDrawn = [];
  }

  /** The values of the layers that were whole last. */
  get windows(): readonly WindowData[] {
    return this.#windows;
  }

  /** True where some of the lanes that were whole last step back: side by side, what agrees in one that differs. */
  get isDimmed(): boolean {
    return this.#isDimmed;
  }

  scale(
    scheme: SchemeName,
    theme: Theme,
    {
      limit,
      centre,
      curve,
    }: { readonly limit: number; readonly centre: number; readonly curve: Curve },
  ): ColourScale {
    const key = `${scheme} ${theme.background} ${limit} ${centre} ${curve}`;
    const scale = this.#scales.get(key) ?? {
      ...colourScale(scheme, theme.backgroundRgb, limit),
      ...{ centre, curve },
    };
    this.#scales.set(key, scale);
    return scale;
  }

  /**
   * Requests the values of the lanes on screen and keeps what is here. Returns what they tell of the run: the ranges of
   * its gates, and how large measured differences are.
   */
  fetch(store: Store, view: RunView, screen: Screen): Seen {
    const { state } = store;
    if (this.#view !== view) this.#forget();
    this.#view = view;
    const { layout, viewport, scrollTop } = screen;
    const key = [
      ...lanesKey(state),
      ...layout.boxes.map(({ info }) => info.sorted),
      ...[viewport.width, viewport.height, scrollTop, window.devicePixelRatio],
    ];
    if (viewport.width > 0 && !(this.#isComplete && isSame(key, this.#fetchedFor))) {
      this.#fetchedFor = key;
      this.#bands = this.#fetchBands(store, view, screen);
      this.#isComplete = isComplete(this.#bands);
      this.#spans = spansIn(this.#bands, this.#spans);
      this.#measured = measuredIn(this.#bands, state.deltaAs, this.#measured);
      if (this.#isComplete) {
        this.#windows = windowsIn(this.#bands);
        this.#isDimmed = this.#bands.some(isDimmedIn);
      }
    }
    const { deltaAs } = state;
    return {
      spans: this.#spans,
      measured: deltaAs === "absolute" ? null : (this.#measured[deltaAs] ?? NOT_MEASURED),
    };
  }

  /** Paints what was fetched on the canvases in `host`. */
  paint(host: Element, store: Store, frame: Frame): void {
    const { view } = store.state;
    if (view === null || view !== this.#view) return;
    const key = [this.#bands, frame.theme, window.devicePixelRatio];
    if (!isSame(key, this.#lanesDrawn)) {
      this.#lanesDrawn = key;
      this.#paintLanes(host, store, view, frame);
      if (this.#isComplete) markFirst("unroll-whole");
    }
    this.#paintCursor(host, view, store, frame);
  }

  #forget(): void {
    this.#images.clear();
    this.#fetchedFor = [];
    this.#bands = [];
    this.#isComplete = false;
    this.#spans = {};
    this.#measured = {};
    this.#windows = [];
    this.#isDimmed = false;
  }

  #fetchBands(store: Store, view: RunView, { layout, viewport, scrollTop }: Screen): BandData[] {
    const { state } = store;
    const { mode, deltaAs, stateName, cursor } = state;
    const under = state.showsFinding ? { under: besideOf(state) } : {};
    const plans = planBands({
      ...{ layout, view, mode, deltaAs, stateName, batch: cursor.batch, ...under },
      ...{ dpr: window.devicePixelRatio, scrollTop, height: viewport.height },
    });
    return fetchBands(store, plans, cursor.batch, this.#images);
  }

  #paintLanes(host: Element, { state }: Store, view: RunView, frame: Frame): void {
    const context = prepared(host, ".unrolled-lanes", frame);
    if (context === null) return;
    const { canvas } = context;
    const { width, height } = this.#scratch;
    if (width !== canvas.width || height !== canvas.height) {
      Object.assign(this.#scratch, { width: canvas.width, height: canvas.height });
    }
    this.#texts = { inside: [], onAxis: [] };
    const { layout, theme, scrollTop } = frame;
    const scene: Scene = {
      ...{ context, layout, view, state, theme },
      ...{ dpr: window.devicePixelRatio, scrollTop, height: frame.viewport.height },
      bands: this.#bands,
      images: this.#images,
      scratch: this.#scratch,
      texts: this.#texts,
      scaleOf: (lane, side) =>
        this.scale(state.colourScheme, theme, {
          limit: limitOf(frame.domains, lane, side),
          centre: centreOf(lane, side),
          curve: state.curve,
        }),
    };
    paintLanes(scene);
    paintUnitAxis(scene);
    paintFrame(scene);
  }

  #paintCursor(host: Element, view: RunView, { state, player }: Store, frame: Frame): void {
    const context = prepared(host, ".unrolled-cursor", frame);
    if (context === null || view.lanes.length === 0) return;
    const { layout, theme, scrollTop, pointer } = frame;
    const { clock, phases, point, length } = player;
    const scene = {
      ...{ context, layout, view, theme, scrollTop },
      turned: showsWhole(layout, view) ? turnedLanes(layout.boxes, point, length) : NONE_TURNED,
      texts: this.#texts,
      ...{ cursor: state.cursor, logit: state.logit, stateName: state.stateName },
      isDelta: state.mode === "delta",
      isCompared: state.mode !== "ours" || hasOutside(view),
      height: frame.viewport.height,
      hoverStep: pointer?.hit.area === "cell" ? pointer.hit.step : null,
    };
    const lanes = host.querySelector<HTMLCanvasElement>(".unrolled-lanes");
    if (clock !== null && lanes !== null) {
      const dpr = window.devicePixelRatio;
      paintPlay({ ...scene, lanes, dpr, phases, clock, point, length });
    }
    paintCursor(scene);
  }
}

/** How large differences are that were seen so far, by what they are measured in. */
type MeasuredAs = Readonly<Partial<Record<DeltaAs, Measured>>>;

const NOT_MEASURED: Measured = { largest: 0, usual: 0 };

/** What is known of measured differences, with what is on screen; the same object where that is no larger. */
function measuredIn(bands: readonly BandData[], as: DeltaAs, known: MeasuredAs): MeasuredAs {
  if (as === "absolute") return known;
  const shown = bands.flatMap(({ plan: { band }, tiles, final }) =>
    band.side !== "delta" ? [] : [...tiles.map(({ data }) => data), ...(final ? [final] : [])],
  );
  const { largest, usual } = measuredOf(shown);
  const before = known[as] ?? NOT_MEASURED;
  if (largest <= before.largest && usual <= before.usual) return known;
  return {
    ...known,
    [as]: {
      largest: Math.max(largest, before.largest),
      usual: Math.max(usual, before.usual),
    },
  };
}

function isDimmedIn(band: BandData): boolean {
  const all = [...band.tiles.map(({ data }) => data), ...(band.final ? [band.final] : [])];
  return isVeiled(band, "finals") && all.some(({ outside }) => outside.includes(0));
}

/** Windows of the states of layers. */
function windowsIn(bands: readonly BandData[]): WindowData[] {
  return bands.flatMap(({ plan: { box }, tiles }) =>
    box.info.layer === null || box.info.quantity !== undefined ? [] : tiles.map(({ data }) => data),
  );
}

/** What is known of gates, with what the values on screen tell; the same object where they tell nothing new. */
function spansIn(bands: readonly BandData[], known: GateSpans): GateSpans {
  const found = bands.flatMap(({ plan: { box }, tiles }) => {
    const { id, centre } = box.info;
    const span = tiles.find(({ data }) => data.span !== undefined)?.data.span;
    const isNew = span !== undefined && centre !== undefined && known[id]?.span !== span;
    return isNew ? [[id, { centre, span }] as const] : [];
  });
  return found.length === 0 ? known : { ...known, ...Object.fromEntries(found) };
}

/** The context of a canvas, cleared and moved to the part of the content that is on screen. */
function prepared(
  host: Element,
  selector: string,
  { viewport, scrollTop }: Pick<Frame, "viewport" | "scrollTop">,
): CanvasRenderingContext2D | null {
  const canvas = host.querySelector<HTMLCanvasElement>(selector);
  const context = canvas === null ? null : clearedContext(canvas, viewport);
  context?.translate(0, -scrollTop);
  return context;
}
