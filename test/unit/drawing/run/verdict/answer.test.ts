/** The line that answers why a run differs. */
import assert from "node:assert/strict";
import { renderText, text } from "../../../../../src/core/text";
import { answerOf, type KnownOfRun } from "../../../../../src/drawing/run/verdict/answer";
import type { DiagnosisView, FindingView } from "../../../../../src/protocol/run/diagnosisMessages";
import { diagnosis, finding, mistake } from "./diagnoses";

function said(
  changes: Partial<DiagnosisView>,
  total = 2304,
  known: KnownOfRun = { first: text("step {0}", 12) },
): string[] {
  const answer = answerOf(diagnosis(changes), total, known);
  if (answer === null) return [];
  const { tone, sentence, agreed, numbers } = answer;
  const said = [sentence, ...(agreed === null ? [] : [agreed])].map((each) => renderText(each));
  return [tone, said.join(" "), numbers === null ? "" : renderText(numbers)];
}

describe("answerOf", () => {
  it("names the mistake, how many values agree under it, and the proof", () => {
    assert.deepEqual(said({ findings: [finding("a")] }), [
      "found",
      "In the reference, a is wrong. Run like that, all 2,304 values agree.",
      "0.50 → 1.0e-7 · rounding up to 3.0e-6",
    ]);
  });

  it("names two of a pair", () => {
    const [, sentence] = said({ findings: [finding("a", { with: [mistake("b")] })] });
    assert.equal(
      sentence,
      "In the reference, a is wrong, and b is wrong. Run like that, all 2,304 values agree.",
    );
  });

  it("names what fits as well, and says that the run cannot tell", () => {
    const ending = "Run like any of these, all values agree; this run cannot tell them apart.";
    const others = ["b", "c", "d"].map(mistake);
    const of = (count: number): string | undefined =>
      said({ findings: [finding("a", { alsoFits: others.slice(0, count) })] })[1];
    assert.equal(of(1), `In the reference, a is wrong, or b is wrong. ${ending}`);
    assert.equal(of(2), `In the reference, a is wrong, or b is wrong, or c is wrong. ${ending}`);
    assert.equal(
      of(3),
      `In the reference, a is wrong, or b is wrong, or one of 2 others. ${ending}`,
    );
  });

  it("names the pairs of several findings", () => {
    const pair = (id: string) => finding(id, { with: [mistake("z")] });
    const [, sentence] = said({ findings: [pair("a"), pair("b")] });
    assert.match(
      sentence ?? "",
      /^In the reference, a is wrong, and z is wrong, or b is wrong, and z is wrong\./,
    );
  });

  it("names what is no number where no mistake was found, and no difference without a size", () => {
    const cause = text("{0} holds NaN", "weight_hh_l0");
    const [tone, sentence, numbers] = said({ before: "Infinity" }, 2304, { notFinite: [cause] });
    assert.deepEqual(
      [tone, sentence, numbers],
      ["none", "weight_hh_l0 holds NaN. No mistake explains what is computed from it.", ""],
    );
    assert.equal(said({ before: "Infinity" })[2], "");
    const [, found] = said({ findings: [finding("a")] }, 2304, { notFinite: [cause] });
    assert.match(found ?? "", /a is wrong/);
  });

  it("says that both sides are NaN in the same places, and why", () => {
    const agreeing = { before: 0, sharesNaN: true } as const;
    const cause = text("{0} holds NaN", "weight_hh_l0");
    assert.equal(
      said(agreeing, 2304, { notFinite: [cause] })[1],
      "weight_hh_l0 holds NaN. The reference is NaN in the same places as this run and agrees in all others.",
    );
    assert.match(said(agreeing)[1] ?? "", /^This run and the reference are NaN in the same places/);
    assert.equal(answerOf(diagnosis(agreeing), 1)?.isNaNOnly, true);
    assert.equal(answerOf(diagnosis({ before: 0 }), 1), null);
  });

  it("says where the reference contradicts itself, of what nothing explains", () => {
    const known = { contradiction: text("it is {0}", "two runs") };
    assert.equal(
      said({}, 2304, known)[1],
      "None of the 1,066 mistakes and pairs that were tried explains it: it is two runs.",
    );
    assert.match(said({ findings: [finding("a")] }, 2304, known)[1] ?? "", /a is wrong\. Run like/);
  });

  it("says that nothing is wrong where the reference is less precise", () => {
    const [tone, sentence] = said({ findings: [finding("a", { isPrecision: true })] });
    assert.equal(tone, "fine");
    assert.match(sentence ?? "", /^Nothing is wrong with the code: in the reference, a is wrong\./);
  });

  it("counts no values of another shape", () => {
    const findings = [finding("a", { before: null })];
    assert.deepEqual(said({ findings, before: null }), [
      "found",
      "In the reference, a is wrong. Run like that, all values agree.",
      "largest difference 1.0e-7 · rounding up to 3.0e-6",
    ]);
  });

  it("says how much of a run was looked at", () => {
    const where = text("the first {0} steps of {1} rows", 9, 2);
    const lookedAt = { first: 0, steps: 9, rows: 2, where };
    assert.match(
      said({ findings: [finding("a")], lookedAt })[1] ?? "",
      /all values of the first 9 steps of 2 rows agree/,
    );
    assert.deepEqual(said({ before: 1e-8, lookedAt }), [
      "none",
      "All values of the first 9 steps of 2 rows agree; no more of this run can be explained.",
      "First divergence: step 12",
    ]);
    assert.match(said({ lookedAt })[1] ?? "", /tried explains the first 9 steps of 2 rows\.$/);
    const nothing = { ...lookedAt, steps: 0 };
    assert.match(said({ lookedAt: nothing })[1] ?? "", /chaotic or too large/);
  });

  it("says how many were tried where none fits, and names no mistake", () => {
    assert.deepEqual(said({}), [
      "none",
      "None of the 1,066 mistakes and pairs that were tried explains it.",
      "largest difference 0.50 · rounding up to 3.0e-6",
    ]);
    assert.equal(said({ before: null })[2], "");
  });

  it("has nothing to say of a run that agrees", () => {
    assert.deepEqual(said({ before: 1e-7 }), []);
  });
});

