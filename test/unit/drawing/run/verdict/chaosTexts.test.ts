/** From where on a run is said to be chaotic. */
import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import { chaosText, chaoticText } from "../../../../../src/drawing/run/verdict/chaosTexts";
import type { RunView } from "../../../../../src/protocol/run/messages";
import { rnnConfig } from "../../../support/goldens";
import { present } from "../../../support/present";

const place = { layer: 0, batch: 0, exponent: 1 };

function said(run: Pick<RunView, "chaos" | "config">): string {
  return renderText(present(chaoticText(run)));
}

describe("where a run is chaotic", () => {
  it("is told by time in a module of forward directions", () => {
    const chaos = { ...place, direction: "forward", processing: 8, step: 8 } as const;
    assert.equal(said({ chaos, config: rnnConfig({}) }), "chaotic from t = 8");
  });

  it("is told by the order of processing where a direction begins at the last step", () => {
    const chaos = { ...place, direction: "reverse", processing: 8, step: 391 } as const;
    const run = { chaos, config: rnnConfig({ bidirectional: true }) };
    assert.equal(said(run), "chaotic from processing step 8");
    assert.match(renderText(present(chaosText(run))), /: from processing step 8 on rounding alone/);
  });

  it("is not told of other runs", () => {
    const run = { chaos: null, config: rnnConfig({}) };
    assert.deepEqual([chaoticText(run), chaosText(run)], [null, null]);
  });
});
