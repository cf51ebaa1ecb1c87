/**
 * The list of keys, over the panel.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyList } from "../keys";
import { t } from "../l10n";
import { StoreElement } from "../storeElement";
import { icon } from "./icons";

export class HelpView extends StoreElement {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store?.state.helpOpen !== true) return nothing;
    const close = (): void => {
      store.update({ helpOpen: false });
    };
    return html`<dialog class="help" aria-labelledby="help-title" @close=${close}>
      <div class="help-head">
        <h2 id="help-title">${t("Keys")}</h2>
        <button type="button" class="icon-button" aria-label=${t("Close")} @click=${close}>
          ${icon("close")}
        </button>
      </div>
      <dl>
        ${keyList().map(
          ([keys, meaning]) =>
            html`<div>
              <dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt>
              <dd>${meaning}</dd>
            </div>`,
        )}
      </dl>
    </dialog>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const dialog = this.querySelector("dialog");
    if (dialog?.open === false) dialog.showModal();
  }
}

customElements.define("unroll-help", HelpView);
