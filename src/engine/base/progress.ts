/**
 * The progress of a forward, reported block by block.
 */
import type { RunControl } from "../../core/control";
import { text } from "../../core/text";
import { WorkProgress } from "../../core/workProgress";

/** The progress of a forward of `total` parts. */
export function forwardProgress(control: RunControl, total: number): WorkProgress {
  return new WorkProgress(control, text("Running the forward"), total);
}