describe("an answer that leaves a difference", () => {
  const sentenceOf = (changes: Partial<FindingView>, others: Partial<DiagnosisView> = {}): string =>
    said({ findings: [finding("a", { before: 1e-3, ...changes })], ...others }, 9)[1] ?? "";

  it("does not say that values agree which are off in the reference alone", () => {
    const parameter = { kind: "values", count: 2 } as const;
    const where = text("the first step");
    const lookedAt = { first: 0, steps: 1, rows: 1, where };
    const inAll = { ...parameter, inAll: true } as const;
    const all = "In the reference, a is wrong. All others agree.";
    assert.equal(sentenceOf({ parameter, after: 2e-7 }), all);
    assert.equal(sentenceOf({ parameter: inAll, after: 2e-7 }, { lookedAt }), all);
    assert.equal(
      sentenceOf({ parameter, after: 2e-7 }, { lookedAt }),
      "In the reference, a is wrong. All others of the first step agree.",
    );
    const [, , numbers] = said({ findings: [finding("a", { parameter, after: 2e-7 })] });
    assert.equal(numbers, "largest difference of all others 2.0e-7 · rounding up to 3.0e-6");
  });

  it("says what 16 bits leave, and claims no run that was not nearer", () => {
    const coarse = { isPrecision: true, after: 4e-4 } as const;
    assert.match(sentenceOf({ ...coarse, isShown: true }), /what is left is rounding in that prec/);
    assert.match(sentenceOf({ ...coarse, isShown: false }), /a number of that precision\.$/);
    assert.match(sentenceOf({ ...coarse, after: 1e-7, isShown: true }), /all 9 values agree\.$/);
  });
});
