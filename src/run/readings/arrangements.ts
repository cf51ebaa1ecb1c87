/**
 * How the axes of a result may lie in another shape: joined, split or exchanged, each in its letter.
 */
import { zerosLike, type Shape } from "../../tensor/tensor";
import type { StateArray } from "../../engine/base/engine";

/** Layers, directions, time, batch, and units of one direction. */
export type Axis = "L" | "D" | "T" | "B" | "U";
export type AxisSizes = Readonly<Record<Axis, number>>;

/** The axes that lie in each axis of a shape, outermost first; none in one of size 1. */
export type Arrangement = readonly (readonly Axis[])[];

/**
 * Every arrangement of axes in a shape whose sizes fit. Axes of size 1 lie nowhere. Where axes are joined, units vary
 * fastest and directions within layers, as torch's own views have them.
 */
export function arrangementsOf(
  shape: Shape,
  axes: readonly Axis[],
  sizes: AxisSizes,
): Arrangement[] {
  const long = axes.filter((axis) => sizes[axis] > 1);
  const [first, ...others] = shape;
  if (first === undefined) return long.length === 0 ? [[]] : [];
  return groupsOf(first, long, sizes).flatMap((group) =>
    arrangementsOf(
      others,
      long.filter((axis) => !group.includes(axis)),
      sizes,
    ).map((rest) => [group, ...rest]),
  );
}

/** Ordered axes whose sizes multiply to a size. */
function groupsOf(size: number, axes: readonly Axis[], sizes: AxisSizes): (readonly Axis[])[] {
  if (size === 1) return [[]];
  return axes.flatMap((axis) => {
    if (size % sizes[axis] !== 0) return [];
    const others = axes.filter((other) => other !== axis);
    const groups = groupsOf(size / sizes[axis], others, sizes).map((group) => [axis, ...group]);
    return groups.filter(isNatural);
  });
}

function isNatural(group: readonly Axis[]): boolean {
  const unit = group.indexOf("U");
  const [layer, direction] = [group.indexOf("L"), group.indexOf("D")];
  return (unit < 0 || unit === group.length - 1) && (direction < 0 || layer < direction);
}

/** `[T·B, D·H]`, the way that shapes are written. */
export function arrangementText(arrangement: Arrangement): string {
  const groups = arrangement.map((group) =>
    group.length === 0 ? "1" : group.map((axis) => (axis === "U" ? "H" : axis)).join("·"),
  );
  return `[${groups.join(", ")}]`;
}

/** Values whose axes lie one after another in `order`, with the axes in the order of `axes`. */
export function arranged(
  values: StateArray,
  order: readonly Axis[],
  axes: readonly Axis[],
  sizes: AxisSizes,
): StateArray {
  const long = axes.filter((axis) => sizes[axis] > 1);
  if (long.every((axis, at) => axis === order[at])) return values;
  const strides = long.map((axis) =>
    order.slice(order.indexOf(axis) + 1).reduce((stride, inner) => stride * sizes[inner], 1),
  );
  const result = zerosLike(values, values.length);
  const index = new Array<number>(long.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let at = long.length - 1; at >= 0; at--) {
      from += strides[at]!;
      index[at] = index[at]! + 1;
      if (index[at]! < sizes[long[at]!]) break;
      from -= strides[at]! * sizes[long[at]!];
      index[at] = 0;
    }
  }
  return result;
}
