/**
 * What the values of a weight tell about how it was made: initialisation, orthogonality, equal rows, forget biases.
 */
import { elementCount } from "../../tensor/tensor";
import { text, type Text } from "../../text";
import type { NamedRows, Observed } from "./observed";
import type { Values } from "./statisticsKernel";

/** Products that the test of orthogonality takes, at most. */
const maxProducts = 2 ** 27;

/** Rows that are compared with each other. */
const maxRowElements = 2 ** 22;

/** Sentences about the values in memory; none for a sample. */
export function observeMatrix(observed: Observed): Text[] {
  const { isSample, source, numbers, region, hints } = observed;
  if (isSample || numbers.finite < elementCount(region.size)) return [];
  if (numbers.values.moments[0] === numbers.values.moments[1]) return [];
  const isWhole =
    region.size.length === source.shape.length &&
    elementCount(source.shape) === elementCount(region.size);
  const values = isWhole ? valuesOf(observed) : null;
  return [
    ...(values === null ? [] : observeForgetBias(values, hints.blocks, source.shape)),
    ...(values === null ? [] : observeOrthogonality(values, source.shape)),
    ...(values === null ? [] : observeEqualRows(values, source.shape)),
    ...observeInitialisation(observed),
  ];
}

/** All values as one array; null where they are not in memory or too many to look at closely. */
function valuesOf({ kept, region }: Observed): Values | null {
  const total = elementCount(region.size);
  const [first] = kept ?? [];
  if (kept === null || first === undefined || total > maxRowElements) return null;
  if (first.values.length === total) return first.values;
  const all =
    first.values instanceof Float32Array ? new Float32Array(total) : new Float64Array(total);
  for (const { flat, values } of kept) all.set(values, flat);
  return all;
}

/** Bias of an LSTM whose forget gate starts open. */
function observeForgetBias(
  values: Values,
  blocks: readonly NamedRows[],
  shape: readonly number[],
): Text[] {
  const forget = blocks.find(({ name }) => /^b_.*f$/.test(name));
  if (shape.length !== 1 || forget === undefined) return [];
  const block = values.subarray(forget.start, forget.end);
  const isOne = block.length > 0 && block.every((value) => value === 1);
  return isOne ? [text("the forget gate's bias {0} is 1 throughout", forget.name)] : [];
}

/** Wᵀ·W or W·Wᵀ of the identity, to float32 rounding. */
function observeOrthogonality(values: Values, shape: readonly number[]): Text[] {
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows < 2 || columns < 2) return [];
  const least = Math.min(rows, columns);
  if (rows * columns * least > maxProducts) return [];
  const tolerance = 1e-4;
  for (let first = 0; first < least; first += 1) {
    for (let second = 0; second <= first; second += 1) {
      const product =
        rows <= columns
          ? dot(values, [first * columns, second * columns], 1, columns)
          : dot(values, [first, second], columns, rows);
      if (!(Math.abs(product - (first === second ? 1 : 0)) <= tolerance)) return [];
    }
  }
  if (rows === columns) return [text("looks orthogonal: WᵀW is the identity")];
  return rows < columns
    ? [text("its rows look orthonormal: W·Wᵀ is the identity")]
    : [text("its columns look orthonormal: WᵀW is the identity")];
}

function dot(
  values: Values,
  [left, right]: readonly [number, number],
  stride: number,
  length: number,
): number {
  let sum = 0;
  for (let k = 0; k < length; k += 1) {
    sum += values[left + k * stride]! * values[right + k * stride]!;
  }
  return sum;
}

function observeEqualRows(values: Values, shape: readonly number[]): Text[] {
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows < 2 || columns < 2) return [];
  const seen = new Map<number, number[]>();
  let pairs = 0;
  let firstPair: readonly [number, number] | null = null;
  for (let row = 0; row < rows; row += 1) {
    const line = values.subarray(row * columns, (row + 1) * columns);
    if (line.every((value) => value === 0)) continue;
    const key = hashOf(line);
    const same = seen.get(key)?.find((other) => isEqual(values, other * columns, line));
    if (same !== undefined) {
      pairs += 1;
      firstPair ??= [same, row];
    } else {
      seen.set(key, [...(seen.get(key) ?? []), row]);
    }
  }
  if (firstPair === null) return [];
  return pairs === 1
    ? [text("rows {0} and {1} are equal", ...firstPair)]
    : [text("{0} rows repeat others: rows {1} and {2} are equal", pairs, ...firstPair)];
}

/** FNV-1a over rounded values. */
function hashOf(line: Values): number {
  let hash = 0x811c9dc5;
  const words = new Uint32Array(Float32Array.from(line, (value) => value + 0).buffer);
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

function isEqual(values: Values, start: number, line: Values): boolean {
  for (let index = 0; index < line.length; index += 1) {
    if (values[start + index] !== line[index]) return false;
  }
  return true;
}

/** PyTorch's recurrent modules start with U(−1/√H, 1/√H): its bounds are nearly reached, its quartiles half of them. */
function observeInitialisation({ hints, numbers }: Observed): Text[] {
  const { hiddenSize } = hints;
  if (hiddenSize === null || numbers.finite < 256) return [];
  const [min = 0, max = 0, mean = 0, deviation = 0] = numbers.values.moments;
  const bound = 1 / Math.sqrt(hiddenSize);
  const slack = bound * (1 + 1e-6);
  const sampling = 4 / Math.sqrt(numbers.finite);
  const isUniform =
    max <= slack &&
    min >= -slack &&
    max > 0.95 * bound &&
    min < -0.95 * bound &&
    Math.abs(mean) < bound * sampling &&
    Math.abs(deviation / (bound / Math.sqrt(3)) - 1) < sampling &&
    [3, 5].every(
      (at) => Math.abs(Math.abs(numbers.values.percentiles[at]!) / bound - 0.5) < sampling,
    );
  return isUniform
    ? [
        text(
          "looks like PyTorch's initialisation, U(−1/√H, 1/√H) with H = {0}: untrained",
          hiddenSize,
        ),
      ]
    : [];
}
