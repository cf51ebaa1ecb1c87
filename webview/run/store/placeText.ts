/**
 * Names of places and lanes in the panel, such as `layer 1 ←` and `input x`.
 */
import type { ShownLane } from "../../../src/drawing/run/laneChoice";
import type { Place } from "../../../src/protocol/run/messages";
import type { FirstDivergence } from "../../../src/protocol/run/verdictMessages";
import { t } from "../../shared/l10n";

/** Arrow in the direction of processing. */
function arrowOf(direction: Place["direction"]): string {
  return direction === "forward" ? "→" : "←";
}

/** `layer 1 ←` */
export function layerText({ layer, direction }: Pick<Place, "layer" | "direction">): string {
  return t("layer {0} {1}", layer, arrowOf(direction));
}

/** `layer 1 ←, processing step 0 (t = 4), gate f` */
export function recurrentText(
  place: Pick<Place, "layer" | "direction" | "step">,
  { quantity, processing }: Pick<FirstDivergence, "quantity" | "processing">,
): string {
  const lane = layerText(place);
  const s = processing ?? place.step;
  return quantity === null || quantity === "h" || quantity === "c"
    ? t("{0}, processing step {1} (t = {2})", lane, s, place.step)
    : t("{0}, processing step {1} (t = {2}), gate {3}", lane, s, place.step, quantity);
}

/** What a state or a gate is called. */
export function quantityText(quantity: string): string {
  switch (quantity) {
    case "h":
      return t("hidden state");
    case "c":
      return t("cell state");
    case "i":
      return t("input gate");
    case "f":
      return t("forget gate");
    case "g":
      return t("candidate");
    case "o":
      return t("output gate");
    case "r":
      return t("reset gate");
    case "z":
      return t("update gate");
    default:
      return t("new state");
  }
}

/** `layer 1 ←`, `layer 1 ← f`, `tokens`, `input x`, `output` or `logits`. */
export function laneText({
  id,
  layer,
  direction,
  quantity,
}: Pick<ShownLane, "id" | "layer" | "direction" | "quantity">): string {
  if (layer !== null && direction !== null && quantity !== undefined) {
    return `${quantity} · ${layerText({ layer, direction })}`;
  }
  if (layer !== null && direction !== null) return layerText({ layer, direction });
  if (id === "tokens") return t("tokens");
  if (id === "logits") return t("logits");
  return id === "input" ? t("input x") : t("output");
}
