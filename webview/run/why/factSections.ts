/**
 * What a run cannot show, and what else is known of its difference.
 */
import { html, nothing, type TemplateResult } from "lit";
import { grouped } from "../../../src/core/numeric";
import { significant } from "../../../src/drawing/base/exactNumber";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { t, tr } from "../../shared/l10n";
import { hintsBeside } from "../../../src/drawing/run/verdict/hints";
import {
  unseenGroups,
  unseenText,
  type UnseenGroup,
} from "../../../src/drawing/run/verdict/unseen";
import type { Store } from "../store/store";
import { firstPlaceLink } from "./placeLink";

/** The part that was looked at, behind what is said of it; nothing where that is all. */
export function partText({ lookedAt }: DiagnosisView): string {
  return lookedAt === null ? "" : ` · ${tr(lookedAt.where)}`;
}

export function unseenSection(store: Store, answer: DiagnosisView): TemplateResult {
  const { cannotSee } = answer;
  const isAll = cannotSee.length === 0;
  return html`<section aria-labelledby="why-unseen">
    <h2 id="why-unseen">${t("What this run cannot show")}${partText(answer)}</h2>
    <p class=${isAll ? "" : "dim"}>${tr(unseenText(answer))}</p>
    ${unseenGroups(cannotSee).map(unseenGroup)} ${isAll ? nothing : betterTestButton(store)}
  </section>`;
}

export function betterTestButton(store: Store): TemplateResult {
  const title = t(
    "Random values in sizes that differ, and a script that records what your implementation returns for them",
  );
  return html`<div class="why-actions">
    <vscode-button
      appearance="secondary"
      title=${title}
      @click=${() => {
        store.send("case/make", { what: "betterTest" });
      }}
      >${t("Make a better test…")}</vscode-button
    >
  </div>`;
}

function unseenGroup({ reason, mistakes }: UnseenGroup): TemplateResult {
  return html`<ul class="unseen">
    ${
      reason === null
        ? nothing
        : html`<li class="unseen-reason dim">${t("since {0}:", reason)}</li>`
    }
    ${mistakes.map(({ id, title }) => html`<li title=${id}>${tr(title)}</li>`)}
  </ul>`;
}

/** What is known of a difference before anything was tried. */
export function knownSoFar(store: Store, view: RunView): TemplateResult {
  return html`<section aria-labelledby="why-known">
    <h2 id="why-known">${t("Known so far")}</h2>
    <ul class="known">
      ${divergence(store, view)} ${hintLines(view, [])}
    </ul>
  </section>`;
}

export function knownSection(store: Store, view: RunView, answer: DiagnosisView): TemplateResult {
  const { count, milliseconds, findings, suspicions } = answer;
  const seconds =
    milliseconds < 1000
      ? t("{0} ms", Math.max(1, Math.round(milliseconds)))
      : t("{0} s", (milliseconds / 1000).toFixed(1));
  return html`<section aria-labelledby="why-known">
    <h2 id="why-known">${t("Also known")}</h2>
    <ul class="known">
      ${divergence(store, view)} ${hintLines(view, findings)}
      ${count === 0 ? nothing : html`<li>${triedText(answer, seconds)}</li>`} ${nearest(answer)}
      ${findings.flatMap(({ needs }) =>
        needs === null ? [] : [html`<li>${t("What would tell them apart: {0}.", needs)}</li>`],
      )}
      ${suspicions.map(
        ({ id, title, before, after }) =>
          html`<li>
            ${
              after === null
                ? t(
                    "Not proven: {0}. It would leave the first layer right and those above it wrong, as here.",
                    title,
                  )
                : t(
                    "Not proven: {0}. It leaves {1} % of the mean difference.",
                    title,
                    Math.round((100 * Number(after)) / Number(before)),
                  )
            }
            <code>${id}</code>
          </li>`,
      )}
    </ul>
  </section>`;
}

function triedText({ count: all, findings }: DiagnosisView, seconds: string): string {
  const count = grouped(all);
  return findings.length === 0
    ? t("{0} mistakes and pairs of them were tried; none fits. {1}.", count, seconds)
    : t("{0} mistakes and pairs of them were tried. {1}.", count, seconds);
}

/** What its values show of a difference that nothing explains. */
function hintLines(view: RunView, findings: DiagnosisView["findings"]): TemplateResult[] {
  const hints = new Set(hintsBeside(view, findings).map(tr));
  return [...hints].map((hint) => html`<li>${hint}</li>`);
}

/** Where the run leaves the reference first, in recurrent coordinates. */
function divergence(store: Store, view: RunView): TemplateResult | typeof nothing {
  const { firstDivergence } = view;
  if (firstDivergence === null) return nothing;
  const sentence = t("First divergence: {0}", firstDivergence.sentence);
  return html`<li>${firstPlaceLink(store, view, sentence)}</li>`;
}

/** The nearest of those that do not fit. */
function nearest({ tried, findings, cannotSee }: DiagnosisView): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  const hidden = new Set(cannotSee.map(({ id }) => id));
  const next = tried.find(({ id, fits, most }) => !fits && most !== null && !hidden.has(id));
  if (next?.most == null) return nothing;
  const error = significant(Number(next.most), 2);
  return html`<li>
    ${t("The nearest other explanation: {0}, largest error {1}", next.title, error)}
    <code>${next.id}</code>
  </li>`;
}
