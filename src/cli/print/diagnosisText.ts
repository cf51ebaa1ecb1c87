/**
 * Diagnoses as text: lines for a terminal, and a table of several runs in Markdown.
 */
import { grouped, rounded } from "../../core/numeric";
import { legible, renderText } from "../../core/text";
import type {
  Diagnosis,
  MendedDiagnosis,
  MendedFinding,
  Side,
  Suspicion,
} from "../../diagnosis/answer";
import type { RunView, Verdict } from "../../protocol/run/messages";
import type { VerdictView } from "../../protocol/run/verdictMessages";
import { sameShape } from "../../tensor/tensor";
import { wholeReduction } from "../../protocol/run/reducedPrecision";
import { markdownTable } from "./markdown";
import { isClose, passesAll } from "./report";
import { counted, formatNumber } from "./table";
import { verdictOf, verdictWords } from "./wholeVerdict";

/** A run with its answer. */
export interface AnsweredRun {
  readonly file: string;
  readonly view: RunView;
  readonly diagnosis: MendedDiagnosis;
}

/** A run with its answer, or why it could not be made. */
export type AnsweredOrNot = AnsweredRun | { readonly file: string; readonly reason: string };

export function formatDiagnosis({ file, view, diagnosis }: AnsweredRun): string {
  const lines = [`${legible(file)}: ${headingOf(view, diagnosis)}`, ...readLines(view)];
  return [...lines, ...answerLines(view, diagnosis).map((line) => `  ${line}`), ""].join("\n");
}

function headingOf(view: RunView, diagnosis: MendedDiagnosis): string {
  const reduced = reducedLine(view, diagnosis);
  if (reduced !== null) return reduced;
  const verdict = verdictOf(view);
  const isWide = verdict === "rounding" && view.verdicts.some((each) => each.isWide);
  const words = verdictWords(verdict, isWide);
  if (!passesAll(view)) return words;
  return view.verdicts.some(isOfAnotherShape)
    ? `${words}, in another shape`
    : `${words}: nothing to explain`;
}

function isOfAnotherShape({ readAs, found, expected }: VerdictView): boolean {
  return readAs !== undefined && !sameShape(found, expected);
}

/** What references of another shape were compared as. */
function readLines({ verdicts }: RunView): string[] {
  return verdicts.flatMap(({ name, readAs }) =>
    readAs === undefined ? [] : [`  ${name}: ${renderText(readAs)}`],
  );
}

/** The verdict where every difference is a matter of precision; null where one is not. */
function reducedLine({ verdicts, own }: RunView, { precision }: MendedDiagnosis): string | null {
  const reduced = wholeReduction(verdicts, precision);
  const isAll = (own?.withRun ?? []).every(({ verdict }) => isClose(verdict));
  return reduced === null || !isAll ? null : `reduced precision (${renderText(reduced)})`;
}

/** What was found, a line each. */
function answerLines(view: RunView, diagnosis: MendedDiagnosis): string[] {
  const { findings, own, cannotSee } = diagnosis;
  const isClear = (verdicts: readonly { readonly verdict: Verdict }[] = []): boolean =>
    verdicts.every(({ verdict }) => isClose(verdict));
  const because = view.chaos === null ? "it is large" : "it is chaotic";
  const lines = view.own === undefined ? [] : [renderText(view.own.sentence)];
  if (own === null) {
    const passes = passesAll(view);
    lines.push(...sideLines(diagnosis, findings, { passes, because }));
  } else {
    const passes = { reference: isClear(view.verdicts), own: isClear(view.own?.withRun) };
    const sides = { reference: diagnosis, own } as const;
    for (const side of ["reference", "own"] as const) {
      const found = findings.filter((finding) => finding.side === side);
      lines.push(...sideLines(sides[side], found, { passes: passes[side], because }));
    }
  }
  if (findings.length === 0 && !passesAll(view)) lines.push(...knownLines(view));
  if (cannotSee.length > 0) {
    const ids = cannotSee.map(({ id }) => id).join(", ");
    lines.push(`this test cannot see ${counted(cannotSee.length, "mistake")}: ${ids}`);
  }
  return lines;
}

