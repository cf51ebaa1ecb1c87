/**
 * `unroll diagnose`: why references differ, for people, for programs, and as Markdown.
 */
import { rounded } from "../core/numeric";
import { legible, renderText } from "../core/text";
import { sameShape } from "../tensor/tensor";
import type { Diagnosis, MendedDiagnosis, MendedFinding, Named, Side } from "../diagnosis/answer";
import type { RunView, Verdict } from "../protocol/run/messages";
import { wholeReduction } from "../protocol/run/reducedPrecision";
import { exitCodeOf, withReferenced, worse, type ExitCode, type Terminal } from "./commands";
import {
  commonJson,
  commonOf,
  formatCommon,
  formatCommonMarkdown,
  type ExplainedRun,
} from "./common";
import { failureJson, ownJson, precisionJson, toJson } from "./json";
import { markdownTable } from "./markdown";
import { isClose } from "./report";
import type { DiagnoseCommand } from "./runsFlags";
import { counted, formatNumber } from "./table";

/** A run that was diagnosed, or that could not be run. */
type Diagnosed =
  | {
      readonly file: string;
      readonly view: RunView;
      readonly diagnosis: MendedDiagnosis;
      readonly milliseconds: number;
    }
  | { readonly file: string; readonly reason: string; readonly error: unknown };

/** Diagnoses each file. A file that cannot run does not stop the others. */
export async function diagnoseRuns(
  command: DiagnoseCommand,
  terminal: Terminal,
  describeFailure: (error: unknown) => string,
): Promise<ExitCode> {
  const diagnosed: Diagnosed[] = [];
  let worst: ExitCode = 0;
  for (const file of command.runFiles) {
    try {
      const one = await diagnoseOne(file, command, terminal);
      diagnosed.push(one);
      if (command.format === "text") terminal.print(formatDiagnosis(one));
      worst = worse(worst, codeOf(one));
    } catch (error) {
      const reason = describeFailure(error);
      terminal.warn(reason);
      diagnosed.push({ file, reason, error });
      worst = 2;
    }
  }
  const common = commonOf(diagnosed.filter((one) => "diagnosis" in one).map(explainedBy));
  if (command.format === "json") {
    terminal.print(toJson({ runs: diagnosed.map(diagnosedJson), common: common.map(commonJson) }));
  }
  if (command.format === "text") terminal.print(formatCommon(common));
  if (command.format === "markdown") {
    terminal.print(formatMarkdown(diagnosed) + formatCommonMarkdown(common));
  }
  return worst;
}

type WithAnswer = Extract<Diagnosed, { diagnosis: MendedDiagnosis }>;

function explainedBy({ file, view, diagnosis }: WithAnswer): ExplainedRun {
  const differs = codeOf({ view, diagnosis }) !== 0;
  return { file, view, findings: diagnosis.findings, differs };
}

/** That of a check; also 1 where a mistake has made another shape, which a check reads as what it holds. */
function codeOf({ view, diagnosis }: Pick<WithAnswer, "view" | "diagnosis">): ExitCode {
  return worse(exitCodeOf(view), diagnosis.findings.length > 0 ? 1 : 0);
}

function diagnoseOne(
  file: string,
  command: DiagnoseCommand,
  terminal: Terminal,
): Promise<WithAnswer> {
  return withReferenced(file, command, terminal, async (session, control) => {
    const started = performance.now();
    const diagnosis = withinTolerance(session.view, await session.diagnose(control));
    const milliseconds = Math.round(performance.now() - started);
    return { file, view: session.view, diagnosis, milliseconds };
  });
}

/** A diagnosis without the precision of what passes all the same, such as of a reference that is stored in 16 bits. */
function withinTolerance(view: RunView, diagnosis: MendedDiagnosis): MendedDiagnosis {
  if (exitCodeOf(view) !== 0) return diagnosis;
  const findings = diagnosis.findings.filter(({ isPrecision }) => !isPrecision);
  return { ...diagnosis, findings };
}

