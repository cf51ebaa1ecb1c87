import assert from "node:assert/strict";
import { fixedAlternatives } from "../../../../src/diagnosis/alternatives/registry";
import { optionsFor, runUnder } from "../../../../src/diagnosis/fixes/options";
import { forwardUnder } from "../../../../src/diagnosis/forward/forward";
import { switchesOf } from "../../../../src/diagnosis/forward/switches";
import type { RecurrentConfig } from "../../../../src/model/config";
import { variantWith } from "../../../../src/model/variant";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { present } from "../../support/present";
import { caseOf, frames } from "./frames";
import { modelOf, runOf } from "./network";

const spec: RunSpec = {
  weights: { file: "encoder.pt" },
  input: "batch.npz#x",
  h0: "batch.npz#h0",
  c0: "batch.npz#c0",
  lengths: [5, 1, 3],
  options: { batchFirst: true },
  reference: { output: "expected.npz#output", h_n: "expected.npz#h_n", c_n: "expected.npz#c_n" },
};
const { config } = present(frames[3]);
const under = (id: string, run: RunSpec = spec): RunSpec | null =>
  runUnder([id], { config, seqLength: 5, spec: run });

/** The module that options make of another one. */
function optioned(own: RecurrentConfig, id: string): RecurrentConfig {
  const { nonlinearity = own.nonlinearity, ...options } = present(optionsFor(id, own));
  return { ...own, nonlinearity, variant: variantWith(own, options) };
}

describe("run-file options of a mistake", () => {
  for (const id of [
    "activation/relu-for-tanh",
    "activation/tanh-for-relu",
    "activation/hard-sigmoid-keras2",
    "activation/hard-sigmoid-keras3",
    "gru/reset-before-product",
    "lstm/coupled-input-forget",
  ]) {
    it(`make the forward that ${id} makes`, () => {
      const alternative = present(fixedAlternatives.find((each) => each.id === id));
      let tried = 0;
      for (const frame of frames) {
        const hasOption = optionsFor(id, frame.config) !== null;
        if (!alternative.applies(caseOf(frame)) || !hasOption) continue;
        tried++;
        const model = modelOf(frame);
        const switches = { ...switchesOf(model.config), ...alternative.switches };
        const mistaken = present(forwardUnder(model, switches)).output;
        const written = runOf({ ...model, config: optioned(model.config, id) }).output;
        assert.deepEqual(written, mistaken);
        assert.notDeepEqual(written, runOf(model).output);
      }
      assert.ok(tried > 0);
    });
  }

  it("say nothing of relu in a gated cell, nor of what no option says", () => {
    assert.equal(optionsFor("activation/relu-for-tanh", config), null);
    assert.equal(under("gates/iofg"), null);
  });

  it("turn batch_first round, and name the precision", () => {
    assert.deepEqual(under("layout/batch-time-swapped"), {
      ...spec,
      options: { batchFirst: false },
    });
    const options = { batchFirst: true, precision: "bf16" };
    assert.deepEqual(under("precision/bfloat16"), { ...spec, options });
  });

  it("leave states and lengths out, or exchange them", () => {
    const { h0, c0, lengths, ...rest } = spec;
    assert.deepEqual(under("state/h0-ignored"), { ...rest, c0, lengths });
    assert.deepEqual(under("state/h0-c0-ignored"), { ...rest, lengths });
    assert.deepEqual(under("state/h0-c0-swapped"), { ...rest, lengths, h0: c0, c0: h0 });
    assert.deepEqual(under("packing/lengths-ignored"), { ...rest, h0, c0 });
  });

  it("move lengths by one where the run lists them", () => {
    assert.deepEqual(under("packing/lengths-one-short")?.lengths, [4, 1, 2]);
    assert.deepEqual(under("packing/lengths-one-long")?.lengths, [5, 2, 4]);
    const elsewhere = { ...spec, lengths: "batch.npz#lengths" };
    assert.equal(under("packing/lengths-one-long", elsewhere), null);
  });

  it("say nothing where the run names nothing to leave out", () => {
    const bare: RunSpec = { weights: spec.weights, input: spec.input };
    assert.equal(under("state/h0-ignored", bare), null);
    assert.equal(under("packing/lengths-ignored", bare), null);
  });

  it("say two mistakes together, where both can be said", () => {
    const both = (...ids: string[]): RunSpec | null =>
      runUnder(ids, { config, seqLength: 5, spec });
    const { h0, ...found } = present(both("state/h0-ignored", "precision/float16"));
    assert.equal(h0, undefined);
    assert.deepEqual(found.options, { batchFirst: true, precision: "f16" });
    assert.equal(both("state/h0-ignored", "gates/iofg"), null);
  });

  it("compare h_n with c_n", () => {
    assert.deepEqual(under("h_n/c_n-swapped")?.reference, {
      output: "expected.npz#output",
      h_n: "expected.npz#c_n",
      c_n: "expected.npz#h_n",
    });
  });
});
