/**
 * The table view: the numbers of one lane, one page of units × steps at a time.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { LaneInfo, RunView } from "../../../src/protocol/run/messages";
import type { LaneId, Side, WindowData } from "../../../src/protocol/run/windowMessages";
import { t } from "../../shared/l10n";
import {
  layOutColumns,
  PAGE_STEPS,
  PAGE_UNITS,
  pageAround,
  scrollToColumn,
  type ColumnStrip,
  type TablePage,
} from "../../../src/drawing/run/tablePage";
import { asMeasured } from "../../../src/drawing/run/measures";
import type { Mode } from "../../../src/drawing/run/modes";
import { laneIdOf } from "../../../src/drawing/run/places";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { choiceList } from "../../shared/choiceList";
import "../../shared/copyButton";
import { laneText } from "../store/placeText";
import { pageAsTsv, valueTable, type ShownPage } from "./valueTable";

function sidesShown(mode: Mode, lane: LaneInfo): readonly Side[] {
  if (lane.reference === "none" || mode === "ours") return ["ours"];
  return mode === "sideBySide" ? ["ours", "reference"] : [mode];
}

/** Holds the lane and the page that were chosen, and the values of the page. Ends with its element. */
export class TableView extends RunElement {
  static override properties: PropertyDeclarations = {
    lane: { state: true },
    corner: { state: true },
  };

  /** null follows the cursor. */
  declare lane: LaneId | null;
  /** A unit and a step of the page that was turned to; null follows the cursor. */
  declare corner: { readonly unit: number; readonly step: number } | null;
  #cursorKey = "";
  #shownKey = "";
  #shown: ShownPage | undefined;
  readonly #resize = new ResizeObserver(() => {
    this.#layOut();
  });

  constructor() {
    super();
    this.lane = null;
    this.corner = null;
  }

  protected override willUpdate(): void {
    const key = JSON.stringify(this.store?.state.cursor);
    if (key !== this.#cursorKey) this.corner = null;
    this.#cursorKey = key;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  /** Brings the cursor's cell into sight, as the arrow keys move it. */
  protected override updated(): void {
    const scroller = this.querySelector<HTMLElement>(".scroll");
    const scrollLeft = scroller?.scrollLeft ?? 0;
    const strip = this.#layOut();
    const cell = this.querySelector<HTMLTableCellElement>("td.cursor");
    if (this.#shownKey === this.#cursorKey || cell === null || scroller === null) return;
    // Columns get wider with their numbers, so the last word is spoken when these are there.
    const isComplete = this.#shown?.sides.every(({ data }) => data !== undefined) ?? false;
    if (isComplete) this.#shownKey = this.#cursorKey;
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    scroller.scrollLeft = scrollToColumn(strip, cell.cellIndex - 1, scrollLeft);
  }

  /** Gives all columns one width and the table as much room as whole columns take. */
  #layOut(): ColumnStrip {
    const scroller = this.querySelector<HTMLElement>(".scroll");
    const [heading, ...columns] = this.querySelectorAll<HTMLElement>(".values thead th");
    if (scroller === null || heading === undefined) return { columnWidth: 1, shown: 1 };
    // The width of the previous page's numbers is reset before measuring.
    scroller.style.setProperty("--column-width", "0");
    scroller.style.maxWidth = "";
    const headingWidth = heading.getBoundingClientRect().width;
    const widths = columns.map((column) => column.getBoundingClientRect().width);
    const strip = layOutColumns(widths, scroller.clientWidth - headingWidth);
    scroller.style.setProperty("--heading-width", `${headingWidth}px`);
    scroller.style.setProperty("--column-width", `${strip.columnWidth}px`);
    scroller.style.maxWidth = `${headingWidth + strip.shown * strip.columnWidth}px`;
    return strip;
  }

  protected override fetch(store: Store): void {
    const { view, cursor, mode } = store.state;
    const id = this.lane ?? laneIdOf(cursor);
    const lane = view?.lanes.find((each) => each.id === id) ?? view?.lanes[0];
    this.#shown = undefined;
    if (view === null || lane === undefined) return;
    const at = this.corner ?? { unit: Math.min(cursor.unit, lane.units - 1), step: cursor.step };
    const page = pageAround(at.unit, at.step, lane.units, stepsOf(lane, view));
    const sides = sidesShown(mode, lane).map((side) => ({
      side,
      data: this.#read(store, lane, side, page),
    }));
    this.#shown = { lane, page, sides };
  }

  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null) return nothing;
    if (this.#shown === undefined) {
      return html`<p class="dim">${t("Nothing was computed, so there are no values.")}</p>`;
    }
    return html` ${this.#controls(store, view, this.#shown)} ${valueTable(store, this.#shown)} `;
  }

  #read(store: Store, lane: LaneInfo, side: Side, page: TablePage): WindowData | undefined {
    return store.window({
      lane: lane.id,
      side,
      batch: store.state.cursor.batch,
      ...(side === "delta" ? asMeasured(store.state.deltaAs) : {}),
      ...page,
      maxColumns: PAGE_STEPS,
      maxRows: PAGE_UNITS,
    });
  }

  #controls(store: Store, view: RunView, { lane, page, sides }: ShownPage): TemplateResult {
    return html`
      <div class="controls">
        ${choiceList({
          label: t("Lane"),
          named: true,
          value: lane.id,
          options: [...view.lanes].reverse().map((each) => [each.id, laneText(each)]),
          change: (value) => {
            this.lane = value as LaneId;
            this.corner = null;
          },
        })}
        ${this.#pager(page, "step", stepsOf(lane, view))} ${this.#pager(page, "unit", lane.units)}
        <unroll-copy
          .store=${store}
          .label=${t("copy as TSV")}
          .read=${() => pageAsTsv(page, sides)}
        ></unroll-copy>
      </div>
    `;
  }

  /** Buttons to the page before and after, along one axis; nothing when there is one page. */
  #pager(page: TablePage, axis: "step" | "unit", size: number): TemplateResult | typeof nothing {
    const isStep = axis === "step";
    const [start, end] = isStep ? [page.stepStart, page.stepEnd] : [page.unitStart, page.unitEnd];
    if (end - start === size) return nothing;
    const turn = (to: number) => (): void => {
      const here = { unit: page.unitStart, step: page.stepStart };
      this.corner = { ...here, [axis]: to };
    };
    const where = isStep
      ? t("t = {0} … {1} of {2}", start, end - 1, size)
      : t("units {0} … {1} of {2}", start, end - 1, size);
    const before = isStep ? t("Earlier steps") : t("Lower units");
    const after = isStep ? t("Later steps") : t("Higher units");
    return html`
      <span class="pager" role="group" aria-label=${isStep ? t("Steps") : t("Units")}>
        <vscode-button
          appearance="icon"
          aria-label=${before}
          title=${before}
          ?disabled=${start === 0}
          @click=${turn(start - 1)}
        >
          ‹
        </vscode-button>
        <span>${where}</span>
        <vscode-button
          appearance="icon"
          aria-label=${after}
          title=${after}
          ?disabled=${end === size}
          @click=${turn(end)}
        >
          ›
        </vscode-button>
      </span>
    `;
  }
}

/** Logits of one step have one column. */
function stepsOf({ isFinal }: LaneInfo, { seqLength }: RunView): number {
  return isFinal === true ? 1 : seqLength;
}

customElements.define("unroll-table", TableView);
