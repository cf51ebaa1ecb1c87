/**
 * Parses the target of *Go to*: an index, or the name of a gate block. No DOM.
 */
import type { GateBlock, Shape, Slice } from "../../protocol/archive/messages";
import { text, type Text } from "../../core/text";
import type { ShownBlocks } from "./gateBlocks";

export type Goal =
  | { readonly kind: "index"; readonly index: readonly number[] }
  | { readonly kind: "block"; readonly block: GateBlock }
  | { readonly kind: "problem"; readonly problem: Text };

function problem(message: Text): Goal {
  return { kind: "problem", problem: message };
}

/** `3, 17`, `[3, 17]` or `3 17` as numbers; null for anything else. */
function numbersOf(written: string): number[] | null {
  const inner = written
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .replaceAll("−", "-");
  const parts = inner.split(/[\s,]+/).filter((part) => part !== "");
  return parts.length > 0 && parts.every((part) => /^-?\d+$/.test(part)) ? parts.map(Number) : null;
}

/** The full index that some numbers stand for: all axes, or the rows and columns of the slice. */
function fullIndex(numbers: readonly number[], shape: Shape, slice: Slice): number[] | null {
  if (numbers.length === shape.length) return [...numbers];
  const laidOut = [slice.rowAxis, slice.columnAxis].filter((axis) => axis !== null);
  if (numbers.length !== laidOut.length) return null;
  return slice.index.map((held, axis) => {
    const place = laidOut.indexOf(axis);
    return place === -1 ? held : (numbers[place] ?? held);
  });
}

/** Reads a goal; indices may count from the end as in Python. */
export function parseGoal(
  written: string,
  shape: Shape,
  slice: Slice,
  shown: ShownBlocks | null,
): Goal {
  const name = written.trim().toLowerCase();
  const block = shown?.blocks.find((each) => each.name.toLowerCase() === name);
  if (block !== undefined) return { kind: "block", block };
  const numbers = numbersOf(written);
  if (numbers === null) {
    return problem(text("{0} is neither an index nor a gate block", written.trim()));
  }
  const index = fullIndex(numbers, shape, slice);
  if (index === null) {
    return problem(
      text("An index of this tensor has {0} numbers, {1} were given", shape.length, numbers.length),
    );
  }
  for (const [axis, size] of shape.entries()) {
    const at = index[axis] ?? 0;
    if (at < -size || at >= size) {
      return problem(text("Axis {0} has {1} elements, there is no {2}", axis, size, at));
    }
  }
  return { kind: "index", index: index.map((at, axis) => (at < 0 ? at + (shape[axis] ?? 0) : at)) };
}
