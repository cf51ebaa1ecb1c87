/**
 * The list of keys, as a dialog over a page.
 */
import {
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import type { KeyRow } from "./keyTable";
import { icon } from "./icons";
import { t } from "./l10n";
import { StoreElement, type Observable } from "./store/storeElement";

/** The part of a page's store that the list uses. */
interface HelpStore extends Observable {
  readonly state: { readonly helpOpen: boolean };
  update(patch: { readonly helpOpen: boolean }): void;
}

type Listed = Pick<KeyRow<never>, "label"> & {
  readonly keys: readonly { readonly name: string; readonly on: readonly string[] }[];
};

/** Shows the rows of a table of keys while the store says that the help is open; holds nothing of its own. */
export class HelpView extends StoreElement<HelpStore> {
  static override properties: PropertyDeclarations = { rows: { attribute: false } };

  /** Makes the table: it is needed only while the list is open. */
  declare rows: (() => readonly Listed[]) | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { store, rows } = this;
    if (store?.state.helpOpen !== true || rows === undefined) return nothing;
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
      <dl>${rows().map(keyLine)}</dl>
    </dialog>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const dialog = this.querySelector("dialog");
    if (dialog?.open === false) dialog.showModal();
  }
}

/** The button that opens the list. */
export function helpButton(store: HelpStore): TemplateResult {
  return html`<vscode-button
    appearance="secondary"
    aria-label=${t("Keys")}
    title=${t("Keys")}
    @click=${() => {
      store.update({ helpOpen: true });
    }}
    >?</vscode-button
  >`;
}

function keyLine({ keys, label }: Listed): TemplateResult {
  // What a pointer does stands for no press.
  const names = keys.flatMap(({ name, on }) =>
    name === "" ? [] : on.length === 0 ? html`<span>${name}</span> ` : html`<kbd>${name}</kbd> `,
  );
  return html`<div>
    <dt>${names}</dt>
    <dd>${label}</dd>
  </div>`;
}

customElements.define("unroll-help", HelpView);
