/** Hints are of a difference that nothing explains. */
import assert from "node:assert/strict";
import { foreign, renderText } from "../../../../../src/core/text";
import { hintsBeside } from "../../../../../src/drawing/run/verdict/hints";
import type { VerdictView } from "../../../../../src/protocol/run/verdictMessages";
import { finding } from "./diagnoses";

describe("hints of a difference", () => {
  const verdicts = ["one", "two"].map((hint) => ({
    hints: [foreign(hint)],
  })) as unknown as VerdictView[];
  const said = (...findings: Parameters<typeof hintsBeside>[1]): string[] =>
    hintsBeside({ verdicts }, findings).map((hint) => renderText(hint));

  it("are those of every tensor", () => {
    assert.deepEqual(said(), ["one", "two"]);
  });

  it("are gone where a mistake in the reference explains it, and stay where the user's own output has one", () => {
    assert.deepEqual(said(finding("a")), []);
    assert.deepEqual(said(finding("a", { side: "own" })), ["one", "two"]);
  });
});
