/**
 * Why a lane has no values of a reference. No DOM.
 */
import { text, type Text } from "../../core/text";
import type { LaneInfo, RunView } from "../../protocol/run/messages";
import { hasTrack } from "./layout";
import { finalName } from "./state";

/** The longest sentence first. */
export function absentReasons(
  { verdicts }: Pick<RunView, "verdicts">,
  info: LaneInfo,
  stateName: "h" | "c",
): readonly [Text, ...Text[]] {
  const final = finalName(stateName);
  const ofFinal = hasTrack(info) ? verdicts.find(({ name }) => name === final) : undefined;
  const isCompared = ofFinal !== undefined && ofFinal.verdict !== "cannot-compare";
  // Of another shape: the lane's own tensor, or the one that its layer ends with.
  const own = verdicts.find(({ name }) => name === info.id) ?? (isCompared ? undefined : ofFinal);
  if (own === undefined && isCompared) {
    const longest = text("the reference has no steps of this lane, {0} alone", final);
    return [longest, text("no steps in the reference"), text("no steps")];
  }
  const longest =
    own === undefined
      ? text("the reference has nothing of this lane")
      : text(
          "the reference’s {0} is {1}, here {2}",
          own.name,
          ...[own.found, own.expected].map(shape),
        );
  return [longest, text("no reference for this lane"), text("no reference")];
}

/** True where what a layer reads is not known of the reference: a difference in it may come from below. */
export function lacksBelow(lanes: readonly LaneInfo[], layer: number): boolean {
  return lanes.some((lane) => lane.layer === layer - 1 && lane.reference !== "full");
}

function shape(sizes: readonly number[]): string {
  return `[${sizes.join(", ")}]`;
}
