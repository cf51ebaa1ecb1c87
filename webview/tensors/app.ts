/**
 * The tensor editor: toolbar, list of tensors, the chosen tensor as heatmap or table with its statistics beside it.
 *
 * Elements render into the light DOM, so that webview/tensors/tensors.css is the only stylesheet. The page's policy forbids
 * `style` attributes; `.style=${"top: 3px"}` sets the property and is allowed.
 */
import { html, nothing, type TemplateResult } from "lit";
import { isControl } from "../shared/controls";
import { t, tr } from "../shared/l10n";
import { StoreElement } from "../shared/storeElement";
import { icon } from "../shared/icons";
import { pressTensorKey } from "./store/keys";
import { TREE_WIDTH, TENSOR_TABS, type TensorTab } from "./store/savedState";
import type { TensorState, TensorStore } from "./store/store";

/** Keys move the divider by so many pixels. */
const DIVIDER_STEP = 16;

/** Keys that lead to a field. */
const FIELD_KEYS: ReadonlyMap<string, string> = new Map([
  ["/", ".tree-search"],
  ["g", ".go-to"],
]);

/** False for keys that belong to the editor, or to the control that has the focus. */
function isForEditor(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.altKey) return false;
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return true;
  if (isControl(target) || target.closest("[role=tree], [role=menu]") !== null) return false;
  const isPress = event.key === " " || event.key === "Enter";
  return !isPress || target.closest("button, a, summary, vscode-button") === null;
}

/** Ctrl+C copies the value, unless there is a selection to copy. */
function withoutCtrl(event: KeyboardEvent): Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey"> {
  const isCopy = event.ctrlKey && event.key === "c" && getSelection()?.isCollapsed !== false;
  return isCopy ? { key: "c", shiftKey: false, ctrlKey: false } : event;
}

function tabName(tab: TensorTab): string {
  return tab === "heatmap" ? t("Heatmap") : t("Table");
}

