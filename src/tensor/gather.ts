/**
 * Copies strided elements of any width between buffers.
 */

/** A strided part of a source and where its elements go: sizes and both strides axis by axis, in elements. */
export interface Gathering {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly targetStrides: readonly number[];
  /** Element of the target that the first one goes to. */
  readonly to: number;
}

/** Side of the squares in which a transposition is copied, in elements: source and target fit a small cache. */
const blockSide = 32;

/** Shorter runs are copied element by element, because a call costs more. */
const minRun = 16;

/**
 * Copies elements of `width` bytes (1, 2, 4, 8 or 16); the source begins with the first one. Target and source start at
 * a multiple of `width`, or of 8, in their buffers.
 */
export function gatherInto(
  target: Uint8Array,
  source: Uint8Array,
  width: number,
  gathering: Gathering,
): void {
  const words = Math.max(1, width / 8);
  const axes = gathering.size.map((size, axis): Axis => {
    const stride = gathering.strides[axis]! * words;
    return { size, stride, targetStride: gathering.targetStrides[axis]! * words };
  });
  // An element of 16 bytes is two words: an axis of its own.
  if (words > 1) axes.push({ size: words, stride: 1, targetStride: 1 });
  copyAxes(wordsOf(target, width), wordsOf(source, width), axes, gathering.to * words);
}

interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly targetStride: number;
}

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array, width: number): Words {
  switch (width) {
    case 1:
      return new Uint8Array(buffer, byteOffset, byteLength);
    case 2:
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 4:
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    default:
      return new BigUint64Array(buffer, byteOffset, byteLength / 8);
  }
}

const oneElement: Axis = { size: 1, stride: 1, targetStride: 1 };

/** Copies planes of the innermost axes of source and target, and loops over the other axes. */
function copyAxes(target: Words, source: Words, axes: readonly Axis[], to: number): void {
  const rest = [...axes].sort((left, right) => right.targetStride - left.targetStride);
  const columns = rest.pop() ?? oneElement;
  const innermost = rest.reduce(
    (best, { stride }, axis) => (stride < (rest[best]?.stride ?? Infinity) ? axis : best),
    0,
  );
  const [rows = oneElement] = rest.splice(innermost, 1);
  const index = new Array<number>(rest.length).fill(0);
  let from = 0;
  let at = to;
  for (;;) {
    copyPlane(target, source, [rows, columns], at, from);
    let axis = rest.length - 1;
    // Counts up with carry: an axis at its end goes back to 0 and the next one advances.
    for (; axis >= 0; axis -= 1) {
      const { size, stride, targetStride } = rest[axis]!;
      from += stride;
      at += targetStride;
      if ((index[axis] = index[axis]! + 1) < size) break;
      from -= stride * size;
      at -= targetStride * size;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

function copyPlane(
  target: Words,
  source: Words,
  [rows, columns]: readonly [Axis, Axis],
  to: number,
  from: number,
): void {
  const isRun = columns.stride === 1 && columns.targetStride === 1 && columns.size >= minRun;
  for (let row = 0; row < rows.size; row += isRun ? 1 : blockSide) {
    const at = to + row * rows.targetStride;
    const start = from + row * rows.stride;
    if (isRun) {
      (target as Uint8Array).set(source.subarray(start, start + columns.size) as Uint8Array, at);
      continue;
    }
    const height = Math.min(blockSide, rows.size - row);
    for (let column = 0; column < columns.size; column += blockSide) {
      const block = [
        { ...rows, size: height },
        { ...columns, size: Math.min(blockSide, columns.size - column) },
      ] as const;
      copyBlock(
        target as Uint8Array,
        source as Uint8Array,
        block,
        at + column * columns.targetStride,
        start + column * columns.stride,
      );
    }
  }
}

/** The types say bytes; the words are of any width, and copied as they are. */
function copyBlock(
  target: Uint8Array,
  source: Uint8Array,
  [rows, columns]: readonly [Axis, Axis],
  to: number,
  from: number,
): void {
  const { size, stride, targetStride } = columns;
  for (let row = 0; row < rows.size; row += 1) {
    let at = to + row * rows.targetStride;
    let next = from + row * rows.stride;
    for (let column = 0; column < size; column += 1) {
      target[at] = source[next]!;
      at += targetStride;
      next += stride;
    }
  }
}
