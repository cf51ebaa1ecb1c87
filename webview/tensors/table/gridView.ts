/**
 * The table: exact values of the slice, as the accessible alternative to the heatmap. Only what is on screen is in the
 * page.
 */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { Slice, TensorInfo } from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import { moveCell } from "../../../src/drawing/tensors/cellMotion";
import {
  elementIndex,
  indexText,
  tableSlice,
  type Cell,
} from "../../../src/drawing/tensors/slices";
import { tableBlocks, textAt, type FilledBlock } from "../../../src/drawing/tensors/tableBlocks";
import {
  contentLength,
  listWindow,
  revealItem,
  type ListWindow,
} from "../../../src/drawing/tensors/virtualList";
import type { TensorStore } from "../store/store";
import { HEAD, headWidth, ROW, tableCursor, tableExtent, tableLists } from "./gridLayout";

/** A cell on screen. */
interface ShownCell extends Cell {
  /** undefined while it is fetched. */
  readonly value: string | undefined;
  /** CSS pixels from the left end of the content. */
  readonly left: number;
}

/** The part of the table on screen, with its values as far as they are here. */
interface ShownGrid {
  readonly rows: ListWindow;
  readonly columns: ListWindow;
  readonly blocks: readonly FilledBlock[];
}

/** Holds the scroll position, the size, and the values on screen. Ends with its element. */
export class GridView extends StoreElement<TensorStore> {
  static override properties: PropertyDeclarations = {
    top: { state: true },
    left: { state: true },
    viewport: { state: true },
  };

