/** What references look like by their shape alone, where their values are not those of any known result. */
import assert from "node:assert/strict";
import {
  outputLikeness,
  stateLikeness,
  type ReferenceFrame,
} from "../../../../src/model/shapes/referenceLikeness";
import { renderText, type Text } from "../../../../src/core/text";
import { rnnConfig } from "../../support/goldens";

const sizes = { seqLength: 7, batchSize: 3, features: 2, unbatched: false };
/** T 7, B 3, two layers, both directions of 5 units. */
const frame: ReferenceFrame = {
  config: rnnConfig({ inputSize: 2, hiddenSize: 5, numLayers: 2, bidirectional: true }),
  sizes,
};

function assertLooks(found: Text | null, pattern: RegExp | null): void {
  if (pattern === null) assert.equal(found, null);
  else assert.match(found === null ? "" : renderText(found), pattern);
}

const outputs: readonly (readonly [readonly number[], RegExp | null])[] = [
  [[5, 3, 10], /it has 5 steps, the input has 7/],
  [[0, 3, 10], /it has 0 steps/],
  [[], /a single number/],
  [[3, 10], null],
  [[8, 8], null],
];

const states: readonly (readonly [readonly number[], RegExp | null])[] = [
  [[7, 3, 10], /looks like the output/],
  [[1], /a single number/],
  [[3, 5], null],
  [[9, 9, 9], null],
];

describe("what a reference looks like", () => {
  for (const [shape, pattern] of outputs) {
    it(`output [${shape.join(", ")}]`, () => {
      assertLooks(outputLikeness(frame, shape), pattern);
    });
  }

  for (const [shape, pattern] of states) {
    it(`h_n [${shape.join(", ")}]`, () => {
      assertLooks(stateLikeness(frame, "h_n", shape), pattern);
    });
  }

  it("knows batch_first, and that states of a cell are compared in no other form", () => {
    const batchFirst = { ...frame, config: { ...frame.config, batchFirst: true } };
    assertLooks(outputLikeness(batchFirst, [3, 5, 10]), /it has 5 steps/);
    const config = { ...rnnConfig({ inputSize: 2, hiddenSize: 5 }), isCellClass: true };
    assertLooks(stateLikeness({ config, sizes }, "h_n", [5, 3]), /another order/);
  });
});
