/**
 * How the states of a reverse direction stand in the strips of the flip picture; no DOM.
 */
import type { RowSegment } from "./values";

/**
 * `made`: as they are processed, then flipped back. `given`: the reference's, of which it is not known how they were
 * computed. `unflipped`: the reference's, which the diagnosis found to be in the order in which they were processed.
 * `compared`: ours, less those.
 */
export type ReverseOrder = "made" | "given" | "unflipped" | "compared";

/** What was found in the reference first, as a part of what a picture is asked with. */
export function mistakeOf(
  findings: readonly { readonly id: string; readonly side: string | null }[],
): { readonly mistake?: string } {
  const found = findings.find(({ side }) => side !== "own");
  return found === undefined ? {} : { mistake: found.id };
}

/** `mistake`: what the diagnosis found in the reference. */
export function reverseOrder(reverse: readonly RowSegment[], mistake?: string): ReverseOrder {
  const isUnflipped = mistake === "flip/output-not-flipped-back";
  const side = reverse[0]?.side;
  if (side === "reference") return isUnflipped ? "unflipped" : "given";
  return side === "delta" && isUnflipped ? "compared" : "made";
}
