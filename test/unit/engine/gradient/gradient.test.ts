/** Back-propagation: against finite differences where PyTorch has no such cell, what it keeps, and its progress. */
import assert from "node:assert/strict";
import {
  crossEntropy,
  ignoredTarget,
  linearCrossEntropy,
} from "../../../../src/engine/gradient/crossEntropy";
import { noControl } from "../../../../src/core/control";
import type { ForwardInput } from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import { backward } from "../../../../src/engine/gradient/gradient";
import { lossStart, type Loss } from "../../../../src/engine/gradient/loss";
import type { OutputGradient } from "../../../../src/engine/gradient/outputGradient";
import { CancelledError } from "../../../../src/core/errors";
import {
  pytorchVariant,
  type CellVariant,
  type RecurrentConfig,
} from "../../../../src/model/config";
import { rnnConfig } from "../../support/goldens";
import type { Tensor } from "../../../../src/tensor/tensor";
import { gradientTensors } from "../../../../src/session/gradients/tensors";
import { present } from "../../support/present";
import { filled, largestDistance, numbersFrom, randomRun } from "../../support/runs";

const lstm = rnnConfig({ cell: "LSTM", inputSize: 3, hiddenSize: 4 });
const gru = rnnConfig({ cell: "GRU", inputSize: 3, hiddenSize: 4 });
const hardSigmoid = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;

function withVariant(config: RecurrentConfig, change: Partial<CellVariant>): RecurrentConfig {
  return { ...config, variant: { ...pytorchVariant, ...change } };
}

const variants: Readonly<Record<string, RecurrentConfig>> = {
  "LSTM with peepholes": withVariant(lstm, { peephole: true }),
  "LSTM with a clip": withVariant(lstm, { clip: 0.7 }),
  "LSTM with hard sigmoids": withVariant(lstm, { gateActivation: hardSigmoid }),
  "LSTM with coupled gates": withVariant(lstm, { coupledInputForget: true }),
  "LSTM with all of them, and a projection": {
    ...withVariant(lstm, {
      peephole: true,
      clip: 1.1,
      gateActivation: { kind: "hard_sigmoid", alpha: 1 / 6, beta: 0.5 },
      coupledInputForget: true,
    }),
    projSize: 2,
  },
  "GRU with the reset before the product": withVariant(gru, { resetAfter: false }),
  "GRU with the reset before, hard sigmoids and a clip": withVariant(gru, {
    resetAfter: false,
    gateActivation: hardSigmoid,
    clip: 0.9,
  }),
  "RNN with a clip": withVariant(rnnConfig({ inputSize: 3, hiddenSize: 4 }), { clip: 0.6 }),
};

/** The loss that the finite differences are of: every output with a weight of its own. */
function weightedLoss(run: ForwardInput): Loss {
  const units = run.config.projSize > 0 ? run.config.projSize : run.config.hiddenSize;
  const width = units * (run.config.bidirectional ? 2 : 1);
  const weights = filled(run.seqLength * run.batchSize * width, numbersFrom(77));
  return { kind: "weighted", weights };
}

function lossOf(run: ForwardInput): number {
  return lossStart(run, forward(run), weightedLoss(run)).value;
}

/** Central differences of the loss by every element of `values`, which the run reads. */
function differences(run: ForwardInput, values: Float64Array): number[] {
  const distance = 1e-5;
  return Array.from(values, (value, index) => {
    values[index] = value + distance;
    const above = lossOf(run);
    values[index] = value - distance;
    const below = lossOf(run);
    values[index] = value;
    return (above - below) / (2 * distance);
  });
}

