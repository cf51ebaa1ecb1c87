/** What references that cannot be compared look like, each with what it is. */
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
  lengths: [6, 4, 1],
};

function assertLooks(found: Text | null, pattern: RegExp | null): void {
  if (pattern === null) assert.equal(found, null);
  else assert.match(found === null ? "" : renderText(found), pattern);
}

const outputs: readonly (readonly [readonly number[], RegExp | null])[] = [
  [[3, 7, 10], /batch and time are exchanged/],
  [[3, 10], /one step/],
  [[3, 5], /one step of one direction/],
  [[7, 3, 5], /features of one direction/],
  [[7, 2, 3, 5], /ONNX' Y/],
  [[7, 3, 2, 5], /an axis of their own/],
  [[21, 10], /batch and time in one axis/],
  [[11, 10], /as the data of a PackedSequence/],
  [[6, 3, 10], /longest sequence, after 6 steps/],
  [[5, 3, 10], /it has 5 steps, the input has 7/],
  [[4, 3, 5], /looks like h_n/],
  [[10, 7, 3], /another order/],
  [[], /a single number/],
  [[8, 8], null],
];

const states: readonly (readonly [readonly number[], RegExp | null])[] = [
  [[3, 5], /h_n\[-1\]/],
  [[2, 3, 5], /one layer alone/],
  [[2, 3, 10], /directions stand side by side/],
  [[2, 2, 3, 5], /an axis each/],
  [[3, 20], /flattened/],
  [[3, 4, 5], /first two axes are exchanged/],
  [[3, 10], /one layer alone, its directions/],
  [[7, 3, 10], /looks like the output/],
  [[1], /a single number/],
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

  it("knows batch_first and sequences without a batch", () => {
    const batchFirst = { ...frame, config: { ...frame.config, batchFirst: true } };
    assertLooks(outputLikeness(batchFirst, [7, 3, 10]), /batch and time are exchanged/);
    const alone = { ...frame, sizes: { ...sizes, batchSize: 1, unbatched: true }, lengths: null };
    assertLooks(outputLikeness(alone, [10]), /one step/);
    assertLooks(stateLikeness(alone, "h_n", [20]), /flattened/);
  });
});
