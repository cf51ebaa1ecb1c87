/** The layers around a module, against numbers worked out by hand and against torch.nn.functional. */
import assert from "node:assert/strict";
import { CancelledError } from "../../../src/core/errors";
import { noControl } from "../../../src/core/control";
import { forward } from "../../../src/engine/forward";
import {
  applyLinear,
  embedTokens,
  runHead,
  type LinearWeights,
} from "../../../src/engine/surrounding";
import { pytorchVariant, type RecurrentConfig } from "../../../src/model/config";
import { filled, largestDistance, numbersFrom, randomRun } from "../support/runs";

const table = {
  values: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5),
  numEmbeddings: 3,
  embeddingDim: 2,
};

describe("embedTokens", () => {
  it("looks each token up", () => {
    const embedded = embedTokens(Float64Array.of(2, 0, 2, 1), table, "f32");
    assert.deepEqual([...embedded], [2, 2.5, 0, 0.5, 2, 2.5, 1, 1.5]);
    assert.ok(embedded instanceof Float32Array);
  });

  it("keeps float64 and rounds to the 16-bit types", () => {
    const third = { values: Float64Array.of(1 / 3), numEmbeddings: 1, embeddingDim: 1 };
    assert.deepEqual([...embedTokens(Float64Array.of(0), third, "f64")], [1 / 3]);
    assert.deepEqual([...embedTokens(Float64Array.of(0), third, "f32")], [Math.fround(1 / 3)]);
    // torch.tensor(1 / 3).bfloat16() and .half()
    assert.deepEqual([...embedTokens(Float64Array.of(0), third, "bf16")], [0.333984375]);
    assert.deepEqual([...embedTokens(Float64Array.of(0), third, "f16")], [0.333251953125]);
  });

  for (const [bad, position] of [
    [3, 1],
    [-1, 1],
    [0.5, 1],
    [Number.NaN, 1],
    [Infinity, 1],
  ] as const) {
    it(`refuses the token ${bad} and says where it stands`, () => {
      assert.throws(() => embedTokens(Float64Array.of(0, bad, 9), table, "f32"), {
        tag: "unsupported",
        message: `input: token ${bad} at position ${position} is not a row of the embedding, which has rows 0 to 2`,
      });
    });
  }

  it("refuses to embed more than memory is kept for", () => {
    const wide = { values: new Float32Array(2 ** 20), numEmbeddings: 1, embeddingDim: 2 ** 20 };
    assert.throws(() => embedTokens(new Float64Array(129), wide, "f32"), { tag: "limit" });
  });
});

describe("applyLinear", () => {
  const linear: LinearWeights = {
    weight: Float64Array.of(1, 2, 3, -1, 0, 0.5),
    bias: Float64Array.of(10, -10),
    inFeatures: 3,
    outFeatures: 2,
  };

  it("multiplies rows whose features lie in parts", () => {
    const parts = [Float64Array.of(1, 2, 4, 5), Float64Array.of(3, 6)];
    const result = applyLinear(linear, parts, { rows: 2, precision: "f64" });
    assert.deepEqual([...result], [14 + 10, 0.5 - 10, 32 + 10, -1 - 10]);
  });

  it("adds nothing without a bias", () => {
    const bare = { ...linear, bias: null };
    const options = { rows: 1, precision: "f32" } as const;
    assert.deepEqual([...applyLinear(bare, [Float64Array.of(1, 2, 3)], options)], [14, 0.5]);
  });

  it("rounds a 16-bit product and its bias once", () => {
    // 1.0078125 · 1.0078125 + 0.0039: in bfloat16 1.0234375 when rounded once, 1.015625 when the product is first.
    const one: LinearWeights = {
      weight: Float64Array.of(1.0078125),
      bias: Float64Array.of(0.00390625),
      inFeatures: 1,
      outFeatures: 1,
    };
    const result = applyLinear(one, [Float64Array.of(1.0078125)], { rows: 1, precision: "bf16" });
    assert.deepEqual([...result], [1.0234375]);
  });

  it("can be cancelled", () => {
    const control = {
      ...noControl,
      check: () => {
        throw new CancelledError();
      },
    };
    const options = { rows: 1, precision: "f64", control } as const;
    assert.throws(() => applyLinear(linear, [new Float64Array(3)], options), CancelledError);
  });
});

