/**
 * The tree of modules, groups and entries, with a search field above it. Only the lines on screen are in the page; the
 * host is asked for them by pages.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { Lru } from "../../../src/core/lru";
import type { ArchiveSummary, TreeRow } from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import {} from "../../../src/drawing/tensors/quantities";
import { treeStep } from "../../../src/drawing/tensors/treeMotion";
import {
  contentLength,
  listWindow,
  revealItem,
  type ListGeometry,
} from "../../../src/drawing/tensors/virtualList";
import { TREE_PAGE, type TensorStore } from "../store/store";
import { ROW_HEIGHT, tensorContext, treeRow } from "./treeRow";

/** A search is asked for once typing pauses; a tensor is shown once the cursor rests on it. */
const TYPING_MS = 120;
const RESTING_MS = 140;

/** Rows that are kept: those far out of sight are asked for again. */
const MOST_ROWS = 16_384;

/**
 * Holds the rows that were seen last and where the list is scrolled to; timers for typing and for a cursor that rests.
 * Ends with its element.
 */
export class TreeView extends StoreElement<TensorStore> {
  static override properties: PropertyDeclarations = {
    scrolled: { state: true },
    viewport: { state: true },
  };

  declare scrolled: number;
  declare viewport: number;
  /** Lines of the tree as it is open now, and while it changes those of before. */
  readonly #rows = new Lru<number, TreeRow>(MOST_ROWS, () => 1);
  #rowsKey: unknown[] = [];
  #total = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** Row that has the focus. */
  #focus = 0;
  #isRevealed = false;
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });

  constructor() {
    super();
    this.scrolled = 0;
    this.viewport = 600;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    clearTimeout(this.#typing);
    clearTimeout(this.#resting);
  }

  get #scroller(): HTMLElement | null {
    return this.querySelector(".tree-scroll");
  }

  get #list(): ListGeometry {
    return { count: this.#total, item: ROW_HEIGHT, viewport: this.viewport };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const summary = store?.state.summary ?? null;
    if (store === undefined || summary === null) return nothing;
    const { query } = store.state;
    return html`<search class="tree-search-line">
        <input
          type="search"
          class="text-input tree-search"
          placeholder=${t("Search names, shapes, dtypes")}
          aria-label=${t("Search the tensors")}
          title=${t("Words of a name, a shape as 20x20, a dtype")}
          spellcheck="false"
          .value=${query}
          @input=${this.#onInput}
          @keydown=${this.#onSearchKey}
        />
      </search>
      <p class="tree-count" role="status">${query === "" ? nothing : this.#found()}</p>
      ${this.#tree(store, summary)}`;
  }

  #found(): string {
    if (this.#total === 0) return t("nothing found");
    return this.#total === 1 ? t("1 found") : t("{0} found", grouped(this.#total));
  }

  #tree(store: TensorStore, summary: ArchiveSummary): TemplateResult {
    const { tensor } = store.state;
    const treeFocus = this.#focus;
    const { start, end, offset } = listWindow(this.#list, this.scrolled);
    const indices = Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
    const focused = this.#rows.get(treeFocus);
    const isFocusShown = treeFocus >= start && treeFocus < end;
    return html`<div
      class="tree-scroll"
      role="tree"
      tabindex="0"
      aria-label=${t("Tensors of {0}", summary.file)}
      aria-activedescendant=${isFocusShown ? `tree-row-${treeFocus}` : nothing}
      data-vscode-context=${focused?.kind === "entry" ? tensorContext(focused.name) : nothing}
      @scroll=${this.#onScroll}
      @keydown=${this.#onKey}
    >
      <div
        class="tree-content"
        role="presentation"
        .style=${`height:${contentLength(this.#list)}px`}
      >
        <div role="presentation" .style=${`transform:translateY(${offset}px)`}>
          ${indices.map((index) => {
            const row = this.#rows.get(index);
            return treeRow(row, {
              index,
              id: `tree-row-${index}`,
              summary,
              isFocused: index === treeFocus,
              isChosen: row?.kind === "entry" && row.name === tensor,
              press: () => {
                this.#press(index);
              },
            });
          })}
        </div>
      </div>
    </div>`;
  }

  protected override updated(): void {
    const scroller = this.#scroller;
    if (scroller !== null) this.#resize.observe(scroller);
    this.#revealFirst();
  }

  /** Scrolls to the tensor that is shown first. */
  #revealFirst(): void {
    if (this.#isRevealed || this.#rows.size === 0 || this.store?.state.tensor == null) return;
    this.#isRevealed = true;
    this.#reveal(this.#focus);
  }

  #measure(): void {
    const height = this.#scroller?.clientHeight ?? 0;
    if (height > 0 && height !== this.viewport) this.viewport = height;
  }

  /** Keeps the rows of the pages that are here. The rows of the previous tree stay until the first page arrives. */
  protected override fetch(store: TensorStore): void {
    const { query, open, summary } = store.state;
    if (summary === null) return;
    const key = [query, open, summary.revision];
    const first = store.treePage(0);
    if (first !== undefined) {
      this.#total = first.total;
      if (key.some((value, index) => value !== this.#rowsKey[index])) {
        this.#rows.clear();
        this.#rowsKey = key;
      }
    }
    const { start, end } = listWindow(this.#list, this.scrolled);
    for (let page = Math.floor(start / TREE_PAGE); page * TREE_PAGE < Math.max(1, end); page++) {
      const answer = store.treePage(page);
      if (answer === undefined || first === undefined) continue;
      for (const [at, row] of answer.rows.entries()) this.#rows.set(page * TREE_PAGE + at, row);
    }
    this.#focus = store.state.treeFocus ?? this.#rowOf(store.state.tensor) ?? 0;
  }

  /** The row of a tensor among those that are here. */
  #rowOf(tensor: string | null): number | undefined {
    for (const [index, row] of this.#rows.entries()) {
      if (row.kind === "entry" && row.name === tensor) return index;
    }
    return undefined;
  }

  #focusRow(index: number): void {
    const { store } = this;
    if (store === undefined) return;
    store.update({ treeFocus: index });
    this.#reveal(index);
  }

  #reveal(index: number): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const to = revealItem(this.#list, scroller.scrollTop, index);
    if (to !== scroller.scrollTop) scroller.scrollTop = to;
  }

  #press(index: number): void {
    const { store } = this;
    const row = this.#rows.get(index);
    if (store === undefined || row === undefined) return;
    clearTimeout(this.#resting);
    store.update({ treeFocus: index });
    if (row.kind === "entry") void store.choose(row.name);
    else store.toggle(row.path);
  }

  /** Shows the entry with the focus once the keys rest on it. */
  #showSoon(index: number): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      const row = this.#rows.get(index);
      if (row?.kind === "entry") void this.store?.choose(row.name);
    }, RESTING_MS);
  }

  readonly #onScroll = (): void => {
    this.scrolled = this.#scroller?.scrollTop ?? 0;
  };

  readonly #onInput = (event: Event): void => {
    const { value } = event.currentTarget as HTMLInputElement;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.store?.update({ query: value, treeFocus: 0 });
      if (this.#scroller !== null) this.#scroller.scrollTop = 0;
    }, TYPING_MS);
  };

  readonly #onSearchKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    this.#scroller?.focus();
    if (event.key === "Enter") this.#press(this.#focus);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const { store } = this;
    if (store === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#focus;
    const page = Math.max(1, Math.floor(this.viewport / ROW_HEIGHT) - 1);
    const rowAt = (index: number): TreeRow | undefined => this.#rows.get(index);
    const step = treeStep(event.key, { total: this.#total, at, page, rowAt });
    if (step?.kind === "move") {
      this.#focusRow(step.to);
      this.#showSoon(step.to);
    } else if (step?.kind === "toggle") store.toggle(step.path);
    else if (event.key === "Enter" || event.key === " ") this.#press(at);
    else if (!this.#typeAhead(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** A letter begins a search. */
  #typeAhead(key: string): boolean {
    if (!/^[\p{L}\p{N}_.]$/u.test(key)) return false;
    const field = this.querySelector<HTMLInputElement>(".tree-search");
    if (field === null) return false;
    field.focus();
    field.value += key;
    field.dispatchEvent(new InputEvent("input"));
    return true;
  }
}

customElements.define("unroll-tensor-tree", TreeView);
