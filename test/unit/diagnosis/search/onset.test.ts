/** Runs that are too large to be looked at as a whole: what differs late is explained by the steps around it. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { renderText } from "../../../../src/core/text";
import type { Diagnosis } from "../../../../src/diagnosis/answer";
import type { Case, Returned } from "../../../../src/diagnosis/base/model";
import { partOf, partOfCase } from "../../../../src/diagnosis/base/part";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { present } from "../../support/present";
import { randomCase, rightOf, underOf, type CaseOptions } from "../cases";

const gru: CaseOptions = {
  config: { cell: "GRU", inputSize: 4, hiddenSize: 6, numLayers: 2 },
  seqLength: 100,
  batchSize: 2,
  largest: 0.5,
};

/** The diagnosis of a run of which so many rows and steps can be looked at. */
function explained(the: Case, rows: number, steps: number): Diagnosis {
  const kept = Array.from({ length: rows }, (_, row) => row);
  return diagnose(the, noControl, (whole) => partOfCase(whole, { rows: kept, steps }));
}

/** A reference that is right up to a step, and from there on what a mistake makes of the states. */
function wrongFrom(the: Case, step: number, id: string): Case {
  const { model } = the;
  const { batchSize: B, seqLength: T, config } = model;
  const rows = [...model.lengths.keys()];
  const head = { ...the, model: partOf(model, { rows, steps: step }) };
  const { hn, cn } = rightOf(head);
  const rest = partOf(model, { rows, first: step, steps: T - step });
  const tail = { ...the, model: { ...rest, h0: present(hn).data, c0: cn?.data ?? null } };
  const [right, wrong] = [present(rightOf(the).output), underOf(tail, id)];
  const data = right.data.slice();
  const own = present(wrong.output).data;
  const width = data.length / (T * B);
  for (let row = 0; row < B; row++) {
    for (let t = step; t < T; t++) {
      const [to, from] = config.batchFirst
        ? [row * T + t, row * (T - step) + t - step]
        : [t * B + row, (t - step) * B + row];
      data.set(own.subarray(from * width, (from + 1) * width), to * width);
    }
  }
  return { ...the, reference: { ...wrong, output: { shape: right.shape, data } } };
}

/** The right results with values of the output moved. */
function moved(the: Case, indices: readonly number[]): Returned {
  const right = rightOf(the);
  const { shape, data } = present(right.output);
  const wrong = data.slice();
  for (const index of indices) wrong[index] = present(data[index]) + 0.01;
  return { ...right, output: { shape, data: wrong } };
}

describe("a difference behind what can be looked at", () => {
  const the = randomCase(gru);
  const sentences = ({ findings }: Diagnosis): string[] =>
    findings.map(({ title }) => renderText(title));

  it("is one value: its place, and how many there are in all", () => {
    const at = (70 * 2 + 1) * 6 + 4;
    const found = explained({ ...the, reference: moved(the, [at]) }, 2, 24);
    assert.deepEqual(sentences(found), [
      "one of 1,224 values is off: output, t = 70, batch 1, unit 4",
    ]);
    assert.deepEqual(found.findings[0]?.parameter, { kind: "values", count: 1, inAll: true });
    const { where, ...part } = present(found.lookedAt);
    assert.deepEqual(part, { first: 70, steps: 24, rows: 2 });
    assert.equal(renderText(where), "steps 70 … 93");
  });

  it("is proven by all other values, and shown behind some steps without it", () => {
    const at = (70 * 2 + 1) * 6 + 4;
    const { findings, before, tolerance, overTime } = explained(
      { ...the, reference: moved(the, [at]) },
      2,
      24,
    );
    assert.ok(present(findings[0]).after <= tolerance);
    assert.ok(present(before) > 0.009);
    const { first, steps, where, ...curves } = present(overTime);
    assert.deepEqual([first, steps], [68, 26]);
    assert.equal(renderText(present(where)), "steps 68 … 93");
    const spike = curves.before.most.findIndex((error) => error > tolerance);
    assert.equal(first + spike, 70);
    assert.deepEqual([...curves.floor.slice(0, 2)], [tolerance, tolerance].map(Math.fround));
  });

  it("is counted in all of a run whose first steps have one as well", () => {
    const found = explained({ ...the, reference: moved(the, [7, 900]) }, 2, 24);
    assert.deepEqual(sentences(found), ["single values are off: 2 of 1,224"]);
    const single = explained({ ...the, reference: moved(the, [7]) }, 2, 24);
    assert.deepEqual(sentences(single), [
      "one of 1,224 values is off: output, t = 0, batch 1, unit 1",
    ]);
    assert.equal(single.lookedAt?.first, 0);
  });

  it("is a mistake that begins late, of a GRU and of an LSTM with the batch first", () => {
    const lstm = { cell: "LSTM", inputSize: 4, hiddenSize: 6, batchFirst: true } as const;
    for (const [options, id] of [
      [gru, "gru/update-inverted"],
      [{ ...gru, config: lstm }, "lstm/forget-gate-missing"],
    ] as const) {
      const late = wrongFrom(randomCase(options), 60, id);
      const found = explained(late, 2, 24);
      assert.equal(found.lookedAt?.first, 60);
      assert.deepEqual(
        found.findings.map((finding) => finding.id),
        [id],
      );
      const { first, before, after } = present(found.overTime);
      assert.ok(present(before.most[1]) <= found.tolerance);
      // Nothing is said of a run under the mistake before it was made.
      assert.deepEqual([first, ...present(after).most.slice(0, 2)], [58, NaN, NaN]);
      assert.ok(present(present(after).most[2]) <= found.tolerance);
    }
  });

  it("is looked for in every row, and its row is looked at", () => {
    const many = randomCase({ ...gru, batchSize: 5 });
    const at = (30 * 5 + 4) * 6;
    const found = explained({ ...many, reference: moved(many, [at]) }, 2, 100);
    assert.deepEqual(sentences(found), [
      "one of 3,060 values is off: output, t = 30, batch 4, unit 0",
    ]);
    assert.equal(renderText(present(found.lookedAt).where), "the first 100 steps of row 4");
  });

  it("tries nothing that has to do with where a run begins", () => {
    const found = explained({ ...the, reference: moved(the, [900]) }, 2, 24);
    const tried = found.tried.map(({ id }) => id);
    assert.ok(tried.includes("gru/update-inverted"));
    assert.ok(!tried.some((id) => /^state\/(?!recurrence)|time-reversed$|is-h0$/.test(id)));
  });

  it("leaves the part of a run that agrees", () => {
    const found = explained({ ...the, reference: rightOf(the) }, 2, 24);
    assert.deepEqual([found.findings, found.lookedAt?.first], [[], 0]);
    const hidden = found.cannotSee.find(({ id }) => id === "h_n/is-h0");
    assert.match(renderText(present(hidden?.reason)), /after the steps that were looked at/);
  });
});
