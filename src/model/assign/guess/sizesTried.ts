/**
 * Sizes, layers and directions that the shapes of a pool allow, few enough to try all of them.
 */
import type { CellKind } from "../../config";
import { gateCount } from "../../gates";
import type { Unit } from "./families";
import { turned, type Axes } from "./units";
import type { Views } from "./views";

/** Layers times directions that are tried. */
const maxCells = 32;
/** Hidden sizes of a pool that are tried. */
const maxHidden = 12;

/** Hidden and projection sizes that some matrix can be the recurrent one of. */
export function sizesOf(
  kind: CellKind,
  axes: Axes,
  { matrices }: Views,
): { hiddenSize: number; projSize: number }[] {
  const gates = gateCount(kind);
  const found = new Map<string, { hiddenSize: number; projSize: number }>();
  const add = (hiddenSize: number, projSize = 0): void => {
    if (found.size < maxHidden) found.set(`${hiddenSize} ${projSize}`, { hiddenSize, projSize });
  };
  const sides = matrices.map((view) => turned(axes, view));
  const has = new Set(sides.map(([rows, columns]) => `${rows} ${columns}`));
  for (const [rows, columns] of sides) {
    if (rows === gates * columns || rows === columns) add(columns);
    // A matrix of two gates beside one of the third.
    if (kind === "GRU" && has.has(`${2 * rows} ${columns}`)) add(rows);
    const hidden = rows / gates;
    if (!Number.isInteger(hidden)) continue;
    // One unit would fit into every matrix.
    if (hidden > 1 && columns > hidden) add(hidden);
    const isProjected = kind === "LSTM" && columns < hidden && has.has(`${columns} ${hidden}`);
    if (isProjected) add(hidden, columns);
  }
  return [...found.values()];
}

/** Input sizes that some unit has; few. */
export function inputSizes(
  units: readonly Unit[],
  other: (unit: Unit) => number,
): readonly number[] {
  return [...new Set(units.map(other))].slice(0, 4);
}

/** Layers and directions of at most so many cells, those of most first. */
export function shapesOf(most: number): { layers: number; directions: number }[] {
  const cells = Math.min(maxCells, Math.floor(most));
  const found: { layers: number; directions: number }[] = [];
  for (let count = cells; count >= Math.max(1, cells - 2); count--) {
    found.push({ layers: count, directions: 1 });
    if (count % 2 === 0) found.push({ layers: count / 2, directions: 2 });
  }
  if (cells > 3) found.push({ layers: 1, directions: 1 }, { layers: 1, directions: 2 });
  return found;
}
