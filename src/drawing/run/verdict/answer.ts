/**
 * The answer of a diagnosis in one line. No DOM.
 */
import { grouped } from "../../../core/numeric";
import { text, type Text } from "../../../core/text";
import type { Named } from "../../../diagnosis/answer";
import type { RunView } from "../../../protocol/run/messages";
import type { DiagnosisView, FindingView } from "../../../protocol/run/diagnosisMessages";
import { significant } from "../../base/exactNumber";
import { titleOf } from "../charts/triedRows";

export interface Answer {
  /** `fine` where nothing is wrong with the code. */
  readonly tone: "found" | "fine" | "none";
  readonly sentence: Text;
  /** What then agrees, in one more sentence; null where nothing was found. */
  readonly agreed: Text | null;
  /** Largest errors; null where there are none to be given. */
  readonly numbers: Text | null;
  /** Why the run cannot be shown under it; null where it can, or nothing was found. */
  readonly notShown: Text | null;
  /** True where all that differs is NaN, on both sides: the run passes once that counts as equal. */
  readonly isNaNOnly?: true;
}

const nothingFound = { tone: "none", agreed: null, numbers: null, notShown: null } as const;

/** What is known of a run besides its diagnosis: where it differs first, what it is computed from that is not finite, and where its reference contradicts itself. */
export interface KnownOfRun {
  readonly first?: Text | undefined;
  readonly notFinite?: readonly Text[] | undefined;
  readonly contradiction?: Text | undefined;
}

/** The tensors that a diagnosis compares; layers around the module have no part in it. */
const DIAGNOSED: readonly string[] = ["output", "h_n", "c_n"];

/** The answer about a run; null for one that agrees. */
export function answerOfRun(
  diagnosis: DiagnosisView,
  {
    verdicts,
    firstDivergence,
    notFinite,
    contradiction,
  }: Pick<RunView, "verdicts" | "firstDivergence" | "notFinite" | "contradiction">,
): Answer | null {
  const total = verdicts
    .filter(({ name }) => DIAGNOSED.includes(name))
    .reduce((sum, verdict) => sum + verdict.total, 0);
  return answerOf(diagnosis, total, { first: firstDivergence?.sentence, notFinite, contradiction });
}

/** The same, of so many compared values. */
export function answerOf(
  diagnosis: DiagnosisView,
  total: number,
  known: KnownOfRun = {},
): Answer | null {
  const { findings, before, lookedAt } = diagnosis;
  const [finding] = findings;
  if (finding !== undefined) return foundAnswer(diagnosis, finding, total);
  if (lookedAt?.steps === 0) {
    const sentence = text("The run is chaotic or too large: nothing about it can be explained.");
    return { ...nothingFound, sentence };
  }
  const tolerance = Number(diagnosis.tolerance);
  if (before !== null && Number(before) <= tolerance) return agreeing(diagnosis, known);
  const [cause] = known.notFinite ?? [];
  if (cause !== undefined) {
    const sentence = text("{0}. No mistake explains what is computed from it.", cause);
    return { ...nothingFound, sentence };
  }
  const numbers =
    before === null || !Number.isFinite(Number(before))
      ? null
      : text(
          "largest difference {0} · rounding up to {1}",
          significant(Number(before), 2),
          significant(tolerance, 2),
        );
  return { ...nothingFound, sentence: noneText(diagnosis, known.contradiction), numbers };
}

function nanOnBothSides(cause: Text | undefined): Text {
  return cause === undefined
    ? text("This run and the reference are NaN in the same places and agree in all others.")
    : text(
        "{0}. The reference is NaN in the same places as this run and agrees in all others.",
        cause,
      );
}

function noneText({ lookedAt, count }: DiagnosisView, contradiction: Text | undefined): Text {
  const tried = grouped(count);
  if (contradiction !== undefined) {
    return text(
      "None of the {0} mistakes and pairs that were tried explains it: {1}.",
      tried,
      contradiction,
    );
  }
  return lookedAt === null
    ? text("None of the {0} mistakes and pairs that were tried explains it.", tried)
    : text(
        "None of the {0} mistakes and pairs that were tried explains {1}.",
        tried,
        lookedAt.where,
      );
}

