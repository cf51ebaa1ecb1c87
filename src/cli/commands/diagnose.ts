/**
 * `unroll diagnose`: why references differ; its answers for programs.
 */
import { renderText } from "../../core/text";
import type { Diagnosis, MendedDiagnosis, Named } from "../../diagnosis/answer";
import type { RunView } from "../../protocol/run/messages";
import { exitCodeOf, withReferenced, worse, type ExitCode, type Terminal } from "./commands";
import {
  commonJson,
  commonOf,
  formatCommon,
  formatCommonMarkdown,
  type ExplainedRun,
} from "../print/common";
import { formatDiagnosis, formatMarkdown, type AnsweredRun } from "../print/diagnosisText";
import { failureJson, ownJson, precisionJson, toJson } from "../print/json";
import type { DiagnoseCommand } from "../flags/runsFlags";
import { verdictOf } from "../print/wholeVerdict";

/** A run that was diagnosed, or that could not be run. */
type Diagnosed =
  | (AnsweredRun & { readonly milliseconds: number })
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
  const { findings } = diagnosis;
  // A mistake may have made another shape, whose values are right all the same: it is told, and no failure.
  const differs = exitCodeOf(view) !== 0 || findings.length > 0;
  return { file, view, findings, differs };
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

function diagnosedJson(one: Diagnosed): object {
  if (!("diagnosis" in one)) {
    return { file: one.file, verdict: null, findings: [], ...failureJson(one.reason, one.error) };
  }
  const { file, view, diagnosis, milliseconds } = one;
  const ids = (named: readonly Named[]): string[] => named.map(({ id }) => id);
  return {
    file,
    verdict: verdictOf(view),
    ...readAsJson(view),
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
    lookedAt: lookedAtJson(diagnosis),
    ...(diagnosis.sharesNaN === true ? { sharesNaN: true } : {}),
    milliseconds,
  };
}

/** What references of another shape were compared as, by tensor; nothing where there are none. */
function readAsJson({ verdicts }: RunView): object {
  const read = verdicts.flatMap(({ name, readAs }) =>
    readAs === undefined ? [] : [[name, renderText(readAs)] as const],
  );
  return read.length === 0 ? {} : { readAs: Object.fromEntries(read) };
}

function lookedAtJson({ lookedAt }: Diagnosis): object | null {
  if (lookedAt === null) return null;
  const { first, steps, rows } = lookedAt;
  return { first, steps, rows };
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
