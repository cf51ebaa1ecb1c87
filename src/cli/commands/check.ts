/**
 * `unroll check`: runs beside their references, on the terminal, as JSON, as JUnit XML and as Markdown.
 */
import { resolve } from "node:path";
import { renderText } from "../../core/text";
import type { ReducedPrecision } from "../../diagnosis/answer";
import type { RunView } from "../../protocol/run/messages";
import type { VerdictView } from "../../protocol/run/verdictMessages";
import type { NumbersView } from "../../protocol/run/numbersMessages";
import { reducedSentence, reducedTo } from "../../protocol/run/reducedPrecision";
import { decodeNumber } from "../../protocol/wire";
import type { RunControl } from "../../core/control";
import type { Session } from "../../session/session";
import { filesOf } from "../../run/spec/spec";
import { exitCodeOf, withReferenced, worse, type ExitCode, type Terminal } from "./commands";
import { checkJson, failedCheckJson, toJson } from "../print/json";
import { junitXml, type CheckedCase } from "../print/junit";
import { markdownTable } from "../print/markdown";
import { replaceFile } from "../../node/writeWhole";
import { assertNotInput } from "./outFile";
import { formatNumbers } from "../print/numbers";
import { formatCheck, formatSummary, isClose } from "../print/report";
import type { CheckCommand } from "../flags/runsFlags";
import { formatNumber } from "../print/table";

/** A run that was compared, or that could not be made. */
type Checked = { readonly file: string; readonly seconds: number } & (
  | {
      readonly view: RunView;
      readonly precision: ReducedPrecision | null;
      /** Empty where nobody asked for them. */
      readonly numbers: readonly NumbersView[];
    }
  | { readonly reason: string; readonly error: unknown }
);

/** Runs each file and compares it with its reference. A file that cannot run does not stop the others. */
export async function check(
  command: CheckCommand,
  terminal: Terminal,
  describeFailure: (error: unknown) => string,
): Promise<ExitCode> {
  const { runFiles, json } = command;
  const checked: Checked[] = [];
  for (const file of runFiles) {
    const one = await checkOne(file, command, terminal, describeFailure);
    checked.push(one);
    if ("reason" in one) terminal.warn(one.reason);
    else if (!json) {
      terminal.print(formatCheck(file, one.view, one.precision));
      terminal.print(formatNumbers(one.numbers));
    }
  }
  if (json) terminal.print(toJson({ runs: checked.map(jsonOf) }));
  else if (runFiles.length > 1) {
    const matching = checked.filter((one) => codeOf(one) === 0);
    terminal.print(formatSummary(runFiles.length, matching.length));
  }
  await writeReports(checked, command, terminal);
  return checked.map(codeOf).reduce(worse, 0);
}

async function checkOne(
  file: string,
  command: CheckCommand,
  terminal: Terminal,
  describeFailure: (error: unknown) => string,
): Promise<Checked> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  try {
    const found = await withReferenced(file, command, terminal, async (session, control) => ({
      view: session.view,
      precision: await session.precision(control),
      numbers: command.json || command.numbers ? await numbersOfRun(session, control) : [],
    }));
    return { file, ...found, seconds: seconds() };
  } catch (error) {
    return { file, reason: describeFailure(error), error, seconds: seconds() };
  }
}

/** A run whose shapes clash has none. */
async function numbersOfRun(session: Session, control: RunControl): Promise<NumbersView[]> {
  return session.view.lanes.length === 0 ? [] : session.numbers(control);
}

function codeOf(one: Checked): ExitCode {
  return "view" in one ? exitCodeOf(one.view) : 2;
}

function jsonOf(one: Checked): object {
  if ("view" in one) return checkJson(one.file, one.view, one);
  return failedCheckJson(one.file, one.reason, one.error);
}

/** Writes the files that were asked for, each whole or not at all, and never over a file that was read. */
async function writeReports(
  checked: readonly Checked[],
  { runFiles, junit, markdown }: CheckCommand,
  terminal: Terminal,
): Promise<void> {
  const specs = checked.flatMap((one) => ("view" in one ? filesOf(one.view.spec) : []));
  const read = [...runFiles, ...specs].map((file) => resolve(terminal.folder, file));
  const write = async (flag: string, file: string | null, content: string): Promise<void> => {
    if (file === null) return;
    const path = resolve(terminal.folder, file);
    await assertNotInput(path, read, flag);
    await replaceFile(path, new TextEncoder().encode(content));
  };
  await write("--junit", junit, junitXml(checked.map(caseOf)));
  await write("--markdown", markdown, formatMarkdown(checked));
}

function caseOf(one: Checked): CheckedCase {
  const { file, seconds } = one;
  if (!("view" in one)) {
    const { reason } = one;
    return { file, seconds, outcome: { kind: "error", sentence: reason, details: reason } };
  }
  if (exitCodeOf(one.view) === 0) return { file, seconds, outcome: { kind: "passed" } };
  const { view, precision } = one;
  const failed = failing(view).map((verdict) => sentenceOf(verdict, precision));
  const sentence = [...failed, ...ownSentence(view)].join("; ");
  const details = formatCheck(file, view, precision).trimEnd();
  return { file, seconds, outcome: { kind: "failure", sentence, details } };
}

function failing({ verdicts }: RunView): readonly VerdictView[] {
  return verdicts.filter(({ verdict }) => !isClose(verdict));
}

function sentenceOf(verdict: VerdictView, precision: ReducedPrecision | null): string {
  const reduced = reducedTo(verdict, precision);
  if (reduced === null) return `${verdict.name}: ${renderText(verdict.sentence)}`;
  const sentence = renderText(reducedSentence(verdict));
  return `${verdict.name}: reduced precision (${renderText(reduced)}), ${sentence}`;
}

/** Who stands alone of run, reference and the user's own output; nothing where that output is not given. */
function ownSentence({ own }: RunView): string[] {
  return own === undefined ? [] : [renderText(own.sentence)];
}

/** A row for each tensor of each run. */
function formatMarkdown(checked: readonly Checked[]): string {
  const rows = checked.flatMap((one) => {
    if (!("view" in one)) return [[one.file, "", "could not run", "", one.reason]];
    const rows = one.view.verdicts.map((verdict) => {
      const reduced = reducedTo(verdict, one.precision);
      const sentence = reduced === null ? verdict.sentence : reducedSentence(verdict);
      return [
        one.file,
        verdict.name,
        reduced === null ? verdict.verdict : `reduced precision (${renderText(reduced)})`,
        formatNumber(decodeNumber(verdict.maxAbs)),
        isClose(verdict.verdict) ? "" : renderText(sentence),
      ];
    });
    const own = ownSentence(one.view).map((sentence) => [one.file, "own", "", "", sentence]);
    return [...rows, ...own];
  });
  return markdownTable(["run", "tensor", "verdict", "max |Δ|", ""], rows);
}
