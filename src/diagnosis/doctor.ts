/**
 * What other rooms ask of the diagnosis. Loaded when it is first asked: dist/ has it in a file of its own.
 */
import type { RunControl } from "../core/control";
import type { RunInputs } from "../run/inputs";
import type { Finding, Fix, MendedDiagnosis } from "./answer";
import { caseOf } from "./base/model";
import { frameOf, type FixFrame, type FixNames } from "./fixes/fix";
import { fixOf } from "./fixes/registry";
import { diagnose } from "./search/diagnose";

export { applied, namesOf } from "./apply";

/**
 * Why the reference of a run differs, what mends it, and what the run cannot show. `names` are the user's, for the lines.
 * @throws CancelledError when `control` says so; ShapeError, NotFoundError when the weights do not fit.
 */
export function diagnoseRun(
  inputs: RunInputs,
  names: FixNames,
  control: RunControl,
): MendedDiagnosis {
  const the = caseOf(inputs);
  const diagnosis = diagnose(the, control);
  const frame = frameOf(the, names);
  return {
    ...diagnosis,
    findings: diagnosis.findings.map((finding) => ({
      ...finding,
      fix: fixesOf(finding, frame),
      under: canBeShown(finding) ? [finding, ...finding.with].map(({ id }) => id) : [],
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

/** False for a free parameter, and for a reference of another shape. */
function canBeShown({ parameter, before }: Finding): boolean {
  return parameter === null && before !== null;
}
