/**
 * The biases that the layers and directions of a guess may have.
 */
import type { CellKind } from "../../config";
import { gateCount, peepholeOrder } from "../../gates";
import type { SlotPart } from "../map";
import { namedFamilies, runs, wholeUnit, type Unit } from "./families";
import { likelyFirst, unitsOf } from "./units";
import type { View, Views } from "./views";

/** What may be biases of a kind and hidden size. */
export interface BiasVectors {
  /** In each way in which a pool may have them; rows of matrices apart from vectors. */
  readonly sets: readonly (readonly Unit[])[];
  /** Both biases of a layer and direction in one. */
  readonly long: readonly View[];
  /** Of a GRU: what may be the bias of the recurrent product of n alone, as MLX has it. */
  readonly ofNew: readonly View[];
}

/** Finds them once for all guesses of a kind and hidden size. */
export function biasVectors(kind: CellKind, hiddenSize: number, { vectors }: Views): BiasVectors {
  const frame = { kind, hiddenSize, axes: "rows" } as const;
  // Rows of a matrix are biases where there are no others.
  const own = vectors.filter(({ part }) => part.index === undefined);
  const rows = vectors.filter(({ part }) => part.index !== undefined);
  return {
    sets: [...unitsOf(frame, own), ...unitsOf(frame, rows)].map(likelyFirst),
    long: vectors.filter(({ rows: length }) => length === 2 * gateCount(kind) * hiddenSize),
    ofNew: kind === "GRU" ? own.filter(({ rows: length }) => length === hiddenSize) : [],
  };
}

/** A bias for each layer and direction, or two. */
export interface Biases {
  readonly ih: readonly Unit[];
  readonly hh: readonly Unit[];
}

interface BiasFrame {
  readonly kind: CellKind;
  readonly hiddenSize: number;
  readonly vectors: BiasVectors;
}

/** The biases that so many cells may have: as many or twice as many vectors, halves of long ones, or none. */
export function biasesOf(
  { kind, hiddenSize, vectors }: BiasFrame,
  taken: ReadonlySet<string>,
  count: number,
): Biases[] {
  const length = gateCount(kind) * hiddenSize;
  const sets = vectors.sets.map((units) =>
    units.filter(({ parts }) => parts.every(({ tensor }) => !taken.has(tensor))),
  );
  const long = vectors.long.filter(({ part }) => !taken.has(part.tensor));
  const found: Biases[] = withNew(sets, vectors.ofNew, taken, count);
  const others = sets.flatMap((units): Biases[] => {
    if (units.length >= 2 * count) {
      const own = units.slice(0, 2 * count);
      const even = own.filter((_, index) => index % 2 === 0);
      const odd = own.filter((_, index) => index % 2 === 1);
      const grouped = { ih: own.slice(0, count), hh: own.slice(count) };
      const one = { ih: units.slice(0, count), hh: [] };
      return count === 1 ? [grouped, one] : [{ ih: even, hh: odd }, grouped, one];
    }
    return units.length >= count ? [{ ih: units.slice(0, count), hh: [] }] : [];
  });
  found.push(...others);
  if (long.length >= count) {
    const half = (from: number): Unit[] =>
      long.slice(0, count).map((view) => {
        const part: SlotPart = { ...view.part, rows: [from, from + length] };
        return wholeUnit({ ...view, part });
      });
    found.push({ ih: half(0), hh: half(length) });
  }
  return found.length === 0 ? [{ ih: [], hh: [] }] : found;
}

/** A bias with all gates for each cell, and one that the recurrent product of n has. */
function withNew(
  sets: readonly (readonly Unit[])[],
  ofNew: readonly View[],
  taken: ReadonlySet<string>,
  count: number,
): Biases[] {
  return sets.flatMap((units): Biases[] => {
    const ih = units.slice(0, count);
    const used = new Set(ih.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)));
    const left = ofNew.filter(({ part: { tensor } }) => !taken.has(tensor) && !used.has(tensor));
    if (units.length !== count || left.length !== count) return [];
    const hh = left.map((view) => wholeUnit({ ...view, part: { ...view.part, gates: "n" } }));
    return [{ ih, hh }];
  });
}

/** Peepholes of an LSTM: a vector with all three for each cell, or one for each gate. None where there are others. */
export function peepholesOf(
  { kind, hiddenSize }: Pick<BiasFrame, "kind" | "hiddenSize">,
  views: Views,
  taken: ReadonlySet<string>,
  count: number,
): readonly Unit[] {
  if (kind !== "LSTM") return [];
  const left = views.vectors.filter(
    ({ part: { tensor, index } }) => index === undefined && !taken.has(tensor),
  );
  const whole = left.filter(({ rows }) => rows === peepholeOrder.length * hiddenSize);
  if (whole.length === count) return whole.map(wholeUnit);
  const single = left.filter(({ rows }) => rows === hiddenSize);
  if (single.length !== count * peepholeOrder.length) return [];
  const named = namedFamilies(kind, single, peepholeOrder);
  return named.length === count ? named : runs(peepholeOrder.length, single, 1);
}
