/**
 * A dropdown with a label.
 */
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { valueOf } from "./controls";

export interface Choice {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  /** The origin of a value that the user did not choose. */
  readonly hint?: string;
  /** True when the value is not clear without the label. */
  readonly named?: boolean;
  readonly change: (value: string) => void;
}

/** The dropdown; `change` is called with another value only. */
export function choiceList(choice: Choice): TemplateResult {
  const { label, value, options, hint = "", named = false } = choice;
  return html`<span
    class=${hint === "" ? "field" : "field assumed"}
    title=${hint === "" ? label : `${label} · ${hint}`}
    >${named ? html`<span class="field-name" aria-hidden="true">${label}</span>` : nothing}
    ${
      // The kit's dropdown goes on showing the name that its chosen option had at first.
      keyed(
        options.join("\n"),
        html`<vscode-dropdown
          aria-label=${label}
          .value=${value}
          @change=${(event: Event) => {
            const chosen = valueOf(event);
            if (chosen !== value) choice.change(chosen);
          }}
        >
          ${options.map(
            ([key, name]) =>
              html`<vscode-option value=${key} ?selected=${key === value}>${name}</vscode-option>`,
          )}
        </vscode-dropdown>`,
      )
    }</span
  >`;
}
