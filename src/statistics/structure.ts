/**
 * What the values of a weight show about its origin: initialisation, orthogonality, equal rows, forget biases.
 */
import { grouped, rounded } from "../core/numeric";
import { elementCount } from "../tensor/tensor";
import { text, type Text } from "../core/text";
import type { NamedRows, Observed } from "./observed";
import type { Values } from "./kernel";

/** Products that the test of orthogonality takes, at most. */
const maxProducts = 2 ** 27;

/** Tolerance of the products: half precision rounds a zero to about this much. */
const orthogonalityTolerance = 1e-3;

/** Sums beyond a few saturate tanh and sigmoid; trained weights with inputs of a half reach them now and then. */
const saturatingSum = 15;

/** Fewer values are not enough to recognise a distribution. */
const minSample = 256;

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
    ...observeSaturation(observed),
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

/** Bias of an LSTM whose forget gate is nearly 1 at first. */
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

/** WᵀW or W·Wᵀ of the identity, to rounding. */
function observeOrthogonality(values: Values, shape: readonly number[]): Text[] {
  const [rows, columns] = matrixSizes(shape);
  if (rows < 2 || columns < 2 || !isOrthonormal(values, rows, columns)) return [];
  if (rows === columns) return [text("looks orthogonal: WᵀW is the identity")];
  return rows < columns
    ? [text("its rows look orthonormal: W·Wᵀ is the identity")]
    : [text("its columns look orthonormal: WᵀW is the identity")];
}

/** Rows and columns; [0, 0] for what is no matrix. */
function matrixSizes(shape: readonly number[]): [number, number] {
  const [rows = 0, columns = 0] = shape;
  return shape.length === 2 ? [rows, columns] : [0, 0];
}

/** Whether the rows of a wide matrix, or the columns of another, are orthonormal; stops at the first wrong product. */
function isOrthonormal(values: Values, rows: number, columns: number): boolean {
  const least = Math.min(rows, columns);
  if (rows * columns * least > maxProducts) return false;
  for (let first = 0; first < least; first += 1) {
    for (let second = 0; second <= first; second += 1) {
      const product =
        rows <= columns
          ? dot(values, [first * columns, second * columns], 1, columns)
          : dot(values, [first, second], columns, rows);
      const expected = first === second ? 1 : 0;
      if (!(Math.abs(product - expected) <= orthogonalityTolerance)) return false;
    }
  }
  return true;
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
  const [rows, columns] = matrixSizes(shape);
  if (rows < 2 || columns < 2) return [];
  const seen = new Map<number, number[]>();
  const pairs: [number, number][] = [];
  for (let row = 0; row < rows; row += 1) {
    const line = values.subarray(row * columns, (row + 1) * columns);
    if (line.every((value) => value === 0)) continue;
    const key = hashOf(line);
    const alike = seen.get(key) ?? [];
    const same = alike.find((other) => isEqual(values, other * columns, line));
    if (same === undefined) seen.set(key, [...alike, row]);
    else pairs.push([same, row]);
  }
  const [first] = pairs;
  if (first === undefined) return [];
  return pairs.length === 1
    ? [text("rows {0} and {1} are equal", ...first)]
    : [text("{0} rows repeat others: rows {1} and {2} are equal", grouped(pairs.length), ...first)];
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
  if (hiddenSize === null || numbers.finite < minSample) return [];
  const bound = 1 / Math.sqrt(hiddenSize);
  const { moments, percentiles } = numbers.values;
  const [min, max, mean, deviation] = Array.from(moments, (value) => value / bound);
  const quartiles = [3, 5].map((at) => percentiles[at]! / bound);
  // Four standard errors, roughly.
  const slack = 4 / Math.sqrt(numbers.finite);
  const isNear = (value: number | undefined, expected: number, within: number): boolean =>
    Math.abs((value ?? NaN) - expected) <= within;
  const isUniform =
    isNear(min, -1, 0.05) &&
    isNear(max, 1, 0.05) &&
    Math.max(max ?? NaN, -(min ?? NaN)) <= 1 + 1e-6 &&
    isNear(mean, 0, slack) &&
    isNear(deviation, 1 / Math.sqrt(3), slack) &&
    isNear(quartiles[0], -0.5, slack) &&
    isNear(quartiles[1], 0.5, slack);
  return isUniform
    ? [
        text(
          "looks like PyTorch's initialisation, U(−1/√H, 1/√H) with H = {0}: untrained",
          hiddenSize,
        ),
      ]
    : [];
}

/** Weights of a recurrent module whose sums lie far in the saturated range of tanh and sigmoid. */
function observeSaturation({ hints, numbers, source }: Observed): Text[] {
  const { hiddenSize } = hints;
  const [, columns] = matrixSizes(source.shape);
  if (hiddenSize === null || columns === 0) return [];
  const [, , mean = 0, deviation = 0] = numbers.values.moments;
  const sum = Math.hypot(mean, deviation) * Math.sqrt(columns);
  return sum > saturatingSum
    ? [
        text(
          "looks too large for its units: inputs of ±1 give sums of about {0}, where tanh and sigmoid are flat",
          rounded(sum, 2),
        ),
      ]
    : [];
}
