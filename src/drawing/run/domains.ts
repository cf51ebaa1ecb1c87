/**
 * The range of values that the colours of each kind of lane cover; no DOM.
 */
import type { LaneInfo, StateName, RunView } from "../../protocol/run/messages";
import type { Side } from "../../protocol/run/windowMessages";
import { niceLimit } from "../base/colourScale";
import type { ShownLane } from "./laneChoice";
import type { Measured } from "./measures";
import { finalName } from "./state";

/**
 * What the colours of states run to: `shared`, where nearly all of them lie in every lane; `lane`, the same of each lane
 * by itself; `auto`, the one of these that shows all lanes; `full`, all that they can be; or a number, which was chosen.
 */
export type StateRange = NamedRange | number;

export type NamedRange = "auto" | "shared" | "lane" | "full";

/** In the order in which the legend goes through them. */
export const STATE_RANGES: readonly NamedRange[] = ["auto", "shared", "lane", "full"];

/** The limit of h or c in a range; that of all lanes together where each has its own. */
export function limitIn(limits: StateLimits, range: StateRange): number {
  if (typeof range === "number") return range;
  return range === "full" ? limits.full : limits.auto;
}

/** Lanes whose values are so many times as large as those of another one would leave it without colours. */
const MUCH_LARGER = 2;

/** The range that `auto` stands for in a run; the others as they are. */
export function rangeInForce(limits: StateLimits, range: StateRange): Exclude<StateRange, "auto"> {
  if (range !== "auto") return range;
  return limits.usual.most >= MUCH_LARGER * limits.usual.least ? "lane" : "shared";
}

/** The range that a click on the legend goes to: none that is in force already. */
export function nextRange(limits: StateLimits, range: StateRange): NamedRange {
  const index = typeof range === "number" ? -1 : STATE_RANGES.indexOf(range);
  const next = STATE_RANGES[(index + 1) % STATE_RANGES.length] ?? "auto";
  return next === rangeInForce(limits, "auto") ? nextRange(limits, next) : next;
}

/** The two ranges of h or c; they are the same where states lie in about all of what they can be. */
export interface StateLimits {
  readonly auto: number;
  readonly full: number;
  /** Share of the values of every lane that lie within `auto`. */
  readonly share: number;
  /** True where `auto` was read from a sample of the values. */
  readonly isSampled: boolean;
  /** Largest magnitude of all. */
  readonly largest: number;
  /** Where nearly all values of a lane lie: the least and the most of the lanes. */
  readonly usual: { readonly least: number; readonly most: number };
}

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
  /** The largest magnitude of a difference. */
  readonly largestDelta: number;
  /** True where all lanes share the limit of Δ: it was chosen, or differences are relative or in ulp. */
  readonly isDeltaShared: boolean;
  /** Of a state that is shown beside that of the layers. */
  readonly beside: Readonly<Record<StateName, number>>;
  readonly gates: { readonly spans: GateSpans; readonly range: StateRange };
  /** Of lanes by their ids, where each has a range of its own; of h and c beside another one as `id.c`. */
  readonly own: Readonly<Partial<Record<string, number>>>;
}

/** How far from their middle the values of gates lie, by the ids of their lanes, as far as that is known. */
export type GateSpans = Readonly<
  Partial<Record<string, { readonly centre: number; readonly span: number }>>
>;

/** What of a run the colours depend on; its lanes as they are, not as c shows them. */
export type ColouredRun = Pick<RunView, "config" | "options" | "lanes" | "verdicts">;

/** An automatic range of at least this share of the full one is no gain. */
const ABOUT_FULL = 0.8;

/** h is bounded by ±1 in these, and can be read against that. */
function isBounded({ config, options }: Pick<ColouredRun, "config" | "options">): boolean {
  return config?.cell !== "RNN" || options.nonlinearity === "tanh";
}

