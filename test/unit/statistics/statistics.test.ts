import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { CancelledError } from "../../../src/core/errors";
import { noHints } from "../../../src/statistics/observed";
import { ValueChecks } from "../../../src/statistics/valueChecks";
import { readStatistics, type TensorStatistics } from "../../../src/statistics/statistics";
import { PlainKernel, type Values } from "../../../src/statistics/kernel";
import { StatisticsPasses, type MeasuredValues } from "../../../src/statistics/passes";
import { createStatisticsKernel } from "../../../src/statistics/kernelWasm";
import { encodeRaw } from "../../../src/tensor/raw";
import { PERCENTILES } from "../../../src/tensor/slice";
import type { TensorSource } from "../../../src/tensor/source";
import { decodeBytes, numpyCases } from "../support/numpyGoldens";
import { sliceOf, sourceFrom, sourceOf } from "../support/tensorSources";
import { present } from "../support/present";

interface Case {
  readonly name: string;
  readonly dtype: "float32" | "float64";
  readonly values: string;
  readonly moments: readonly number[];
  readonly percentiles: readonly number[];
  readonly zeros: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  readonly histogram: readonly number[];
}

const cases = numpyCases<Case>("statistics.json");

function valuesOf({ dtype, values }: Case): Float32Array | Float64Array {
  const { buffer } = decodeBytes(values);
  return dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
}

function close(actual: number | undefined, expected: number | undefined, message: string): void {
  const scale = Math.max(Math.abs(expected ?? NaN), 1e-30);
  assert.ok(Math.abs((actual ?? NaN) - (expected ?? NaN)) <= 1e-11 * scale, message);
}

function checkCase(measured: MeasuredValues, expected: Case): void {
  ["min", "max", "mean", "deviation"].forEach((name, at) => {
    close(measured.moments[at], expected.moments[at], name);
  });
  PERCENTILES.forEach((percentile, at) => {
    close(measured.percentiles[at], expected.percentiles[at], `percentile ${percentile}`);
  });
  assert.ok(measured.percentilesAreExact);
  for (const name of ["zeros", "nans", "positiveInfinities", "negativeInfinities"] as const) {
    assert.equal(measured[name], expected[name], name);
  }
  // A value on the edge of a bin may be counted on either side.
  const sum = (bins: ArrayLike<number>): number => Array.from(bins).reduce((a, b) => a + b, 0);
  assert.equal(sum(measured.histogram), sum(expected.histogram));
  const moved = expected.histogram.map((count, bin) =>
    Math.abs(count - present(measured.histogram[bin])),
  );
  assert.ok(sum(moved) <= 4, `${sum(moved)} values in other bins`);
}

function whole(
  source: TensorSource,
  effort: "exact" | "sample" = "exact",
): Promise<TensorStatistics> {
  return readStatistics(source, { slice: null, effort }, noHints, noControl);
}