const severity: readonly Verdict[] = ["equal", "rounding", "differs", "cannot-compare"];

/**
 * The verdict of the whole run: the worst of its tensors and the user's own. What cannot be judged is not worse than what
 * differs. A tensor of another shape is one that a mistake may have made, whatever `check` compares it as.
 */
function verdictOf({ verdicts, own }: RunView): Verdict {
  const ranks = [
    ...verdicts.map(({ verdict, found, expected }) => {
      const hasShape = sameShape(found, expected);
      return hasShape ? rankOf(verdict, true) : severity.indexOf("cannot-compare");
    }),
    ...(own?.withRun ?? []).map(({ verdict, total, readAs }) =>
      readAs === undefined ? rankOf(verdict, total > 0) : severity.indexOf("cannot-compare"),
    ),
  ];
  return worstOf(ranks);
}

function worstOf(ranks: readonly number[]): Verdict {
  const worst = Math.max(...ranks);
  return worst === UNJUDGED ? "cannot-compare" : (severity[worst] ?? "equal");
}

const UNJUDGED = 1.5;

function rankOf(verdict: Verdict, hasShape: boolean): number {
  return verdict === "cannot-compare" && hasShape ? UNJUDGED : severity.indexOf(verdict);
}

function diagnosedJson(one: Diagnosed): object {
  if (!("diagnosis" in one)) {
    return { file: one.file, verdict: null, findings: [], ...failureJson(one.reason, one.error) };
  }
  const { file, view, diagnosis, milliseconds } = one;
  const ids = (named: readonly Named[]): string[] => named.map(({ id }) => id);
  return {
    file,
    verdict: verdictOf(view),
    precision: precisionJson(view.verdicts, diagnosis.precision),
    findings: diagnosis.findings.map((finding) => ({
      id: finding.id,
      before: finding.before,
      after: finding.after,
      alsoFits: ids(finding.alsoFits),
      with: ids(finding.with),
      title: renderText(finding.title),
      parameter: finding.parameter,
      side: finding.side,
      fix: finding.fix,
    })),
    cannotSee: ids(diagnosis.cannotSee),
    ...searchJson(diagnosis),
    ...thirdJson(view, diagnosis),
    chaoticFrom: view.chaos,
    lookedAt: diagnosis.lookedAt,
    milliseconds,
  };
}

/** How an answer was found, and what is only likely. */
function searchJson(diagnosis: Diagnosis): object {
  const { suspicions, tried, count, before, tolerance, noise } = diagnosis;
  return {
    suspicions: suspicions.map((suspicion) => ({
      id: suspicion.id,
      title: renderText(suspicion.title),
      before: suspicion.before,
      after: suspicion.after,
    })),
    tried: tried.map(({ id, most }) => ({ id, largest: most })),
    count,
    before,
    tolerance,
    noise,
  };
}

/** Who stands alone, and how the user's own output was explained; nothing where it is not given. */
function thirdJson(view: RunView, { own }: MendedDiagnosis): object {
  return { ...ownJson(view), ...(own === null ? {} : { ownSearch: searchJson(own) }) };
}

const verdictLines: Readonly<Record<Verdict, string>> = {
  equal: "equal: nothing to explain",
  rounding: "rounding only: nothing to explain",
  differs: "differs",
  "cannot-compare": "cannot compare",
};

function formatDiagnosis({ file, view, diagnosis }: WithAnswer): string {
  const lines = [`${legible(file)}: ${headingOf(view, diagnosis)}`, ...readLines(view)];
  return [...lines, ...answerLines(view, diagnosis).map((line) => `  ${line}`), ""].join("\n");
}

function headingOf(view: RunView, diagnosis: MendedDiagnosis): string {
  const verdict = verdictOf(view);
  const agrees = exitCodeOf(view) === 0 && verdict === "cannot-compare";
  const line = agrees ? "another shape, whose values agree" : verdictLines[shownVerdict(view)];
  return reducedLine(view, diagnosis) ?? line;
}

