/** Smaller cases: parts of a network compute the same as the whole, and the finding stays. */
import assert from "node:assert/strict";
import type { Case, Returned } from "../../../../src/diagnosis/base/model";
import { reduceCase, type Reduced } from "../../../../src/diagnosis/reduce/reduce";
import { firstFeatures, firstUnits, lowestLayers } from "../../../../src/diagnosis/reduce/shrink";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { expectedParameters } from "../../../../src/model/parameters";
import { parameterTensors } from "../../../../src/diagnosis/cases/tensors";
import { largestDistance } from "../../support/runs";
import { randomCase, rightOf, underOf, type CaseOptions } from "../cases";

/** A case whose reference has mistakes. */
function wrongCase(options: CaseOptions, ...ids: readonly string[]): Case {
  const the = randomCase(options);
  return { ...the, reference: underOf(the, ...ids) };
}

function reduced(the: Case): Reduced {
  const found = reduceCase(the);
  assert.ok(found !== null);
  return found;
}

const lstm = {
  config: { cell: "LSTM", inputSize: 5, hiddenSize: 6, numLayers: 3, bidirectional: true },
  seqLength: 7,
  batchSize: 4,
} as const;

describe("parts of a network", function () {
  this.slow(5000);
  it("have parameters of the shapes that their sizes ask for", () => {
    const { model } = randomCase({
      ...lstm,
      config: { ...lstm.config, projSize: 3 },
    });
    for (const part of [lowestLayers(model, 2), firstUnits(model, 4), firstFeatures(model, 2)]) {
      const tensors = parameterTensors(part);
      const expected = expectedParameters(part.config);
      assert.deepEqual([...tensors.keys()].sort(), expected.map(({ name }) => name).sort());
      for (const { name, shape } of expected) {
        const own = tensors.get(name);
        assert.equal(
          own?.data.length,
          shape.reduce((count, size) => count * size, 1),
          name,
        );
      }
    }
  });

  it("compute what the lowest layers of the whole compute", () => {
    const the = randomCase(lstm);
    const whole = rightOf(the).hn?.data ?? [];
    const part = rightOf({ ...the, model: lowestLayers(the.model, 2) }).hn?.data ?? [];
    assert.ok(part.length > 0);
    assert.equal(largestDistance(part, whole.slice(0, part.length)), 0);
  });

  it("compute what the whole does where the rest of its input is zero", () => {
    const the = randomCase({ ...lstm, config: { ...lstm.config, cell: "GRU", numLayers: 1 } });
    // Features that are zero change nothing.
    const { model } = the;
    const silent = { ...model, input: model.input.map((value, k) => (k % 5 < 2 ? value : 0)) };
    const whole = rightOf({ ...the, model: silent }).output?.data ?? [];
    const part = rightOf({ ...the, model: firstFeatures(silent, 2) }).output?.data ?? [];
    assert.ok(largestDistance(part, whole) < 1e-12);
  });
});

describe("the smallest case", () => {
  for (const [id, most] of [
    ["gates/ifog", { T: 1, B: 1, L: 1, H: 2 }],
    ["state/chained-through-layers", { T: 1, B: 1, L: 2, H: 2 }],
    ["flip/output-not-flipped-back", { T: 2, B: 1, L: 1, H: 2 }],
    ["layout/output-axes-swapped", { T: 2, B: 2, L: 1, H: 2 }],
  ] as const) {
    it(`of ${id} shows it and nothing else`, () => {
      const { the, finding, isOwn } = reduced(wrongCase(lstm, id));
      const { seqLength, batchSize, config } = the.model;
      assert.ok(seqLength <= most.T && batchSize <= most.B, `${seqLength}, ${batchSize}`);
      assert.ok(config.numLayers <= most.L && config.hiddenSize <= most.H);
      assert.equal(config.inputSize, 1);
      assert.equal(isOwn, false);
      const [again] = diagnose(the).findings;
      assert.deepEqual([again?.id, again?.alsoFits], [id, []]);
      assert.equal(finding.id, id);
    });
  }

  it("keeps what was recorded where no other reference can be computed", () => {
    const options = { config: { cell: "GRU", hiddenSize: 5 }, seqLength: 6, batchSize: 5 } as const;
    const the = randomCase(options);
    const right = rightOf(the);
    const spoilt = right.output?.data.slice() ?? new Float64Array();
    // One value of the last row's third step.
    const at = (2 * 5 + 4) * 5 + 1;
    spoilt[at] = (spoilt[at] ?? 0) + 0.01;
    const output = right.output && { ...right.output, data: spoilt };
    const reference: Returned = { ...right, output };
    const found = reduced({ ...the, reference });
    assert.equal(found.finding.id, "data/isolated-values");
    assert.ok(found.isOwn);
    const { model, reference: kept } = found.the;
    assert.ok(model.batchSize < 5 && model.seqLength >= 3 && model.seqLength < 6);
    assert.equal(model.config.hiddenSize, 5);
    assert.ok(found.rows.includes(4));
    const width = 5;
    found.rows.forEach((row, own) => {
      for (let t = 0; t < model.seqLength; t++) {
        const from = (t * 5 + row) * width;
        const to = (t * model.batchSize + own) * width;
        const values = kept.output?.data.slice(to, to + width) ?? [];
        assert.equal(largestDistance(values, spoilt.slice(from, from + width)), 0);
      }
    });
  });

  it("has both mistakes of a pair", () => {
    const { the, finding } = reduced(wrongCase(lstm, "gates/ifog", "h_n/direction-major"));
    const named = [finding.id, ...finding.with.map(({ id }) => id)].sort();
    assert.deepEqual(named, ["gates/ifog", "h_n/direction-major"]);
    assert.ok(the.model.seqLength < 7 && the.model.batchSize < 4);
  });

  it("is there for wrong references alone", () => {
    const the = randomCase(lstm);
    assert.equal(reduceCase({ ...the, reference: rightOf(the) }), null);
  });
});
