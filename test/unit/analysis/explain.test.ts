/** The arithmetic of a unit: its terms, where they come from, and that they give the stored state. */
import assert from "node:assert/strict";
import { explainUnit } from "../../../src/analysis/explain";
import { forward, type ForwardInput } from "../../../src/engine/forward";
import type { Place } from "../../../src/engine/trace";
import { directionsOf } from "../../../src/model/config";
import { goldenCases, rnnConfig, type ForwardCase } from "../support/goldens";
import { forwardInputOf, randomRun, rowOf } from "../support/runs";

/** Every valid place of a run. */
function placesOf(run: ForwardInput): Place[] {
  const { config, batchSize, seqLength, lengths } = run;
  const range = (length: number): number[] => [...new Array<number>(length).keys()];
  return range(config.numLayers).flatMap((layer) =>
    directionsOf(config).flatMap((direction) =>
      range(batchSize).flatMap((batch) =>
        range(lengths?.[batch] ?? seqLength).flatMap((step) =>
          range(config.hiddenSize).map((unit) => ({ layer, direction, step, batch, unit })),
        ),
      ),
    ),
  );
}

describe("explainUnit", () => {
  for (const item of goldenCases("forward.json") as readonly ForwardCase[]) {
    it(`sums up to every stored state: ${item.name}`, () => {
      const run = forwardInputOf(item, "f64");
      const trace = forward(run);
      for (const place of placesOf(run)) {
        const { weights, operands, sums, inputCount } = explainUnit(run, trace, place);
        const terms = [...weights].map((weight, k) => weight * (operands[k] ?? Number.NaN));
        const sum = (from: readonly number[]): number => from.reduce((a, b) => a + b, 0);
        const [fromInput = 0, biasIh = 0, fromState = 0, biasHh = 0, before = 0, value] = sums;
        assert.equal(fromInput, sum(terms.slice(0, inputCount)));
        assert.equal(fromState, sum(terms.slice(inputCount)));
        assert.equal(before, fromInput + biasIh + fromState + biasHh);
        const lane = trace.states[place.layer]?.[place.direction === "forward" ? 0 : 1];
        const row = rowOf(lane ?? new Float64Array(), { ...run, ...place, units: trace.stateSize });
        assert.ok(Math.abs((value ?? NaN) - (row[place.unit] ?? NaN)) < 1e-12);
      }
    });
  }

  const config = rnnConfig({ numLayers: 2, bidirectional: true });
  const run = randomRun({
    ...{ config, seed: 7, seqLength: 4, batchSize: 2, givenH0: true },
    lengths: [4, 2],
  });
  const trace = forward(run);
  const place: Place = { layer: 1, direction: "reverse", step: 1, batch: 0, unit: 2 };

  it("reads both directions of the layer below, forward first", () => {
    const { operands, inputCount } = explainUnit(run, trace, place);
    const row = { step: 1, batch: 0, batchSize: 2, units: 3 };
    const below = (trace.states[0] ?? []).flatMap((lane) => rowOf(lane, row));
    assert.equal(inputCount, 6);
    assert.deepEqual([...operands].slice(0, 6), below);
  });

  it("takes the previous state from the step processed before", () => {
    const { operands, previousStep } = explainUnit(run, trace, place);
    assert.equal(previousStep, 2);
    const lane = trace.states[1]?.[1] ?? new Float64Array();
    assert.deepEqual(
      [...operands].slice(6),
      rowOf(lane, { step: 2, batch: 0, batchSize: 2, units: 3 }),
    );
    assert.equal(explainUnit(run, trace, { ...place, direction: "forward" }).previousStep, 0);
  });

  it("takes h0 of its own slot and batch row at the first processed step", () => {
    // Slot 3 = layer 1, reverse; batch 1 ends after two steps.
    const first = explainUnit(run, trace, { ...place, batch: 1 });
    assert.equal(first.previousStep, null);
    assert.deepEqual([...first.operands].slice(6), [...(run.h0 ?? [])].slice(7 * 3, 8 * 3));
    const without = explainUnit({ ...run, h0: null }, trace, { ...place, batch: 1 });
    assert.deepEqual([...without.operands].slice(6), [0, 0, 0]);
  });

  it("takes the rows of the unit's own direction", () => {
    const { weights } = explainUnit(run, trace, place);
    const own = run.weights[1]?.[1];
    assert.deepEqual(
      [...weights],
      [...(own?.weightIh.slice(12, 18) ?? []), ...(own?.weightHh.slice(6, 9) ?? [])],
    );
  });

  it("has nothing to add in the padding", () => {
    const padding = explainUnit(run, trace, { ...place, batch: 1, step: 2 });
    assert.equal(padding.valid, false);
    assert.equal(padding.previousStep, null);
    assert.deepEqual([...padding.sums], [0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...padding.operands].slice(6), [0, 0, 0]);
  });

  it("has zeros for the biases of a module without", () => {
    const bare = randomRun({
      config: rnnConfig({ bias: false }),
      seed: 8,
      seqLength: 2,
      batchSize: 1,
    });
    const { sums } = explainUnit(bare, forward(bare), { ...place, layer: 0, direction: "forward" });
    assert.deepEqual([sums[1], sums[3]], [0, 0]);
  });
});