/** A run that agrees, as far as it was looked at. */
function agreeing(
  { lookedAt, sharesNaN }: DiagnosisView,
  { first, notFinite: [cause] = [] }: KnownOfRun,
): Answer | null {
  if (lookedAt === null) {
    return sharesNaN === true
      ? { ...nothingFound, isNaNOnly: true, sentence: nanOnBothSides(cause) }
      : null;
  }
  const sentence = text(
    "All values of {0} agree; no more of this run can be explained.",
    lookedAt.where,
  );
  const numbers = first === undefined ? null : text("First divergence: {0}", first);
  return { ...nothingFound, sentence, numbers };
}

function foundAnswer(diagnosis: DiagnosisView, finding: FindingView, total: number): Answer {
  const others: readonly Text[] = [
    ...finding.alsoFits.map(({ title }: Named) => title),
    ...diagnosis.findings
      .slice(1)
      .filter(({ side }) => side === finding.side)
      .map(titleOf),
  ];
  const what = fitting(titleOf(finding), others);
  return {
    tone: finding.isPrecision ? "fine" : "found",
    sentence: findingText(finding, what),
    agreed: remainder(diagnosis, finding) ?? agreement(diagnosis, others.length > 0, total),
    numbers: proofOf(diagnosis, finding),
    notShown: finding.notShown,
  };
}

/** What a finding says was done, with whose mistake it is, or that it is none. */
export function findingText(
  { side, isPrecision }: Pick<FindingView, "side" | "isPrecision">,
  what: Text,
): Text {
  if (isPrecision) {
    return side === "own"
      ? text("Nothing is wrong with the code: in your own output, {0}.", what)
      : text("Nothing is wrong with the code: in the reference, {0}.", what);
  }
  return side === "own"
    ? text("In your own output, {0}.", what)
    : text("In the reference, {0}.", what);
}

function fitting(first: Text, [second, ...others]: readonly Text[]): Text {
  if (second === undefined) return first;
  if (others.length === 0) return text("{0}, or {1}", first, second);
  if (others.length === 1) return text("{0}, or {1}, or {2}", first, second, others[0]!);
  return text("{0}, or {1}, or one of {2} others", first, second, others.length);
}

/** What is left where not all of the difference is gone; null where it is. */
function remainder({ tolerance, lookedAt }: DiagnosisView, finding: FindingView): Text | null {
  const { parameter, isPrecision, isShown, after } = finding;
  if (parameter?.kind === "values") {
    return lookedAt === null || parameter.inAll === true
      ? text("All others agree.")
      : text("All others of {0} agree.", lookedAt.where);
  }
  if (!isPrecision || Number(after) <= Number(tolerance)) return null;
  return isShown === true
    ? text("Run like that, what is left is rounding in that precision.")
    : text("Every value of it is a number of that precision.");
}

function agreement(
  { lookedAt, before }: DiagnosisView,
  isOneOfSeveral: boolean,
  total: number,
): Text {
  if (isOneOfSeveral) {
    return text("Run like any of these, all values agree; this run cannot tell them apart.");
  }
  if (lookedAt !== null) {
    return text("Run like that, all values of {0} agree.", lookedAt.where);
  }
  if (before === null || total === 0) return text("Run like that, all values agree.");
  return text("Run like that, all {0} values agree.", grouped(total));
}

/** Largest errors before and under a finding. */
export function proofOf({ tolerance }: DiagnosisView, finding: FindingView): Text {
  const { before, after } = finding;
  const [then, rounding] = [significant(Number(after), 2), significant(Number(tolerance), 2)];
  if (finding.parameter?.kind === "values") {
    return text("largest difference of all others {0} · rounding up to {1}", then, rounding);
  }
  if (before === null) return text("largest difference {0} · rounding up to {1}", then, rounding);
  return text("{0} → {1} · rounding up to {2}", significant(Number(before), 2), then, rounding);
}
