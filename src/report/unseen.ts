/**
 * What a run could not have shown, as far as a diagnosis was made.
 */
import { text } from "../core/text";
import { unseenGroups, unseenText } from "../drawing/run/verdict/unseen";
import type { DiagnosisView } from "../protocol/run/diagnosisMessages";
import { escaped, list } from "./html";
import type { ReportContext } from "./context";

/** Nothing where no mistake was tried. */
export function unseenSection({ say }: ReportContext, diagnosis: DiagnosisView | null): string {
  if (diagnosis === null || diagnosis.tried.length === 0) return "";
  const { lookedAt, cannotSee } = diagnosis;
  const part = lookedAt === null ? "" : ` · ${say(lookedAt.where)}`;
  const groups = unseenGroups(cannotSee).map(({ reason, mistakes }) => {
    const why = reason === null ? "" : `<p>${escaped(say(text("since {0}:", reason)))}</p>`;
    return why + list(mistakes.map(({ title }) => say(title)));
  });
  return `<p class="quiet">${escaped(say(unseenText(diagnosis)) + part)}</p>${groups.join("")}`;
}
