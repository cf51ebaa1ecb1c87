import assert from "node:assert/strict";
import { noHints, type ObservationHints } from "../../../src/statistics/observed";
import { readStatistics } from "../../../src/statistics/statistics";
import { noControl } from "../../../src/core/control";
import type { DType } from "../../../src/tensor/dtype";
import type { Slice } from "../../../src/tensor/slice";
import type { Shape } from "../../../src/tensor/tensor";
import { renderText } from "../../../src/core/text";
import { sliceOf, sourceFrom } from "../support/tensorSources";
import { present } from "../support/present";

interface Options {
  readonly dtype?: DType;
  readonly hints?: Partial<ObservationHints>;
  readonly slice?: Slice;
}

async function observationsOf(
  values: Float32Array | Float64Array | readonly number[],
  shape: Shape,
  { dtype = values instanceof Float64Array ? "float64" : "float32", hints, slice }: Options = {},
): Promise<string[]> {
  const array = Array.isArray(values) ? Float32Array.from(values) : (values as Float32Array);
  const { observations } = await readStatistics(
    sourceFrom(array, shape, dtype),
    { slice: slice ?? null, effort: "exact" },
    { ...noHints, ...hints },
    noControl,
  );
  return observations.map((each) => renderText(each));
}

/** Numbers without a pattern in −1 … 1, of a float32's digits. */
function irregular(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** `irregular` values with some of them replaced. */
function withValues(length: number, replaced: Readonly<Record<number, number>>): Float32Array {
  const values = irregular(length);
  for (const [at, value] of Object.entries(replaced)) values[Number(at)] = value;
  return values;
}

describe("observations", () => {
  it("say nothing of values without a pattern", async () => {
    assert.deepEqual(await observationsOf(irregular(600), [20, 30]), []);
  });

  it("name what is constant, and what is empty", async () => {
    assert.deepEqual(await observationsOf(new Float32Array(6), [2, 3]), ["all values are zero"]);
    assert.deepEqual(await observationsOf([0.1, 0.1], [2]), ["all values are 0.1"]);
    assert.deepEqual(await observationsOf([NaN, NaN], [2]), ["all values are NaN"]);
    assert.deepEqual(await observationsOf([], [0]), ["it has no elements"]);
    assert.deepEqual(await observationsOf([0, 0, NaN], [3]), [
      ...["holds one NaN, at [2]", "all finite values are zero"],
    ]);
  });

  it("count what is not finite, and say where the first is", async () => {
    const values = withValues(24, { 7: NaN, 20: NaN, 9: Infinity });
    assert.deepEqual(await observationsOf(values, [2, 3, 4]), [
      "holds 2 NaN, the first at [0, 1, 3]",
      "holds one infinity, at [0, 2, 1]",
    ]);
    // The slice [i, 2, k].
    assert.deepEqual(await observationsOf(values, [2, 3, 4], { slice: sliceOf(0, 2, [0, 2, 0]) }), [
      "holds one NaN, at [1, 2, 0]",
      "holds one infinity, at [0, 2, 1]",
    ]);
  });

  it("name rows and columns that are NaN or zero as a whole", async () => {
    const values = irregular(600);
    values.fill(NaN, 17 * 30, 18 * 30);
    values.fill(0, 3 * 30, 5 * 30);
    for (let row = 0; row < 20; row += 1) if (row !== 17) values[row * 30 + 6] = 0;
    assert.deepEqual(await observationsOf(values, [20, 30]), [
      "holds 30 NaN, the first at [17, 0]",
      "row 17 is NaN",
      "2 rows are all zero, the first is row 3",
    ]);
    const column = irregular(12);
    for (let row = 0; row < 3; row += 1) column[row * 4 + 1] = 0;
    assert.deepEqual(await observationsOf(column, [3, 4]), ["column 1 is all zero"]);
  });

  it("find the one value that is far larger than all others", async () => {
    assert.deepEqual(await observationsOf(withValues(40, { 33: -5000 }), [8, 5]), [
      "one value, -5000 at [6, 3], is more than 1000 times as large as any other",
    ]);
    assert.deepEqual(await observationsOf(withValues(40, { 33: 300 }), [8, 5]), []);
    assert.deepEqual(await observationsOf([0, 1], [2]), [
      "50 % of the values are zero",
      "all values are whole numbers",
    ]);
  });

  it("find a transposed weight by the shape that its module expects", async () => {
    const hints = { expectedShape: [30, 20] };
    assert.deepEqual(await observationsOf(irregular(600), [20, 30], { hints }), [
      "looks transposed: its module expects [30, 20], it is [20, 30]",
    ]);
    assert.deepEqual(await observationsOf(irregular(600), [30, 20], { hints }), []);
  });

  it("find equal rows", async () => {
    const values = irregular(50);
    values.copyWithin(40, 10, 20);
    assert.deepEqual(await observationsOf(values, [5, 10]), ["rows 1 and 4 are equal"]);
    values.copyWithin(0, 10, 20);
    assert.deepEqual(await observationsOf(values, [5, 10]), [
      "2 rows repeat others: rows 0 and 1 are equal",
    ]);
  });

  it("find orthogonal matrices", async () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const turn = Float32Array.of(c, -s, 0, s, c, 0, 0, 0, 1);
    assert.deepEqual(await observationsOf(turn, [3, 3]), ["looks orthogonal: WᵀW is the identity"]);
    assert.deepEqual(await observationsOf(turn.slice(0, 6), [2, 3]), [
      ...["column 2 is all zero", "its rows look orthonormal: W·Wᵀ is the identity"],
    ]);
    assert.deepEqual(await observationsOf([c, 0, s, 0.5, 0, 1.5], [3, 2]), []);
  });

  it("find PyTorch's initialisation", async () => {
    const bound = 1 / Math.sqrt(64);
    const uniform = irregular(8192).map((value) => value * bound);
    const hints = { hiddenSize: 64 };
    assert.deepEqual(await observationsOf(uniform, [128, 64], { hints }), [
      "looks like PyTorch's initialisation, U(−1/√H, 1/√H) with H = 64: untrained",
    ]);
    assert.deepEqual(await observationsOf(uniform, [128, 64], { hints: { hiddenSize: 32 } }), []);
    const sum = uniform.map((value, at) => (value + present(uniform[(at + 1000) % 8192])) / 2);
    assert.deepEqual(await observationsOf(sum, [128, 64], { hints }), []);
  });

  it("find weights that saturate their units", async () => {
    const values = irregular(600).map((value) => value * 10);
    const hints = { hiddenSize: 20 };
    assert.deepEqual(await observationsOf(values, [20, 30], { hints }), [
      "looks too large for its units: inputs of ±1 give sums of about 32, where tanh and sigmoid are flat",
    ]);
    assert.deepEqual(await observationsOf(irregular(600), [20, 30], { hints }), []);
  });

  it("find a forget gate that starts open", async () => {
    const values = irregular(12);
    values.fill(1, 3, 6);
    const blocks = ["b_ii", "b_if", "b_ig", "b_io"].map((name, gate) => ({
      name,
      start: 3 * gate,
      end: 3 * gate + 3,
    }));
    assert.deepEqual(await observationsOf(values, [12], { hints: { blocks } }), [
      "the forget gate's bias b_if is 1 throughout",
    ]);
  });

  it("name the dtype that the values were stored in before", async () => {
    const halves = [0.1, 0.3333, 2 ** -24, -1.5].map((value) => {
      const unit =
        Math.abs(value) < 2 ** -14 ? 2 ** -24 : 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
      return Math.round(value / unit) * unit;
    });
    assert.deepEqual(await observationsOf(halves, [4]), [
      "all values are float16 values: they were stored in half precision before",
    ]);
    assert.deepEqual(await observationsOf([2 ** 17, 1536, 3.140625], [3]), [
      "all values are bfloat16 values: they were stored in bfloat16 before",
    ]);
    assert.deepEqual(await observationsOf([3, 4, -900], [3]), ["all values are whole numbers"]);
    assert.deepEqual(await observationsOf(Float64Array.from(irregular(9)), [9]), [
      "all values are float32 values: they were stored in single precision before",
    ]);
    assert.deepEqual(await observationsOf(Float64Array.of(0.1, 0.2), [2]), []);
    assert.deepEqual(await observationsOf([2 ** -20, 2 ** -25 + 2 ** -35], [2]), []);
  });

  it("count denormal values", async () => {
    assert.deepEqual(await observationsOf(withValues(9, { 2: 1e-40, 5: 0 }), [9]), [
      "one value is denormal: smaller than 1.2e-38, with fewer digits",
    ]);
  });

  it("say how many values are zero when most are", async () => {
    const values = irregular(100).map((value, at) => (at % 10 < 8 ? 0 : value));
    assert.deepEqual(await observationsOf(values, [100]), ["80 % of the values are zero"]);
  });
});
