/**
 * The lines that mend what was found, in the language that is chosen.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { DiagnosisView, FindingView } from "../../../src/protocol/run/diagnosisMessages";
import { codeTokens } from "../../../src/drawing/run/unit/codeTokens";
import "../../shared/copyButton";
import { fixTitle, fixTitleIn } from "../../../src/drawing/run/verdict/fixNames";
import { t, tr } from "../../shared/l10n";
import type { Store } from "../store/store";
import { FIX_LANGUAGES, type FixLanguage } from "../store/views";

const names: Readonly<Record<FixLanguage, string>> = {
  pytorch: "PyTorch",
  numpy: "NumPy",
  typescript: "TypeScript",
};

export function fixSection(
  store: Store,
  { findings: [finding] }: DiagnosisView,
): TemplateResult | typeof nothing {
  if (finding === undefined) return nothing;
  const { fixLanguage } = store.state;
  const source = finding.fix[fixLanguage];
  return html`<section class="why-fix" aria-labelledby="why-fix">
    <div class="fix-head">
      <h2 id="why-fix">${tr(fixTitle(finding))}</h2>
      <div class="segments" role="group" aria-label=${t("Language of the lines")}>
        ${FIX_LANGUAGES.map((language) => languageButton(store, language))}
      </div>
      <unroll-copy .store=${store} .label=${t("copy")} .read=${() => source}></unroll-copy>
    </div>
    <pre class="fix-code" tabindex="0" aria-label=${tr(fixTitleIn(finding, names[fixLanguage]))}>
${codeTokens(source, fixLanguage === "typescript" ? "typescript" : "python").map(
        ({ kind, text }) =>
          kind === "plain" ? text : html`<span class="code-${kind}">${text}</span>`,
      )}</pre>
    ${parameterLine(finding)} ${handedOver(store, finding)}
  </section>`;
}

/** What can be written to files. */
function handedOver(store: Store, { written }: FindingView): TemplateResult {
  return html`<div class="why-actions">
    ${
      written.length === 0
        ? nothing
        : html`<vscode-button
            appearance="secondary"
            title=${t("A run file whose options say the finding: its run agrees with the reference")}
            @click=${() => {
              store.send("run/saveUnder", { ids: written });
            }}
            >${t("Save as run file…")}</vscode-button
          >`
    }
    <vscode-button
      appearance="secondary"
      title=${t("The fewest steps, rows, layers and units that still show it, with tests that fail until it is mended")}
      @click=${() => {
        store.send("case/make", { what: "smallest" });
      }}
      >${t("Smallest case…")}</vscode-button
    >
  </div>`;
}

function languageButton(store: Store, language: FixLanguage): TemplateResult {
  return html`<button
    type="button"
    class="segment"
    aria-pressed=${store.state.fixLanguage === language}
    @click=${() => {
      store.update({ fixLanguage: language });
    }}
  >
    ${names[language]}
  </button>`;
}

/** More rows than this are no help to a reader; the lines of the fix have them all. */
const MOST_ROWS = 32;

function parameterLine({ parameter }: FindingView): TemplateResult | typeof nothing {
  if (parameter?.kind !== "rows" || parameter.rows.length > MOST_ROWS) return nothing;
  return html`<p class="dim">
    ${t("Rows of the reference, by ours: {0}", parameter.rows.join(" "))}
  </p>`;
}
