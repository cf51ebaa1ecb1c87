/**
 * The verdict of a whole run that was diagnosed: of its references and the user's own output together.
 */
import { sameShape } from "../../tensor/tensor";
import type { RunView, Verdict } from "../../protocol/run/messages";

const severity: readonly Verdict[] = ["equal", "rounding", "differs", "cannot-compare"];

/**
 * The verdict of the whole run: the worst of its tensors and the user's own. What cannot be judged is not worse than what
 * differs. A tensor of another shape is one that a mistake may have made, whatever `check` compares it as.
 */
export function verdictOf({ verdicts, own }: RunView): Verdict {
  const ranks = [
    ...verdicts.map(({ verdict, found, expected }) => {
      const hasShape = sameShape(found, expected);
      return hasShape ? rankOf(verdict, true) : severity.indexOf("cannot-compare");
    }),
    ...(own?.withRun ?? []).map(({ verdict, total, readAs }) =>
      readAs === undefined ? rankOf(verdict, total > 0) : severity.indexOf("cannot-compare"),
    ),
  ];
  return worstOf(ranks);
}

/** The verdict of the whole run as people read it: that of `run` and `check`, also of what was read as another shape. */
export function shownVerdict({ verdicts, own }: RunView): Verdict {
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
