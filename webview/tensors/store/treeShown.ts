/**
 * Whether the list of tensors is on screen.
 */
import type { TensorState } from "./tensorState";

/** As it was said; else where the file has more than one tensor. */
export function isTreeOn({
  isTreeShown,
  summary,
}: Pick<TensorState, "isTreeShown" | "summary">): boolean {
  return isTreeShown ?? summary?.entryCount !== 1;
}
