/**
 * What other rooms ask of the diagnosis. Loaded when it is first asked: dist/ has it in a file of its own.
 */
import type { RunControl } from "../core/control";
import type { RunInputs } from "../run/inputs";
import type { Diagnosis } from "./answer";
import { caseOf } from "./base/model";
import { diagnose } from "./search/diagnose";

export { applied, namesOf } from "./apply";

/**
 * Why the reference of a run differs, and what the run cannot show.
 * @throws CancelledError when `control` says so; ShapeError, NotFoundError when the weights do not fit.
 */
export function diagnoseRun(inputs: RunInputs, control: RunControl): Diagnosis {
  return diagnose(caseOf(inputs), control);
}
