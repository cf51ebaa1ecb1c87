/**
 * What the diagnosis found, with the lines that come with it.
 */
import { text } from "../core/text";
import { answerOfRun, findingText, proofOf, type Answer } from "../drawing/run/verdict/answer";
import { fixTitleIn } from "../drawing/run/verdict/fixNames";
import type { DiagnosisView, FindingView } from "../protocol/run/diagnosisMessages";
import { code, escaped, list } from "./html";
import { overTimeFigure } from "./overTime";
import type { ReportContext } from "./context";

/** Every finding, and the error over time; a sentence where there is none; nothing of a run that agrees. */
export function findingSection(context: ReportContext, diagnosis: DiagnosisView | null): string {
  const { view, say } = context;
  const answer = diagnosis === null ? null : answerOfRun(diagnosis, view);
  if (diagnosis === null || answer === null) return "";
  if (diagnosis.findings.length === 0) {
    const numbers = answer.numbers === null ? "" : quiet(say(answer.numbers));
    return `<p>${escaped(say(answer.sentence))}</p>${numbers}`;
  }
  const found = diagnosis.findings.map((finding, index) =>
    findingMarkup(context, diagnosis, { finding, agreed: index === 0 ? answer.agreed : null }),
  );
  return found.join("") + overTimeFigure(context, diagnosis);
}

function quiet(sentence: string): string {
  return `<p class="quiet">${escaped(sentence)}</p>`;
}

function findingMarkup(
  { say }: ReportContext,
  diagnosis: DiagnosisView,
  { finding, agreed }: { readonly finding: FindingView; readonly agreed: Answer["agreed"] },
): string {
  const { id, title, fix, needs, isPrecision } = finding;
  const more = [
    ...finding.with.map((other) => text("together with {0}: {1}", other.id, other.title)),
    ...finding.alsoFits.map((other) => text("fits as well: {0}, {1}", other.id, other.title)),
    ...(needs === null ? [] : [text("to tell them apart: {0}", needs)]),
  ];
  const codes = (
    [
      ["PyTorch", fix.pytorch],
      ["NumPy", fix.numpy],
      ["TypeScript", fix.typescript],
    ] as const
  )
    .filter(([, lines]) => lines.trim() !== "")
    .map(([language, lines], index) => {
      const name = say(fixTitleIn(finding, language));
      const block = code(lines, name);
      return `<details${index === 0 ? " open" : ""}><summary>${escaped(name)}</summary>${block}</details>`;
    });
  const proof = quiet(`${id} · ${say(proofOf(diagnosis, finding))}`);
  return (
    `<div class="finding${isPrecision ? " fine" : ""}"><h3>${escaped(say(findingText(finding, title)))}</h3>` +
    (agreed === null ? "" : `<p>${escaped(say(agreed))}</p>`) +
    `${proof}${list(more.map(say))}</div>${codes.join("")}`
  );
}
