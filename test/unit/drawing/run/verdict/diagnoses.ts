/** Diagnoses that tests make up. */
import type { DiagnosisView, FindingView } from "../../../../../src/protocol/run/diagnosisMessages";
import type { Named } from "../../../../../src/diagnosis/answer";
import { text } from "../../../../../src/core/text";

/** A mistake of this id, whose title is its name in words. */
export const mistake = (id: string): Named => ({ id, title: text("{0} is wrong", id) });

export function finding(id: string, changes: Partial<FindingView> = {}): FindingView {
  return {
    ...mistake(id),
    before: 0.5,
    after: 1e-7,
    alsoFits: [],
    with: [],
    isPrecision: false,
    parameter: null,
    side: null,
    needs: null,
    fix: { pytorch: "import torch", numpy: "", typescript: "" },
    under: [id],
    notShown: null,
    written: [],
    ...changes,
  };
}

export function diagnosis(changes: Partial<DiagnosisView> = {}): DiagnosisView {
  return {
    findings: [],
    cannotSee: [],
    tried: [],
    suspicions: [],
    before: 0.5,
    overTime: null,
    tolerance: 3e-6,
    count: 1066,
    lookedAt: null,
    precision: null,
    milliseconds: 12,
    ...changes,
  };
}
