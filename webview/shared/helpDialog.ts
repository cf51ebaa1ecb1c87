/**
 * A list of keys over a view.
 */
import { html, type TemplateResult } from "lit";
import { t } from "./l10n";
import { icon } from "./icons";

/** Keys, and what they do. */
export type KeyList = readonly (readonly [keys: readonly string[], meaning: string])[];

/** The dialog; its element calls `showModal` once it is in the page. */
export function helpDialog(keys: KeyList, close: () => void): TemplateResult {
  return html`<dialog class="help" aria-labelledby="help-title" @close=${close}>
    <div class="help-head">
      <h2 id="help-title">${t("Keys")}</h2>
      <button type="button" class="icon-button" aria-label=${t("Close")} @click=${close}>
        ${icon("close")}
      </button>
    </div>
    <dl>
      ${keys.map(
        ([names, meaning]) =>
          html`<div>
            <dt>${names.map((name) => html`<kbd>${name}</kbd> `)}</dt>
            <dd>${meaning}</dd>
          </div>`,
      )}
    </dl>
  </dialog>`;
}
