/**
 * What other rooms ask of the diagnosis. Loaded when it is first asked: dist/ has it in a file of its own.
 */
import { controlOfPart, type RunControl } from "../core/control";
import { UnsupportedError } from "../core/errors";
import { text, type Text } from "../core/text";
import type { RunInputs } from "../run/inputs";
import type {
  Diagnosis,
  Finding,
  Fix,
  MendedDiagnosis,
  MendedFinding,
  ReducedPrecision,
  Side,
} from "./answer";
import { canBeApplied } from "./apply";
import { caseOf } from "./base/model";
import { withStates } from "./base/states";
import type { CaseSource } from "./cases/source";
import { makeProbe } from "./probe/probe";
import { probeFiles, type MadeProbe, type ProbeRequest } from "./probe/probeFiles";
import { reduceCase } from "./reduce/reduce";
import { reducedFiles, type MadeReduction } from "./reduce/reducedFiles";
import { frameOf, type FixFrame, type FixNames } from "./fixes/fix";
import { fixOf } from "./fixes/registry";
import { precisionOf } from "./precision";
import { scaleOf } from "./search/closeness";
import { diagnose, mayBePrecision } from "./search/diagnose";
import { noDiagnosis } from "./search/noDiagnosis";

export { applied, namesOf } from "./apply";

/**
 * Why the reference of a run differs, or the user's own output `own`, what mends it, and what the run cannot show. `names`
 * are the user's, for the lines.
 * @throws CancelledError when `control` says so; ShapeError, NotFoundError when the weights do not fit.
 */
export function diagnoseSides(
  inputs: RunInputs,
  own: RunInputs["reference"] | null,
  names: FixNames,
  control: RunControl,
): MendedDiagnosis {
  const known = { ...inputs, reference: withStates(inputs) };
  if (own === null) return { ...diagnoseSide(known, names, null, control), own: null };
  const hasReference = Object.values(known.reference).some((tensor) => tensor !== null);
  const half = hasReference ? 0.5 : 0;
  const mine = diagnoseSide(
    { ...inputs, reference: own, states: [] },
    names,
    "own",
    controlOfPart(control, half, 1),
  );
  if (!hasReference) return { ...mine, own: null };
  const part = controlOfPart(control, 0, half);
  const reference = diagnoseSide(known, names, "reference", part);
  return { ...reference, findings: [...reference.findings, ...mine.findings], own: mine };
}

/** Less precision moves no value by more than this part of the largest magnitude. */
const COARSEST = 0.25;

/**
 * Less precision that explains why the reference of a run differs, by `most`; null where it is more than that. Nothing
 * else is tried unless it is.
 * @throws as `diagnoseSides`.
 */
export function reducedPrecisionOf(
  inputs: RunInputs,
  most: number,
  control: RunControl,
): ReducedPrecision | null {
  const known = { ...inputs, reference: withStates(inputs) };
  if (!hasAny(known.reference)) return null;
  const the = caseOf(known);
  const isCoarse = most > COARSEST * scaleOf(the.reference, the);
  if (isCoarse || !mayBePrecision(the, control)) return null;
  return precisionOf(diagnose(the, control));
}

/** The diagnosis of one side; of nothing where there is nothing that a mistake could be tried against. */
function diagnoseSide(
  inputs: RunInputs,
  names: FixNames,
  side: Side | null,
  control: RunControl,
): Omit<MendedDiagnosis, "own"> {
  if (!hasAny(inputs.reference)) return { ...noDiagnosis, findings: [], precision: null };
  const the = caseOf(inputs);
  const diagnosis = diagnose(the, control);
  const frame = frameOf(the, names);
  return {
    ...diagnosis,
    precision: side === "own" ? null : precisionOf(diagnosis),
    findings: diagnosis.findings.map((finding) => ({
      ...finding,
      side,
      fix: fixesOf(finding, frame),
      ...shownUnder(finding, diagnosis),
    })),
  };
}

/** The lines that mend a finding: one after another for a pair. */
function fixesOf(finding: Finding, frame: FixFrame): Fix {
  const fixes = [finding, ...finding.with].map((mistake) => fixOf(mistake, frame));
  const joined = (language: keyof Fix): string => fixes.map((fix) => fix[language]).join("\n");
  return {
    pytorch: joined("pytorch"),
    numpy: joined("numpy"),
    typescript: joined("typescript"),
  };
}

/** What a run is shown under, or why it cannot be. */
function shownUnder(
  { id, with: others, parameter, before }: Finding,
  { lookedAt }: Diagnosis,
): Pick<MendedFinding, "under" | "notShown"> {
  const not = (notShown: Text): Pick<MendedFinding, "under" | "notShown"> => ({
    under: [],
    notShown,
  });
  const ids = [id, ...others.map((other) => other.id)];
  if (!ids.every(canBeApplied)) return not(text("No run gives it: there is nothing to apply."));
  if (before === null) {
    return not(text("A run under it has another shape than these lanes: it cannot be applied."));
  }
  if (parameter !== null && lookedAt !== null) {
    return not(text("It is known of {0} alone: it cannot be applied to the rest.", lookedAt.where));
  }
  return { under: ids, notShown: null };
}

/** A better test of the module of a run. @throws as `diagnoseSides`; UnsupportedError for a chaotic module. */
export async function probeRun(
  inputs: RunInputs,
  source: CaseSource,
  request: ProbeRequest,
  control: RunControl,
): Promise<MadeProbe> {
  const probe = makeProbe(caseOf(inputs), request.seed, control);
  if (probe !== null) return probeFiles(probe, source, request.weights);
  throw new UnsupportedError(
    { file: source.spec.weights.file },
    text("the module is chaotic from its first steps on: no test can tell mistakes from rounding"),
  );
}

/**
 * The smallest case that shows the mistake of a run: of its reference, else of the user's own output. null where none
 * explains either.
 * @throws as `diagnoseSides`.
 */
export async function reduceRun(
  inputs: RunInputs,
  own: RunInputs["reference"] | null,
  source: CaseSource,
  control: RunControl,
): Promise<MadeReduction | null> {
  for (const reference of [withStates(inputs), own]) {
    if (reference === null || !hasAny(reference)) continue;
    const whole = caseOf({ ...inputs, reference });
    const reduced = reduceCase(whole, control);
    if (reduced !== null) return reducedFiles(whole, reduced, source);
  }
  return null;
}

/** True where there is something that a mistake could be tried against. */
function hasAny({ output, hn, cn }: RunInputs["reference"]): boolean {
  return output !== null || hn !== null || cn !== null;
}
