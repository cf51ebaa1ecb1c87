/**
 * Geometry of a matrix product whose inner sizes do not match: two boxes in proportion. No DOM.
 */
import type { Shape } from "../../../tensor/tensor";

export interface FactorBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
  /** The part of the inner axis that the other factor does not have; null when it has it all. */
  readonly surplus: { x: number; y: number; width: number; height: number } | null;
}

export interface ProductDrawing {
  readonly width: number;
  readonly height: number;
  readonly left: FactorBox;
  readonly right: FactorBox;
  /** Sizes of the inner axis, which should be the same. */
  readonly inner: readonly [number, number];
}

const LARGEST = 132;
/** Below this a box could not hold its label. */
const SMALLEST = 40;
const LABEL_ROOM = 26;
const SIDE_ROOM = 56;

/** Sizes of a factor as a matrix: leading axes of the left factor and trailing axes of the right one are joined. */
function matrixSizes(shape: Shape, isLeft: boolean): readonly [number, number] {
  if (isLeft) return [count(shape.slice(0, -1)), shape.at(-1) ?? 1];
  return [shape[0] ?? 1, count(shape.slice(1))];
}

function count(sizes: Shape): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** Places left · right; the inner sizes are left's last and right's first axis. */
export function drawProduct(leftShape: Shape, rightShape: Shape): ProductDrawing {
  const [leftRows, leftInner] = matrixSizes(leftShape, true);
  const [rightInner, rightColumns] = matrixSizes(rightShape, false);
  const largest = Math.max(leftRows, leftInner, rightInner, rightColumns, 1);
  const pixels = (size: number): number => Math.max(SMALLEST, (size / largest) * LARGEST);
  // One scale for the inner axis, so that equal sizes look equal and the surplus is in proportion.
  const leftWidth = pixels(leftInner);
  const rightHeight = pixels(rightInner);
  const height = Math.max(pixels(leftRows), rightHeight);
  const common = Math.min(leftInner, rightInner);
  const left: FactorBox = {
    x: SIDE_ROOM,
    y: LABEL_ROOM,
    width: leftWidth,
    height: pixels(leftRows),
    rows: leftRows,
    columns: leftInner,
    surplus: null,
  };
  const right: FactorBox = {
    x: SIDE_ROOM + leftWidth + SIDE_ROOM + 34,
    y: LABEL_ROOM,
    width: pixels(rightColumns),
    height: rightHeight,
    rows: rightInner,
    columns: rightColumns,
    surplus: null,
  };
  return {
    width: right.x + right.width + SIDE_ROOM,
    height: LABEL_ROOM + height + LABEL_ROOM + 8,
    left: { ...left, surplus: leftInner > common ? surplusAcross(left, common) : null },
    right: { ...right, surplus: rightInner > common ? surplusDown(right, common) : null },
    inner: [leftInner, rightInner],
  };
}

function surplusAcross(box: FactorBox, common: number): FactorBox["surplus"] {
  const kept = (common / box.columns) * box.width;
  return { x: box.x + kept, y: box.y, width: box.width - kept, height: box.height };
}

function surplusDown(box: FactorBox, common: number): FactorBox["surplus"] {
  const kept = (common / box.rows) * box.height;
  return { x: box.x, y: box.y + kept, width: box.width, height: box.height - kept };
}