/** The verdict of the whole run as people read it: that of `run` and `check`, also of what was read as another shape. */
function shownVerdict({ verdicts, own }: RunView): Verdict {
  return worstOf([
    ...verdicts.map(({ verdict, total }) => rankOf(verdict, total > 0)),
    ...(own?.withRun ?? []).map(({ verdict, total }) => rankOf(verdict, total > 0)),
  ]);
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
    const passes = exitCodeOf(view) === 0;
    lines.push(...sideLines(diagnosis, findings, { passes, because }));
  } else {
    const passes = { reference: isClear(view.verdicts), own: isClear(view.own?.withRun) };
    const sides = { reference: diagnosis, own } as const;
    for (const side of ["reference", "own"] as const) {
      const found = findings.filter((finding) => finding.side === side);
      lines.push(...sideLines(sides[side], found, { passes: passes[side], because }));
    }
  }
  if (findings.length === 0 && exitCodeOf(view) !== 0) lines.push(...knownLines(view));
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
  { lookedAt, before, tolerance, count, suspicions }: Diagnosis,
  findings: readonly MendedFinding[],
  { passes, because }: { readonly passes: boolean; readonly because: string },
): string[] {
  if (lookedAt?.steps === 0) return [`nothing about this run can be explained: ${because}`];
  const lines = findings.flatMap((finding) => findingLines(finding, tolerance));
  if (lookedAt !== null) {
    const [steps, rows] = [counted(lookedAt.steps, "step"), counted(lookedAt.rows, "row")];
    lines.push(`the first ${steps} of the first ${rows} were looked at: ${because}`);
  }
  if (lookedAt !== null && before !== null && before <= tolerance) return [...lines, "they agree"];
  if (findings.length > 0 || passes) return lines;
  if (count === 0) {
    const needed = "output, h_n or c_n, or h of every direction of the last layer";
    return [...lines, `mistakes are tried against ${needed}: none of them is given`];
  }
  return [
    ...lines,
    `none of the ${count} mistakes and pairs that were tried explains it`,
    ...suspicions.map(
      ({ id, title, ...mean }) =>
        `  not proven: ${id} (${renderText(title)}) leaves ${percent(mean.after / mean.before)} of it`,
    ),
  ];
}

function findingLines(finding: MendedFinding, tolerance: number): string[] {
  const side = finding.side === null ? "" : sideNames[finding.side];
  const [main, ...others] = [
    `${side}${finding.id}: ${renderText(finding.title)}`,
    ...finding.with.map(({ id, title }) => `together with ${id}: ${renderText(title)}`),
    `${proofOf(finding.before, finding.after)} (rounding: up to ${short(tolerance)})`,
    ...finding.alsoFits.map(({ id, title }) => `fits as well: ${id}, ${renderText(title)}`),
    ...(finding.needs === null ? [] : [`to tell them apart: ${renderText(finding.needs)}`]),
  ];
  return [main, ...others.map((line) => `  ${line}`)];
}

function proofOf(before: number | null, after: number): string {
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
function formatMarkdown(diagnosed: readonly Diagnosed[]): string {
  const rows = diagnosed.map((one) => {
    if (!("diagnosis" in one)) return [one.file, "could not run", one.reason, ""];
    const { findings } = one.diagnosis;
    const named = findings.map(({ id, title, with: others, side }) => {
      const all = [{ id, title }, ...others].map((each) => `${each.id}: ${renderText(each.title)}`);
      return `${side === null ? "" : sideNames[side]}${all.join("; and ")}`;
    });
    const [finding] = findings;
    const proof = finding === undefined ? "" : proofOf(finding.before, finding.after);
    const { view, diagnosis } = one;
    const verdict = reducedLine(view, diagnosis) ?? verdictOf(view);
    return [one.file, verdict, named.join(" or "), proof];
  });
  return markdownTable(["run", "verdict", "diagnosis", "proof"], rows);
}
