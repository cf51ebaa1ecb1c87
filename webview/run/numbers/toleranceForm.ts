/**
 * The tolerance that the numbers are judged by: the run's, or another one that is tried without a run.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import type { NumbersView } from "../../../src/protocol/run/numbersMessages";
import { isChecked, valueOf } from "../../shared/controls";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";

type Field = "rtol" | "atol";

export function toleranceForm(
  store: Store,
  { noiseFloor, tolerance }: Pick<RunView, "noiseFloor" | "tolerance">,
): TemplateResult {
  const { judged } = store.state;
  const { each, ...ofAll } = judged;
  const shown = { ...tolerance, ...ofAll };
  const own = each === undefined ? {} : { each: { ...tolerance.each, ...each } };
  const change = (changes: Partial<Record<Field, number>>): void => {
    store.judgeBy({ ...judged, ...changes });
  };
  const isOther =
    each !== undefined ||
    shown.rtol !== tolerance.rtol ||
    shown.atol !== tolerance.atol ||
    shown.equalNan !== tolerance.equalNan;
  return html`<section class="judged-by" aria-label=${t("Tolerance")}>
    <span>${t("Judged by")}</span>
    ${field("rtol", shown.rtol, change)} ${field("atol", shown.atol, change)}
    <vscode-checkbox
      .checked=${shown.equalNan}
      @change=${(event: Event) => {
        const equalNan = isChecked(event);
        if (equalNan !== shown.equalNan) store.judgeBy({ ...judged, equalNan });
      }}
      >${t("NaN equals NaN")}</vscode-checkbox
    >
    <span
      ><code>|Δ| ≤ atol + rtol·|${t("reference")}|</code
      >${noiseFloor === null ? nothing : html` ${t("or the rounding noise of the step, where that is larger")}`}</span
    >
    ${
      isOther
        ? html`<vscode-button
              title=${t("Runs again with this tolerance")}
              @click=${() => {
                store.send("run/change", { ...shown, ...own });
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

/** The fields of one result, which is judged by its own tolerance from then on; in sight where that is another one. */
export function resultFields(
  store: Store,
  view: RunView,
  { name, tolerance }: Pick<NumbersView, "name" | "tolerance">,
): TemplateResult {
  const { judged } = store.state;
  const { rtol, atol } = { ...view.tolerance, ...judged };
  const isOwn = tolerance.rtol !== rtol || tolerance.atol !== atol;
  const change = (changes: Partial<Record<Field, number>>): void => {
    const own = { ...judged.each?.[name], ...changes };
    store.judgeBy({ ...judged, each: { ...judged.each, [name]: own } });
  };
  return html`<details class="own-tolerance" ?open=${isOwn}>
    <summary>${t("own tolerance")}</summary>
    <span role="group" aria-label=${t("Tolerance of {0}", name)}
      >${field("rtol", tolerance.rtol, change)} ${field("atol", tolerance.atol, change)}</span
    >
  </details>`;
}

/** A text that is no tolerance is put back. */
function field(
  name: Field,
  value: number,
  change: (changes: Partial<Record<Field, number>>) => void,
): TemplateResult {
  return html`<label class="field"
    ><span class="field-name">${name}</span>
    <input
      class="judged-field"
      type="text"
      inputmode="decimal"
      spellcheck="false"
      size="8"
      name=${name}
      .value=${fieldText(value)}
      @change=${(event: Event) => {
        const typed = valueOf(event).trim();
        const number = typed === "" ? Number.NaN : Number(typed);
        if (Number.isFinite(number) && number >= 0) change({ [name]: number });
        else (event.currentTarget as HTMLInputElement).value = fieldText(value);
      }}
  /></label>`;
}

/** With all digits, and in the way that tolerances are written. */
function fieldText(value: number): string {
  return value !== 0 && value < 1e-3 ? value.toExponential() : String(value);
}
