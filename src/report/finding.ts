/**
 * What the diagnosis found, with the lines that mend it.
 */
import { text } from "../core/text";
import { formatValue } from "../drawing/base/numbers";
import type { MendedDiagnosis } from "../diagnosis/answer";
import { decodeNumber, encodeNumber } from "../protocol/wire";
import type { ReportFinding } from "../protocol/run/pictureMessages";
import { code, escaped, list } from "./html";
import type { ReportContext } from "./context";

/** Every finding; a sentence where a diagnosis found none; nothing where none was made or nothing differs. */
export function findingSection(
  context: ReportContext,
  findings: readonly ReportFinding[] | null,
): string {
  const { view, say } = context;
  if (findings === null) return "";
  if (findings.length > 0)
    return findings.map((finding) => findingMarkup(context, finding)).join("");
  if (view.verdicts.every(({ verdict }) => verdict === "equal" || verdict === "rounding"))
    return "";
  return `<p>${escaped(say(text("No single mistake that is known reproduces the reference.")))}</p>`;
}

function findingMarkup({ say }: ReportContext, finding: ReportFinding): string {
  const { id, side, title, before, after, fix, needs } = finding;
  const heading =
    side === "own" ? text("In your own output, {0}", title) : text("In the reference, {0}", title);
  const short = (value: NonNullable<typeof before>): string => formatValue(decodeNumber(value));
  const proof =
    before === null
      ? text("Largest difference under it: {0}", short(after))
      : text("Largest difference: {0} → {1}", short(before), short(after));
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
      const name = say(text("The fix in {0}", language));
      const block = code(lines, name);
      return `<details${index === 0 ? " open" : ""}><summary>${escaped(name)}</summary>${block}</details>`;
    });
  return (
    `<div class="finding"><h3>${escaped(say(heading))}</h3>` +
    `<p class="quiet">${escaped(`${id} · ${say(proof)}`)}</p>${list(more.map(say))}</div>${codes.join("")}`
  );
}

/** The findings of a diagnosis as a report has them. */
export function reportFindings({ findings }: Pick<MendedDiagnosis, "findings">): ReportFinding[] {
  return findings.map((finding) => ({
    ...finding,
    before: finding.before === null ? null : encodeNumber(finding.before),
    after: encodeNumber(finding.after),
  }));
}
