/**
 * Maps that the shapes and names of a file allow, ranked, with the reasons of the rank as data.
 */
import type { TensorEntry } from "../../../tensor/tensor";
import type { CellKind, RecurrentConfig } from "../../config";
import { checkIn } from "../check";
import { layoutsFor } from "../conventions";
import { gateCount } from "../../gates";
import { partsOf, type LayoutSpec, type ModuleMap } from "../map";
import { entryNamed, type EntryLookup } from "../sizes";
import { poolsOf, type Pool } from "./pools";
import { fillings, type Filling } from "./solve";
import type { Arrangement } from "./arrange";
import { viewsOf } from "./views";

/** Why a guess stands where it stands. */
export type GuessReason =
  /** Tensors used of those beside them. */
  | { readonly kind: "covers"; readonly used: number; readonly of: number }
  /** Slots whose names agree, of those with a telling name. */
  | { readonly kind: "names"; readonly right: number; readonly of: number }
  /** The order in which the file has them. */
  | { readonly kind: "arrangement"; readonly arrangement: Arrangement }
  /** Gates that names tell. */
  | { readonly kind: "gates" }
  /** A tensor for each gate, and nothing that tells which gate it is. */
  | { readonly kind: "openGates" }
  /** A layout that is usual for matrices that lie so, and its place among those. */
  | { readonly kind: "layout"; readonly layout: string; readonly place: number }
  /** Square matrices: shapes do not tell their axes, nor which is which. */
  | { readonly kind: "square" };

/** A map that fits. */
export interface MapGuess {
  readonly map: ModuleMap;
  readonly config: RecurrentConfig;
  readonly reasons: readonly GuessReason[];
  /** Larger is likelier. */
  readonly score: number;
}

/** What is known beforehand. */
export interface GuessHints {
  /** Of all kinds when left out. */
  readonly kind?: CellKind;
  /** Features of the input, where one is given. */
  readonly inputSize?: number;
  /** Features of the state, where a reference is given. */
  readonly hiddenSize?: number;
}

export interface Guesses {
  /** The best first. */
  readonly guesses: readonly MapGuess[];
  /** Maps that were found and are not among them; places that were not looked at count as one each. */
  readonly leftOut: number;
}

/** Guesses that are given. */
const maxGuesses = 60;
/** Fillings of all pools that are weighed. */
const maxWeighed = 2000;

const kinds: readonly CellKind[] = ["LSTM", "GRU", "RNN"];

/** The maps that the shapes of a file allow, the best first; nothing is read. */
export function guessMaps(entries: readonly TensorEntry[], hints: GuessHints = {}): Guesses {
  const own = entries.filter(({ origin }) => origin === undefined);
  const { pools, leftOut } = poolsOf(own);
  const found: { readonly filling: Filling; readonly pool: Pool }[] = [];
  for (const pool of pools) {
    if (found.length >= maxWeighed) break;
    for (const filling of fillingsOf(pool, hints)) found.push({ filling, pool });
  }
  const weighed = found
    .slice(0, maxWeighed)
    .flatMap(({ filling, pool }) => weigh(filling, pool))
    .sort((left, right) => right.score - left.score);
  return kept(weighed, entryNamed(entries), own, leftOut);
}

function fillingsOf(pool: Pool, hints: GuessHints): Filling[] {
  const views = viewsOf(pool.entries);
  return (hints.kind === undefined ? kinds : [hints.kind])
    .flatMap((kind) => fillings(kind, views))
    .filter((filling) => isAsked(filling, hints));
}

function isAsked({ inputSize, hiddenSize, projSize }: Filling, hints: GuessHints): boolean {
  return (
    (hints.inputSize === undefined || hints.inputSize === inputSize) &&
    (hints.hiddenSize === undefined || hints.hiddenSize === (projSize || hiddenSize))
  );
}

/** The best of them that fit, each once. */
function kept(
  weighed: readonly Weighed[],
  entryOf: EntryLookup,
  entries: readonly TensorEntry[],
  leftOut: number,
): Guesses {
  const seen = new Set<string>();
  const guesses: MapGuess[] = [];
  let others = leftOut;
  for (const { map, reasons, score } of weighed) {
    const key = JSON.stringify(map);
    if (seen.has(key)) continue;
    seen.add(key);
    if (guesses.length >= maxGuesses) {
      others += 1;
      continue;
    }
    const { config, fits } = checkIn(map, entries, entryOf);
    if (fits && config !== null) guesses.push({ map, config, reasons, score });
  }
  return { guesses, leftOut: others };
}

type Weighed = Pick<MapGuess, "map" | "reasons" | "score">;

