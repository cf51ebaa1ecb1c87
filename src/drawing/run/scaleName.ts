/**
 * What a scale of the legend is called: every kind of lane that is coloured by it; no DOM.
 */
import type { LaneInfo } from "../../protocol/run/messages";
import type { Domains } from "./domains";

/** The name of a scale that runs to `limit`, and those of h, logits and x where they share it. */
export function scaleName(
  name: string,
  limit: number,
  lanes: readonly Pick<LaneInfo, "id">[],
  { states, logits, input, own }: Domains,
): string {
  // Where each lane has a range of its own, none is shared.
  if (Object.keys(own).length > 0) return name;
  const has = (id: LaneInfo["id"]): boolean => lanes.some((lane) => lane.id === id);
  const sharing = [
    ...(states === limit ? ["h"] : []),
    ...(logits === limit && has("logits") ? ["logits"] : []),
    ...(input === limit && has("input") ? ["x"] : []),
  ];
  return [...new Set([name, ...sharing])].join(", ");
}
