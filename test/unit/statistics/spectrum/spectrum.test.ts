import assert from "node:assert/strict";
import { readSpectrum } from "../../../../src/statistics/spectrum/spectrum";
import { iteratedSpectrum } from "../../../../src/statistics/spectrum/iterated";
import { WorkProgress } from "../../../../src/core/workProgress";
import { noControl } from "../../../../src/core/control";
import {
  CancelledError,
  LimitError,
  ShapeError,
  UnsupportedError,
} from "../../../../src/core/errors";
import { renderText, text } from "../../../../src/core/text";
import { decodeBytes, numpyCases } from "../../support/numpyGoldens";
import { sourceFrom } from "../../support/tensorSources";
import { filled, numbersFrom } from "../../support/runs";
import { present } from "../../support/present";

interface Case {
  readonly name: string;
  readonly n: number;
  readonly values: string;
  readonly eigenvalues: readonly (readonly [number, number])[];
  readonly singularValues: readonly number[];
}

const cases = numpyCases<Case>("spectra.json");

/** Eigenvalues of these are as uncertain as a root of high order of the rounding error. */
const uncertain: Readonly<Record<string, number>> = { "Jordan block": 1e-2, nilpotent: 1e-2 };

function matrixOf({ values }: Case): Float64Array {
  return new Float64Array(decodeBytes(values).buffer);
}

/** Pairs off each of ours with the nearest of NumPy's that is left; gives the largest distance. */
function largestDistance(
  ours: Float64Array,
  theirs: readonly (readonly [number, number])[],
): number {
  const left = [...theirs];
  let largest = 0;
  for (let index = 0; index < ours.length; index += 2) {
    const distances = left.map(([real, imaginary]) =>
      Math.hypot(present(ours[index]) - real, present(ours[index + 1]) - imaginary),
    );
    const nearest = Math.min(...distances);
    left.splice(distances.indexOf(nearest), 1);
    largest = Math.max(largest, nearest);
  }
  return largest;
}