describe("runHead", () => {
  const config: RecurrentConfig = {
    cell: "GRU",
    isCellClass: false,
    inputSize: 3,
    hiddenSize: 4,
    numLayers: 2,
    bidirectional: true,
    bias: true,
    projSize: 0,
    batchFirst: false,
    nonlinearity: "tanh",
    variant: pytorchVariant,
  };
  const lengths = [5, 2, 4];
  const run = randomRun({ config, seed: 5, seqLength: 5, batchSize: 3, lengths });
  const trace = forward(run);
  const next = numbersFrom(9);
  const linearOf = (inFeatures: number): LinearWeights => ({
    weight: filled(2 * inFeatures, next),
    bias: filled(2, next),
    inFeatures,
    outFeatures: 2,
  });
  const joined = linearOf(8);

  /** Both directions of the last layer at a step, for a batch row. */
  function outputAt(step: number, batch: number): number[] {
    return [0, 1].flatMap((directionIndex) => {
      const states = trace.read("h", { layer: 1, directionIndex }, step, step + 1);
      return [...states.subarray(batch * 4, (batch + 1) * 4)];
    });
  }

  function product({ weight, bias, inFeatures }: LinearWeights, x: readonly number[]): number[] {
    return Array.from({ length: 2 }, (_, unit) => {
      const row = Array.from(weight.subarray(unit * inFeatures, (unit + 1) * inFeatures));
      return row.reduce((sum, value, k) => sum + value * (x[k] ?? NaN), bias?.[unit] ?? NaN);
    });
  }

  it("gives logits of every step, time-major, the bias alone in padding", () => {
    const expected = [0, 1, 2, 3, 4].flatMap((step) =>
      [0, 1, 2].flatMap((batch) => product(joined, outputAt(step, batch))),
    );
    const logits = runHead("every", joined, run, trace);
    assert.ok(largestDistance(logits, expected) < 1e-14);
    assert.deepEqual([...logits.subarray(26, 28)], [...(joined.bias ?? [])]);
  });

  it("gives logits of t = T − 1 as output[:, -1] does, in the padding of shorter sequences too", () => {
    const expected = [0, 1, 2].flatMap((batch) => product(joined, outputAt(4, batch)));
    const logits = runHead("last", joined, run, trace);
    assert.ok(largestDistance(logits, expected) < 1e-14);
    assert.deepEqual([...logits.subarray(2, 4)], [...(joined.bias ?? [])]);
  });

  it("gives logits of both directions' final states", () => {
    const expected = [0, 1, 2].flatMap((batch) => {
      const forwardEnd = outputAt((lengths[batch] ?? 0) - 1, batch).slice(0, 4);
      return product(joined, [...forwardEnd, ...outputAt(0, batch).slice(4)]);
    });
    assert.ok(largestDistance(runHead("h_n", joined, run, trace), expected) < 1e-14);
  });

  it("reads h_n[-1] where the linear layer takes one direction", () => {
    const one = linearOf(4);
    const expected = [0, 1, 2].flatMap((batch) => product(one, outputAt(0, batch).slice(4)));
    assert.ok(largestDistance(runHead("h_n", one, run, trace), expected) < 1e-14);
  });

  it("reports growing progress", () => {
    const checkpointed = forward(run, { maxTraceBytes: 400 });
    const fractions: number[] = [];
    const report = (fraction: number): void => void fractions.push(fraction);
    runHead("every", joined, run, checkpointed, { ...noControl, report });
    assert.ok(fractions.length > 1);
    assert.deepEqual(
      [...fractions].sort((a, b) => a - b),
      fractions,
    );
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  });

  it("gives the same logits from a trace that keeps checkpoints", () => {
    const checkpointed = forward(run, { maxTraceBytes: 400 });
    assert.equal(checkpointed.path.checkpoints, true);
    assert.ok(checkpointed.blockSteps < run.seqLength);
    for (const head of ["every", "last", "h_n"] as const) {
      const expected = [...runHead(head, joined, run, trace)];
      assert.deepEqual([...runHead(head, joined, run, checkpointed)], expected);
    }
  });
});
