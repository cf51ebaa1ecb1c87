/**
 * Whether two slots of a map take the same values of a tensor.
 */
import type { TensorEntry } from "../../tensor/tensor";
import type { PlacedPart } from "./place";

/** The part of a tensor that a slot takes. */
export interface UsedBox {
  readonly slot: string;
  readonly tensor: string;
  readonly start: readonly number[];
  /** Elements along each axis of the tensor. */
  readonly size: readonly number[];
}

/** The box of a part in its tensor. */
export function usedBox(
  slot: string,
  { name, shape }: Pick<TensorEntry, "name" | "shape">,
  { shape: own, start, isTransposed }: PlacedPart,
): UsedBox {
  const [rows = 1, columns = 1] = own.length === 1 ? [1, own[0] ?? 1] : own;
  const last = shape.length - 1;
  const size = shape.map(() => 1);
  if (last > 0) size[last - 1] = isTransposed ? columns : rows;
  size[last] = isTransposed ? rows : columns;
  return { slot, tensor: name, start, size };
}

/** Tensors of which several slots take the same values, with these slots; at most `most`. */
export function usedTwice(
  boxes: readonly UsedBox[],
  most: number,
): readonly { readonly tensor: string; readonly slots: readonly string[] }[] {
  const byTensor = new Map<string, UsedBox[]>();
  for (const box of boxes) {
    const used = byTensor.get(box.tensor) ?? [];
    used.push(box);
    byTensor.set(box.tensor, used);
  }
  const found: { tensor: string; slots: readonly string[] }[] = [];
  for (const [tensor, used] of byTensor) {
    if (found.length >= most) break;
    const clashing = used
      .slice(0, maxCompared)
      .filter((box, index, compared) =>
        compared.some(
          (other, at) => at !== index && other.slot !== box.slot && overlap(box, other),
        ),
      );
    const slots = [...new Set(clashing.map(({ slot }) => slot))];
    if (slots.length > 1) found.push({ tensor, slots });
  }
  return found;
}

/** Parts of one tensor that are compared with each other. */
const maxCompared = 256;

function overlap(left: UsedBox, right: UsedBox): boolean {
  return left.start.every((from, axis) => {
    const to = from + (left.size[axis] ?? 1);
    const other = right.start[axis] ?? 0;
    return from < other + (right.size[axis] ?? 1) && other < to;
  });
}
