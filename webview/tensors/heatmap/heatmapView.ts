/**
 * The heatmap of a slice: one canvas for cells and rulers, one above it for cursor and pointer.
 *
 * For assistive technology it is a grid whose active cell is that of the cursor; the table tab has all values.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { TensorInfo, TensorStatistics } from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import { CellImages } from "../../shared/pictures/cellImages";
import { clearedContext } from "../../shared/pictures/canvas";
import { markFirst } from "../../shared/firstMark";
import type { Context } from "../../shared/pictures/marks";
import { ThemeController } from "../../shared/pictures/theme";
import { currentZoom, cursorIndex, exactText, setZoom } from "../store/actions";
import { blocksOnScreen, frameOnScreen } from "../store/onScreen";
import type { PictureSource } from "../store/exports";
import { HeatColours } from "./heatColours";
import { fetchHeat, type HeatData } from "./heatData";
import { heatImage, type HeatImages } from "./heatImages";
import { paintHeat } from "./heatPainter";
import type { HeatScene } from "./heatScene";
import { pictureOf } from "./picture";
import { paintHeatCursor, paintRulers } from "./rulerPainter";
import type { ColourMap } from "../../../src/drawing/tensors/colourMap";
import type { Range } from "../../../src/drawing/tensors/cellRange";
import type { Frame } from "../../../src/drawing/tensors/frame";
import { blockAt } from "../../../src/drawing/tensors/gateBlocks";
import { indexText, type Extent } from "../../../src/drawing/tensors/slices";
import { blocksOf } from "../../../src/drawing/tensors/tilePlan";
import { thumbOf } from "../../../src/drawing/tensors/viewport";
import type { TensorStore } from "../store/store";
import { colourControls } from "./colourControls";
import { HeatGestures, type Hover } from "./heatGestures";
import { heatReadout } from "./heatReadout";
import { heatTools } from "./heatTools";
import { scrollbars } from "./scrollbars";

/**
 * Holds the frame, the colours, the latest images of tiles, and the flags and the range that follow from these tiles.
 * Follows the size of its surface while it is in the page, and ends with its element.
 */
export class HeatmapView extends StoreElement<TensorStore> implements PictureSource {
  static override properties: PropertyDeclarations = {
    hover: { state: true },
    problem: { state: true },
    flags: { state: true },
    isSampled: { state: true },
    cellRange: { state: true },
  };

  declare hover: Hover | null;
  /** The problem of the typed index; empty when there is none. */
  declare problem: string;
  /** `TILE_…` bits of all that is on screen: the statistics of a sample may not know of them. */
  declare flags: number;
  /** True while samples replace values that are still being read. */
  declare isSampled: boolean;
  /** Of the cells on screen where they are means; null where they are single values. */
  declare cellRange: Range | null;