/** What is known of a difference that nothing explains: where it begins, and what its values look like. */
function knownLines({ firstDivergence: first, verdicts }: RunView): string[] {
  const hints = verdicts.flatMap((verdict) => verdict.hints.map((hint) => renderText(hint)));
  return [
    ...(first === null ? [] : [`first: ${renderText(first.sentence)} (seen in ${first.name})`]),
    ...[...new Set(hints)].map((hint) => `hint: ${hint}`),
  ];
}

const sideNames: Readonly<Record<Side, string>> = {
  reference: "the reference: ",
  own: "your own output: ",
};

/** What was found of one side. */
function sideLines(
  { lookedAt, before, tolerance, count, suspicions, sharesNaN }: Diagnosis,
  findings: readonly MendedFinding[],
  { passes, because }: { readonly passes: boolean; readonly because: string },
): string[] {
  if (lookedAt?.steps === 0) return [`nothing about this run can be explained: ${because}`];
  const lines = findings.flatMap((finding) => findingLines(finding, tolerance));
  if (lookedAt !== null) {
    lines.push(`looked at: ${renderText(lookedAt.where)}, since ${because}`);
  }
  if (lookedAt !== null && before !== null && before <= tolerance) return [...lines, "they agree"];
  if (findings.length > 0 || passes) return lines;
  if (sharesNaN === true) {
    return [
      ...lines,
      "both are NaN in the same places and agree in all others: --equal-nan lets that pass",
    ];
  }
  if (count === 0) {
    const needed = "output, h_n or c_n, or h of every direction of the last layer";
    return [...lines, `mistakes are tried against ${needed}: none of them is given`];
  }
  return [
    ...lines,
    `none of the ${grouped(count)} mistakes and pairs that were tried explains it`,
    ...suspicions.map(
      ({ id, title, ...mean }) => `  not proven: ${id} (${renderText(title)}) ${leftText(mean)}`,
    ),
  ];
}

function leftText({ before, after }: Pick<Suspicion, "before" | "after">): string {
  if (after === null) return "would leave the first layer right and those above it wrong, as here";
  return `leaves ${percent(after / before)} of it`;
}

function findingLines(finding: MendedFinding, tolerance: number): string[] {
  const side = finding.side === null ? "" : sideNames[finding.side];
  const [main, ...others] = [
    `${side}${finding.id}: ${renderText(finding.title)}`,
    ...finding.with.map(({ id, title }) => `together with ${id}: ${renderText(title)}`),
    `${proofOf(finding)} (rounding: up to ${short(tolerance)})`,
    ...finding.alsoFits.map(({ id, title }) => `fits as well: ${id}, ${renderText(title)}`),
    ...(finding.needs === null ? [] : [`to tell them apart: ${renderText(finding.needs)}`]),
  ];
  return [main, ...others.map((line) => `  ${line}`)];
}

function proofOf({ before, after, parameter }: MendedFinding): string {
  if (parameter?.kind === "values") {
    return `largest difference of all other values ${short(after)}`;
  }
  if (before === null) return `same shape, largest difference ${short(after)}`;
  return `largest difference ${short(before)} → ${short(after)}`;
}

function short(value: number): string {
  return formatNumber(rounded(value, 2));
}

function percent(part: number): string {
  return `${String(Math.round(part * 100))} %`;
}

/** A table with a row for each run, then what each could not show. */
export function formatMarkdown(diagnosed: readonly AnsweredOrNot[]): string {
  const rows = diagnosed.map((one) => {
    if (!("diagnosis" in one)) return [one.file, "could not run", one.reason, ""];
    const { findings } = one.diagnosis;
    const named = findings.map(({ id, title, with: others, side }) => {
      const all = [{ id, title }, ...others].map((each) => `${each.id}: ${renderText(each.title)}`);
      return `${side === null ? "" : sideNames[side]}${all.join("; and ")}`;
    });
    const [finding] = findings;
    const proof = finding === undefined ? "" : proofOf(finding);
    const { view, diagnosis } = one;
    const verdict = reducedLine(view, diagnosis) ?? verdictOf(view);
    return [one.file, verdict, named.join(" or "), proof];
  });
  return markdownTable(["run", "verdict", "diagnosis", "proof"], rows);
}
