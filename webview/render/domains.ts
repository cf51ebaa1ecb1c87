/**
 * Which range of values the colours stand for in each kind of lane; no DOM.
 */
import type { LaneInfo, RunView, Side } from "../../src/protocol/messages";
import { niceLimit } from "./colourScale";

/** Limits of the diverging scales: colours run from −limit to +limit. */
export interface Domains {
  readonly input: number;
  readonly states: number;
  readonly delta: number;
}

/** States of these are bounded by ±1, and are best read against that. */
function isBounded({ config, options }: Pick<RunView, "config" | "options">): boolean {
  return config?.cell !== "RNN" || options.nonlinearity === "tanh";
}

/** The limits for a run; the input shares that of the states while its values are of their size. */
export function domainsOf(view: Pick<RunView, "config" | "options" | "lanes">): Domains {
  const states = view.lanes.filter((lane) => lane.id !== "input");
  const stateLimit = isBounded(view) ? 1 : niceLimit(states.map((lane) => lane.range));
  const own = niceLimit(view.lanes.filter((lane) => lane.id === "input").map((lane) => lane.range));
  return {
    input: own <= stateLimit && own > stateLimit / 4 ? stateLimit : own,
    states: stateLimit,
    delta: niceLimit(view.lanes.map((lane) => lane.deltaRange)),
  };
}

/** The limit that holds for the values a lane shows. */
export function limitOf(domains: Domains, lane: Pick<LaneInfo, "id">, side: Side): number {
  if (side === "delta") return domains.delta;
  return lane.id === "input" ? domains.input : domains.states;
}
