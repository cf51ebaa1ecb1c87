/**
 * Steps of a sequence that are not padding, of a run as views have it; `model/sequence.ts` has it for the run itself.
 */
import type { RunView } from "../../protocol/run/messages";

export function sequenceLength(
  { lengths, seqLength }: Pick<RunView, "lengths" | "seqLength">,
  batch: number,
): number {
  return lengths?.[batch] ?? seqLength;
}