  declare top: number;
  declare left: number;
  declare viewport: { width: number; height: number };
  #cursor: Cell | null = null;
  #shown: ShownGrid | undefined;
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });

  constructor() {
    super();
    this.top = 0;
    this.left = 0;
    this.viewport = { width: 600, height: 400 };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  get #scroller(): HTMLElement | null {
    return this.querySelector(".grid-scroll");
  }

  protected override fetch(store: TensorStore): void {
    const { info, slice } = store.state;
    this.#shown = undefined;
    if (info === null || slice === null) return;
    const extent = tableExtent(store.state);
    if (extent.rows === 0 || extent.columns === 0) return;
    const lists = tableLists(store.state, this.viewport);
    const rows = listWindow(lists.rows, this.top);
    const columns = listWindow(lists.columns, this.left);
    const request = { tensor: info.name, slice: tableSlice(slice) };
    const blocks = tableBlocks(rows, columns, extent).map((at) => ({
      at,
      texts: store.cells({ ...request, ...at })?.texts,
    }));
    this.#shown = { rows, columns, blocks };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { info, slice } = store.state;
    if (info === null || slice === null) return nothing;
    const shown = tableSlice(slice);
    if (this.#shown === undefined) {
      return html`<p class="heat-empty">${t("This tensor has no elements.")}</p>`;
    }
    return this.#grid(store, info, shown, this.#shown);
  }

  /** Brings the cursor's cell into sight when it was moved. */
  protected override updated(): void {
    const scroller = this.#scroller;
    const { store } = this;
    if (scroller === null || store === undefined) return;
    this.#resize.observe(scroller);
    const cursor = tableCursor(store.state);
    const before = this.#cursor;
    if (before?.row === cursor.row && before.column === cursor.column) return;
    this.#cursor = cursor;
    const { rows, columns } = tableLists(store.state, this.viewport);
    scroller.scrollTop = revealItem(rows, scroller.scrollTop, cursor.row);
    scroller.scrollLeft = revealItem(columns, scroller.scrollLeft, cursor.column);
  }

  #measure(): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const { clientWidth: width, clientHeight: height } = scroller;
    if (width !== this.viewport.width || height !== this.viewport.height) {
      this.viewport = { width, height };
    }
  }

  #grid(store: TensorStore, info: TensorInfo, slice: Slice, shown: ShownGrid): TemplateResult {
    const { rows, columns } = shown;
    const lists = tableLists(store.state, this.viewport);
    const extent = tableExtent(store.state);
    const cursor = tableCursor(store.state);
    const head = headWidth(extent);
    const item = lists.columns.item;
    const size = `width:${head + contentLength(lists.columns)}px;height:${HEAD + contentLength(lists.rows)}px`;
    const isCursorShown =
      within(rows, cursor.row) && within(columns, cursor.column) ? cellId(cursor) : nothing;
    return html`<div
      class="grid-scroll"
      role="grid"
      tabindex="0"
      aria-label=${t("Values of {0}", info.name)}
      aria-rowcount=${extent.rows + 1}
      aria-colcount=${extent.columns + 1}
      aria-activedescendant=${isCursorShown}
      .style=${`--head:${head}px;--cell:${item}px`}
      @scroll=${this.#onScroll}
      @keydown=${this.#onKey}
    >
      <div class="grid-content" role="presentation" .style=${size}>
        <div class="grid-head" role="row" aria-rowindex="1">
          <span class="grid-corner" role="columnheader" aria-colindex="1">
            <span class="visually-hidden">${t("row")}</span></span
          >
          ${spread(columns).map(
            (column) =>
              html`<span
                class="grid-name"
                role="columnheader"
                aria-colindex=${column + 2}
                .style=${`left:${columns.offset + (column - columns.start) * item}px`}
                >${column}</span
              >`,
          )}
        </div>
        ${spread(shown.rows).map((row) => this.#row(cursor, slice, shown, { row, item }))}
      </div>
    </div>`;
  }

  #row(
    cursor: Cell,
    slice: Slice,
    { rows, columns, blocks }: ShownGrid,
    { row, item }: { readonly row: number; readonly item: number },
  ): TemplateResult {
    const top = HEAD + rows.offset + (row - rows.start) * ROW;
    return html`<div class="grid-row" role="row" aria-rowindex=${row + 2} .style=${`top:${top}px`}>
      <span class="grid-name" role="rowheader" aria-colindex="1">${row}</span>
      ${spread(columns).map((column) =>
        this.#cell(cursor, slice, {
          row,
          column,
          value: textAt(blocks, row, column),
          left: columns.offset + (column - columns.start) * item,
        }),
      )}
    </div>`;
  }

  #cell(cursor: Cell, slice: Slice, cell: ShownCell): TemplateResult {
    const { value, left } = cell;
    const isCursor = cursor.row === cell.row && cursor.column === cell.column;
    const isIrregular = value !== undefined && /nan|inf/i.test(value);
    const classes = [
      "grid-cell",
      ...(isCursor ? ["cursor"] : []),
      ...(isIrregular ? ["irregular-cell"] : []),
    ];
    return html`<span
      class=${classes.join(" ")}
      role="gridcell"
      id=${cellId(cell)}
      aria-colindex=${cell.column + 2}
      aria-selected=${isCursor ? "true" : "false"}
      title=${indexText(elementIndex(slice, cell))}
      .style=${`left:${left}px`}
      @click=${() => {
        this.#moveTo(cell);
      }}
      >${value ?? "…"}</span
    >`;
  }

  #moveTo({ row, column }: Cell): void {
    const { store } = this;
    const isVector = store?.state.slice?.rowAxis === null;
    store?.moveTo(isVector ? { row: 0, column: row } : { row, column });
  }

  readonly #onScroll = (): void => {
    const scroller = this.#scroller;
    this.top = scroller?.scrollTop ?? 0;
    this.left = scroller?.scrollLeft ?? 0;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const { store } = this;
    if (store === undefined || event.metaKey || event.altKey || event.shiftKey) return;
    const { rows, columns } = tableLists(store.state, this.viewport);
    const page = {
      rows: Math.max(1, Math.floor(rows.viewport / ROW) - 1),
      columns: Math.max(1, Math.floor(columns.viewport / columns.item)),
    };
    const cursor = tableCursor(store.state);
    const to = moveCell(event.key, event.ctrlKey, cursor, tableExtent(store.state), page);
    if (to === null) return;
    event.preventDefault();
    this.#moveTo(to);
  };
}

function within({ start, end }: ListWindow, index: number): boolean {
  return index >= start && index < end;
}

function spread({ start, end }: ListWindow): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}

function cellId({ row, column }: Cell): string {
  return `grid-cell-${row}-${column}`;
}

customElements.define("unroll-tensor-table", GridView);
