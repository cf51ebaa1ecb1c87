/**
 * The diagnosis of a run: of one that is open, and of one that is loaded for it alone.
 */
import type { RunControl } from "../core/control";
import type { MendedDiagnosis, MendedFinding, ReducedPrecision } from "../diagnosis/answer";
import { runUnder } from "../diagnosis/fixes/options";
import { sequenceSizes } from "../model/sequence";
import type { DiagnosisView } from "../protocol/run/diagnosisMessages";
import type { VerdictView } from "../protocol/run/verdictMessages";
import { mayBeReduced } from "../protocol/run/reducedPrecision";
import { decodeNumber, encodeNumber, type WireNumber } from "../protocol/wire";
import { withAnswer } from "../reference/answer";
import type { EngineChoice } from "../reference/engine";
import type { ReferenceEngines } from "../reference/engines";
import { givesReference } from "../run/execute";
import type { RunInputs } from "../run/inputs";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import type { RunSpec } from "../run/spec/spec";
import { asGiven, readGiven, type Given } from "./given";

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
  beside?: EnginesBeside,
): Promise<DiagnosisView> {
  const started = performance.now();
  const read = await readGiven(spec, files, control);
  const { inputs, given } = await withEngine(read, beside, control);
  const diagnosis = await diagnoseInputs(inputs, given, control);
  return diagnosisView(diagnosis, writtenIn(spec, inputs), performance.now() - started);
}

/** Engines that may give the reference of a run whose files give none. */
interface EnginesBeside {
  readonly engines: ReferenceEngines;
  readonly choices: readonly EngineChoice[];
}

/** The run with the answer of the first engine as its reference, where its files give none. */
async function withEngine(
  read: { readonly inputs: RunInputs; readonly given: Given },
  beside: EnginesBeside | undefined,
  control: RunControl,
): Promise<typeof read> {
  const { inputs, given } = read;
  const [choice] = beside?.choices ?? [];
  if (beside === undefined || choice === undefined || givesReference(inputs)) return read;
  const outcome = await beside.engines.run({ choice, inputs, file: null }, control);
  if (outcome.kind !== "answer") return read;
  return { inputs: withAnswer(inputs, outcome), given: { ...given, reference: null } };
}

/** Tells under which ids of a finding a run file can say a run that agrees. */
function writtenIn(
  spec: RunSpec,
  { config, input }: RunInputs,
): (finding: MendedFinding) => readonly string[] {
  const { seqLength = 0 } = sequenceSizes(input.shape, config.batchFirst) ?? {};
  return ({ id, with: others, side }) => {
    const ids = [id, ...others.map((other) => other.id)];
    // The run that agrees with an output of the user's own is not the one that its reference is of.
    return side === "own" || runUnder(ids, { config, seqLength, spec }) === null ? [] : ids;
  };
}

/** A diagnosis as messages carry it; where nothing is saved under its findings, and no time was taken, without either. */
export function diagnosisView(
  diagnosis: MendedDiagnosis,
  writtenOf: (finding: MendedFinding) => readonly string[] = () => [],
  milliseconds = 0,
): DiagnosisView {
  const { findings, tried, suspicions, cannotSee, count, lookedAt, precision } = diagnosis;
  const { sharesNaN } = diagnosis;
  return {
    findings: findings.map((finding) => ({
      ...finding,
      before: encoded(finding.before),
      after: encodeNumber(finding.after),
      written: writtenOf(finding),
    })),
    tried: tried.map((one) => ({ ...one, most: encoded(one.most) })),
    suspicions: suspicions.map((one) => ({
      ...one,
      before: encodeNumber(one.before),
      after: encoded(one.after),
    })),
    before: encoded(diagnosis.before),
    overTime: (findings[0]?.side === "own" ? diagnosis.own : null)?.overTime ?? diagnosis.overTime,
    tolerance: encodeNumber(diagnosis.tolerance),
    cannotSee,
    count,
    lookedAt,
    precision,
    ...(sharesNaN === undefined ? {} : { sharesNaN }),
    milliseconds,
  };
}

function encoded(value: number | null): WireNumber | null {
  return value === null ? null : encodeNumber(value);
}
