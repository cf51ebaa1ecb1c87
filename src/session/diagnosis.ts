/**
 * The diagnosis of a run: of one that is open, and of one that is loaded for it alone.
 */
import type { RunControl } from "../core/control";
import type { MendedDiagnosis, ReducedPrecision } from "../diagnosis/answer";
import type { DiagnosisView } from "../protocol/run/diagnosisMessages";
import type { VerdictView } from "../protocol/run/messages";
import { mayBeReduced } from "../protocol/run/reducedPrecision";
import { decodeNumber, encodeNumber, type WireNumber } from "../protocol/wire";
import type { RunInputs } from "../run/inputs";
import type { ArchiveFiles } from "../run/load/chooseTensor";
import { loadRun } from "../run/load/load";
import { loadOwn } from "../run/load/own";
import { runInputsOf } from "../run/load/runInputs";
import type { RunSpec } from "../run/spec/spec";
import { asGiven, givenOf, type Given } from "./given";

/**
 * Why the reference or the user's own output differs, and what the run cannot show. Both are taken as their files have
 * them: an axis that is missing is a mistake as well.
 * @throws CancelledError when `control` says so.
 */
export async function diagnoseInputs(
  inputs: RunInputs,
  given: Given,
  control: RunControl,
): Promise<MendedDiagnosis> {
  const { diagnoseSides } = await import("../diagnosis/doctor");
  return diagnoseSides(asGiven(inputs, given), given.own, given.names, control);
}

/**
 * Less precision that explains why a reference differs; null where it is more than that.
 * @throws CancelledError when `control` says so.
 */
export async function precisionOfInputs(
  inputs: RunInputs,
  given: Given,
  verdicts: readonly VerdictView[],
  control: RunControl,
): Promise<ReducedPrecision | null> {
  const found = verdicts.filter(mayBeReduced).map(({ maxAbs }) => decodeNumber(maxAbs));
  if (found.length === 0) return null;
  const { reducedPrecisionOf } = await import("../diagnosis/doctor");
  return reducedPrecisionOf(asGiven(inputs, given), Math.max(...found), control);
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
  const diagnosis = await diagnoseInputs(inputs, givenOf(spec, loaded, own), control);
  return diagnosisView(diagnosis, performance.now() - started);
}

/** A diagnosis as messages carry it. */
function diagnosisView(diagnosis: MendedDiagnosis, milliseconds: number): DiagnosisView {
  const { findings, tried, suspicions, cannotSee, count, lookedAt, precision } = diagnosis;
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
    cannotSee,
    count,
    lookedAt,
    precision,
    milliseconds,
  };
}

function encoded(value: number | null): WireNumber | null {
  return value === null ? null : encodeNumber(value);
}
