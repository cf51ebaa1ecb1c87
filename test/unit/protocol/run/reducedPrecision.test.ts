/** The verdict of a tensor whose difference comes from reduced precision: given only where a run in that precision has shown it. */
import assert from "node:assert/strict";
import { renderText, text } from "../../../../src/core/text";
import type { VerdictView } from "../../../../src/protocol/run/verdictMessages";
import { reducedTo, wholeReduction } from "../../../../src/protocol/run/reducedPrecision";

const precision = { name: text("bfloat16"), option: "bf16", most: 0.01 } as const;

function verdict(
  name: VerdictView["name"],
  kind: VerdictView["verdict"],
  maxAbs: VerdictView["maxAbs"] = 0.005,
): VerdictView {
  return { name, verdict: kind, maxAbs } as VerdictView;
}

describe("reduced precision", () => {
  it("is the verdict of what differs by no more than was shown", () => {
    const found = reducedTo(verdict("output", "differs"), precision);
    assert.equal(found && renderText(found), "bfloat16");
    assert.equal(reducedTo(verdict("output", "differs", 0.02), precision), null);
    assert.equal(reducedTo(verdict("output", "differs", "NaN"), precision), null);
    assert.equal(reducedTo(verdict("output", "rounding"), precision), null);
    assert.equal(reducedTo(verdict("logits", "differs"), precision), null);
    assert.equal(reducedTo(verdict("output", "differs"), null), null);
  });

  it("is that of a run where every tensor that does not agree has it", () => {
    const right = verdict("c_n", "rounding");
    const [output, hn] = [verdict("output", "differs"), verdict("h_n", "differs")];
    assert.ok(wholeReduction([right, output, hn], precision));
    assert.equal(wholeReduction([output, verdict("logits", "differs")], precision), null);
    assert.equal(wholeReduction([output, verdict("h_n", "cannot-compare")], precision), null);
    assert.equal(wholeReduction([right], precision), null);
  });
});
