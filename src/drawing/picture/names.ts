/**
 * Names of lanes and what they hold, as sentences; no DOM.
 */
import { foreign, text, type Text } from "../../core/text";
import type { LaneInfo, RunView, StateName } from "../../protocol/run/messages";
import type { VerdictView } from "../../protocol/run/verdictMessages";
import { formatSequenceAxes } from "../base/numbers";
import { unitAxis } from "../run/state";
import type { Mode } from "../run/modes";

/** `layer 0 →` */
export function laneName({ id, layer, direction }: LaneInfo): Text {
  if (layer !== null) {
    return direction === "reverse" ? text("layer {0} ←", layer) : text("layer {0} →", layer);
  }
  if (id === "tokens") return text("tokens");
  if (id === "logits") return text("logits");
  return id === "input" ? text("input x") : text("output");
}

/** The content of a lane, in the field's letters. */
export function laneContent(info: LaneInfo, view: RunView, stateName: StateName): Text {
  const { direction, units, id } = info;
  if (direction !== null) {
    const axis = `${unitAxis(view, stateName)} = ${units}`;
    if (stateName === "c") {
      return direction === "forward" ? text("c forward, {0}", axis) : text("c reverse, {0}", axis);
    }
    return direction === "forward" ? text("forward, {0}", axis) : text("reverse, {0}", axis);
  }
  if (id === "tokens") return foreign(formatSequenceAxes(view));
  if (id === "logits") return text("[{0}]", units);
  if (id === "input") return text("[I {0}]", units);
  return view.config?.bidirectional === true
    ? text("concat [{0}]", `2${unitAxis(view)} ${units}`)
    : text("[{0}]", `${unitAxis(view)} ${units}`);
}

/** What the lanes of a picture show. */
export function modeName(mode: Mode): Text {
  switch (mode) {
    case "ours":
      return text("Ours");
    case "reference":
      return text("Reference");
    case "sideBySide":
      return text("Ours above reference");
    case "delta":
      return text("Δ = ours − reference");
  }
}

/** The word of a verdict. */
export function verdictName({ verdict, isWide }: Pick<VerdictView, "verdict" | "isWide">): Text {
  switch (verdict) {
    case "equal":
      return text("equal");
    case "rounding":
      return isWide === true ? text("within tolerance") : text("rounding only");
    case "differs":
      return text("differs");
    case "cannot-compare":
      return text("cannot compare");
  }
}

/** True for the verdicts that pass. */
export function passes({ verdict }: Pick<VerdictView, "verdict">): boolean {
  return verdict === "equal" || verdict === "rounding";
}

/** Sizes of the run: steps and rows of the batch. */
export function sizesOf({ seqLength, batchSize, unbatched }: RunView): Text {
  return unbatched
    ? text("T {0}, unbatched", seqLength)
    : text("T {0}, B {1}", seqLength, batchSize);
}
