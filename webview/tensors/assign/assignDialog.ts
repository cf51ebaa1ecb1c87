/**
 * The dialog that makes a recurrent module of tensors by hand: guesses, form, preview, and what is done with it.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { CheckedMap } from "../../../src/protocol/archive/assignMessages";
import { legible } from "../../../src/core/text";
import { icon } from "../../shared/icons";
import { t, tr } from "../../shared/l10n";
import { problemLine } from "../../shared/pageElement";
import { StoreElement } from "../../shared/store/storeElement";
import type { TensorStore } from "../store/store";
import "./guessList";
import "./mapForm";
import "./mapPreview";

/** Holds nothing of its own: what is edited is the store's. */
export class AssignDialog extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store?.state.assign.isOpen !== true) return nothing;
    const { summary } = store.state;
    const close = (): void => {
      store.assign.close();
    };
    // The page's own line lies below the dialog, where nobody reaches it.
    const problem = problemLine(store);
    return html`<dialog
      class="assign"
      aria-labelledby="assign-title"
      @close=${close}
      @keydown=${(event: KeyboardEvent) => {
        this.#onKey(store, event);
      }}
    >
      <header class="assign-head">
        <h2 id="assign-title">${t("Use as recurrent module")}</h2>
        <span class="assign-file">${legible(summary?.file ?? "")}</span>
        ${this.#history(store)}
        <button type="button" class="icon-button" aria-label=${t("Close")} @click=${close}>
          ${icon("close")}
        </button>
      </header>
      ${problem}
      <div class="assign-body">
        <section class="assign-guesses" aria-label=${t("Guesses")} tabindex="0">
          <unroll-guesses .store=${store}></unroll-guesses>
        </section>
        <section class="assign-form" aria-label=${t("Module and slots")} tabindex="0">
          <unroll-map-form .store=${store}></unroll-map-form>
        </section>
        <section class="assign-preview" aria-label=${t("Preview")} tabindex="0">
          <unroll-map-preview .store=${store}></unroll-map-preview>
        </section>
      </div>
      ${this.#actions(store)}
    </dialog>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const dialog = this.querySelector("dialog");
    if (dialog?.open === false) dialog.showModal();
  }

  #history({ assign }: TensorStore): TemplateResult {
    const { past, future } = assign.form ?? { past: [], future: [] };
    return html`<span class="assign-history">
      <button
        type="button"
        class="icon-button"
        aria-label=${t("Undo")}
        title=${`${t("Undo")} (Ctrl+Z)`}
        ?disabled=${past.length === 0}
        @click=${() => {
          assign.undo();
        }}
      >
        ${icon("undo")}
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label=${t("Redo")}
        title=${`${t("Redo")} (Ctrl+Y)`}
        ?disabled=${future.length === 0}
        @click=${() => {
          assign.redo();
        }}
      >
        ${icon("redo")}
      </button>
    </span>`;
  }

  #actions(store: TensorStore): TemplateResult {
    const { assign, state } = store;
    const { check } = state.assign;
    const isReady = check?.fits === true;
    return html`<footer class="assign-actions">
      <p class=${isReady ? "assign-verdict fits" : "assign-verdict"} role="status">
        ${check === null ? "" : verdictOf(check)}
        ${state.message === "" ? nothing : html`<span class="dim">${state.message}</span>`}
      </p>
      <span class="assign-buttons">
        <vscode-button appearance="secondary" @click=${() => void assign.copyMap()}
          >${t("Copy map")}</vscode-button
        >
        <vscode-button
          appearance="secondary"
          ?disabled=${!isReady}
          @click=${() => void assign.act("assign/export")}
          >${t("Export module…")}</vscode-button
        >
        <vscode-button
          appearance="secondary"
          ?disabled=${!isReady}
          @click=${() => void assign.save()}
          >${t("Save as run file…")}</vscode-button
        >
        <vscode-button ?disabled=${!isReady} @click=${() => void assign.act("assign/run")}
          >${icon("run")} ${t("Run forward…")}</vscode-button
        >
      </span>
    </footer>`;
  }

  #onKey({ assign }: TensorStore, event: KeyboardEvent): void {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    const isRedo = event.ctrlKey && event.key.toLowerCase() === "y";
    if (!isUndo && !isRedo) return;
    event.preventDefault();
    event.stopPropagation();
    if (isRedo || event.shiftKey) assign.redo();
    else assign.undo();
  }
}

/** One line that is read aloud whenever it changes. */
function verdictOf({ fits, slots, constructorLine, problems }: CheckedMap): string {
  if (fits) return t("✓ Every slot fits: {0}", constructorLine);
  const open = slots.filter(({ state }) => state === "missing").length;
  const wrong = slots.filter(({ state }) => state === "wrong").length;
  if (wrong === 0 && open === 0) {
    const [first] = problems;
    return first === undefined ? "" : `✗ ${tr(first)}`;
  }
  if (wrong === 0) {
    return open === 1 ? t("✗ 1 slot has no tensor yet") : t("✗ {0} slots have no tensor yet", open);
  }
  if (open === 0) {
    return wrong === 1 ? t("✗ 1 slot does not fit") : t("✗ {0} slots do not fit", wrong);
  }
  return t("✗ {0} do not fit, {1} have no tensor yet", wrong, open);
}

customElements.define("unroll-assign", AssignDialog);
