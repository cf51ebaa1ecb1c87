/** What a run measures beside its verdict: noise, the reference's own error, shapes of its results. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import type { RecurrentConfig } from "../../../src/model/config";
import { outputShapes } from "../../../src/model/sequence";
import { executeRun, type RunResult } from "../../../src/run/execute";
import type { RunInputs } from "../../../src/run/inputs";
import type { Tensor } from "../../../src/tensor/tensor";
import { float32, float64, rnnConfig } from "../support/goldens";
import { filled, largestDistance, numbersFrom, randomParameters } from "../support/runs";

const steps = 30;

/** An unbatched run of nn.RNN(2, hidden) with weights `scale` times as large, without a reference unless given. */
function runWith(
  scale: number,
  reference: Partial<RunInputs["reference"]> = {},
  changes: Partial<RunInputs> = {},
): RunResult {
  const config: RecurrentConfig = rnnConfig({ hiddenSize: 16 });
  const next = numbersFrom(9);
  const parameters = new Map<string, Tensor>(
    [...randomParameters(config, () => scale * next())].map(([name, { shape, data }]) => [
      name,
      float32([[...shape], [...data]]),
    ]),
  );
  const input = float32([[steps, 2], [...filled(steps * 2, next)]]);
  const rest = { h0: null, c0: null, lengths: null, precision: "f32", tolerance: {} } as const;
  const inputs: RunInputs = {
    config,
    parameters,
    input,
    ...rest,
    ...changes,
    reference: { output: null, hn: null, cn: null, ...reference },
  };
  return executeRun(inputs, { control: noControl });
}

function outputOf(run: RunResult): number[] {
  return [...run.trace.read("h", { layer: 0, directionIndex: 0 }, 0, steps)];
}

describe("a run", () => {
  it("measures the reference's own error against float64, not against itself", () => {
    const exact = outputOf(runWith(0.2, undefined, { precision: "f64" }));
    const moved = exact.map((value, index) => (index === 5 ? value + 0.25 : value));
    const reference = { output: float64([[steps, 16], moved]) };
    const [compared] = runWith(0.2, reference).compared;
    assert.ok(Math.abs((compared?.referenceError ?? NaN) - 0.25) < 1e-12);
    assert.equal(compared?.comparison?.outside, 1);
  });

  it("lets a chaotic float32 reference pass by the measured noise, and still refuses a shift", () => {
    const exact = outputOf(runWith(3, undefined, { precision: "f64" }));
    const ours = outputOf(runWith(3));
    assert.ok(largestDistance(exact, ours) > 1e-3, "the network is chaotic");
    const compare = (values: number[]): RunResult["compared"][number] | undefined =>
      runWith(3, { output: float32([[steps, 16], values]) }).compared[0];
    const close = compare(exact)?.comparison;
    assert.equal(close?.verdict, "rounding");
    assert.ok(close.withinNoiseOnly > 0);
    // One step late: wrong from the first step, where there is no noise yet.
    const late = compare([...exact.slice(-16), ...exact.slice(0, -16)])?.comparison;
    assert.equal(late?.verdict, "differs");
    assert.equal(late.first?.step, 0);
  });

  it("does not measure noise of a float64 run, nor without a reference", () => {
    assert.equal(runWith(1).noise, null);
    const reference = { hn: float64([[1, 16], new Array<number>(16).fill(0)]) };
    assert.ok((runWith(1, reference).noise?.floor ?? 0) > 0);
    assert.equal(runWith(1, reference, { precision: "f64" }).noise, null);
  });

  it("cannot compare a tensor of another shape, and compares the other", () => {
    const zeros = (...shape: [number, number]): Tensor =>
      float32([shape, new Array<number>(shape[0] * shape[1]).fill(0)]);
    const reference = { output: zeros(steps - 1, 16), hn: zeros(1, 16) };
    const { compared, reference: fitting } = runWith(1, reference);
    assert.deepEqual(
      compared.map(({ name, comparison, referenceError }) => [
        name,
        comparison?.verdict ?? null,
        referenceError === null,
      ]),
      [
        ["output", null, true],
        ["h_n", "differs", false],
      ],
    );
    assert.equal(fitting.hn, reference.hn.data);
    assert.deepEqual(
      [compared[0]?.found, compared[0]?.expected],
      [
        [steps - 1, 16],
        [steps, 16],
      ],
    );
  });

  it("takes the looser default of its own and the reference's dtype", () => {
    const half = {
      ...float32([[1, 16], new Array<number>(16).fill(0)]),
      dtype: "float16",
    } as const;
    const { context } = runWith(1, { hn: half });
    assert.deepEqual([context.tolerance.rtol, context.tolerance.atol], [1e-3, 1e-5]);
    const given = runWith(1, { hn: half }, { tolerance: { atol: 0.5 } });
    assert.deepEqual([given.context.tolerance.rtol, given.context.tolerance.atol], [1e-3, 0.5]);
  });

  it("refuses an input whose rank the shape check would have refused", () => {
    assert.throws(() => runWith(1, undefined, { input: float32([[4], [1, 2, 3, 4]]) }), RangeError);
  });
});

describe("outputShapes", () => {
  const sizes = { seqLength: 5, batchSize: 4, features: 2, unbatched: false };
  it("follow the layout of the input; h_n never does", () => {
    const config = rnnConfig({ numLayers: 2, bidirectional: true });
    assert.deepEqual(outputShapes(config, sizes), { output: [5, 4, 6], hn: [4, 4, 3], cn: null });
    assert.deepEqual(outputShapes({ ...config, batchFirst: true }, sizes), {
      output: [4, 5, 6],
      hn: [4, 4, 3],
      cn: null,
    });
    const unbatched = { ...sizes, batchSize: 1, unbatched: true };
    assert.deepEqual(outputShapes(config, unbatched), { output: [5, 6], hn: [4, 3], cn: null });
    assert.deepEqual(outputShapes(rnnConfig({ isCellClass: true }), sizes).hn, [4, 3]);
    const projected = rnnConfig({ cell: "LSTM", projSize: 2, bidirectional: true });
    assert.deepEqual(outputShapes(projected, sizes), {
      output: [5, 4, 4],
      hn: [2, 4, 2],
      cn: [2, 4, 3],
    });
  });
});
