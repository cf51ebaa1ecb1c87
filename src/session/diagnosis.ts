/**
 * The diagnosis of a run: of one that is open, and of one that is loaded for it alone.
 */
import type { RunControl } from "../core/control";
import type { MendedDiagnosis } from "../diagnosis/answer";
import type { FixNames } from "../diagnosis/fixes/fix";
import type { DiagnosisView } from "../protocol/run/diagnosisMessages";
import { encodeNumber, type WireNumber } from "../protocol/wire";
import type { RunInputs } from "../run/inputs";
import type { ArchiveFiles } from "../run/load/chooseTensor";
import { loadRun, type LoadedRun } from "../run/load/load";
import { loadOwn, type LoadedOwn } from "../run/load/own";
import { runInputsOf } from "../run/load/runInputs";
import type { RunSpec } from "../run/spec/spec";

/** What the diagnosis takes as the files have it. */
export interface Given {
  /** Before axes of size 1 were taken out or put in; null for what the run has. */
  readonly reference: RunInputs["reference"] | null;
  /** The same of the user's own output; null where there is none. */
  readonly own: RunInputs["reference"] | null;
  readonly names: FixNames;
}

export function givenOf(
  { givenReference: reference, weightsFile, module }: LoadedRun,
  own: LoadedOwn | null,
): Given {
  const { prefix, entries } = module;
  const tensorNames = new Map<string, string>();
  for (const [name, entry] of entries) {
    if (entry.name !== prefix + name) tensorNames.set(name, entry.name);
  }
  const names = { weightsFile, prefix, tensorNames };
  return { reference, own: own?.run.givenReference ?? null, names };
}

/**
 * Why the reference or the user's own output differs, and what the run cannot show. Both are taken as their files have
 * them: an axis that is missing is a mistake as well.
 * @throws CancelledError when `control` says so.
 */
export async function diagnoseInputs(
  inputs: RunInputs,
  { reference, own, names }: Given,
  control: RunControl,
): Promise<MendedDiagnosis> {
  const { diagnoseSides } = await import("../diagnosis/doctor");
  const given = { ...inputs, reference: reference ?? inputs.reference };
  return diagnoseSides(given, own, names, control);
}

/**
 * The diagnosis of a run that no session holds: nothing but its files is read.
 * @throws the readers' errors, ShapeError, NotFoundError, CancelledError.
 */
export async function diagnoseSpec(
  spec: RunSpec,
  files: ArchiveFiles,
  control: RunControl,
): Promise<DiagnosisView> {
  const started = performance.now();
  const loaded = await loadRun(spec, files);
  const own = await loadOwn(spec, loaded, files);
  control.check();
  const inputs = await runInputsOf(loaded, spec);
  const diagnosis = await diagnoseInputs(inputs, givenOf(loaded, own), control);
  return diagnosisView(diagnosis, performance.now() - started);
}

/** A diagnosis as messages carry it. */
function diagnosisView(diagnosis: MendedDiagnosis, milliseconds: number): DiagnosisView {
  const { findings, tried, suspicions, cannotSee, count, lookedAt } = diagnosis;
  return {
    findings: findings.map((finding) => ({
      ...finding,
      before: encoded(finding.before),
      after: encodeNumber(finding.after),
    })),
    tried: tried.map((one) => ({ ...one, most: encoded(one.most) })),
    suspicions: suspicions.map((one) => ({
      ...one,
      before: encodeNumber(one.before),
      after: encodeNumber(one.after),
    })),
    before: encoded(diagnosis.before),
    tolerance: encodeNumber(diagnosis.tolerance),
    ...{ cannotSee, count, lookedAt, milliseconds },
  };
}

function encoded(value: number | null): WireNumber | null {
  return value === null ? null : encodeNumber(value);
}
