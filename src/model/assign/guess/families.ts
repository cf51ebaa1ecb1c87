/**
 * Tensors that hold one gate each: families of names that differ in the gate alone, and runs of equal shapes.
 */
import type { CellKind } from "../../config";
import { gateOrder } from "../../gates";
import type { SlotPart } from "../map";
import type { View } from "./views";

/** One parameter: a view with all gates, or one view for each. */
export interface Unit {
  readonly parts: readonly SlotPart[];
  /** Of the first of its tensors. */
  readonly name: string;
  /** Rows and columns, as stored, of one part. */
  readonly rows: number;
  readonly columns: number;
  /** True where names tell which gate each part holds. */
  readonly isNamed: boolean;
  /** True where its parts hold several gates, in an order that is tried. */
  readonly isDivided?: boolean;
}

/** What people call the gates, in lower case. */
const words: Readonly<Record<CellKind, Readonly<Record<string, readonly string[]>>>> = {
  RNN: {},
  LSTM: {
    i: ["i", "input", "in", "ingate"],
    f: ["f", "forget", "forgetgate"],
    g: ["g", "c", "j", "a", "z", "cell", "candidate", "cand", "update", "memory"],
    o: ["o", "output", "out", "outgate"],
  },
  GRU: {
    r: ["r", "reset"],
    z: ["z", "u", "update"],
    n: ["n", "h", "c", "g", "new", "candidate", "cand", "hidden"],
  },
};

/** The end of a name that is looked at, and the most places in it. */
const longestName = 48;
const token = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|./gs;

/**
 * The views of a view's shape that together hold the gates of a cell, or those of its peepholes, by their names, in the
 * order of the file.
 */
export function namedFamilies(
  kind: CellKind,
  views: readonly View[],
  gates: readonly string[] = gateOrder[kind],
): readonly Unit[] {
  const families = new Map<string, Map<string, View>>();
  for (const view of views) {
    for (const { key, gate } of placesOf(kind, view)) {
      const family = families.get(key) ?? new Map<string, View>();
      if (!family.has(gate)) family.set(gate, view);
      families.set(key, family);
    }
  }
  const taken = new Set<View>();
  return [...families.values()].flatMap((family): Unit[] => {
    const held = gates.map((gate) => family.get(gate));
    const [first] = held;
    const isWhole = held.every((view) => view !== undefined && !taken.has(view));
    if (first === undefined || !isWhole || new Set(held).size < gates.length) return [];
    for (const view of held) if (view !== undefined) taken.add(view);
    const parts = gates.flatMap((gate) => {
      const part = family.get(gate)?.part;
      return part === undefined ? [] : [{ ...part, gates: gate }];
    });
    return [{ parts, name: first.name, rows: first.rows, columns: first.columns, isNamed: true }];
  });
}

/** Every place in a name where a gate may stand, with the rest of the name. */
function placesOf(kind: CellKind, view: View): { key: string; gate: string }[] {
  const { name, part, rows, columns } = view;
  const shown = name.slice(-longestName);
  const before = name.slice(0, name.length - shown.length);
  const found: { key: string; gate: string }[] = [];
  const add = (at: number, written: string): void => {
    const lower = written.toLowerCase();
    for (const [gate, known] of Object.entries(words[kind])) {
      if (!known.includes(lower)) continue;
      const rest = `${before}${shown.slice(0, at)}*${shown.slice(at + written.length)}`;
      found.push({ key: `${rest} ${String(part.index ?? "")} ${rows}x${columns}`, gate });
    }
  };
  for (const match of shown.matchAll(token)) {
    add(match.index, match[0]);
    // A letter within a word: the f of `Wf` and of `whf`.
    if (match[0].length < 2 || match[0].length > 4) continue;
    for (let offset = 0; offset < match[0].length; offset++) {
      add(match.index + offset, match[0].charAt(offset));
    }
  }
  return found;
}

/** Runs of as many views of one shape as there are gates, in the order of the file, where names do not tell them. */
export function runs(gates: number, views: readonly View[], stride: number): readonly Unit[] {
  const byShape = new Map<string, View[]>();
  for (const view of views) {
    const key = `${view.rows}x${view.columns}`;
    const same = byShape.get(key) ?? [];
    same.push(view);
    byShape.set(key, same);
  }
  return [...byShape.values()].flatMap((same) => {
    if (same.length % (gates * stride) !== 0) return [];
    return Array.from({ length: same.length / gates }, (_, unit): Unit => {
      const block = Math.floor(unit / stride) * gates * stride + (unit % stride);
      const held = Array.from({ length: gates }, (__, gate) => same[block + gate * stride]).filter(
        (view) => view !== undefined,
      );
      const [{ name, rows, columns } = { name: "", rows: 0, columns: 0 }] = held;
      return { parts: held.map(({ part }) => part), name, rows, columns, isNamed: false };
    });
  });
}

/** A view with all gates. */
export function wholeUnit({ part, name, rows, columns }: View): Unit {
  return { parts: [part], name, rows, columns, isNamed: false };
}

/**
 * A view with the reset and the update gate of a GRU, and one with the new gate, as TensorFlow 1 has them; in both orders
 * of the first two, which nothing tells. `other` is the side of a view that gates share.
 */
export function dividedUnits(
  pairs: readonly View[],
  singles: readonly View[],
  other: (view: View) => number,
): (readonly Unit[])[] {
  const left = new Set(singles);
  const found = pairs.flatMap((pair) => {
    const single = [...left].find((view) => other(view) === other(pair));
    if (single === undefined) return [];
    left.delete(single);
    return [[pair, single] as const];
  });
  if (found.length === 0) return [];
  return ["rz", "zr"].map((gates) =>
    found.map(([pair, single]): Unit => {
      const { name, rows, columns } = pair;
      const parts = [
        { ...pair.part, gates },
        { ...single.part, gates: "n" },
      ];
      return { parts, name, rows, columns, isNamed: false, isDivided: true };
    }),
  );
}
