/**
 * The tolerance that the numbers are judged by: the run's, or another one that is tried without a run.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import { isChecked, valueOf } from "../../shared/controls";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";

type Field = "rtol" | "atol";

export function toleranceForm(store: Store, { tolerance }: RunView): TemplateResult {
  const { judged } = store.state;
  const shown = { ...tolerance, ...judged };
  const isOther =
    shown.rtol !== tolerance.rtol ||
    shown.atol !== tolerance.atol ||
    shown.equalNan !== tolerance.equalNan;
  return html`<section class="judged-by" aria-label=${t("Tolerance")}>
    <span>${t("Judged by")}</span>
    ${field(store, "rtol", shown.rtol)} ${field(store, "atol", shown.atol)}
    <vscode-checkbox
      .checked=${shown.equalNan}
      @change=${(event: Event) => {
        const equalNan = isChecked(event);
        if (equalNan !== shown.equalNan) store.judgeBy({ ...judged, equalNan });
      }}
      >${t("NaN equals NaN")}</vscode-checkbox
    >
    <code class="dim">|Δ| ≤ atol + rtol·|${t("reference")}|</code>
    ${
      isOther
        ? html`<vscode-button
              title=${t("Runs again with this tolerance")}
              @click=${() => {
                store.send("run/change", shown);
              }}
              >${t("Use for the run")}</vscode-button
            >
            <button
              type="button"
              class="link"
              @click=${() => {
                store.judgeBy({});
              }}
            >
              ${t("Back to the run’s tolerance")}
            </button>`
        : nothing
    }
  </section>`;
}

/** A text that is no tolerance is put back. */
function field(store: Store, name: Field, value: number): TemplateResult {
  return html`<label class="field"
    ><span class="field-name">${name}</span>
    <input
      class="judged-field"
      type="text"
      inputmode="decimal"
      spellcheck="false"
      size="8"
      name=${name}
      .value=${String(value)}
      @change=${(event: Event) => {
        const typed = valueOf(event).trim();
        const number = typed === "" ? Number.NaN : Number(typed);
        if (Number.isFinite(number) && number >= 0) {
          store.judgeBy({ ...store.state.judged, [name]: number });
        } else {
          (event.currentTarget as HTMLInputElement).value = String(value);
        }
      }}
  /></label>`;
}
