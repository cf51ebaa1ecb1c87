/**
 * The panel: toolbar, verdict bar, view switch, the chosen view with the inspector beside it, timeline.
 */
import { nothing, type TemplateResult } from "lit";
import { html, unsafeStatic } from "lit/static-html.js";
import "../shared/helpView";
import type { KeyPress } from "../shared/keyTable";
import { t } from "../shared/l10n";
import { PageElement, progressBar } from "../shared/pageElement";
import { pressRunKey, runKeys } from "./store/keys";
import type { ViewState } from "./store/state";
import type { Store } from "./store/store";
import { shownView, type ViewEntry } from "./store/views";

/** What the gradient says below the timeline takes of a narrow page, CSS pixels. */
const GRADIENT_HEIGHT = 108;
/** As many as the smallest runs have: what comes does not take any away. */
const SKELETON_LANES = 3;
/** Buttons of a mouse that go through the places of the cursor, by their number. */
const HISTORY_BUTTONS: Readonly<Partial<Record<number, "back" | "forward">>> = {
  3: "back",
  4: "forward",
};

/**
 * Holds the parts of the page whose sizes are followed: the stage has what the bars leave, and is as wide as the unrolled
 * view would be while another one has its place.
 */
export class UnrollApp extends PageElement<Store> {
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });
  #parts: ReadonlySet<Element> = new Set();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.#onPointer);
  }

  readonly #onPointer = (event: PointerEvent): void => {
    const way = HISTORY_BUTTONS[event.button];
    if (way === undefined || this.store === undefined) return;
    event.preventDefault();
    this.store.goInHistory(way);
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.#onPointer);
    this.#resize.disconnect();
    this.#parts = new Set();
  }

  protected override updated(): void {
    const parts = new Set(this.querySelectorAll(":scope > *, .stage"));
    for (const part of this.#parts) if (!parts.has(part)) this.#resize.unobserve(part);
    for (const part of parts) if (!this.#parts.has(part)) this.#resize.observe(part);
    this.#parts = parts;
  }

  #measure(): void {
    const { store } = this;
    const stage = this.querySelector<HTMLElement>(".stage");
    if (store === undefined || stage === null || stage.clientWidth === 0) return;
    const below = this.querySelector("footer")?.offsetHeight ?? 0;
    // Both are rounded: one more, and what is left is never too much.
    this.style.setProperty("--bars", `${stage.offsetTop + below + 1}px`);
    this.#follow(store, stage);
  }

  /**
   * The unrolled view measures itself; while another view has its place, it would be as wide as the stage, or, where
   * that has the place of the inspector too, at most so.
   */
  #follow(store: Store, { clientWidth }: Element): void {
    const { id, isWide } = shownView(store.state);
    if (id === "unrolled") return;
    const { unrolledWidth: before } = store.state;
    const unrolledWidth = isWide === true ? Math.min(clientWidth, before) : clientWidth;
    if (unrolledWidth !== before) store.update({ unrolledWidth });
  }

  protected override press(store: Store, press: KeyPress): boolean {
    return pressRunKey(store, press);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { view } = store.state;
    return html`
      <header>
        <h1 class="visually-hidden">${t("Unroll: {0}", view?.labels.weights ?? t("no run"))}</h1>
        <unroll-toolbar .store=${store}></unroll-toolbar>
      </header>
      ${view === null ? this.#progress(store) : nothing} ${this.problemLine(store)}
      ${view === null ? this.#empty(store) : this.#run(store, store.state)}
      <unroll-help .store=${store} .rows=${runKeys}></unroll-help>
    `;
  }

  #progress(store: Store): TemplateResult | typeof nothing {
    const { progress } = store.state;
    if (progress === null) return nothing;
    const cancel = (): void => {
      store.send("run/cancel", null);
    };
    return html`<div class="progress" role="status">${progressBar(progress, cancel)}</div>`;
  }

  #empty(store: Store): TemplateResult {
    const { ready, problem, progress } = store.state;
    if (progress !== null) {
      return html`<main class="empty" aria-busy="true">${skeleton(progress.fraction)}</main>`;
    }
    if (!ready) {
      return html`<main class="empty" aria-busy="true"><p>${t("Reading the run…")}</p></main>`;
    }
    if (problem !== null) return html`<main class="empty"></main>`;
    return html`<main class="empty">
      <h2>${t("Nothing has been run yet")}</h2>
      <p>
        ${t(
          "Choose the weights of a recurrent network, an input and, if there is one, a reference to compare with.",
        )}
      </p>
      <vscode-button
        @click=${() => {
          store.send("run/pick", { what: "weights" });
        }}
        >${t("Choose weights…")}</vscode-button
      >
    </main>`;
  }

  #run(store: Store, state: ViewState): TemplateResult {
    const hasLanes = state.view !== null && state.view.lanes.length > 0;
    const shown = shownView(state);
    const hasSide = hasLanes && shown.isWide !== true;
    return html`
      <unroll-verdict-bar .store=${store}></unroll-verdict-bar>
      <unroll-view-switch .store=${store}></unroll-view-switch>
      <div
        class=${hasSide ? "body" : "body body-alone"}
        .style=${state.gradient === null ? "" : `--gradient:${GRADIENT_HEIGHT}px`}
      >
        <main class="stage" aria-label=${shown.title()}>${viewElement(shown, store)}</main>
        ${
          hasSide
            ? html`<aside class="side" aria-label=${t("Inspector")} tabindex="0">
                <unroll-inspector .store=${store}></unroll-inspector>
              </aside>`
            : nothing
        }
      </div>
      <footer>
        ${this.#progress(store)}
        <unroll-play-bar .store=${store}></unroll-play-bar
        ><unroll-timeline .store=${store}></unroll-timeline>
      </footer>
    `;
  }
}

/** Lanes that have no values yet, filled as far as the run is. */
function skeleton(fraction: number): TemplateResult {
  return html`<div class="skeleton" aria-hidden="true">
    ${Array.from(
      { length: SKELETON_LANES },
      () =>
        html`<i class="skeleton-name"></i>
          <i class="skeleton-lane" .style=${`--done:${100 * fraction}%`}></i>`,
    )}
  </div>`;
}

function viewElement({ element }: ViewEntry, store: Store): TemplateResult {
  const tag = unsafeStatic(element);
  return html`<${tag} .store=${store}></${tag}>`;
}

customElements.define("unroll-app", UnrollApp);