export class TensorsApp extends StoreElement<TensorStore> {
  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { problem, summary, message } = store.state;
    return html`
      <header>
        <h1 class="visually-hidden">${summary?.file ?? t("Tensors")}</h1>
        <unroll-tensor-toolbar .store=${store}></unroll-tensor-toolbar>
      </header>
      ${problem === null ? nothing : this.#problem(store, tr(problem))}
      ${summary === null ? this.#empty(store.state) : this.#archive(store, store.state)}
      <p class="visually-hidden" role="status">${message}</p>
      <unroll-tensor-help .store=${store}></unroll-tensor-help>
    `;
  }

  #problem(store: TensorStore, sentence: string): TemplateResult {
    return html`<div class="problem" role="alert">
      <span class="problem-mark" aria-hidden="true">✗</span>
      <span class="problem-text">${sentence}</span>
      <vscode-button appearance="secondary" @click=${() => void store.readAgain()}>
        ${t("Try again")}
      </vscode-button>
      <button
        type="button"
        class="icon-button"
        aria-label=${t("Dismiss")}
        @click=${() => {
          store.update({ problem: null });
        }}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  #empty({ ready, problem }: TensorState): TemplateResult {
    if (!ready) {
      return html`<main class="empty" aria-busy="true"><p>${t("Reading the file…")}</p></main>`;
    }
    if (problem === null) return html`<main class="empty"></main>`;
    return html`<main class="empty">
      <h2>${t("This file could not be opened")}</h2>
      <p>${t("It is read again as soon as it changes.")}</p>
    </main>`;
  }

  #archive(store: TensorStore, state: TensorState): TemplateResult {
    const { treeWidth, isTreeShown } = state;
    return html`<div class="workspace">
      ${
        isTreeShown
          ? html`<nav
              class="tree-pane"
              aria-label=${t("Tensors")}
              .style=${`--tree-width:${treeWidth}px`}
            >
              <unroll-tensor-tree .store=${store}></unroll-tensor-tree>
              ${this.#divider(store, treeWidth)}
            </nav>`
          : nothing
      }
      ${this.#content(store, state)}
    </div>`;
  }

  #divider(store: TensorStore, width: number): TemplateResult {
    const resize = (to: number): void => {
      const { least, most } = TREE_WIDTH;
      store.update({ treeWidth: Math.round(Math.max(least, Math.min(most, to))) });
    };
    return html`<div
      class="divider"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${t("Width of the list of tensors")}
      aria-valuenow=${width}
      aria-valuemin=${TREE_WIDTH.least}
      aria-valuemax=${TREE_WIDTH.most}
      @keydown=${(event: KeyboardEvent) => {
        const by = { ArrowLeft: -DIVIDER_STEP, ArrowRight: DIVIDER_STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        resize(width + by);
      }}
      @pointerdown=${(event: PointerEvent) => {
        const divider = event.currentTarget as HTMLElement;
        divider.setPointerCapture(event.pointerId);
        event.preventDefault();
        divider.focus();
      }}
      @pointermove=${(event: PointerEvent) => {
        const divider = event.currentTarget as HTMLElement;
        if (!divider.hasPointerCapture(event.pointerId)) return;
        const left = divider.parentElement?.getBoundingClientRect().left ?? 0;
        resize(event.clientX - left);
      }}
      @dblclick=${() => {
        resize(TREE_WIDTH.usual);
      }}
    ></div>`;
  }

  #content(store: TensorStore, { info, summary, tab }: TensorState): TemplateResult {
    if (info === null) {
      const isEmpty = summary?.entryCount === 0;
      return html`<main class="empty" aria-busy=${isEmpty ? "false" : "true"}>
        ${
          isEmpty
            ? html`<h2>${t("There are no tensors in this file")}</h2>
                ${summary.notes.map((note) => html`<p>${tr(note)}</p>`)}`
            : nothing
        }
      </main>`;
    }
    return html`<div class="content">
      <section aria-label=${t("Tensor")}>
        <unroll-tensor-head .store=${store}></unroll-tensor-head>
      </section>
      <section class="switch" aria-label=${t("View")}>
        <nav class="tabs" aria-label=${t("Views")}>
          ${TENSOR_TABS.map((each) => this.#tab(store, each, tab))}
        </nav>
        <unroll-slice-bar .store=${store}></unroll-slice-bar>
      </section>
      <div class="tensor-body">
        <main class="stage" aria-label=${tabName(tab)}>
          ${
            tab === "heatmap"
              ? html`<unroll-heatmap .store=${store}></unroll-heatmap>`
              : html`<unroll-tensor-table .store=${store}></unroll-tensor-table>`
          }
        </main>
        <aside class="side" aria-label=${t("Statistics")} tabindex="0">
          <unroll-statistics .store=${store}></unroll-statistics>
        </aside>
      </div>
    </div>`;
  }

  #tab(store: TensorStore, tab: TensorTab, shown: TensorTab): TemplateResult {
    return html`<button
      type="button"
      class="tab"
      aria-current=${tab === shown ? "page" : "false"}
      @click=${() => {
        store.update({ tab });
      }}
    >
      ${tabName(tab)}
    </button>`;
  }

  #focus(selector: string): void {
    const field = this.querySelector<HTMLInputElement>(selector);
    field?.focus();
    field?.select();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { store } = this;
    if (store === undefined || store.state.helpOpen || !isForEditor(event)) return;
    if (store.state.info === null && event.key !== "?") return;
    const field = FIELD_KEYS.get(event.key);
    if (field !== undefined && !event.ctrlKey) {
      event.preventDefault();
      if (field === ".tree-search") store.update({ isTreeShown: true });
      void this.updateComplete.then(() => {
        this.#focus(field);
      });
    } else if (pressTensorKey(store, withoutCtrl(event))) event.preventDefault();
  };
}

customElements.define("unroll-tensors", TensorsApp);
