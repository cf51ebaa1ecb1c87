/** The error over time: of the right forward and under what was found, with what rounding may make of it. */
import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../src/diagnosis/answer";
import type { Case, Returned } from "../../../../src/diagnosis/base/model";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { present } from "../../support/present";
import { randomCase, rightOf, underOf, type CaseOptions } from "../cases";

const lstm = { cell: "LSTM", inputSize: 3, hiddenSize: 4 } as const;

function diagnosed(
  options: CaseOptions,
  reference: (the: Case) => Returned,
): Diagnosis & { readonly the: Case } {
  const the = randomCase(options);
  return { ...diagnose({ ...the, reference: reference(the) }), the };
}

describe("the error over time", () => {
  it("is the difference before at each step, and rounding after", () => {
    for (const batchFirst of [false, true]) {
      const config = { ...lstm, batchFirst };
      const wrong = (the: Case): Returned => underOf(the, "gates/iofg");
      const { overTime, the, findings } = diagnosed({ config, seqLength: 6 }, wrong);
      assert.equal(findings[0]?.id, "gates/iofg");
      const { steps, before, after, floor } = present(overTime);
      assert.equal(steps, 6);
      const [ours, theirs] = [present(rightOf(the).output), present(wrong(the).output)];
      const expected = new Float32Array(6);
      ours.data.forEach((value, k) => {
        const place = Math.floor(k / 4);
        const step = batchFirst ? place % 6 : Math.floor(place / 3);
        const distance = Math.abs(value - (theirs.data[k] ?? NaN));
        expected[step] = Math.max(expected[step] ?? 0, distance);
      });
      assert.deepEqual(before.most, expected);
      assert.deepEqual(before.least, before.most);
      for (const [step, bound] of floor.entries()) {
        assert.ok((after?.most[step] ?? NaN) <= bound, `step ${step}`);
        assert.ok(bound > 0 && bound < 1e-4);
      }
    }
  });

  it("is of both mistakes of a pair", () => {
    const config = { cell: "GRU", inputSize: 7, hiddenSize: 7 } as const;
    const wrong = (the: Case): Returned => underOf(the, "gru/bias-in-inside", "bias/doubled");
    const { overTime, findings } = diagnosed({ config }, wrong);
    assert.equal(findings[0]?.with.length, 1);
    const { after, floor } = present(overTime);
    assert.ok(present(after).most.every((value, step) => value <= (floor[step] ?? 0)));
  });

  it("keeps the largest and the smallest of the steps of a column", () => {
    const config = { cell: "RNN", inputSize: 2, hiddenSize: 2 } as const;
    const wrong = (the: Case): Returned => underOf(the, "bias/doubled");
    const { overTime } = diagnosed({ config, seqLength: 1000, batchSize: 1 }, wrong);
    const { steps, before, floor } = present(overTime);
    assert.equal(steps, 1000);
    assert.deepEqual([before.most.length, before.least.length, floor.length], [400, 400, 400]);
    assert.ok(before.most.every((most, column) => most >= (before.least[column] ?? NaN)));
    assert.ok(before.most.some((most, column) => most > (before.least[column] ?? NaN)));
  });

  it("leaves padding out", () => {
    const config = { cell: "GRU", inputSize: 3, hiddenSize: 4 } as const;
    const options = { config, seqLength: 5, batchSize: 2, lengths: [3, 2] };
    const wrong = (the: Case): Returned => {
      const under = underOf(the, "gates/zrn");
      const output = present(under.output);
      // What stands in the padding of a reference counts nowhere.
      return {
        ...under,
        output: { ...output, data: output.data.map((v, k) => (k >= 24 ? 7 : v)) },
      };
    };
    const { overTime } = diagnosed(options, wrong);
    const { before } = present(overTime);
    assert.ok((before.most[2] ?? 0) > 0);
    assert.deepEqual([...before.most.slice(3)], [0, 0]);
  });

  it("is not there without a finding, without an output, or where the shape differs", () => {
    assert.equal(diagnosed({ config: lstm }, rightOf).overTime, null);
    const finals = (the: Case): Returned => ({ ...underOf(the, "gates/iofg"), output: null });
    const { findings, overTime } = diagnosed({ config: lstm }, finals);
    assert.ok(findings.length > 0);
    assert.equal(overTime, null);
  });

  it("is not there where the output agrees and h_n alone is off", () => {
    const config = { ...lstm, numLayers: 2 };
    const wrong = (the: Case): Returned => underOf(the, "h_n/last-layer-only");
    const { findings, overTime } = diagnosed({ config }, wrong);
    assert.equal(findings[0]?.id, "h_n/last-layer-only");
    assert.equal(overTime, null);
  });

  it("is of a mistake with the parameter that was found", () => {
    const rows = (the: Case): Returned => {
      const right = rightOf(the);
      const turned = ({ shape, data }: { shape: readonly number[]; data: Float64Array }) => {
        const width = data.length / ((shape[0] ?? 1) * 3);
        const row = (k: number): number => Math.floor(k / width);
        const from = (k: number): number =>
          (3 * Math.floor(row(k) / 3) + ((row(k) + 1) % 3)) * width + (k % width);
        return { shape, data: data.map((_, k) => data[from(k)] ?? NaN) };
      };
      return {
        output: turned(present(right.output)),
        hn: turned(present(right.hn)),
        cn: turned(present(right.cn)),
      };
    };
    const { findings, overTime } = diagnosed({ config: lstm }, rows);
    assert.equal(findings[0]?.id, "permutation/batch-rows");
    const { before, after } = present(overTime);
    assert.ok(present(after).most.every((value) => value < 1e-9));
    assert.ok((before.most[0] ?? 0) > 1e-3);
  });
});
