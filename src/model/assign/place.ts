/**
 * Where a part of a tensor lies, and the shape that it has as a parameter: matrices a row for each unit, vectors one axis.
 */
import { sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import type { Range, SlotPart } from "./map";

/** A part within its tensor. */
export interface PlacedPart {
  /** As a parameter: (rows, columns), or (rows). */
  readonly shape: Shape;
  /** Index of its first element, one an axis of the tensor. */
  readonly start: readonly number[];
  /** True where its rows run along the last axis but one… of the parameter, see `SlotSource`. */
  readonly isTransposed: boolean;
}

/** Why a part does not lie within its tensor. */
export type PlaceFault =
  /** An index or a range outside of an axis of this size. */
  | {
      readonly kind: "range";
      readonly field: "index" | "rows" | "columns";
      readonly range: readonly number[];
      readonly size: number;
    }
  /** Too few or too many axes remain after `index`. */
  | { readonly kind: "rank"; readonly shape: Shape; readonly isMatrix: boolean };

/** The axes that a part leaves, and where they begin. */
interface Cut {
  readonly shape: readonly number[];
  readonly start: readonly number[];
  /** Axes of the tensor before those of `shape`, all of them at one index. */
  readonly before: readonly number[];
}

/** What a part is to be. */
export interface PlacedAs {
  readonly isMatrix: boolean;
  /** True where a vector may stand for a matrix of one column: the weights of an input of one feature. */
  readonly takesVector?: boolean;
  /** Counts for matrices alone. */
  readonly isTransposed: boolean;
}

/** Finds a part in its tensor. */
export function placePart(
  part: SlotPart,
  { shape }: Pick<TensorEntry, "shape">,
  { isMatrix, takesVector = false, isTransposed }: PlacedAs,
): PlacedPart | PlaceFault {
  const cut = cutOf(part, shape, { isMatrix, takesVector });
  if ("kind" in cut) return cut;
  const start = [...cut.before, ...cut.start];
  return isMatrix ? asMatrix(cut.shape, start, isTransposed) : asVector(cut.shape, start);
}

function asMatrix(shape: Shape, start: readonly number[], isTransposed: boolean): PlacedPart {
  const [length = 0] = shape;
  // Its elements lie along the last axis of the tensor, as rows of a transposed matrix do.
  if (shape.length === 1) return { shape: [length, 1], start, isTransposed: true };
  return { shape: isTransposed ? [...shape].reverse() : shape, start, isTransposed };
}

/** A vector, also one that lies in the only row or column of a matrix. */
function asVector(shape: Shape, start: readonly number[]): PlacedPart | PlaceFault {
  if (shape.length < 2) return { shape, start, isTransposed: false };
  const [rows = 0, columns = 0] = shape;
  if (rows === 1) return { shape: [columns], start, isTransposed: false };
  if (columns === 1) return { shape: [rows], start, isTransposed: true };
  return { kind: "rank", shape, isMatrix: false };
}

function cutOf(
  part: SlotPart,
  shape: Shape,
  { isMatrix, takesVector }: Required<Pick<PlacedAs, "isMatrix" | "takesVector">>,
): Cut | PlaceFault {
  const index = indexOf(part, shape);
  if ("kind" in index) return index;
  const rest = shape.slice(index.length);
  const fits = rest.length === 2 || (rest.length === 1 && (!isMatrix || takesVector));
  if (!fits) return { kind: "rank", shape: rest, isMatrix };
  const cut: (readonly [number, number])[] = [];
  for (const [axis, { field, range }] of rangesOf(part, rest.length).entries()) {
    const size = rest[axis] ?? 0;
    const [from, to] = wholeRange(range, size);
    if (!(from >= 0 && from < to && to <= size)) {
      return { kind: "range", field, range: [from, to], size };
    }
    cut.push([from, to]);
  }
  return {
    shape: cut.map(([from, to]) => to - from),
    start: cut.map(([from]) => from),
    before: index,
  };
}

/** `index`, and 0 for further leading axes of size 1. */
function indexOf({ index = [] }: SlotPart, shape: Shape): readonly number[] | PlaceFault {
  const wrong = index.findIndex((at, axis) => !(at >= 0 && at < (shape[axis] ?? 0)));
  if (wrong >= 0) {
    const at = index[wrong] ?? 0;
    return { kind: "range", field: "index", range: [at], size: shape[wrong] ?? 0 };
  }
  const found = [...index];
  while (shape.length - found.length > 2 && shape[found.length] === 1) found.push(0);
  return found;
}

/** What is taken of each of the axes that remain: a vector's elements are its rows, or its columns. */
function rangesOf(
  { rows, columns }: SlotPart,
  rank: number,
): { readonly field: "rows" | "columns"; readonly range: Range | undefined }[] {
  const byRows = { field: "rows", range: rows } as const;
  const byColumns = { field: "columns", range: columns } as const;
  if (rank === 2) return [byRows, byColumns];
  return [rows === undefined ? byColumns : byRows];
}

function wholeRange(range: Range | undefined, size: number): readonly [number, number] {
  const [from = 0, to = size] = range ?? [];
  return [from, to];
}

/** Another way to write a part with which it would have the shape, and what is said of it. */
export interface Remedy {
  readonly kind: "transposed" | "rows" | "columns" | "index";
  /** The part as it would fit. */
  readonly part: SlotPart;
}

/** Most remedies that are looked for. */
const maxRemedies = 6;

/** What is known of the slot that remedies are for. */
interface RemedyOptions extends Pick<PlacedAs, "isTransposed" | "takesVector"> {
  /** True where a joint tensor has it at its end. */
  readonly takesEnd: boolean;
}

/** What would make a part have a shape, the likeliest first. */
export function remediesOf(
  part: SlotPart,
  entry: Pick<TensorEntry, "shape">,
  wanted: Shape,
  { isTransposed, takesEnd, takesVector = false }: RemedyOptions,
): readonly Remedy[] {
  const isMatrix = wanted.length === 2;
  const fits = (other: SlotPart): boolean => {
    const transposed = other.transposed ?? isTransposed;
    const placed = placePart(other, entry, { isMatrix, takesVector, isTransposed: transposed });
    return "start" in placed && sameShape(placed.shape, wanted);
  };
  const whole = withoutRanges(part);
  const turned = { transposed: !(part.transposed ?? isTransposed) };
  const ways = isMatrix ? [{}, turned] : [{}];
  const found: Remedy[] = [];
  const offer = (kind: Remedy["kind"], other: SlotPart): void => {
    if (found.length < maxRemedies && fits(other)) found.push({ kind, part: other });
  };
  if (isMatrix) offer("transposed", { ...part, ...turned });
  for (const way of ways) {
    for (const each of cutsOf({ ...whole, ...way }, entry.shape, wanted, takesEnd)) {
      offer(each.kind, each.part);
    }
  }
  if (part.index === undefined && entry.shape.length > wanted.length) {
    const slices = Math.min(entry.shape[0] ?? 0, maxRemedies);
    for (const way of ways) {
      for (let at = 0; at < slices; at++) offer("index", { ...whole, ...way, index: [at] });
    }
  }
  return found;
}

/** All rows and columns. */
function withoutRanges(part: SlotPart): SlotPart {
  const kept = Object.entries(part).filter(([key]) => key !== "rows" && key !== "columns");
  return { tensor: part.tensor, ...Object.fromEntries(kept) };
}

/** The beginning and the end of each axis that is longer than what is wanted. */
function cutsOf(part: SlotPart, shape: Shape, wanted: Shape, takesEnd: boolean): Remedy[] {
  const rest = shape.slice(part.index?.length ?? 0);
  const isVector = rest.length === 1;
  return (["rows", "columns"] as const).flatMap((kind, axis) => {
    const size = rest[axis];
    if (size === undefined || (isVector && kind === "columns")) return [];
    return [...new Set([...wanted, ...(wanted.length === 1 ? [1] : [])])].flatMap((length) => {
      if (length >= size) return [];
      const ranges: readonly Range[] = [
        [0, length],
        [size - length, size],
      ];
      const sorted = takesEnd ? [...ranges].reverse() : ranges;
      return sorted.map((range) => ({ kind, part: { ...part, [kind]: range } }));
    });
  });
}
