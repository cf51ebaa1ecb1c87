/** What holds for the layers around every recurrent network. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { forward } from "../../src/engine/forward";
import { applyLinear, embedTokens, firstBadToken, runHead } from "../../src/engine/surrounding";
import { numDirections, stateSize, type RecurrentConfig } from "../../src/model/config";
import { findModules } from "../../src/model/find/find";
import { headSource, heads, impliedHead, logitsShape } from "../../src/model/find/head";
import { findSurrounding } from "../../src/model/find/surrounding";
import type { TensorEntry } from "../../src/tensor/tensor";
import { entryOf, rnnConfig } from "../unit/support/goldens";
import { filled, largestDistance, numbersFrom, randomRun } from "../unit/support/runs";

const configs = fc
  .record({
    inputSize: fc.integer({ min: 1, max: 4 }),
    hiddenSize: fc.integer({ min: 1, max: 5 }),
    numLayers: fc.integer({ min: 1, max: 2 }),
    bidirectional: fc.boolean(),
    batchFirst: fc.boolean(),
  })
  .map((options): RecurrentConfig => rnnConfig(options));

const sizes = fc.record({
  seqLength: fc.integer({ min: 1, max: 6 }),
  batchSize: fc.integer({ min: 1, max: 4 }),
  unbatched: fc.boolean(),
});

describe("embedTokens", () => {
  it("gives each token its row, and refuses exactly the tokens that have none", () => {
    const tokens = fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 4 }) },
        fc.oneof(fc.integer({ min: -3, max: 9 }), fc.double()),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(tokens, fc.integer({ min: 1, max: 3 }), (values, embeddingDim) => {
        const table = Float64Array.from({ length: 5 * embeddingDim }, (_, k) => k);
        const bad = values.findIndex((token) => ![0, 1, 2, 3, 4].includes(token));
        const input = Float64Array.from(values);
        assert.equal(firstBadToken(input, 5), bad);
        const embedding = { values: table, numEmbeddings: 5, embeddingDim };
        if (bad >= 0) {
          assert.throws(() => embedTokens(input, embedding, "f64"), { tag: "unsupported" });
          return;
        }
        const rows = values.flatMap((token) => [
          ...table.subarray(token * embeddingDim, (token + 1) * embeddingDim),
        ]);
        assert.deepEqual([...embedTokens(input, embedding, "f64")], rows);
      }),
    );
  });
});

describe("runHead", () => {
  const runs = fc
    .record({
      config: configs,
      size: sizes,
      seed: fc.integer(),
      out: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ config, size, seed, out }) => {
      const run = randomRun({ config, seed, ...size });
      const inFeatures = numDirections(config) * stateSize(config);
      const next = numbersFrom(seed + 1);
      const linear = {
        weight: filled(out * inFeatures, next),
        bias: filled(out, next),
        inFeatures,
        outFeatures: out,
      };
      return { run, linear, trace: forward(run) };
    });

  it("gives at every step what it gives at the last one", () => {
    fc.assert(
      fc.property(runs, ({ run, linear, trace }) => {
        const every = runHead("every", linear, run, trace);
        const last = runHead("last", linear, run, trace);
        assert.deepEqual([...every.subarray(every.length - last.length)], [...last]);
        assert.equal(every.length, run.seqLength * last.length);
      }),
    );
  });

  it("gives the same for the last step and for h_n in one direction", () => {
    fc.assert(
      fc.property(runs, ({ run, linear, trace }) => {
        fc.pre(!run.config.bidirectional);
        const last = [...runHead("last", linear, run, trace)];
        assert.deepEqual([...runHead("h_n", linear, run, trace)], last);
      }),
    );
  });

  it("is the product of the weight plus the bias", () => {
    fc.assert(
      fc.property(runs, ({ run, linear, trace }) => {
        const bare = { ...linear, bias: null };
        const both = [...runHead("h_n", linear, run, trace)];
        const product = runHead("h_n", bare, run, trace);
        const zeros = { ...linear, weight: new Float64Array(linear.weight.length) };
        const bias = runHead("h_n", zeros, run, trace);
        const sum = Array.from(product, (value, k) => value + (bias[k] ?? NaN));
        assert.ok(largestDistance(both, sum) < 1e-13);
      }),
    );
  });
});

describe("applyLinear", () => {
  it("does not depend on how the features are cut into parts", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 5 }), fc.integer(), (parts, rows, seed) => {
        const inFeatures = parts.reduce((sum, size) => sum + size, 0);
        const next = numbersFrom(seed);
        const whole = filled(rows * inFeatures, next);
        const linear = {
          weight: filled(2 * inFeatures, next),
          bias: null,
          inFeatures,
          outFeatures: 2,
        };
        const cut = parts.map((size, index) => {
          const first = parts.slice(0, index).reduce((sum, each) => sum + each, 0);
          return Float64Array.from({ length: rows * size }, (_, k) => {
            const row = Math.floor(k / size);
            return whole[row * inFeatures + first + (k % size)] ?? NaN;
          });
        });
        const options = { rows, precision: "f64" } as const;
        const expected = [...applyLinear(linear, [whole], options)];
        assert.deepEqual([...applyLinear(linear, cut, options)], expected);
      }),
    );
  });
});

describe("impliedHead", () => {
  it("names a head whose logits have the shape that was given", () => {
    const linears = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 10 }));
    const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 });
    fc.assert(
      fc.property(configs, sizes, linears, shapes, fc.boolean(), (...args) => {
        const [config, size, linear, shape, isPacked] = args;
        const sequence = { ...size, features: config.inputSize };
        const own = heads.map((head) => logitsShape(config, sequence, head, linear[0]));
        for (const given of [shape, ...own]) {
          const logits = { shape: given, isPacked };
          const head = impliedHead(config, sequence, { shape: linear }, logits);
          if (head === null) continue;
          assert.notEqual(headSource(config, head, linear[1]), null);
          assert.deepEqual(logitsShape(config, sequence, head, linear[0]), given);
        }
      }),
    );
  });

  it("finds every head's own shape where the linear layer can follow", () => {
    fc.assert(
      fc.property(configs, sizes, fc.constantFrom(...heads), (config, size, head) => {
        const sequence = { ...size, features: config.inputSize };
        const linear = { shape: [3, numDirections(config) * stateSize(config)] };
        const shape = logitsShape(config, sequence, head, 3);
        const found = impliedHead(config, sequence, linear, { shape, isPacked: false });
        assert.ok(found !== null);
      }),
    );
  });
});

describe("findSurrounding", () => {
  it("takes any names and shapes without harm, and only what is there", () => {
    const part = fc.constantFrom("rnn", "emb", "fc", "decoder", "0", "", "__proto__", "weight");
    const name = fc
      .tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom("weight", "bias", "weight_ih_l0"))
      .map(([parts, last]) => [...parts, last].join("."));
    const shape = fc.array(fc.nat({ max: 12 }), { maxLength: 3 });
    const entries = fc.array(
      fc.tuple(name, shape).map(([each, size]): TensorEntry => entryOf(each, size)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(entries, (list) => {
        const modules = findModules([
          ...list,
          entryOf("rnn.weight_ih_l0", [3, 2]),
          entryOf("rnn.weight_hh_l0", [3, 3]),
        ]);
        for (const module of modules) {
          const { embedding, linear } = findSurrounding(list, module);
          if (embedding !== null) {
            assert.ok(list.includes(embedding.weight));
            assert.equal(embedding.weight.shape[1], module.config.inputSize);
          }
          if (linear !== null) assert.ok(list.includes(linear.weight));
        }
      }),
    );
  });
});
