/** What is said of differences that pass by a tolerance of the user's own. */
import assert from "node:assert/strict";
import { renderText } from "../../../src/core/text";
import type { Session } from "../../../src/session/session";
import { float32, goldenCases, type ForwardCase } from "../support/goldens";
import { openCase } from "../support/memory";

const deep = (goldenCases("forward.json") as readonly ForwardCase[]).find(
  ({ name }) => name === "batch first, two directions",
);

describe("a tolerance of the user's own", () => {
  it("does not call rounding what passes by a tolerance that is wider than usual", async () => {
    assert.ok(deep !== undefined);
    const [shape, values] = deep.output;
    const output = float32([shape, values.map((value) => value + 0.25)]);
    const judged = (atol: number, tensors: { output?: typeof output }): Promise<Session> =>
      openCase(deep, { tensors, spec: { tolerance: { rtol: 0, atol } } });
    const wide = await judged(1, { output });
    const [differing] = wide.view.verdicts;
    assert.ok(differing !== undefined);
    assert.equal(differing.verdict, "rounding");
    // That h_n is rounding needs no wide tolerance.
    assert.deepEqual(
      wide.view.verdicts.map(({ isWide }) => isWide),
      [true, undefined],
    );
    assert.match(renderText(differing.sentence), /is within the tolerance given: max \|Δ\| 0\.250/);
    const right = await judged(1, {});
    assert.ok(right.view.verdicts.every(({ isWide }) => isWide === undefined));
    for (const { sentence } of right.view.verdicts) {
      assert.match(renderText(sentence), /rounding only|is equal/);
    }
  });
});
