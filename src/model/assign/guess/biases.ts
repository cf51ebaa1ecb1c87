/**
 * The biases that the layers and directions of a guess may have.
 */
import type { CellKind } from "../../config";
import { gateCount } from "../../gates";
import type { SlotPart } from "../map";
import { wholeUnit, type Unit } from "./families";
import { likelyFirst, unitsOf } from "./units";
import type { View, Views } from "./views";

/** What may be biases of a kind and hidden size. */
export interface BiasVectors {
  /** In each way in which a pool may have them; rows of matrices apart from vectors. */
  readonly sets: readonly (readonly Unit[])[];
  /** Both biases of a layer and direction in one. */
  readonly long: readonly View[];
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
  const found: Biases[] = sets.flatMap((units): Biases[] => {
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
