/**
 * The line that answers why a run differs, with what can be done about it.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { answerOfRun, type Answer } from "../../../src/drawing/run/verdict/answer";
import { copyTitle } from "../../../src/drawing/run/verdict/fixNames";
import "../../shared/copyButton";
import { text } from "../../../src/core/text";
import { t, tr } from "../../shared/l10n";
import { progressMeter } from "../../shared/pageElement";
import { takeBack } from "../store/actions";
import { canBeDiagnosed, needsReason, type DiagnosisState } from "../store/diagnosis";
import type { Store } from "../store/store";

const MARKS: Readonly<Record<Answer["tone"], string>> = { found: "●", fine: "≈", none: "?" };

export function answerLine(store: Store, view: RunView): TemplateResult | typeof nothing {
  if (!canBeDiagnosed(view)) return nothing;
  const { diagnosis } = store.state;
  switch (diagnosis.kind) {
    case "none":
      return nothing;
    case "searching":
      return needsReason(view) ? searching(store, diagnosis) : nothing;
    case "cancelled":
      return again(store, t("The search for the reason was cancelled."));
    case "failed":
      return again(store, t("The reason could not be looked for: {0}", diagnosis.problem));
    case "found":
      return found(store, view, diagnosis.answer);
  }
}

/** What a run that agrees says of itself: a quiet link. */
export function unseenLink(store: Store, view: RunView): TemplateResult | typeof nothing {
  if (!canBeDiagnosed(view) || needsReason(view)) return nothing;
  const { diagnosis } = store.state;
  if (diagnosis.kind === "searching") return html`<span class="dim">${t("computing…")}</span>`;
  if (diagnosis.kind === "found" && diagnosis.answer.cannotSee.length === 0) return nothing;
  const open = (): void => {
    store.update({ tab: "why" });
    void store.diagnose();
  };
  return html`<button type="button" class="link" @click=${open}>
    ${
      diagnosis.kind === "found"
        ? diagnosis.answer.cannotSee.length === 1
          ? t("this run could not have shown one mistake")
          : t("this run could not have shown {0} mistakes", diagnosis.answer.cannotSee.length)
        : t("what this run cannot show")
    }
  </button>`;
}

/** The mistakes that the run is shown under, to be taken back. */
export function underChip(store: Store, { under }: RunView): TemplateResult | typeof nothing {
  if (under.length === 0) return nothing;
  return html`<span
    class="chip under"
    data-ids=${under.map(({ id }) => id).join(" ")}
    title=${under.map(({ title }) => tr(title)).join("\n")}
    ><span class="under-names"
      >${t("under: {0}", under.map(({ title }) => tr(title)).join(t(", ")))}</span
    >
    <span class="under-count"
      >${under.length === 1 ? t("under a mistake") : t("under {0} mistakes", under.length)}</span
    >
    <button
      type="button"
      class="take-back"
      aria-label=${t("Show the run as it is")}
      @click=${() => {
        takeBack(store);
      }}
    >
      <span aria-hidden="true">×</span>
    </button></span
  >`;
}

function searching(
  store: Store,
  { fraction, activity }: Extract<DiagnosisState, { kind: "searching" }>,
): TemplateResult {
  const name = t("Looking for the reason…");
  return html`<section class="answer searching" aria-label=${t("Reason")} aria-busy="true">
    <span class="answer-sentence">${name}</span>
    ${activity === null ? nothing : html`<span class="answer-numbers" title=${tr(activity)}>${tr(activity)}</span>`}
    <span class="search">
      ${progressMeter(fraction, name, () => {
        store.send("diagnosis/cancel", null);
      })}
    </span>
  </section>`;
}

function again(store: Store, sentence: string): TemplateResult {
  return html`<section class="answer none" aria-label=${t("Reason")}>
    <span class="answer-sentence">${sentence}</span>
    <button type="button" class="link" @click=${() => void store.diagnose()}>
      ${t("Look again")}
    </button>
  </section>`;
}

function found(
  store: Store,
  view: RunView,
  diagnosis: DiagnosisView,
): TemplateResult | typeof nothing {
  const answer = answerOfRun(diagnosis, view);
  const agrees = view.verdicts.every(
    ({ verdict }) => verdict === "equal" || verdict === "rounding",
  );
  // A reference of another shape agrees, and no mistake has made it.
  const isPlain = agrees && view.own === undefined && diagnosis.findings.length === 0;
  if (answer === null || isPlain) return nothing;
  const { tone, sentence, agreed, numbers, notShown, isNaNOnly } = answer;
  const isUnder = view.under.length > 0;
  const more = [
    isUnder ? text("The run is shown under it.") : null,
    agreed,
    numbers,
    isUnder ? null : notShown,
  ];
  return html`<section class="answer ${tone}" aria-label=${t("Reason")}>
    <span
      class="answer-sentence"
      role="status"
      title=${[sentence, ...(agreed === null ? [] : [agreed])].map(tr).join(" ")}
    >
      <span class="answer-what"
        ><span class="answer-mark" aria-hidden="true">${MARKS[tone]}</span> ${tr(sentence)}</span
      >
      ${more.map((each) => (each === null ? nothing : html`<span class="answer-more ${each === numbers || each === notShown ? "answer-numbers" : ""}">${tr(each)}</span> `))}
    </span>
    <span class="answer-actions"
      >${isNaNOnly === true ? equalNanButton(store) : nothing}
      ${actions(store, view, diagnosis)}</span
    >
  </section>`;
}

function equalNanButton(store: Store): TemplateResult {
  return html`<vscode-button
    title=${t("Runs again; NaN on both sides counts as equal")}
    @click=${() => {
      store.send("run/change", { equalNan: true });
    }}
    >${t("NaN equals NaN")}</vscode-button
  >`;
}

function actions(
  store: Store,
  { under }: RunView,
  { findings: [finding] }: DiagnosisView,
): TemplateResult {
  const { fixLanguage, tab } = store.state;
  const isUnder = under.length > 0;
  const ids = isUnder ? [] : (finding?.under ?? []);
  return html`
    ${
      isUnder || ids.length > 0
        ? html`<vscode-button
            class=${isUnder ? "undo" : ""}
            @click=${() => {
              store.send("run/under", { ids });
            }}
            >${isUnder ? t("Undo") : t("Apply")}</vscode-button
          >`
        : nothing
    }
    ${
      finding === undefined
        ? nothing
        : html`<unroll-copy
            class="copy-fix"
            .store=${store}
            .label=${tr(copyTitle(finding))}
            .read=${() => finding.fix[fixLanguage]}
          ></unroll-copy>`
    }
    ${
      tab === "why"
        ? nothing
        : html`<button
            type="button"
            class="link"
            @click=${() => {
              store.update({ tab: "why" });
            }}
          >
            ${t("Why?")}
          </button>`
    }
  `;
}