describe("readStatistics", () => {
  for (const each of cases) {
    it(`gives NumPy's numbers (${each.name})`, async () => {
      const values = valuesOf(each);
      checkCase(await whole(sourceFrom(values, [values.length], each.dtype)), each);
    });

    it(`gives them without WASM, too (${each.name})`, () => {
      const values = valuesOf(each);
      const passes = new StatisticsPasses(new PlainKernel(), new ValueChecks(1, values.length));
      passes.measure(values, 0);
      passes.plan(PERCENTILES);
      passes.bin(values);
      checkCase(passes.result(PERCENTILES).values, each);
    });
  }

  it("has no numbers where nothing is finite", async () => {
    const { moments, percentiles, histogram, nans } = await whole(
      sourceFrom(Float32Array.of(NaN, Infinity), [2]),
    );
    assert.deepEqual([...moments, ...percentiles], new Array(13).fill(NaN));
    assert.equal(Math.max(...histogram), 0);
    assert.equal(nans, 1);
  });

  it("measures an empty tensor and a scalar", async () => {
    const empty = await whole(sourceFrom(new Float32Array(0), [0, 3]));
    assert.deepEqual([empty.seen, empty.total], [0, 0]);
    const scalar = await whole(sourceFrom(Float32Array.of(2.5), []));
    assert.deepEqual([...scalar.moments], [2.5, 2.5, 2.5, 0]);
    assert.equal(scalar.percentiles[4], 2.5);
  });

  it("measures integers of 64 bits and truth values", async () => {
    const integers = BigInt64Array.of(-3n, 5n, 9007199254740993n);
    const measured = await whole(sourceFrom(integers, [3], "int64"));
    assert.deepEqual([...measured.moments.slice(0, 2)], [-3, 9007199254740992]);
    assert.deepEqual(measured.exactRange, ["-3", "9007199254740993"], "with all of their digits");
    const unsigned = BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n + 1n);
    const large = await whole(sourceFrom(unsigned, [2], "uint64"));
    assert.deepEqual(large.exactRange, ["9223372036854775809", "18446744073709551615"]);
    const small = await whole(sourceFrom(BigInt64Array.of(1n, 2n), [2], "int64"));
    assert.equal(small.exactRange, null);
    const truths = await whole(sourceOf(encodeRaw("bool", [4], Float64Array.of(0, 1, 1, 1))));
    assert.equal(truths.moments[2], 0.75);
    assert.equal(truths.zeros, 1);
  });

  it("measures one slice", async () => {
    const values = Float32Array.from({ length: 24 }, (_, index) => index);
    const options = { slice: sliceOf(2, 0, [0, 1, 0]), effort: "exact" } as const;
    const source = sourceFrom(values, [2, 3, 4]);
    const measured = await readStatistics(source, options, noHints, noControl);
    // Indices [i, 1, k]: 4 … 7 and 16 … 19.
    assert.deepEqual([...measured.moments.slice(0, 3)], [4, 19, 11.5]);
    assert.equal(measured.total, 8);
  });

  it("takes the magnitude of complex numbers, or the part that is shown", async () => {
    const source = sourceFrom(Float32Array.of(3, 4, 0, -1), [2], "complex64");
    assert.deepEqual([...(await whole(source)).moments.slice(0, 2)], [1, 5]);
    const slice = sliceOf(null, 0, [0], "imaginary");
    const part = await readStatistics(source, { slice, effort: "exact" }, noHints, noControl);
    assert.deepEqual([...part.moments.slice(0, 2)], [-1, 4]);
  });

  it("says that a sample is one, and what it has seen", async () => {
    const length = 2 ** 21;
    const source = sourceFrom(new Float32Array(length).fill(1), [length / 64, 64]);
    const sampled = await whole(source, "sample");
    assert.equal(sampled.kind, "sampled");
    assert.ok(sampled.seen > 2 ** 19 && sampled.seen <= 2 ** 20, String(sampled.seen));
    assert.equal(sampled.total, length);
    assert.equal(sampled.moments[2], 1);
    assert.ok(source.read.total <= 2 ** 22);
    assert.equal((await whole(sourceFrom(new Float32Array(99), [99]), "sample")).kind, "exact");
  });

  it("reads a large tensor part by part, and stops when it is told to", async () => {
    const values = new Float32Array(2 ** 23).fill(0.5);
    values[4_000_000] = NaN;
    const source = sourceFrom(values, [2 ** 13, 2 ** 10]);
    const fractions: number[] = [];
    const control = {
      report: (fraction: number) => fractions.push(fraction),
      check: () => undefined,
    };
    const options = { slice: null, effort: "exact" } as const;
    const { moments, nans } = await readStatistics(source, options, noHints, control);
    assert.deepEqual([moments[2], nans], [0.5, 1]);
    assert.ok(source.read.largest <= 2 ** 24);
    assert.ok(fractions.length > 1 && fractions.at(-1) === 1);
    const stop = {
      report: () => undefined,
      check: () => {
        throw new CancelledError();
      },
    };
    await assert.rejects(readStatistics(source, options, noHints, stop), CancelledError);
  });
});

describe("statistics kernels", () => {
  /** All that the passes give, for values that come in unequal parts. */
  function run(kernel: "wasm" | "plain", values: Values): MeasuredValues {
    const made = kernel === "wasm" ? createStatisticsKernel() : new PlainKernel();
    const passes = new StatisticsPasses(made, new ValueChecks(1, values.length));
    const cut = Math.floor(values.length / 3);
    passes.measure(values.subarray(0, cut), 0);
    passes.measure(values.subarray(cut), cut);
    passes.plan(PERCENTILES);
    passes.bin(values.subarray(0, cut));
    passes.bin(values.subarray(cut));
    return passes.result(PERCENTILES).values;
  }

  /** More values in the classes looked at than are kept. */
  const many = 300_001;
  const arrays: Record<string, Values> = {
    "float32, few digits": Float32Array.from({ length: many }, (_, i) => (i % 1000) / 8),
    float32: Float32Array.from({ length: many }, (_, i) => Math.sin(i) * 0.1),
    float64: Float64Array.from({ length: many }, (_, i) => Math.sin(i) * 0.1),
    "float64, one class": Float64Array.from({ length: many }, (_, i) => 1 + (i % 977) * 1e-9),
    "widest range": Float64Array.of(-1.7e308, 1.7e308, 0, 1, 1.2e308),
    "not finite": Float32Array.from({ length: 99 }, (_, i) => (i % 7 === 0 ? NaN : i)),
  };
  for (const [name, values] of Object.entries(arrays)) {
    it(`agree (${name})`, () => {
      const [fast, plain] = [run("wasm", values), run("plain", values)];
      assert.deepEqual(fast.histogram, plain.histogram);
      assert.deepEqual(fast.percentiles, plain.percentiles);
      fast.moments.forEach((moment, at) => {
        if (Number.isFinite(moment)) close(moment, plain.moments[at], `moment ${at}`);
      });
      assert.deepEqual(
        { ...fast, moments: null, histogram: null, percentiles: null },
        { ...plain, moments: null, histogram: null, percentiles: null },
      );
      const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
      if (!fast.percentilesAreExact) return;
      assert.equal(
        fast.percentiles[4],
        (present(sorted[Math.floor((sorted.length - 1) / 2)]) +
          present(sorted[Math.ceil((sorted.length - 1) / 2)])) /
          2,
      );
    });
  }
});
