/** Dropout between two layers: its mask is found for any cell whose states tell it, and accuses no scaled layer. */
import assert from "node:assert/strict";
import { caseOf, type Case, type Model, type Returned } from "../../../../src/diagnosis/base/model";
import { roundedModel } from "../../../../src/diagnosis/alternatives/edits";
import { afterStep, forwardUnder, join } from "../../../../src/diagnosis/forward/forward";
import { resultsOf } from "../../../../src/diagnosis/forward/returned";
import { switchesOf } from "../../../../src/diagnosis/forward/switches";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { numDirections, stateSize } from "../../../../src/model/config";
import { numbersFrom } from "../../support/runs";
import { dropout } from "./dropped";
import { randomCase, type CaseOptions } from "../cases";

/** A case of two layers whose reference read layer 0 times the factors that `factorOf` gives, element by element. */
function caseWith(options: CaseOptions, factorOf: () => number): Case {
  const made = randomCase({ ...options, config: { ...options.config, numLayers: 2 } });
  // Weights twice as large as those that torch begins with.
  const size = Math.min(1, 2 / Math.sqrt(made.model.config.hiddenSize));
  const model = roundedModel(made.model, (value) => value * size);
  const the = { ...made, model };
  const { config, batchSize } = model;
  const whole = forwardUnder(model, switchesOf(config));
  const below = whole?.lanes[0];
  assert.ok(whole && below);
  const input = join(model, whole.switches, below, afterStep).map((value) => value * factorOf());
  const width = numDirections(config) * stateSize(config);
  const upper = {
    ...model,
    config: { ...config, numLayers: 1, inputSize: width },
    layers: model.layers.slice(1),
    input,
    h0: model.h0.slice(model.h0.length / 2),
    c0: model.c0?.slice(model.c0.length / 2) ?? null,
  } satisfies Model;
  const run = forwardUnder(upper, switchesOf(upper.config));
  assert.ok(run);
  const lower = resultsOf(whole);
  const { output, hn } = resultsOf(run);
  const finals = new Float64Array(lower.hn.length);
  finals.set(lower.hn.subarray(0, finals.length / 2));
  finals.set(hn, finals.length / 2);
  const slots = 2 * numDirections(config);
  const reference: Returned = {
    output: { shape: [model.seqLength, batchSize, width], data: output },
    hn: { shape: [slots, batchSize, stateSize(config)], data: finals },
    cn: null,
  };
  return { ...the, reference };
}

function dropping(probability: number, seed = 9): () => number {
  const next = numbersFrom(seed);
  return () => ((next() + 1) / 2 < probability ? 0 : 1 / (1 - probability));
}

const sizes = { seqLength: 5, batchSize: 2 };

describe("dropout between layers", () => {
  const found: readonly [what: string, config: CaseOptions["config"], probability: number][] = [
    ["an RNN of 24 units", { cell: "RNN", inputSize: 4, hiddenSize: 24 }, 0.5],
    ["a GRU of 24 units", { cell: "GRU", inputSize: 4, hiddenSize: 24 }, 0.3],
    ["an LSTM of 24 units", { cell: "LSTM", inputSize: 4, hiddenSize: 24 }, 0.2],
    ["an unusual p", { cell: "GRU", inputSize: 4, hiddenSize: 16 }, 0.15],
    [
      "a GRU of two directions",
      { cell: "GRU", inputSize: 4, hiddenSize: 10, bidirectional: true },
      0.4,
    ],
    [
      "a small LSTM of two directions",
      { cell: "LSTM", inputSize: 4, hiddenSize: 4, bidirectional: true },
      0.5,
    ],
    ["a projection", { cell: "LSTM", inputSize: 4, hiddenSize: 12, projSize: 6 }, 0.5],
    [
      "relu in two directions",
      { cell: "RNN", inputSize: 4, hiddenSize: 5, bidirectional: true, nonlinearity: "relu" },
      0.5,
    ],
  ];
  for (const [what, config, probability] of found) {
    it(`is found in ${what}`, () => {
      const [first] = diagnose(caseWith({ ...sizes, config }, dropping(probability))).findings;
      assert.equal(first?.id, "dropout/between-layers");
      assert.deepEqual(first.parameter, { kind: "probability", probability });
      assert.ok(first.after < 1e-6);
    });
  }

  const inside: readonly [what: string, config: CaseOptions["config"]][] = [
    [
      "an LSTM of two directions and 12 units",
      { cell: "LSTM", inputSize: 4, hiddenSize: 12, numLayers: 2, bidirectional: true },
    ],
    ["three layers", { cell: "LSTM", inputSize: 4, hiddenSize: 16, numLayers: 3 }],
    [
      "four layers of two directions",
      { cell: "GRU", inputSize: 4, hiddenSize: 6, numLayers: 4, bidirectional: true },
    ],
  ];
  for (const [what, config] of inside) {
    it(`is found in ${what} where the reference has the states inside, else suspected`, () => {
      const { inputs } = dropout({ ...sizes, config }, 0.3);
      const [first] = diagnose(caseOf(inputs)).findings;
      assert.equal(first?.id, "dropout/between-layers");
      assert.deepEqual(first.parameter, { kind: "probability", probability: 0.3 });
      const { findings, suspicions } = diagnose(caseOf({ ...inputs, states: [] }));
      assert.deepEqual(findings, []);
      assert.ok(suspicions.some(({ id, after }) => id === first.id && after === null));
    });
  }

  it("is not suspected where the first layer is wrong as well", () => {
    const config = { cell: "GRU", inputSize: 4, hiddenSize: 16, numLayers: 3 } as const;
    const { inputs } = dropout({ ...sizes, config }, 0.3);
    const { hn } = inputs.reference;
    assert.ok(hn);
    const off = { ...hn, data: hn.data.map((value, k) => (k === 0 ? value + 0.1 : value)) };
    const reference = { ...inputs.reference, hn: off };
    const { findings, suspicions } = diagnose(caseOf({ ...inputs, reference, states: [] }));
    assert.deepEqual(findings, []);
    assert.ok(suspicions.every(({ id }) => id !== "dropout/between-layers"));
  });

  it("goes by the lengths of sequences", () => {
    const config = { cell: "GRU", inputSize: 4, hiddenSize: 8, bidirectional: true } as const;
    const the = caseWith({ seqLength: 5, batchSize: 3, lengths: [3, 5, 1], config }, dropping(0.5));
    assert.equal(diagnose(the).findings[0]?.id, "dropout/between-layers");
  });

  it("is not said of a layer that reads everything scaled", () => {
    const config = { cell: "GRU", inputSize: 4, hiddenSize: 12 } as const;
    const the = caseWith({ ...sizes, config }, () => 1.25);
    assert.deepEqual(diagnose(the).findings, []);
  });

  it("is not said of a layer that reads other values", () => {
    const next = numbersFrom(4);
    const config = { cell: "RNN", inputSize: 4, hiddenSize: 12 } as const;
    const the = caseWith({ ...sizes, config }, () => 1 + next() / 2);
    assert.deepEqual(diagnose(the).findings, []);
  });
});