describe("backward", function () {
  this.slow(5000);
  for (const [name, config] of Object.entries(variants)) {
    it(`is the slope of the loss for an ${name}`, () => {
      const run = randomRun({
        config: { ...config, numLayers: 2, bidirectional: true },
        seed: 5,
        seqLength: 4,
        batchSize: 2,
        givenH0: true,
        lengths: [4, 3],
      });
      const trace = forward(run);
      const { arriving } = lossStart(run, trace, weightedLoss(run));

      const gradients = backward(run, trace, arriving, { keepsSteps: true });

      const pairs: [found: Float64Array, values: Float64Array][] = [
        [present(gradients.steps).input, run.input as Float64Array],
        [gradients.h0, run.h0 as Float64Array],
      ];
      if (gradients.c0 !== null) pairs.push([gradients.c0, run.c0 as Float64Array]);
      run.weights.forEach((directions, layer) => {
        directions.forEach((weights, directionIndex) => {
          const lane = present(present(present(gradients.parameters)[layer])[directionIndex]);
          const roles = [
            "weightIh",
            "weightHh",
            "biasIh",
            "biasHh",
            "weightHr",
            "peephole",
          ] as const;
          for (const role of roles) {
            if (weights[role] !== null)
              pairs.push([present(lane[role]), weights[role] as Float64Array]);
          }
        });
      });
      for (const [found, values] of pairs) {
        assert.ok(largestDistance(found, differences(run, values)) < 1e-8);
      }
      assert.ok(present(gradients.steps).input.some((value) => Math.abs(value) > 1e-3));
    });
  }

  it("gives relu no slope at 0", () => {
    const config = rnnConfig({ inputSize: 1, hiddenSize: 1, nonlinearity: "relu" });
    const run = { ...randomRun({ config, seed: 1, seqLength: 1, batchSize: 1 }) };
    const weights = present(present(run.weights[0])[0]);
    const zeroed = {
      ...run,
      weights: [[{ ...weights, biasIh: new Float64Array(1), biasHh: new Float64Array(1) }]],
      input: new Float64Array(1),
    };
    const trace = forward(zeroed);
    const { arriving } = lossStart(zeroed, trace, { kind: "sum" });
    const { parameters, norms } = backward(zeroed, trace, arriving);
    assert.deepEqual([...present(present(present(present(parameters)[0])[0]).biasIh)], [0]);
    assert.deepEqual([...present(present(norms[0])[0])], [1]);
  });

  it("leaves the padding without a gradient", () => {
    const config = rnnConfig({ bidirectional: true, numLayers: 2 });
    const run = randomRun({ config, seed: 2, seqLength: 5, batchSize: 2, lengths: [2, 5] });
    const trace = forward(run);
    const { arriving } = lossStart(run, trace, { kind: "sum" });
    const { norms, steps } = backward(run, trace, arriving, { keepsSteps: true });
    for (const lane of norms.flat()) {
      assert.deepEqual(
        Array.from({ length: 5 }, (_, step) => present(lane[2 * step]) > 0),
        [true, true, false, false, false],
      );
    }
    const rowOf = (step: number): number[] => [
      ...present(steps).input.subarray(4 * step, 4 * step + 2),
    ];
    assert.deepEqual([rowOf(2), rowOf(3), rowOf(4)].flat(), [0, 0, 0, 0, 0, 0]);
  });

  it("begins at one unit of one state, h or c, of any layer", () => {
    const run = randomRun({
      config: { ...lstm, numLayers: 2 },
      seed: 3,
      seqLength: 6,
      batchSize: 2,
      givenH0: true,
    });
    const trace = forward(run);
    const place = { layer: 0, direction: "forward", step: 3, batch: 1, unit: 2 } as const;
    for (const stateName of ["h", "c"] as const) {
      const loss: Loss = { kind: "unit", place, stateName };
      const { value, arriving } = lossStart(run, trace, loss);
      const lane = { layer: 0, directionIndex: 0 };
      assert.equal(value, trace.read(stateName, lane, 3, 4)[1 * 4 + 2]);
      const { h0, norms, parameters } = backward(run, trace, arriving);
      const [lower, upper] = norms.flat().map((lane) => Array.from(lane));
      // Nothing flows from later steps, from the other batch row, or from the layer above.
      assert.deepEqual([lower?.[9], lower?.[6], upper?.[7]], [0, 0, 0]);
      assert.ok(present(lower?.[1]) > 0 && present(lower?.[5]) > 0);
      const above = present(present(parameters).flat()[1]);
      assert.ok(above.weightIh.every((gradient) => gradient === 0));
      const start = run.h0 as Float64Array;
      const slope = (index: number): number => {
        const moved = (by: number): number => {
          const shifted = start.slice();
          shifted[index] = present(start[index]) + by;
          const other = { ...run, h0: shifted };
          return lossStart(other, forward(other), loss).value;
        };
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      };
      for (const index of [4, 7]) assert.ok(Math.abs(present(h0[index]) - slope(index)) < 1e-9);
    }
  });

  it("computes blocks again where it may not keep them, with the same result", () => {
    const config = rnnConfig({ cell: "GRU", numLayers: 3, bidirectional: true });
    const run = randomRun({ config, seed: 4, seqLength: 37, batchSize: 2, lengths: [37, 20] });
    const whole = forward(run);
    const { arriving } = lossStart(run, whole, { kind: "sum" });
    const expected = backward(run, whole, arriving, { keepsSteps: true });
    const bounded = backward(run, forward(run, { maxTraceBytes: 1 }), arriving, {
      keepsSteps: true,
      maxBytes: 1,
    });
    const tensorsOf = (gradients: typeof expected): ReadonlyMap<string, Tensor> =>
      gradientTensors(run, gradients, { unbatched: false });
    const again = tensorsOf(bounded);
    for (const [name, { data }] of tensorsOf(expected)) {
      assert.ok(largestDistance(present(again.get(name)).data, data) < 1e-12, name);
    }
    // Sums over steps are added up in another order; what goes from step to step is not.
    assert.deepEqual(bounded.norms, expected.norms);
  });

  it("keeps the norms when nothing else is asked for", () => {
    const run = randomRun({ config: rnnConfig(), seed: 6, seqLength: 4, batchSize: 1 });
    const trace = forward(run);
    const { arriving } = lossStart(run, trace, { kind: "last" });
    const full = backward(run, trace, arriving, { keepsSteps: true });
    const { parameters, steps, norms } = backward(run, trace, arriving, { needsParameters: false });
    assert.deepEqual([parameters, steps], [null, null]);
    assert.deepEqual(norms, full.norms);
    const rows = [0, 1, 2, 3].map((step) =>
      Math.hypot(...present(present(present(full.steps).h[0])[0]).subarray(3 * step, 3 * step + 3)),
    );
    assert.ok(largestDistance(present(present(norms[0])[0]), rows) < 1e-15);
  });

  it("reports progress and stops when asked to", () => {
    const config = rnnConfig({ inputSize: 64, hiddenSize: 128, numLayers: 2, bidirectional: true });
    const run = randomRun({ config, seed: 7, seqLength: 200, batchSize: 1 });
    const trace = forward(run);
    const { arriving } = lossStart(run, trace, { kind: "sum" });
    const fractions: number[] = [];
    const control = { ...noControl, report: (fraction: number) => void fractions.push(fraction) };
    backward(run, trace, arriving, { control, maxBytes: 1 });
    assert.ok(fractions.length > 10);
    assert.ok(fractions.every((fraction, k) => k === 0 || fraction >= present(fractions[k - 1])));
    assert.ok(present(fractions.at(-1)) > 0.8 && present(fractions.at(-1)) <= 1);

    const stop = {
      ...noControl,
      check: () => {
        throw new CancelledError();
      },
    };
    assert.throws(() => backward(run, trace, arriving, { control: stop }), CancelledError);
  });

  it("reads of a long run what the loss needs, and stops there too when asked to", () => {
    const run = randomRun({ config: rnnConfig(), seed: 10, seqLength: 3000, batchSize: 1 });
    const whole = forward(run);
    let read = 0;
    const trace = {
      ...whole,
      read: (...place: Parameters<typeof whole.read>) => {
        read += place[3] - place[2];
        return whole.read(...place);
      },
    };
    lossStart(run, trace, { kind: "last" });
    assert.ok(read < 600);
    const stop = {
      ...noControl,
      check: () => {
        throw new CancelledError();
      },
    };
    assert.throws(() => lossStart(run, trace, { kind: "sum" }, stop), CancelledError);
  });

  it("refuses an arriving gradient of another size", () => {
    const run = randomRun({ config: rnnConfig(), seed: 8, seqLength: 4, batchSize: 1 });
    const trace = forward(run);
    const bad: OutputGradient = { output: new Float64Array(5), hn: null, cn: null };
    assert.throws(() => backward(run, trace, bad), /gradient of output has 5 values, not 12/);
  });
});

