/**
 * `unroll diagnose`: why references differ, for people, for programs, and as Markdown.
 */
import { legible, renderText } from "../core/text";
import { sameShape } from "../tensor/tensor";
import type { MendedDiagnosis, Named } from "../diagnosis/answer";
import type { RunView, Verdict } from "../protocol/run/messages";
import type { Command } from "./arguments";
import { exitCodeOf, withReferenced, worse, type ExitCode, type Terminal } from "./commands";
import { failureJson, toJson } from "./json";
import { counted } from "./table";

type DiagnoseCommand = Extract<Command, { name: "diagnose" }>;

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
      worst = worse(worst, exitCodeOf(one.view));
    } catch (error) {
      const reason = describeFailure(error);
      terminal.warn(reason);
      diagnosed.push({ file, reason, error });
      worst = 2;
    }
  }
  if (command.format === "json") terminal.print(toJson({ runs: diagnosed.map(diagnosedJson) }));
  if (command.format === "markdown") terminal.print(formatMarkdown(diagnosed));
  return worst;
}

type WithAnswer = Extract<Diagnosed, { diagnosis: MendedDiagnosis }>;

function diagnoseOne(
  file: string,
  command: DiagnoseCommand,
  terminal: Terminal,
): Promise<WithAnswer> {
  return withReferenced(file, command, terminal, async (session, control) => {
    const started = performance.now();
    const diagnosis = await session.diagnose(control);
    const milliseconds = Math.round(performance.now() - started);
    return { file, view: session.view, diagnosis, milliseconds };
  });
}

const severity: readonly Verdict[] = ["equal", "rounding", "differs", "cannot-compare"];

/** The verdict of the whole run: the worst of its tensors. What cannot be judged is not worse than what differs. */
function verdictOf({ verdicts }: RunView): Verdict {
  const ranks = verdicts.map(({ verdict, found, expected }) =>
    verdict === "cannot-compare" && sameShape(found, expected) ? 1.5 : severity.indexOf(verdict),
  );
  const worst = Math.max(...ranks);
  return worst === 1.5 ? "cannot-compare" : (severity[worst] ?? "equal");
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
    findings: diagnosis.findings.map((finding) => ({
      id: finding.id,
      before: finding.before,
      after: finding.after,
      alsoFits: ids(finding.alsoFits),
      with: ids(finding.with),
      title: renderText(finding.title),
      parameter: finding.parameter,
      // Which side stands alone is known where a third tensor is given.
      side: null,
      fix: finding.fix,
    })),
    cannotSee: ids(diagnosis.cannotSee),
    suspicions: diagnosis.suspicions.map(({ id, title, before, after }) => ({
      id,
      title: renderText(title),
      before,
      after,
    })),
    tried: diagnosis.tried.map(({ id, most }) => ({ id, largest: most })),
    count: diagnosis.count,
    before: diagnosis.before,
    tolerance: diagnosis.tolerance,
    noise: diagnosis.noise,
    chaoticFrom: view.chaos,
    lookedAt: diagnosis.lookedAt,
    milliseconds,
  };
}

const verdictLines: Readonly<Record<Verdict, string>> = {
  equal: "equal: nothing to explain",
  rounding: "rounding only: nothing to explain",
  differs: "differs",
  "cannot-compare": "cannot compare",
};

function formatDiagnosis({ file, view, diagnosis }: WithAnswer): string {
  const lines = [`${legible(file)}: ${verdictLines[verdictOf(view)]}`];
  return [...lines, ...answerLines(view, diagnosis).map((line) => `  ${line}`), ""].join("\n");
}

/** What was found, a line each. */
function answerLines(view: RunView, diagnosis: MendedDiagnosis): string[] {
  const { findings, suspicions, cannotSee } = diagnosis;
  const lines = findings.flatMap((finding) => {
    const [main, ...others] = [
      `${finding.id}: ${renderText(finding.title)}`,
      ...finding.with.map(({ id, title }) => `together with ${id}: ${renderText(title)}`),
      `${proofOf(finding.before, finding.after)} (rounding: up to ${short(diagnosis.tolerance)})`,
      ...finding.alsoFits.map(({ id, title }) => `fits as well: ${id}, ${renderText(title)}`),
      ...(finding.needs === null ? [] : [`to tell them apart: ${renderText(finding.needs)}`]),
    ];
    return [main, ...others.map((line) => `  ${line}`)];
  });
  const passes = exitCodeOf(view) === 0;
  const { lookedAt } = diagnosis;
  const because = view.chaos === null ? "it is large" : "it is chaotic";
  if (lookedAt?.steps === 0) return [`nothing about this run can be explained: ${because}`];
  if (lookedAt !== null) {
    const [steps, rows] = [counted(lookedAt.steps, "step"), counted(lookedAt.rows, "row")];
    lines.push(`the first ${steps} of the first ${rows} were looked at: ${because}`);
  }
  const { before, tolerance } = diagnosis;
  if (lookedAt !== null && before !== null && before <= tolerance) {
    lines.push("they agree");
  } else if (findings.length === 0 && !passes) {
    lines.push(`none of the ${diagnosis.count} mistakes and pairs that were tried explains it`);
    lines.push(
      ...suspicions.map(
        ({ id, title, before, after }) =>
          `  not proven: ${id} (${renderText(title)}) leaves ${percent(after / before)} of it`,
      ),
    );
  }
  if (cannotSee.length > 0) {
    const ids = cannotSee.map(({ id }) => id).join(", ");
    lines.push(`this test cannot see ${counted(cannotSee.length, "mistake")}: ${ids}`);
  }
  return lines;
}

function proofOf(before: number | null, after: number): string {
  if (before === null) return `same shape, largest difference ${short(after)}`;
  return `largest difference ${short(before)} → ${short(after)}`;
}

function short(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

function percent(part: number): string {
  return `${String(Math.round(part * 100))} %`;
}

/** A table with a row for each run, then what each could not show. */
function formatMarkdown(diagnosed: readonly Diagnosed[]): string {
  const rows = diagnosed.map((one) => {
    if (!("diagnosis" in one)) return [one.file, "could not run", one.reason, ""];
    const { findings } = one.diagnosis;
    const named = findings.map(({ id, title, with: others }) =>
      [{ id, title }, ...others].map((own) => `${own.id}: ${renderText(own.title)}`).join("; and "),
    );
    const [finding] = findings;
    const proof = finding === undefined ? "" : proofOf(finding.before, finding.after);
    return [one.file, verdictOf(one.view), named.join(" or "), proof];
  });
  const lines = [["run", "verdict", "diagnosis", "proof"], ["---", "---", "---", "---"], ...rows];
  return `${lines.map((cells) => `| ${cells.map(markdownCell).join(" | ")} |`).join("\n")}\n`;
}

/** Foreign text in a cell: nothing in it is Markdown or HTML. */
function markdownCell(content: string): string {
  return legible(content).replace(/[\\`*_[\]<>|&~#!()]/g, "\\$&");
}
