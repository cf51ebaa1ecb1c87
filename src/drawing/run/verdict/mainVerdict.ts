/**
 * The compared tensor that stands for the whole run; no DOM.
 */
import type { VerdictView } from "../../../protocol/run/verdictMessages";

/** The kinds of verdicts, those that say most of a run first. */
const TELLING: readonly VerdictView["verdict"][] = [
  "differs",
  "rounding",
  "equal",
  "cannot-compare",
];

/** The one with the largest difference of those that differ; where none does, of those that are not equal. */
export function mainVerdict(verdicts: readonly VerdictView[]): VerdictView | undefined {
  const kind = TELLING.find((each) => verdicts.some(({ verdict }) => verdict === each));
  const [first, ...others] = verdicts.filter(({ verdict }) => verdict === kind);
  return others.reduce(
    (largest, other) => (sizeOf(other) > sizeOf(largest!) ? other : largest),
    first,
  );
}

/** What is not a number is no small difference. */
function sizeOf({ maxAbs }: VerdictView): number {
  const size = Number(maxAbs);
  return Number.isNaN(size) ? Infinity : size;
}
