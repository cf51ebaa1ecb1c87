/**
 * Slices of a tensor: which axes are rows and columns, the indices of the others, and their notation. No DOM.
 */
import type { ComplexPart, Shape, Slice } from "../../protocol/archive/messages";
import { clampIndex } from "../../core/numeric";

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** A place in a slice. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export const COMPLEX_PARTS: readonly ComplexPart[] = ["real", "imaginary", "magnitude", "phase"];

function sizeAt(shape: Shape, axis: number | null): number {
  return axis === null ? 1 : (shape[axis] ?? 1);
}

/** Rows and columns of a slice; 1 where no axis is laid out. */
export function extentOf(shape: Shape, slice: Slice): Extent {
  return { rows: sizeAt(shape, slice.rowAxis), columns: sizeAt(shape, slice.columnAxis) };
}

/** The last two axes, of those with more than one index where there are two such; the others held at 0. */
export function defaultSlice(shape: Shape): Slice {
  const all = [...shape.keys()];
  const long = all.filter((axis) => shape[axis] !== 1);
  const axes = long.length < 2 ? all : long;
  return {
    rowAxis: axes.at(-2) ?? null,
    columnAxis: axes.at(-1) ?? null,
    index: shape.map(() => 0),
    part: "real",
  };
}

/** The slice for a tensor of another shape: axes and indices stay where the rank is the same, within the sizes. */
export function fitSlice(shape: Shape, slice: Slice | null): Slice {
  const fresh = defaultSlice(shape);
  if (slice?.index.length !== shape.length) return { ...fresh, part: slice?.part ?? "real" };
  const axes = [slice.rowAxis, slice.columnAxis];
  const isUsable =
    axes.every((axis) => axis === null || (axis >= 0 && axis < shape.length)) &&
    (slice.rowAxis === null || slice.rowAxis !== slice.columnAxis) &&
    axes.filter((axis) => axis !== null).length === Math.min(2, shape.length);
  const index = shape.map((size, axis) => clampIndex(slice.index[axis] ?? 0, size));
  return { ...(isUsable ? slice : fresh), index, part: slice.part };
}

/** Rows become columns. */
export function exchanged(slice: Slice): Slice {
  return { ...slice, rowAxis: slice.columnAxis, columnAxis: slice.rowAxis };
}

/** Lays another axis out as rows or columns; the other way round where it is laid out already. */
export function withAxis(slice: Slice, which: "rowAxis" | "columnAxis", axis: number): Slice {
  const other = which === "rowAxis" ? "columnAxis" : "rowAxis";
  if (slice[which] === axis) return slice;
  return slice[other] === axis ? exchanged(slice) : { ...slice, [which]: axis };
}

/** The axes that are held at one index. */
export function heldAxes(shape: Shape, slice: Slice): number[] {
  return shape.map((_, axis) => axis).filter((axis) => !isLaidOut(slice, axis));
}

function isLaidOut(slice: Slice, axis: number): boolean {
  return axis === slice.rowAxis || axis === slice.columnAxis;
}

/** Holds an axis at another index, within its size. */
export function holdAt(shape: Shape, slice: Slice, axis: number, at: number): Slice {
  const size = shape[axis] ?? 1;
  const index = slice.index.map((old, each) => (each === axis ? clampIndex(at, size) : old));
  return { ...slice, index };
}

/** The index of an element in the whole tensor. */
export function elementIndex(slice: Slice, { row, column }: Cell): number[] {
  return slice.index.map((held, axis) =>
    axis === slice.rowAxis ? row : axis === slice.columnAxis ? column : held,
  );
}

/** Where an element lies, and the slice that shows it. */
export function locate(
  shape: Shape,
  slice: Slice,
  index: readonly number[],
): { slice: Slice; cell: Cell } {
  const held = shape.map((size, axis) =>
    isLaidOut(slice, axis) ? (slice.index[axis] ?? 0) : clampIndex(index[axis] ?? 0, size),
  );
  const at = (axis: number | null): number =>
    axis === null ? 0 : clampIndex(index[axis] ?? 0, shape[axis] ?? 1);
  return {
    slice: { ...slice, index: held },
    cell: { row: at(slice.rowAxis), column: at(slice.columnAxis) },
  };
}

/** `[3, 17]`; `[]` of a scalar, as Python's `item` has no index. */
export function indexText(index: readonly number[]): string {
  return `[${index.join(", ")}]`;
}

/** A name as a Python string literal. */
function pythonString(name: string): string {
  // Python reads every escape that JSON writes.
  return JSON.stringify(name);
}

const PYTHON_PARTS: Readonly<Record<ComplexPart, string>> = {
  real: ".real",
  imaginary: ".imag",
  magnitude: ".abs()",
  phase: ".angle()",
};

/** One element in Python: `state_dict["weight"][3, 17]`. */
export function pythonElement(name: string, index: readonly number[]): string {
  const base = `state_dict[${pythonString(name)}]`;
  return index.length === 0 ? base : base + indexText(index);
}

/** A range of rows and columns of the slice in Python; whole axes are a bare colon. */
export function pythonSlice(
  tensor: { readonly name: string; readonly shape: Shape; readonly isComplex: boolean },
  slice: Slice,
  window?: Window,
): string {
  const { name, shape, isComplex } = tensor;
  const rangeAt = (axis: number): string => {
    const isRow = axis === slice.rowAxis;
    if (!isRow && axis !== slice.columnAxis) return String(slice.index[axis] ?? 0);
    if (window === undefined) return ":";
    const [start, end] = isRow
      ? [window.rowStart, window.rowEnd]
      : [window.columnStart, window.columnEnd];
    return start === 0 && end === shape[axis] ? ":" : `${start}:${end}`;
  };
  const ranges = shape.map((_, axis) => rangeAt(axis));
  const isWhole = ranges.every((range) => range === ":");
  const isTurned =
    slice.rowAxis !== null && slice.columnAxis !== null && slice.rowAxis > slice.columnAxis;
  return [
    `state_dict[${pythonString(name)}]`,
    isWhole ? "" : `[${ranges.join(", ")}]`,
    isTurned ? ".T" : "",
    isComplex ? PYTHON_PARTS[slice.part] : "",
  ].join("");
}

/** Half-open ranges of a slice. */
export interface Window {
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
}

/** A vector reads better downwards: the table shows it as one column. */
export function tableSlice(slice: Slice): Slice {
  return slice.rowAxis === null ? exchanged(slice) : slice;
}
