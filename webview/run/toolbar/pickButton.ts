/**
 * A button that shows a file of the run and asks for another one.
 */
import { html, type TemplateResult } from "lit";
import { legible } from "../../../src/core/text";
import type { Pickable } from "../../../src/protocol/run/messages";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";

export interface Pick {
  readonly what: Pickable;
  readonly label: string;
  /** Null where none is given. */
  readonly file: string | null;
  /** Said in its place. */
  readonly none?: string;
}

/** Between a file and a tensor in it. */
const BETWEEN = " · ";

/** A name that is too long loses the end of its file: the tensor in it tells buttons of one file apart. */
function nameOf(name: string): TemplateResult {
  const at = name.lastIndexOf(BETWEEN);
  const file = at < 0 ? name : name.slice(0, at);
  return html`<span class="pick-file">${file}</span
    ><span class="pick-tensor">${name.slice(file.length)}</span>`;
}

export function pickButton(
  store: Store,
  { what, label, file, none = t("none") }: Pick,
): TemplateResult {
  const change = t("Choose another file");
  return html`<vscode-button
    class=${file === null ? "pick pick-none" : "pick"}
    appearance="secondary"
    title=${file === null ? `${label} · ${change}` : `${label} ${legible(file)} · ${change}`}
    @click=${() => {
      store.send("run/pick", { what });
    }}
    ><span class="pick-kind">${label}</span> ${nameOf(file === null ? none : legible(file))}
    ${icon("down")}</vscode-button
  >`;
}