describe("lossStart", () => {
  it("takes the last step that each sequence has", () => {
    const run = randomRun({
      config: rnnConfig(),
      seed: 9,
      seqLength: 4,
      batchSize: 2,
      lengths: [2, 4],
    });
    const trace = forward(run);
    const states = trace.read("h", { layer: 0, directionIndex: 0 }, 0, 4);
    const sumOf = (step: number, batch: number): number =>
      Float64Array.from(states.subarray((step * 2 + batch) * 3, (step * 2 + batch + 1) * 3)).reduce(
        (sum, value) => sum + value,
      );
    const { value } = lossStart(run, trace, { kind: "last" });
    assert.ok(Math.abs(value - (sumOf(1, 0) + sumOf(3, 1))) < 1e-15);
  });
});

describe("crossEntropy", () => {
  it("does not overflow, and ignores what has no target", () => {
    const logits = Float64Array.of(1000, 1001, 5, 5);
    const { loss, ofLogits } = crossEntropy(logits, [0, ignoredTarget], 2, "mean");
    assert.ok(Math.abs(loss - Math.log(1 + Math.E)) < 1e-12);
    const probability = 1 / (1 + Math.E);
    assert.ok(largestDistance(ofLogits, [probability - 1, 1 - probability, 0, 0]) < 1e-12);
  });

  it("is NaN when no row counts and the mean is asked for, as in torch", () => {
    assert.equal(crossEntropy(Float64Array.of(1, 2), [ignoredTarget], 2, "mean").loss, NaN);
    assert.equal(crossEntropy(Float64Array.of(1, 2), [ignoredTarget], 2, "sum").loss, 0);
  });

  it("refuses a target that is no class", () => {
    const head = { features: Float64Array.of(1), weight: Float64Array.of(1, 2), bias: null };
    assert.throws(
      () => linearCrossEntropy({ ...head, targets: [2], reduction: "mean" }),
      /target 2 of row 0 is none of 2 classes/,
    );
  });
});