describe("readSpectrum", function () {
  this.slow(5000);
  for (const each of cases) {
    it(`gives NumPy's eigenvalues and singular values (${each.name})`, async () => {
      const { n } = each;
      const source = sourceFrom(matrixOf(each), [n, n], "float64");
      const [block] = (await readSpectrum(source, [], noControl)).blocks;
      assert.ok(block !== undefined);
      const scale = Math.max(1e-300, ...each.singularValues);
      assert.equal(block.eigenvalues.length, 2 * n);
      const distance = largestDistance(block.eigenvalues, each.eigenvalues) / scale;
      assert.ok(distance <= (uncertain[each.name] ?? 1e-10), `eigenvalues off by ${distance}`);
      const radius = Math.max(...each.eigenvalues.map(([real, imag]) => Math.hypot(real, imag)));
      const error = Math.abs(block.spectralRadius - radius) / scale;
      assert.ok(error <= (uncertain[each.name] ?? 1e-10), `radius off by ${error}`);
      assert.equal(block.singularValues.length, n);
      block.singularValues.forEach((value, at) => {
        const off = Math.abs(value - present(each.singularValues[at])) / scale;
        assert.ok(off <= 1e-13, `singular value ${at} off by ${off}`);
      });
    });
  }

  it("has a spectrum for each gate's block", async () => {
    const n = 4;
    const values = Float32Array.from({ length: 2 * n * n }, (_, at) =>
      at < n * n ? Number(at % (n + 1) === 0) * 0.5 : Number(at % (n + 1) === 1) * 2,
    );
    // The second block: twos beside its diagonal, at (at − n²) % 5 === 0 of its own rows.
    const blocks = [
      { name: "W_hr", start: 0, end: n },
      { name: "W_hz", start: n, end: 2 * n },
    ];
    const spectrum = await readSpectrum(sourceFrom(values, [2 * n, n]), blocks, noControl);
    assert.deepEqual(
      spectrum.blocks.map(({ name, spectralRadius }) => [name, spectralRadius]),
      [
        ["W_hr", 0.5],
        ["W_hz", 2],
      ],
    );
    assert.match(
      renderText(present(spectrum.blocks[1]).sentence),
      /radius 2: above 1, though gates/,
    );
  });

  it("says what a radius means for an RNN", async () => {
    const sentence = async (values: number[]): Promise<string> => {
      const n = Math.sqrt(values.length);
      const { blocks } = await readSpectrum(
        sourceFrom(Float64Array.from(values), [n, n], "float64"),
        [],
        noControl,
      );
      return renderText(present(blocks[0]).sentence);
    };
    assert.match(
      await sentence([1.24]),
      /^spectral radius 1.24: states and gradients .* can grow$/,
    );
    assert.match(await sentence([0.5]), /^spectral radius 0.5: states and gradients .* die away$/);
    assert.match(
      await sentence([0.5, 9, 0, 0.5]),
      /0.5: .* after growing by up to 9.03 in a step$/,
    );
    assert.match(await sentence([0, -1, 1, 0]), /^spectral radius 1: orthogonal/);
  });

  it("refuses NaN, infinities, complex numbers and matrices that are not square", async () => {
    const withNan = sourceFrom(Float32Array.of(1, 2, NaN, 4), [2, 2]);
    await assert.rejects(readSpectrum(withNan, [], noControl), (error: Error) => {
      assert.ok(error instanceof UnsupportedError);
      assert.equal(error.message, "w: it holds NaN at [1, 0], so it has no spectrum");
      return true;
    });
    const complex = sourceFrom(new Float32Array(8), [2, 2], "complex64");
    await assert.rejects(readSpectrum(complex, [], noControl), UnsupportedError);
    const wide = sourceFrom(new Float32Array(6), [2, 3]);
    await assert.rejects(readSpectrum(wide, [], noControl), ShapeError);
  });

  it("says of a large matrix that its spectrum comes from iteration, and whether it settled", async () => {
    const n = 1030;
    const sentence = async (matrix: Float64Array): Promise<string> => {
      const { blocks } = await readSpectrum(sourceFrom(matrix, [n, n], "float64"), [], noControl);
      const block = present(blocks[0]);
      assert.deepEqual([block.eigenvalues.length, block.singularValues.length > 0], [0, true]);
      return renderText(block.sentence);
    };
    const settled = new Float64Array(n * n);
    for (let at = 0; at < n; at += 1) settled[at * n + at] = at === 7 ? 1.5 : 0.5;
    assert.match(
      await sentence(settled),
      /^spectral radius 1.5: .*; by iteration: all eigenvalues/,
    );
    // A random matrix has no eigenvalue that stands out.
    const random = filled(n * n, numbersFrom(3));
    assert.match(
      await sentence(random),
      /^spectral radius 1\d.*; an estimate: .* had not settled$/,
    );
  });

  it("refuses a matrix of more values than it iterates on", async () => {
    const huge = sourceFrom(new Float32Array(), [2 ** 14, 2 ** 14]);
    await assert.rejects(readSpectrum(huge, [], noControl), LimitError);
  });

  it("stops when it is told to", async () => {
    let checks = 0;
    const control = {
      report: () => undefined,
      check: () => {
        checks += 1;
        if (checks === 5) throw new CancelledError();
      },
    };
    const source = sourceFrom(matrixOf(present(cases[0])), [24, 24], "float64");
    await assert.rejects(readSpectrum(source, [], control), CancelledError);
    assert.equal(checks, 5);
  });

  it("reports progress up to 1", async () => {
    const fractions: number[] = [];
    const control = {
      report: (fraction: number) => fractions.push(fraction),
      check: () => undefined,
    };
    const each = present(cases.find(({ name }) => name === "random, 60 rows"));
    await readSpectrum(sourceFrom(matrixOf(each), [60, 60], "float64"), [], control);
    assert.deepEqual(
      fractions,
      [...fractions].sort((left, right) => left - right),
    );
    const last = present(fractions.at(-1));
    assert.ok(last > 0.9 && last <= 1, String(last));
  });
});

describe("iteratedSpectrum", () => {
  const progress = new WorkProgress(noControl, text("Testing"));
  for (const name of ["random", "random, 60 rows", "rank 1", "singular", "zero", "rotation"]) {
    it(`finds the outer end of the spectrum (${name})`, () => {
      const each = present(cases.find((other) => other.name === name));
      const { radius, largest, isSettled } = iteratedSpectrum(matrixOf(each), each.n, progress);
      const expected = Math.max(...each.eigenvalues.map(([real, imag]) => Math.hypot(real, imag)));
      const scale = Math.max(1e-30, present(each.singularValues[0]));
      assert.ok(isSettled);
      assert.ok(Math.abs(radius - expected) <= 1e-6 * scale, `${radius} and ${expected}`);
      const off = Math.abs((largest[0] ?? 0) - present(each.singularValues[0]));
      assert.ok(off <= 1e-6 * scale, `${largest[0]} and ${each.singularValues[0]}`);
    });
  }

  it("finds it in a matrix that is larger than the subspaces it searches", () => {
    // A circulant: its eigenvalues are the transform of its first row, here 0.9 + 0.5·exp(iφ).
    const n = 200;
    const matrix = new Float64Array(n * n);
    for (let row = 0; row < n; row += 1) {
      matrix[row * n + row] = 0.9;
      matrix[row * n + ((row + 1) % n)] = 0.5;
    }
    matrix[0] = 3;
    const { radius, largest, isSettled } = iteratedSpectrum(matrix, n, progress);
    assert.ok(isSettled);
    // One entry stands out: λ with 1 = 2.1 · mean of 1 / (λ − 0.9 − 0.5·exp(iφ)), which is λ = 3 to 1e-80.
    assert.ok(Math.abs(radius - 3) < 1e-6, String(radius));
    assert.ok(present(largest[0]) >= 3);
  });
});