const arrangementScore: Readonly<Record<Arrangement, number>> = {
  names: 0.5,
  pytorch: 0.4,
  shapes: 0.3,
  grouped: 0.2,
  stateFirst: 0.2,
  groupedStateFirst: 0.1,
  byDirection: 0.1,
};

/** A map for each layout that matrices which lie so may have. */
function weigh(filling: Filling, { entries }: Pool): Weighed[] {
  const { kind, slots } = filling;
  const share = filling.tensors.size / entries.length;
  const reasons = reasonsOf(filling, entries.length);
  const score = scoreOf(filling, share);
  return layoutsOf(filling).map(({ layout, isUsual }, place) => ({
    map: { kind, ...(layout === null ? {} : { layout }), slots },
    reasons: [...reasons, { kind: "layout", layout: nameOf(layout), place }],
    score: score - 0.12 * place - (isUsual ? 0 : 0.3),
  }));
}

/** True where names tell the gates of a kind that has several. */
function tellsGates({ kind, isGateNamed }: Filling): boolean {
  return isGateNamed && kind !== "RNN";
}

function leavesGatesOpen({ kind, isGateNamed, slots }: Filling): boolean {
  return (
    kind !== "RNN" && !isGateNamed && partsOf(slots["weight_hh_l0"]).length === gateCount(kind)
  );
}

function reasonsOf(filling: Filling, of: number): readonly GuessReason[] {
  const { arrangement, named, isSquare, tensors } = filling;
  return [
    { kind: "covers", used: tensors.size, of },
    ...(named.of === 0 ? [] : [{ kind: "names", ...named } as const]),
    { kind: "arrangement", arrangement },
    ...(tellsGates(filling) ? [{ kind: "gates" } as const] : []),
    ...(leavesGatesOpen(filling) ? [{ kind: "openGates" } as const] : []),
    ...(isSquare ? [{ kind: "square" } as const] : []),
  ];
}

/** `share` is that of the tensors beside them that are used. */
function scoreOf(filling: Filling, share: number): number {
  const { kind, axes, arrangement, named, isSquare, isJoint, slicesLeft } = filling;
  const nameShare = named.of === 0 ? 0 : (2 * named.right) / named.of - 1;
  return (
    3 * share +
    1.5 * nameShare +
    arrangementScore[arrangement] +
    (tellsGates(filling) ? 0.6 : 0) -
    Math.min(2, 0.5 * slicesLeft) +
    // A matrix of several gates is seldom anything else; a square one often is.
    (kind === "RNN" ? 0 : 0.5) -
    (isJoint && arrangement === "stateFirst" ? 0.5 : 0) -
    (axes === "columns" && isSquare ? 0.1 : 0)
  );
}

function nameOf(layout: string | LayoutSpec | null): string {
  return typeof layout === "string" ? layout : "pytorch";
}

interface LayoutGuess {
  readonly layout: string | LayoutSpec | null;
  readonly isUsual: boolean;
}

/** The layouts whose matrices lie so, the likeliest first. */
function layoutsOf(filling: Filling): LayoutGuess[] {
  const { kind, axes, isJoint, isGateNamed, saysGates, biases } = filling;
  const transposed = axes === "columns";
  const own = layoutsFor(kind).filter(({ spec }) => (spec.transposed === true) === transposed);
  const rank = (id: string): number => {
    const isTensorflow = isJoint || (saysGates && !isGateNamed);
    if (isTensorflow && kind !== "RNN") return id === "tensorflow1" ? -1 : 0;
    return id === "keras-reset-before" && biases === 1 ? -0.5 : 0;
  };
  const sorted = [...own].sort((left, right) => rank(left.id) - rank(right.id));
  // Where every part says its gates, layouts that differ in their order alone are one.
  const offered = saysGates ? byBehaviour(sorted) : sorted;
  const further: LayoutGuess[] =
    !saysGates && transposed && kind === "GRU"
      ? [{ layout: { transposed: true }, isUsual: false }]
      : [];
  return [...offered.map(({ id }) => ({ layout: id, isUsual: true })), ...further];
}

/** The first of those that differ in the order of gates alone. */
function byBehaviour<Layout extends { readonly spec: LayoutSpec }>(
  layouts: readonly Layout[],
): readonly Layout[] {
  const known = new Map<string, Layout>();
  for (const layout of layouts) {
    const { forgetBias = 0, resetAfter = true, updateTurned = false } = layout.spec;
    const key = `${forgetBias} ${String(resetAfter)} ${String(updateTurned)}`;
    if (!known.has(key)) known.set(key, layout);
  }
  return [...known.values()];
}
