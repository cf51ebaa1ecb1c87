/** Probes: their sizes and values, what stays hidden in them, and why. */
import assert from "node:assert/strict";
import { caseOf, type Case } from "../../../../src/diagnosis/base/model";
import { makeProbe, type Probe } from "../../../../src/diagnosis/probe/probe";
import { renderText } from "../../../../src/core/text";
import type { Tensor } from "../../../../src/tensor/tensor";
import { randomCase, randomInputs, type CaseOptions } from "../cases";

function probeOf(the: Case, seed = 0): Probe {
  const probe = makeProbe(the, seed);
  assert.ok(probe !== null);
  return probe;
}

function hiddenIn({ hidden }: Probe): (readonly [string, string])[] {
  return hidden.map(({ id, reason }) => [id, renderText(reason)]);
}

/** The weakest test that there is: one step of one row, from zeros. */
const weak = { seqLength: 1, batchSize: 1, givenStates: false } as const;

/** As `randomCase`, with zeros for some parameters. */
function caseWithZeros(options: CaseOptions, zeros: RegExp): Case {
  const inputs = randomInputs(options);
  const parameters = new Map<string, Tensor>();
  for (const [name, tensor] of inputs.parameters) {
    const data = zeros.test(name) ? new Float64Array(tensor.data.length) : tensor.data;
    parameters.set(name, { ...tensor, data });
  }
  return caseOf({ ...inputs, parameters });
}

describe("a probe", () => {
  for (const cell of ["RNN", "LSTM", "GRU"] as const) {
    it(`shows every mistake of a bidirectional ${cell}, whatever the test before`, () => {
      const config = { cell, inputSize: 4, hiddenSize: 6, numLayers: 2, bidirectional: true };
      const probe = probeOf(randomCase({ config, ...weak }));
      assert.deepEqual(hiddenIn(probe), []);
      assert.ok(probe.count > 60);
    });
  }

  it("has sizes that all differ", () => {
    for (const [inputSize, hiddenSize, numLayers] of [
      [3, 5, 2],
      [5, 3, 3],
      [4, 7, 1],
    ] as const) {
      const config = {
        cell: "GRU",
        inputSize,
        hiddenSize,
        numLayers,
        bidirectional: true,
      } as const;
      const { model } = probeOf(randomCase({ config, ...weak })).the;
      const { seqLength: T, batchSize: B } = model;
      assert.ok(T >= 3 && B >= 2);
      const sizes = [T, B, inputSize, hiddenSize];
      assert.equal(new Set(sizes).size, 4, sizes.join());
      assert.notEqual(B, 2 * numLayers);
      assert.equal(model.input.length, T * B * inputSize);
      assert.equal(model.h0.length, 2 * numLayers * B * hiddenSize);
    }
  });

  it("has lengths that are neither sorted nor full where the run has lengths", () => {
    const config = { cell: "LSTM", inputSize: 2, hiddenSize: 4, bidirectional: true } as const;
    const probe = probeOf(randomCase({ config, seqLength: 4, lengths: [4, 4, 4] }));
    const { lengths, seqLength } = probe.the.model;
    const sorted = [...lengths].sort((left, right) => left - right);
    assert.notDeepEqual([...lengths], sorted);
    assert.notDeepEqual([...lengths], sorted.reverse());
    assert.equal(Math.max(...lengths), seqLength);
    assert.deepEqual(hiddenIn(probe), [
      ["packing/padding-repeats-last", "it changes the padding alone, which no verdict counts"],
    ]);
  });

  it("has values that float32 holds, the same for the same seed and others for another", () => {
    const the = randomCase({ config: { cell: "LSTM" }, ...weak });
    const [first, again, other] = [0, 0, 7].map((seed) => probeOf(the, seed).the.model);
    assert.ok(first !== undefined);
    assert.ok(first.input.every((value) => Math.fround(value) === value));
    assert.deepEqual(first.input, again?.input);
    assert.notDeepEqual(first.input, other?.input);
    assert.notDeepEqual(first.h0, other?.h0);
    assert.ok(first.c0?.every((value) => value !== 0));
  });

  it("names what zero biases hide, which it cannot change", () => {
    const config = { cell: "LSTM", inputSize: 3, hiddenSize: 5 } as const;
    const probe = probeOf(caseWithZeros({ config, ...weak }, /^bias_hh/));
    assert.deepEqual(probe.zeroBiases, ["bias_hh_l0"]);
    assert.deepEqual(hiddenIn(probe), [["bias/hh-missing", "biases are zero"]]);
  });

  it("tells apart what these weights hide and what every such module hides", () => {
    const config = { cell: "RNN", inputSize: 2, hiddenSize: 1 } as const;
    const one = hiddenIn(probeOf(randomCase({ config, ...weak })));
    const known = new Map(one);
    assert.equal(known.get("weights/hh-transposed"), "there is one unit only");
    const dead = caseWithZeros(
      { config: { cell: "RNN", inputSize: 2, hiddenSize: 4 } },
      /^weight_hh/,
    );
    const byWeights = new Map(hiddenIn(probeOf(dead)));
    assert.equal(byWeights.get("weights/hh-transposed"), "the values of the weights hide it");
  });
});
