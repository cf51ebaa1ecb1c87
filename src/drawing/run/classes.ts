/**
 * What logits say: the share of each class by softmax, the class that is the likeliest, and its name; no DOM.
 */
import type { SurroundingView } from "../../protocol/run/surroundingMessages";

/** The largest logit, the first of equal ones; null where one is NaN, or there is none. */
export function likeliestOf(logits: ArrayLike<number>): number | null {
  let found: number | null = null;
  for (let unit = 0; unit < logits.length; unit++) {
    const logit = logits[unit]!;
    if (Number.isNaN(logit)) return null;
    if (found === null || logit > logits[found]!) found = unit;
  }
  return found;
}

/** softmax of a logit among all; NaN where that is none. */
export function shareOf(logits: ArrayLike<number>, unit: number): number {
  const likeliest = likeliestOf(logits);
  if (likeliest === null) return Number.NaN;
  const most = logits[likeliest]!;
  let sum = 0;
  for (const logit of Array.from(logits)) sum += Math.exp(logit - most);
  return Math.exp(logits[unit]! - most) / sum;
}

/** The name of a class, where a file tells it. */
export function classNameOf(
  surrounding: Pick<SurroundingView, "classes"> | null | undefined,
  unit: number,
): string | undefined {
  return surrounding?.classes?.find(([each]) => each === unit)?.[1];
}

/** `1`, or `1 “pleased”` where a file names the classes. */
export function classText(
  surrounding: Pick<SurroundingView, "classes"> | null | undefined,
  unit: number,
): string {
  const name = classNameOf(surrounding, unit);
  return name === undefined ? String(unit) : `${unit} “${name}”`;
}
