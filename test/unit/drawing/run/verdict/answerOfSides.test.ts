/** The line that answers, where the user's own output is given beside a reference. */
import assert from "node:assert/strict";
import { renderText, text } from "../../../../../src/core/text";
import { answerOf } from "../../../../../src/drawing/run/verdict/answer";
import type { DiagnosisView, FindingView } from "../../../../../src/protocol/run/diagnosisMessages";

const finding = (side: FindingView["side"], title: string): FindingView => ({
  id: `gates/${title}`,
  title: text(title),
  before: 1,
  after: 1e-7,
  alsoFits: [],
  with: [],
  needs: null,
  isPrecision: false,
  parameter: null,
  side,
  under: [],
  notShown: null,
  written: [],
  fix: { pytorch: "", numpy: "", typescript: "" },
});

function sentenceOf(...findings: readonly FindingView[]): string {
  const diagnosis: DiagnosisView = {
    findings,
    tried: [],
    suspicions: [],
    cannotSee: [],
    count: 1,
    lookedAt: null,
    overTime: null,
    precision: null,
    before: 1,
    tolerance: 3e-6,
    milliseconds: 1,
  };
  return renderText(answerOf(diagnosis, 12)?.sentence ?? text(""));
}

describe("the answer of a diagnosis of two sides", () => {
  it("says whose mistake it is", () => {
    const agreed = "all is off.";
    assert.equal(sentenceOf(finding("own", "all is off")), `In your own output, ${agreed}`);
    assert.equal(sentenceOf(finding("reference", "all is off")), `In the reference, ${agreed}`);
    assert.equal(sentenceOf(finding(null, "all is off")), `In the reference, ${agreed}`);
  });

  it("does not take the mistake of one side for another reading of the other's", () => {
    const both = sentenceOf(finding("reference", "this is off"), finding("own", "that is off"));
    assert.ok(!both.includes("that is off"), both);
    const same = sentenceOf(finding("own", "this is off"), finding("own", "that is off"));
    assert.match(same, /this is off, or that is off/);
  });
});
