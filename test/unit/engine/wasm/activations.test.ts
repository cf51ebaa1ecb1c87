/** tanh, sigmoid and relu of the fast path, measured on networks that compute nothing else. */
import assert from "node:assert/strict";
import type { ForwardInput, StateArray } from "../../../../src/engine/base/engine";
import { kernelBinary, type KernelBinary } from "../../../../src/engine/wasm/binary";
import { numbersFrom } from "../../support/runs";
import { everything, pointwise } from "../../support/wasmRuns";

/** Distance in units of the last place of a float32. */
function ulps(actual: number, exact: number): number {
  if (Object.is(actual, exact)) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

/** Numbers of both signs from 2^-30 to 2^7, `count` of each. */
function sweep(count: number): Float32Array {
  const next = numbersFrom(5);
  return Float32Array.from({ length: 2 * count }, (_, index) => {
    const magnitude = 2 ** ((37 * (index >> 1)) / count - 30) * (1 + 0.01 * next());
    return index % 2 === 0 ? magnitude : -magnitude;
  });
}

/** h and c of a network of one layer. */
function runPointwise(run: ForwardInput, binary: KernelBinary): { h: number[]; c: number[] } {
  const [h = new Float32Array(), c = new Float32Array()] = everything(run, binary);
  return { h: Array.from(h), c: Array.from(c) };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function relativeError(actual = NaN, exact: number): number {
  return Math.abs(actual - exact) / Math.abs(exact);
}

function assertUlps(
  input: Float32Array,
  compute: (input: Float32Array) => number[],
  exact: (x: number) => number,
): void {
  const errors = compute(input).map((value, i) => ulps(value, exact(input[i] ?? NaN)));
  const largest = errors.reduce((left, right) => Math.max(left, right));
  const mean = errors.reduce((left, right) => left + right) / errors.length;
  assert.ok(largest <= 2.5 && mean <= 0.4, `at most ${largest}, ${mean} on average`);
}

/** c of an LSTM whose c_0 is 1: σ(x)·1 + i·tanh(0). */
const sigmoidRun = (input: StateArray): ForwardInput =>
  pointwise("LSTM", input, { weightIh: [0, 1, 0, 0], biasIh: [0, 0, 0, 0], c0: 1 });
const tanhRun = (input: StateArray): ForwardInput =>
  pointwise("RNN", input, { weightIh: [1], biasIh: [0] });

for (const path of ["simd", "relaxed-simd"] as const) {
  describe(`activations of the fast path, ${path}`, function () {
    this.slow(60_000);
    let binary: KernelBinary;

    before(function () {
      const found = kernelBinary(path);
      if (found === null) {
        console.log(`    this Node has no ${path}: not tested`);
        this.skip();
      }
      binary = found;
    });

    it("computes tanh within 2.5 units of the last place, 0.4 on average", () => {
      assertUlps(sweep(50_000), (input) => runPointwise(tanhRun(input), binary).h, Math.tanh);
    });

    it("computes sigmoid within 2.5 units of the last place, 0.4 on average", () => {
      // Below, the result is no normal number, and taken for 0 further on.
      const input = sweep(50_000).filter((x) => x > -87);
      assertUlps(input, (values) => runPointwise(sigmoidRun(values), binary).c, sigmoid);
    });

    it("computes tanh and sigmoid of float64 to 1e-15", () => {
      const input = Float64Array.from(sweep(20_000));
      const { h } = runPointwise(tanhRun(input), binary);
      const { c } = runPointwise(sigmoidRun(input), binary);
      input.forEach((x, i) => {
        assert.ok(relativeError(h[i], Math.tanh(x)) <= 1e-15);
        assert.ok(relativeError(c[i], sigmoid(x)) <= 1e-15);
      });
    });

    it("saturates exactly, and keeps NaN", () => {
      for (const Values of [Float32Array, Float64Array]) {
        const input = Values.from([Infinity, -Infinity, NaN, -0, 0, 800, -800]);
        assert.deepEqual(runPointwise(tanhRun(input), binary).h, [1, -1, NaN, 0, 0, 1, -1]);
        const options = { weightIh: [1], biasIh: [0], nonlinearity: "relu" as const };
        const { h } = runPointwise(pointwise("RNN", input, options), binary);
        assert.deepEqual(h, [Infinity, 0, NaN, 0, 0, 800, 0]);
        // Infinity would meet the zeros of the other gates.
        const finite = Values.from([3e38, -3e38, NaN, -0, 0, 800, -800]);
        const { c } = runPointwise(sigmoidRun(finite), binary);
        assert.deepEqual(c, [1, 0, NaN, 0.5, 0.5, 1, 0]);
      }
    });
  });
}
