/**
 * The panel: toolbar, verdict bar, view switch, the chosen view with the inspector beside it, timeline.
 *
 * Elements render into the light DOM, so that webview/run/run.css is the only stylesheet. The page's policy forbids
 * `style` attributes (and so lit's styleMap); `.style=${"top: 3px"}` sets the property and is allowed.
 */
import { html, nothing, type TemplateResult } from "lit";
import { isControl } from "../shared/controls";
import { pressKey } from "./store/keys";
import { t, tr } from "../shared/l10n";
import { shownTab, type Progress, type Store, type ViewState } from "./store/store";
import { RunElement } from "./store/runElement";
import { icon } from "../shared/icons";
import { tabName } from "./toolbar/viewSwitch";

/** False for keys that belong to the editor, or to the control that has the focus. */
function isForPanel(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return true;
  if (isControl(target)) return false;
  const isPress = event.key === " " || event.key === "Enter";
  return !isPress || target.closest("button, a, summary, vscode-button") === null;
}

export class UnrollApp extends RunElement {
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry !== undefined) this.#measure(entry.target);
  });
  #stageSeen: Element | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
    this.#resize.disconnect();
    this.#stageSeen = null;
  }

  protected override updated(): void {
    const stage = this.querySelector(".stage");
    if (stage === this.#stageSeen) return;
    this.#resize.disconnect();
    if (stage !== null) this.#resize.observe(stage);
    this.#stageSeen = stage;
  }

  /** The unrolled view measures itself; while another view has its place, it would be as wide as the stage. */
  #measure({ clientWidth }: Element): void {
    const { store } = this;
    if (store === undefined || shownTab(store.state) === "score" || clientWidth === 0) return;
    if (clientWidth !== store.state.scoreWidth) store.update({ scoreWidth: clientWidth });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { problem, progress, view } = store.state;
    return html`
      <header>
        <h1 class="visually-hidden">${t("Unroll: {0}", view?.labels.weights ?? t("no run"))}</h1>
        <unroll-toolbar .store=${store}></unroll-toolbar>
      </header>
      ${progress === null ? nothing : this.#progress(store, progress)}
      ${problem === null ? nothing : this.#problem(store, tr(problem))}
      ${view === null ? this.#empty(store) : this.#run(store, store.state)}
      <unroll-help .store=${store}></unroll-help>
    `;
  }

  #progress(store: Store, { fraction, activity }: Progress): TemplateResult {
    return html`<div class="progress" role="status">
      <span>${tr(activity)}</span>
      <progress max="1" .value=${fraction} aria-label=${tr(activity)}></progress>
      <span class="number">${Math.floor(fraction * 100)} %</span>
      <button
        type="button"
        class="link"
        @click=${() => {
          store.send("run/cancel", null);
        }}
      >
        ${t("Cancel")}
      </button>
    </div>`;
  }

  #problem(store: Store, sentence: string): TemplateResult {
    return html`<div class="problem" role="alert">
      <span class="problem-mark" aria-hidden="true">✗</span>
      <span>${sentence}</span>
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

  #empty(store: Store): TemplateResult {
    const { ready, problem, progress } = store.state;
    if (progress !== null) return html`<main class="empty" aria-busy="true"></main>`;
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
    return html`
      <unroll-verdict-bar .store=${store}></unroll-verdict-bar>
      <unroll-view-switch .store=${store}></unroll-view-switch>
      <div class=${hasLanes ? "body" : "body body-alone"}>
        <main class="stage" aria-label=${tabName(shownTab(state))}>
          ${this.#stage(store, state)}
        </main>
        ${
          hasLanes
            ? html`<aside class="side" aria-label=${t("Inspector")} tabindex="0">
                <unroll-inspector .store=${store}></unroll-inspector>
              </aside>`
            : nothing
        }
      </div>
      <footer><unroll-timeline .store=${store}></unroll-timeline></footer>
    `;
  }

  #stage(store: Store, state: ViewState): TemplateResult {
    switch (shownTab(state)) {
      case "score":
        return html`<unroll-score .store=${store}></unroll-score>`;
      case "flip":
        return html`<unroll-flip .store=${store}></unroll-flip>`;
      case "shapes":
        return html`<unroll-shapes .store=${store}></unroll-shapes>`;
      case "table":
        return html`<unroll-table .store=${store}></unroll-table>`;
    }
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { store } = this;
    if (store === undefined || store.state.helpOpen || !isForPanel(event)) return;
    if (pressKey(store, event.key)) event.preventDefault();
  };
}

customElements.define("unroll-app", UnrollApp);