  readonly #theme = new ThemeController(this);
  readonly #images: HeatImages = new CellImages();
  readonly #gestures = new HeatGestures(this);
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });
  #frame: Frame | undefined;
  #statistics: TensorStatistics | undefined;
  /** The values at the cursor and under the pointer; … while they are fetched. */
  #texts = { cursor: "…", hover: "…" };
  #map: ColourMap | undefined;
  /** The values on screen; undefined before its size is known. */
  #data: HeatData | undefined;
  readonly #colours = new HeatColours();
  #request = 0;

  constructor() {
    super();
    this.hover = null;
    this.problem = "";
    this.flags = 0;
    this.isSampled = false;
    this.cellRange = null;
  }

  get frame(): Frame | undefined {
    return this.#frame;
  }

  get surface(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".heat-plot");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.surface !== null) this.#resize.observe(this.surface);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#request);
    this.#request = 0;
  }

  /** The heatmap as it is on screen, as a file. */
  async picture(format: "png" | "svg"): Promise<Uint8Array> {
    const [canvas] = this.querySelectorAll("canvas");
    const scene = this.#scene(canvas?.getContext("2d"));
    if (scene === null) throw new Error("there is no heatmap on screen");
    return pictureOf(scene, format);
  }

  protected override firstUpdated(): void {
    const { surface } = this;
    if (surface === null) return;
    this.#resize.observe(surface);
    this.#gestures.attach(surface);
    // Not a frame later: what is on screen, and so what is asked for, follows from the size.
    this.#measure();
  }

  protected override fetch(store: TensorStore): void {
    const { state, extent } = store;
    const { info } = state;
    if (info === null) return;
    this.#statistics = store.statistics("tensor");
    this.#frame = frameOnScreen(store) ?? undefined;
    const { backgroundRgb: background } = this.#theme.theme;
    const known = { statistics: this.#statistics, cellRange: this.cellRange, background };
    this.#map = this.#colours.mapOf(info, state.colours, known);
    const picture = this.#picture(store);
    if (picture !== null) this.#data = fetchHeat(store, picture, this.#images);
    const hovered = this.hover?.cell;
    const isInside =
      hovered !== undefined && hovered.row < extent.rows && hovered.column < extent.columns;
    this.#texts = {
      cursor: isEmptyExtent(extent) ? "" : (exactText(store, state.cursor) ?? "…"),
      hover: (isInside ? exactText(store, hovered) : undefined) ?? "…",
    };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const info = store?.state.info ?? null;
    const [frame, map] = [this.#frame, this.#map];
    if (store === undefined || info === null || frame === undefined || map === undefined) {
      return nothing;
    }
    const statistics = this.#statistics;
    const isEmpty = isEmptyExtent(store.extent);
    return html`
      ${heatTools({
        store,
        problem: this.problem,
        hasIrregular: this.flags !== 0 || hasIrregular(statistics),
        value: this.#texts.cursor,
        answered: (problem) => {
          this.problem = problem;
        },
      })}
      ${this.#plot(store, info, isEmpty)}
      ${colourControls({
        store,
        map,
        statistics,
        flags: this.flags,
        isSampled: this.isSampled,
        hasOwnRange: this.#colours.hasOwnRange,
        blocks: blocksOf(currentZoom(store, frame.plot), window.devicePixelRatio),
      })}
    `;
  }

  protected override updated(): void {
    if (this.#request !== 0) return;
    this.#request = requestAnimationFrame(() => {
      this.#request = 0;
      this.#paint();
    });
  }

  #plot(store: TensorStore, info: TensorInfo, isEmpty: boolean): TemplateResult {
    const { cursor } = store.state;
    const { rows, columns } = store.extent;
    const id = `heat-cell-${cursor.row}-${cursor.column}`;
    return html`<div
      class="heat-plot"
      role="grid"
      tabindex="0"
      aria-label=${t("Heatmap of {0}", info.name)}
      aria-rowcount=${rows}
      aria-colcount=${columns}
      aria-activedescendant=${id}
    >
      <canvas class="heat-cells" aria-hidden="true"></canvas>
      <canvas class="heat-cursor" aria-hidden="true"></canvas>
      <div role="row" class="visually-hidden" aria-rowindex=${cursor.row + 1}>
        <div role="gridcell" id=${id} aria-colindex=${cursor.column + 1}>
          ${isEmpty ? t("no elements") : this.#cellText(store)}
        </div>
      </div>
      ${isEmpty ? html`<p class="heat-empty">${t("This tensor has no elements.")}</p>` : nothing}
      ${this.#scrollbars(store)} ${heatReadout(store, this.hover, this.#texts.hover, this.#size)}
    </div>`;
  }

  #cellText(store: TensorStore): string {
    const { row, column } = store.state.cursor;
    const value = this.#texts.cursor;
    const index = indexText(cursorIndex(store));
    const block = blockAt(blocksOnScreen(store), row, column);
    return block === null
      ? t("{0} is {1}", index, value)
      : t("{0} in {1} is {2}", index, block.name, value);
  }

  #scrollbars(store: TensorStore): TemplateResult | typeof nothing {
    const frame = this.#frame;
    if (frame === undefined) return nothing;
    const { plot } = frame;
    const zoom = currentZoom(store, plot);
    return scrollbars({
      frame,
      across: thumbOf(zoom.x, plot.width / zoom.cellWidth, plot.columns),
      down: thumbOf(zoom.y, plot.height / zoom.cellHeight, plot.rows),
      scroll: (share, isAcross) => {
        const to = isAcross ? { x: share * plot.columns } : { y: share * plot.rows };
        setZoom(store, { ...zoom, ...to });
      },
    });
  }

  get #size(): { readonly width: number; readonly height: number } {
    return this.store?.state.heatmapSize ?? { width: 0, height: 0 };
  }

  #measure(): void {
    const { surface } = this;
    if (surface === null) return;
    const { clientWidth: width, clientHeight: height } = surface;
    if (width !== this.#size.width || height !== this.#size.height) {
      this.store?.update({ heatmapSize: { width, height } });
    }
  }

  /** What is on screen of the slice; null before its size is known. */
  #picture(store: TensorStore): Pick<HeatScene, "frame" | "zoom" | "dpr"> | null {
    const frame = this.#frame;
    if (frame === undefined || this.#size.width === 0) return null;
    return { frame, zoom: currentZoom(store, frame.plot), dpr: window.devicePixelRatio };
  }

  #scene(context: Context | null | undefined): HeatScene | null {
    const { store } = this;
    const [map, data] = [this.#map, this.#data];
    const picture = store === undefined ? null : this.#picture(store);
    if (store === undefined || picture === null || context == null) return null;
    if (map === undefined || data === undefined) return null;
    return {
      context,
      map,
      data,
      state: store.state,
      images: this.#images,
      theme: this.#theme.theme,
      ...picture,
      ...this.#size,
      shown: blocksOnScreen(store),
    };
  }

  #paint(): void {
    const [cells, cursor] = this.querySelectorAll("canvas");
    if (cells === undefined || cursor === undefined || this.#size.width === 0) return;
    const { rows, columns } = this.store?.extent ?? { rows: 0, columns: 0 };
    const [below, above] = [cells, cursor].map((canvas) => clearedContext(canvas, this.#size));
    if (isEmptyExtent({ rows, columns })) return;
    const scene = this.#scene(below);
    if (scene === null || above == null) return;
    const { tiles, isComplete } = scene.data;
    paintHeat(scene);
    markPicture(scene.data);
    const images = tiles.map(({ tile }) => heatImage(this.#images, tile, scene.map));
    this.flags = images.reduce((all, { flags }) => all | flags, 0);
    this.isSampled = tiles.some(({ tile }) => tile.kind === "sampled");
    this.cellRange = this.#colours.rangeOf(scene, tiles, this.isSampled);
    paintRulers(scene);
    paintHeatCursor({ ...scene, context: above }, this.hover?.cell ?? null);
    this.toggleAttribute("data-waiting", !isComplete);
  }
}

function markPicture({ isCovered, isComplete }: HeatData): void {
  if (isCovered) markFirst("unroll-picture");
  if (isComplete) markFirst("unroll-whole");
}

function isEmptyExtent({ rows, columns }: Extent): boolean {
  return rows === 0 || columns === 0;
}

function hasIrregular(statistics: TensorStatistics | undefined): boolean {
  if (statistics === undefined) return false;
  const { nans, positiveInfinities, negativeInfinities } = statistics;
  return nans + positiveInfinities + negativeInfinities > 0;
}

customElements.define("unroll-heatmap", HeatmapView);