/** The ranges that h or c can be read against. */
export function stateLimits(run: ColouredRun, stateName: StateName): StateLimits {
  const layers = run.lanes.filter(({ layer }) => layer !== null);
  const shown =
    stateName === "h"
      ? [...layers, ...run.lanes.filter(({ id }) => id === "output")]
      : layers.map((lane) => lane.cell ?? lane);
  const ranges = shown.map(({ range }) => range);
  const full = stateName === "h" && isBounded(run) ? 1 : niceLimit(ranges);
  const usual = shown.map(({ magnitude }) => magnitude?.percentile ?? 0).filter((size) => size > 0);
  const most = Math.max(0, ...usual);
  const auto = most > 0 ? Math.min(niceLimit([[0, most]]), niceLimit(ranges)) : full;
  return {
    auto: auto < ABOUT_FULL * full ? auto : full,
    full,
    share: Math.min(1, ...shown.flatMap(({ magnitude }) => magnitude?.share ?? [])),
    isSampled: shown.some(({ magnitude }) => magnitude?.isSampled === true),
    largest: Math.max(0, ...ranges.flat().map(Math.abs)),
    usual: { least: Math.min(most, ...usual), most },
  };
}

/** What was seen of values whose range a run does not tell. */
export interface Seen {
  readonly spans?: GateSpans;
  /** How large relative differences are, or those in ulp; null where differences are shown by themselves. */
  readonly measured?: Measured | null;
}

/** The ranges that were chosen. */
export interface WantedRanges {
  readonly stateRange: StateRange;
  /** Of Δ; by its values where it is null or not given. */
  readonly deltaRange?: number | null;
}

/**
 * The limits for a run whose lanes show a state; the input shares that of the states while its values are of
 * their size.
 */
export function domainsOf(
  run: ColouredRun,
  stateName: StateName,
  { stateRange: wanted, deltaRange = null }: WantedRanges,
  { spans = {}, measured = null }: Seen = {},
): Domains {
  const rangesOf = (id: LaneInfo["id"]): LaneInfo["range"][] =>
    run.lanes.filter((lane) => lane.id === id).map((lane) => lane.range);
  const limits = stateLimits(run, stateName);
  const states = limitIn(stateLimits(run, "h"), wanted);
  const own = niceLimit(rangesOf("input"));
  const logits = rangesOf("logits");
  return {
    input: own <= states && own > states / 4 ? states : own,
    states,
    logits: logits.length === 0 ? states : niceLimit(logits),
    layers: limitIn(limits, wanted),
    ...deltaDomain(run, stateName, { deltaRange, measured }),
    gates: { spans, range: wanted },
    own: rangeInForce(limits, wanted) === "lane" ? ownLimits(run.lanes, stateName) : {},
    beside: { h: states, c: limitIn(stateLimits(run, "c"), wanted) },
  };
}

/** The largest magnitude of nearly all values of each lane. */
function ownLimits(lanes: ColouredRun["lanes"], stateName: StateName): Domains["own"] {
  const limits: [string, number][] = [];
  const add = (id: string, { magnitude, range }: Pick<LaneInfo, "magnitude" | "range">): void => {
    const most = magnitude?.percentile ?? 0;
    if (most > 0) limits.push([id, Math.min(niceLimit([[0, most]]), niceLimit([range]))]);
  };
  for (const lane of lanes) {
    if (lane.id === "tokens" || lane.id === "logits") continue;
    const { id, cell } = lane;
    add(id, stateName === "c" && cell !== null ? cell : lane);
    add(`${id}.h`, lane);
    if (cell !== null) add(`${id}.c`, cell);
  }
  return Object.fromEntries(limits);
}

/**
 * Of the steps where one is outside tolerance: h_n has a column of its own, and may be the state of a layer that has no
 * steps here. Where it alone is off, rounding of the steps has no colours.
 */
