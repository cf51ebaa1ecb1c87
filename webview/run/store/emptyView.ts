/**
 * A sentence in place of a view, and the button that would fill it.
 */
import { html, type TemplateResult } from "lit";
import { t } from "../../shared/l10n";
import type { Store } from "./store";

interface Empty {
  readonly sentence: string;
  readonly label: string;
  readonly act: () => void;
}

/** `name` is the class of the place. */
export function emptyView(name: string, { sentence, label, act }: Empty): TemplateResult {
  return html`<div class=${name}>
    <p>${sentence}</p>
    <vscode-button @click=${act}>${label}</vscode-button>
  </div>`;
}

/** Of a view that needs a reference. */
export function withoutReference(store: Store, name: string, sentence: string): TemplateResult {
  const act = (): void => {
    store.send("run/pick", { what: "reference" });
  };
  return emptyView(name, { sentence, label: t("Compare with a file…"), act });
}
