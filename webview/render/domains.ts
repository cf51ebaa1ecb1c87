/**
 * Which range of values the colours stand for in each kind of lane; no DOM.
 */
import type { LaneInfo, Quantity, RunView, Side } from "../../src/protocol/messages";
import { decodeNumber } from "../../src/protocol/wire";
import { niceLimit } from "./colourScale";
import { finalName } from "./quantity";

/** Limits of the diverging scales: colours run from −limit to +limit. */
export interface Domains {
  readonly input: number;
  /** Of h: the output, and the layers unless they show c. */
  readonly states: number;
  /** Of the logits; that of the states where there are none. */
  readonly logits: number;
  /** Of the layers, whichever of h and c they show. */
  readonly layers: number;
  readonly delta: number;
}

/** States of these are bounded by ±1, and are best read against that. */
function isBounded({ config, options }: Pick<RunView, "config" | "options">): boolean {
  return config?.cell !== "RNN" || options.nonlinearity === "tanh";
}

/**
 * The limits for a run whose lanes show a quantity; the input shares that of the states while its values are of
 * their size.
 */
export function domainsOf(
  view: Pick<RunView, "config" | "options" | "lanes" | "verdicts">,
  quantity: Quantity,
): Domains {
  const rangesOf = (id: LaneInfo["id"]): LaneInfo["range"][] =>
    view.lanes.filter((lane) => lane.id === id).map((lane) => lane.range);
  const states = view.lanes.filter((lane) => lane.layer !== null || lane.id === "output");
  const layers = states.filter((lane) => lane.layer !== null).map((lane) => lane.range);
  const stateLimit = isBounded(view) ? 1 : niceLimit(states.map((lane) => lane.range));
  const own = niceLimit(rangesOf("input"));
  const logits = rangesOf("logits");
  return {
    input: own <= stateLimit && own > stateLimit / 4 ? stateLimit : own,
    states: stateLimit,
    logits: logits.length === 0 ? stateLimit : niceLimit(logits),
    layers: quantity === "h" ? stateLimit : niceLimit(layers),
    delta: niceLimit([
      ...view.lanes.map((lane) => lane.deltaRange),
      finalDeltas(view, finalName(quantity)),
    ]),
  };
}

/** The differences of h_n or c_n, which stand beside the lanes; they are the only ones that c has. */
function finalDeltas(
  { verdicts }: Pick<RunView, "verdicts">,
  final: ReturnType<typeof finalName>,
): readonly [number, number] {
  const found = verdicts.find(({ name }) => name === final);
  const largest = found === undefined ? 0 : decodeNumber(found.maxAbs);
  return Number.isFinite(largest) ? [-largest, largest] : [0, 0];
}

/** The limit that holds for the values a lane shows. */
export function limitOf(
  domains: Domains,
  lane: Pick<LaneInfo, "id" | "layer">,
  side: Side,
): number {
  if (side === "delta") return domains.delta;
  // Tokens are names, no magnitudes: against an infinite limit all have the colour of 0.
  if (lane.id === "tokens") return Infinity;
  if (lane.id === "input") return domains.input;
  if (lane.id === "logits") return domains.logits;
  return lane.layer === null ? domains.states : domains.layers;
}
