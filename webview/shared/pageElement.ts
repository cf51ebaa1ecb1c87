/**
 * The base of both pages' root elements: keys, problem line and progress line.
 *
 * Elements render into the light DOM, so that the page's stylesheet is the only one. The page's policy forbids `style`
 * attributes (and so lit's styleMap); `.style=${"top: 3px"}` sets the property and is allowed.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Text } from "../../src/core/text";
import { isControl } from "./controls";
import { icon } from "./icons";
import type { KeyPress } from "./keyTable";
import { t, tr } from "./l10n";
import type { Progress } from "../../src/core/control";
import type { PageState } from "./store/pageStore";
import { StoreElement, type Observable } from "./store/storeElement";

/** The part of its store that the frame of a page uses. */
interface FrameStore extends Observable {
  readonly state: PageState;
  update(patch: { readonly problem: Text | null }): void;
}

/** False for keys that belong to the editor, or to the control that has the focus. */
function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey) return false;
  const [target] = event.composedPath();
  if (!(target instanceof Element)) return true;
  if (isControl(target) || target.closest("[role=tree], [role=menu]") !== null) return false;
  const isPress = event.key === " " || event.key === "Enter";
  return !isPress || target.closest("button, a, summary, vscode-button") === null;
}

/** The whole of a page. Listens to the keys of the document from when it is put into the page until it is taken out. */
export abstract class PageElement<Store extends FrameStore> extends StoreElement<Store> {
  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
  }

  /** Performs the action of a key; false when it has none. */
  protected abstract press(store: Store, press: KeyPress): boolean;

  /** The current problem, with a button that dismisses it; `remedy` is another action. */
  protected problemLine(
    store: Store,
    remedy: TemplateResult | typeof nothing = nothing,
  ): TemplateResult | typeof nothing {
    return problemLine(store, remedy);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { store } = this;
    if (store === undefined || store.state.helpOpen || !isForPage(event)) return;
    if (!this.press(store, event)) return;
    event.preventDefault();
    // What has reached the window is the editor's as well, which goes back between files by these keys.
    if (event.altKey) event.stopPropagation();
  };
}

/** The current problem of a page, with a button that dismisses it; `remedy` is another action. */
export function problemLine(
  store: FrameStore,
  remedy: TemplateResult | typeof nothing = nothing,
): TemplateResult | typeof nothing {
  const { problem } = store.state;
  if (problem === null) return nothing;
  return html`<div class="problem" role="alert">
    <span class="problem-mark" aria-hidden="true">✗</span>
    <span class="problem-text">${tr(problem)}</span>
    ${remedy}
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

/** How far work is, with a button that stops it; its frame is up to the page. */
export function progressBar({ fraction, activity }: Progress, cancel: () => void): TemplateResult {
  const name = tr(activity);
  return html`<span class="activity">${name}</span> ${progressMeter(fraction, name, cancel)}`;
}

/** The same without the name of the activity, which is shown next to it. */
export function progressMeter(fraction: number, name: string, cancel: () => void): TemplateResult {
  return html`<progress max="1" .value=${fraction} aria-label=${name}></progress>
    <span class="number">${Math.floor(fraction * 100)} %</span>
    <button type="button" class="link" @click=${cancel}>${t("Cancel")}</button>`;
}
