/**
 * Rows of the batch, or units of each direction, in another order: matched by their values.
 */
import { numDirections, stateSize } from "../../../model/config";
import { text } from "../../../core/text";
import { rowsInOrder, unitsInOrder } from "../../alternatives/orders";
import type { Values } from "../../base/model";
import type { Ground } from "../singles";
import type { FreeFinding } from "./found";

/** Vectors of a result and of the reference, side by side: the same index is the same row, or unit. */
interface Sides {
  readonly ours: readonly Float64Array[];
  readonly theirs: readonly Float64Array[];
}

/**
 * Which of ours each of theirs is, each used once; null where one has no partner. Where several are alike, the one in
 * its own place comes first.
 */
function matched({ ours, theirs }: Sides, tolerance: number): number[] | null {
  const partners = theirs.map((vector, index) => {
    const fits = ours.flatMap((own, at) => (isNear(own, vector, tolerance) ? [at] : []));
    return fits.sort((left, right) => Number(right === index) - Number(left === index));
  });
  const takenBy = new Map<number, number>();
  const assign = (index: number, seen: Set<number>): boolean => {
    for (const partner of partners[index]!) {
      if (seen.has(partner)) continue;
      seen.add(partner);
      const holder = takenBy.get(partner);
      if (holder === undefined || assign(holder, seen)) {
        takenBy.set(partner, index);
        return true;
      }
    }
    return false;
  };
  if (!theirs.every((_, index) => assign(index, new Set()))) return null;
  const order = new Array<number>(theirs.length).fill(0);
  for (const [partner, index] of takenBy) order[index] = partner;
  return order;
}

function isNear(left: Float64Array, right: Float64Array, tolerance: number): boolean {
  for (let k = 0; k < left.length; k++) {
    if (!(Math.abs(left[k]! - right[k]!) <= tolerance)) return false;
  }
  return true;
}

function largest({ ours, theirs }: Sides, order: readonly number[]): number {
  let most = 0;
  theirs.forEach((vector, index) => {
    const own = ours[order[index]!]!;
    for (let k = 0; k < vector.length; k++) most = Math.max(most, Math.abs(own[k]! - vector[k]!));
  });
  return most;
}

const isIdentity = (order: readonly number[]): boolean =>
  order.every((from, index) => from === index);

/** Rows or units beyond this many are not matched: it takes their number squared. */
const MOST_MATCHED = 4096;

/** One permutation of the rows, the same in output, h_n and c_n. */
export function permutedRows({ the, right, before, tolerance }: Ground): FreeFinding | null {
  const { batchSize: B } = the.model;
  if (B < 2 || B > MOST_MATCHED || !before.hasShapes) return null;
  const names = ["output", "hn", "cn"] as const;
  const given = names.filter((name) => the.reference[name] !== null);
  const vectors = (of: (name: (typeof names)[number]) => Values): Float64Array[] =>
    Array.from({ length: B }, (_, row) =>
      Float64Array.from(given.flatMap((name) => [...rowOf(of(name), name, row)])),
    );
  const rowOf = (values: Values, name: (typeof names)[number], row: number): Float64Array => {
    const { batchFirst, isCellClass } = the.model.config;
    const axis = name === "output" ? (batchFirst ? 0 : 1) : isCellClass ? 0 : 1;
    const count = axis === 0 ? 1 : values.shape[0]!;
    const size = values.data.length / (count * B);
    const taken = new Float64Array(count * size);
    for (let index = 0; index < count; index++) {
      const from = (index * B + row) * size;
      taken.set(values.data.subarray(from, from + size), index * size);
    }
    return taken;
  };
  const sides = {
    ours: vectors((name) => right[name]!),
    theirs: vectors((name) => the.reference[name]!),
  };
  const order = matched(sides, tolerance);
  if (order === null || isIdentity(order)) return null;
  return {
    id: "permutation/batch-rows",
    title: text("the rows of the batch are in another order"),
    parameter: { kind: "rows", rows: order },
    changes: { edit: (model) => rowsInOrder(model, order) },
    after: largest(sides, order),
  };
}

/** Each layer and direction has one permutation of its units, the same in its half of output, h_n and c_n. */
export function permutedUnits({ the, right, before, tolerance }: Ground): FreeFinding | null {
  const { config } = the.model;
  const units = stateSize(config);
  if (config.projSize > 0 || units < 2 || units > MOST_MATCHED || !before.hasShapes) return null;
  const directions = numDirections(config);
  let after = 0;
  const orders: number[][] = [];
  for (let slot = 0; slot < config.numLayers * directions; slot++) {
    const sides = {
      ours: unitsOf(the, right, slot),
      theirs: unitsOf(the, the.reference, slot),
    };
    const order = matched(sides, tolerance);
    if (order === null) return null;
    orders.push(order);
    after = Math.max(after, largest(sides, order));
  }
  if (orders.every(isIdentity)) return null;
  return {
    id: "permutation/units",
    title: text("the units of each direction are in another order"),
    parameter: { kind: "units", units: orders },
    changes: { edit: (model) => unitsInOrder(model, orders) },
    after,
  };
}

/** The values of each unit of a slot, in everything that shows them. */
function unitsOf(
  { model, reference }: Ground["the"],
  values: Ground["right"],
  slot: number,
): Float64Array[] {
  const { config } = model;
  const units = stateSize(config);
  const directions = numDirections(config);
  const parts: { readonly data: Float64Array; readonly first: number; readonly width: number }[] =
    [];
  const isLast = Math.floor(slot / directions) === config.numLayers - 1;
  if (isLast && reference.output !== null) {
    const first = (slot % directions) * units;
    parts.push({ data: values.output!.data, first, width: directions * units });
  }
  for (const name of ["hn", "cn"] as const) {
    if (reference[name] === null) continue;
    const { data } = values[name]!;
    const size = data.length / (config.numLayers * directions);
    parts.push({ data: data.subarray(slot * size, (slot + 1) * size), first: 0, width: units });
  }
  return Array.from({ length: units }, (_, unit) =>
    Float64Array.from(
      parts.flatMap(({ data, first, width }) =>
        Array.from({ length: data.length / width }, (_, row) => data[row * width + first + unit]!),
      ),
    ),
  );
}
