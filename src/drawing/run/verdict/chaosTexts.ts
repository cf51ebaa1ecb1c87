/**
 * From where on a run is chaotic, and how it is judged there; no DOM.
 */
import { text, type Text } from "../../../core/text";
import { hasReverse } from "../../../model/directions";
import type { RunView } from "../../../protocol/run/messages";

type ChaoticRun = Pick<RunView, "chaos" | "config">;

/** `chaotic from t = 391`; null for a run that is not. */
export function chaoticText(run: ChaoticRun): Text | null {
  const from = fromText(run);
  return from === null ? null : text("chaotic from {0}", from);
}

/** How a chaotic run is judged; null for a run that is not. */
export function chaosText(run: ChaoticRun): Text | null {
  const from = fromText(run);
  return from === null
    ? null
    : text(
        "This run is chaotic: from {0} on rounding alone moves values anywhere, and differences there say nothing. There, each step of the reference is judged by itself: whether it follows from the one before.",
        from,
      );
}

/** By time where time is the order of processing; a reverse direction begins at the last step. */
function fromText({ chaos, config }: ChaoticRun): Text | null {
  if (chaos === null) return null;
  const { processing, step } = chaos;
  return config !== null && hasReverse(config)
    ? text("processing step {0}", processing)
    : text("t = {0}", step);
}
