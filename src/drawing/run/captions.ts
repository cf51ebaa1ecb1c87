/**
 * What stands between a layer and the one above: the output of the lower one. No DOM.
 */
import { text, type Text } from "../../core/text";
import type { LaneInfo, RunView } from "../../protocol/run/messages";
import { formatSequenceAxes } from "../base/numbers";
import { unitAxis } from "./state";

/**
 * The caption above a layer's lane with its axes, without, and in the fewest words.
 *
 * `lanes` are those of h: it is h that goes up, also while c is shown.
 */
export function layerCaptions(
  view: RunView,
  lanes: readonly LaneInfo[],
  { id, layer }: Pick<LaneInfo, "id" | "layer">,
): readonly [Text, ...Text[]] {
  const isJoined = view.config?.bidirectional === true;
  const above = (layer ?? 0) + 1;
  const units = lanes.find((lane) => lane.id === id)?.units ?? 0;
  const axes = formatSequenceAxes(
    view,
    isJoined ? [`2${unitAxis(view)}`, 2 * units] : [unitAxis(view), units],
  );
  const short = isJoined
    ? text("concat → input of layer {0}", above)
    : text("h → input of layer {0}", above);
  return [text("{0}  {1}", short, axes), short, text("→ layer {0}", above)];
}
