/**
 * The tensor editor: toolbar, tree of tensors, and the chosen tensor as heatmap or table with statistics.
 */
import { clamp } from "../../src/core/numeric";
import { nothing, type TemplateResult } from "lit";
import { html, unsafeStatic } from "lit/static-html.js";
import "../shared/helpView";
import type { KeyPress } from "../shared/keyTable";
import { t, tr } from "../shared/l10n";
import { PageElement } from "../shared/pageElement";
import { pressTensorKey, tensorKeys, type TensorField } from "./store/keys";
import { TREE_WIDTH } from "./store/savedState";
import type { TensorStore } from "./store/store";
import type { TensorState } from "./store/tensorState";
import { isTreeOn } from "./store/treeShown";
import { TENSOR_VIEWS, tensorView, type TensorViewId } from "./store/views";

/** Keys move the divider by so many pixels. */
const DIVIDER_STEP = 16;

const FIELDS: Readonly<Record<TensorField, string>> = { search: ".tree-search", goTo: ".go-to" };

/** True for Ctrl+C while there is a text to copy. */
function copiesText({ key, ctrlKey }: KeyPress): boolean {
  return ctrlKey && key === "c" && getSelection()?.isCollapsed === false;
}

export class TensorsApp extends PageElement<TensorStore> {
  protected override press(store: TensorStore, press: KeyPress): boolean {
    if (copiesText(press)) return false;
    return pressTensorKey(store, press, (field) => {
      void this.updateComplete.then(() => {
        this.#focus(FIELDS[field]);
      });
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { summary, message } = store.state;
    return html`
      <header>
        <h1 class="visually-hidden">${summary?.file ?? t("Tensors")}</h1>
        <unroll-tensor-toolbar .store=${store}></unroll-tensor-toolbar>
      </header>
      ${this.problemLine(store, this.#again(store))}
      ${summary === null ? this.#empty(store.state) : this.#archive(store, store.state)}
      <p class="visually-hidden" role="status">${message}</p>
      <unroll-assign .store=${store}></unroll-assign>
      <unroll-help .store=${store} .rows=${tensorKeys}></unroll-help>
    `;
  }

  #again(store: TensorStore): TemplateResult {
    return html`<vscode-button appearance="secondary" @click=${() => void store.readAgain()}>
      ${t("Try again")}
    </vscode-button>`;
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
    const { treeWidth } = state;
    return html`<div class="workspace">
      ${
        isTreeOn(state)
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
      store.update({ treeWidth: Math.round(clamp(to, least, most)) });
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
    const shown = tensorView(tab);
    const tag = unsafeStatic(shown.element);
    return html`<div class="content">
      <section aria-label=${t("Tensor")}>
        <unroll-tensor-head .store=${store}></unroll-tensor-head>
      </section>
      <section class="switch" aria-label=${t("View")}>
        <nav class="tabs" aria-label=${t("Views")}>
          ${TENSOR_VIEWS.map((each) => this.#tab(store, each, tab))}
        </nav>
        <unroll-slice-bar .store=${store}></unroll-slice-bar>
      </section>
      <div class="tensor-body">
        <main class="stage" aria-label=${shown.title()}>
          <${tag} .store=${store}></${tag}>
        </main>
        <aside class="side" aria-label=${t("Statistics")} tabindex="0">
          <unroll-statistics .store=${store}></unroll-statistics>
        </aside>
      </div>
    </div>`;
  }

  #tab(
    store: TensorStore,
    { id, title }: (typeof TENSOR_VIEWS)[number],
    shown: TensorViewId,
  ): TemplateResult {
    return html`<button
      type="button"
      class="tab"
      aria-current=${id === shown ? "page" : "false"}
      @click=${() => {
        store.update({ tab: id });
      }}
    >
      ${title()}
    </button>`;
  }

  #focus(selector: string): void {
    const field = this.querySelector<HTMLInputElement>(selector);
    field?.focus();
    field?.select();
  }
}

customElements.define("unroll-tensors", TensorsApp);
