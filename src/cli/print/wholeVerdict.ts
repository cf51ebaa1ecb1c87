/**
 * The verdict of a whole run that was diagnosed, of its references and the user's own output together, and the words for
 * verdicts.
 */
import type { RunView, Verdict } from "../../protocol/run/messages";

const severity: readonly Verdict[] = ["equal", "rounding", "differs", "cannot-compare"];

const words: Readonly<Record<Verdict, string>> = {
  equal: "equal",
  rounding: "rounding only",
  differs: "differs",
  "cannot-compare": "cannot compare",
};

/** The words for a verdict; `isWide` as that of a compared tensor. */
export function verdictWords(verdict: Verdict, isWide = false): string {
  return isWide ? "within tolerance" : words[verdict];
}

/**
 * The verdict of the whole run, as `check` has it: the worst of its tensors and the user's own. What cannot be judged is
 * not worse than what differs. A tensor of another shape counts as what it was read as.
 */
export function verdictOf({ verdicts, own }: RunView): Verdict {
  return worstOf([
    ...verdicts.map(({ verdict, total }) => rankOf(verdict, total > 0)),
    ...(own?.withRun ?? []).map(({ verdict, total }) => rankOf(verdict, total > 0)),
  ]);
}

function worstOf(ranks: readonly number[]): Verdict {
  const worst = Math.max(...ranks);
  return worst === UNJUDGED ? "cannot-compare" : (severity[worst] ?? "equal");
}

const UNJUDGED = 1.5;

function rankOf(verdict: Verdict, hasShape: boolean): number {
  return verdict === "cannot-compare" && hasShape ? UNJUDGED : severity.indexOf(verdict);
}