function deltaDomain(
  run: ColouredRun,
  stateName: StateName,
  {
    deltaRange,
    measured,
  }: { readonly deltaRange: number | null; readonly measured: Measured | null },
): Pick<Domains, "delta" | "largestDelta" | "isDeltaShared"> {
  const steps = stepDeltas(run, stateName);
  const all = [...steps, finalDeltas(run, stateName)];
  const { usual, largest } = measured ?? { usual: null, largest: largestOf(all) };
  const shown = usual === null ? (isOutside(run, stateName) ? steps : all) : [[0, usual] as const];
  return {
    delta: deltaRange ?? niceLimit(shown),
    largestDelta: largest,
    isDeltaShared: deltaRange !== null || measured !== null,
  };
}

function largestOf(ranges: readonly LaneInfo["deltaRange"][]): number {
  return Math.max(0, ...ranges.flat().map(Math.abs).filter(Number.isFinite));
}

/** The differences of all steps that are on screen. */
function stepDeltas({ lanes }: ColouredRun, stateName: StateName): LaneInfo["deltaRange"][] {
  return lanes.map((lane) => shownOf(lane, stateName).deltaRange);
}

/** True where a step on screen is outside tolerance. */
function isOutside({ lanes }: ColouredRun, stateName: StateName): boolean {
  return lanes.some((lane) => shownOf(lane, stateName).outside > 0);
}

function shownOf(lane: LaneInfo, stateName: StateName): Pick<LaneInfo, "outside" | "deltaRange"> {
  return stateName === "c" && lane.cell !== null ? lane.cell : lane;
}

/** The differences of h_n, or of c_n where c is shown. */
function finalDeltas({ verdicts }: ColouredRun, stateName: StateName): LaneInfo["deltaRange"] {
  return verdicts.find(({ name }) => name === finalName(stateName))?.deltaRange ?? [0, 0];
}

/** The limit of a scale of the input's own; null where it has one of these, which others share. */
export function ownInputLimit(domains: Domains, shared: readonly number[]): number | null {
  const limit = limitOf(domains, { id: "input", layer: null }, "ours");
  return domains.own["input"] === undefined && shared.includes(limit) ? null : limit;
}

/** The limit that holds for the values a lane shows. */
export function limitOf(
  domains: Domains,
  lane: Pick<ShownLane, "id" | "layer"> & Partial<ShownLane>,
  side: Side,
): number {
  const { quantity, deltaRange = [0, 0] } = lane;
  if (side === "delta") {
    const isOwn = quantity !== undefined && !domains.isDeltaShared;
    return isOwn ? niceLimit([deltaRange]) : domains.delta;
  }
  const own = domains.own[lane.id];
  if (own !== undefined) return own;
  if (quantity !== undefined) return limitBeside(domains, lane);
  // Tokens are names, no magnitudes: against an infinite limit all have the colour of 0.
  if (lane.id === "tokens") return Infinity;
  if (lane.id === "input") return domains.input;
  if (lane.id === "logits") return domains.logits;
  return lane.layer === null ? domains.states : domains.layers;
}

/** The limit of a state or a gate that is shown beside the state of its layer. */
function limitBeside(
  { beside, gates: { spans, range } }: Domains,
  { id, quantity, centre = 0 }: Pick<ShownLane, "id"> & Partial<ShownLane>,
): number {
  if (quantity === "h" || quantity === "c") return beside[quantity];
  const full = centre === 0 ? 1 : 0.5;
  if (range === "full") return full;
  const known = Object.entries(spans).flatMap(([lane, span]) => {
    const isMeant = range === "lane" ? lane === id : span?.centre === centre;
    return isMeant && span !== undefined ? [span.span] : [];
  });
  return known.length === 0 ? full : Math.min(full, niceLimit([[0, Math.max(...known)]]));
}

/** The value that a lane's colours are centred on: a gate of σ is open above one half, and closed below. */
export function centreOf({ centre = 0 }: Pick<ShownLane, "centre">, side: Side): number {
  return side === "delta" ? 0 : centre;
}
