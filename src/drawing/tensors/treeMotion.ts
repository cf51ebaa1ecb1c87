/**
 * The effect of navigation keys in a tree. No DOM.
 */
import type { TreeRow } from "../../protocol/archive/messages";
import { clampIndex } from "../../core/numeric";

export interface TreePlace {
  /** Rows of the tree. */
  readonly total: number;
  /** Row that has the focus. */
  readonly at: number;
  /** Rows on screen. */
  readonly page: number;
  /** A row, when it is known. */
  readonly rowAt: (index: number) => TreeRow | undefined;
}

export type TreeStep =
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "toggle"; readonly path: string };

/** The group a row lies in: the nearest one above with a smaller depth. */
function parentOf({ at, rowAt }: TreePlace): number | null {
  const depth = rowAt(at)?.depth ?? 0;
  for (let index = at - 1; index >= 0; index--) {
    const row = rowAt(index);
    if (row === undefined) return null;
    if (row.depth < depth) return index;
  }
  return null;
}

function goLeft(place: TreePlace): TreeStep | null {
  const row = place.rowAt(place.at);
  if (row !== undefined && row.kind !== "entry" && row.isOpen) {
    return { kind: "toggle", path: row.path };
  }
  const parent = parentOf(place);
  return parent === null ? null : { kind: "move", to: parent };
}

function goRight({ at, total, rowAt }: TreePlace): TreeStep | null {
  const row = rowAt(at);
  if (row === undefined || row.kind === "entry") return null;
  if (!row.isOpen) return { kind: "toggle", path: row.path };
  return { kind: "move", to: clampIndex(at + 1, total) };
}

/** What a key does in the tree; null for keys that do nothing there. */
export function treeStep(key: string, place: TreePlace): TreeStep | null {
  const { at, total, page } = place;
  const moves: Readonly<Record<string, number>> = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    Home: 0,
    End: total - 1,
    PageUp: at - page,
    PageDown: at + page,
  };
  const to = Object.hasOwn(moves, key) ? moves[key] : undefined;
  if (to !== undefined) return { kind: "move", to: clampIndex(to, total) };
  if (key === "ArrowLeft") return goLeft(place);
  return key === "ArrowRight" ? goRight(place) : null;
}

/** The groups that are open after one was opened or closed. */
export function toggled(open: readonly string[], path: string): string[] {
  return open.includes(path) ? open.filter((each) => each !== path) : [...open, path];
}
