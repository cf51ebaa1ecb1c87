/** What is looked at of a run that is too large: rows are left out before steps, and of the last two rows one where no step can be. */
import assert from "node:assert/strict";
import type { Case, Values } from "../../../../src/diagnosis/base/model";
import { affordablePart } from "../../../../src/diagnosis/search/affordable";
import { numDirections, type RecurrentConfig } from "../../../../src/model/config";
import { outputShapes } from "../../../../src/model/sequence";
import { elementCount } from "../../../../src/tensor/tensor";
import { randomCase } from "../cases";

const config = { cell: "GRU", inputSize: 1, hiddenSize: 256, numLayers: 2 } as const;

/** A case whose reference is zeros of the shapes of the run. */
function zeroCase(more: Partial<RecurrentConfig>, seqLength: number, batchSize: number): Case {
  const the = randomCase({ config: { ...config, ...more }, seqLength, batchSize });
  const shapes = outputShapes(the.model.config, {
    seqLength,
    batchSize,
    unbatched: false,
    features: 1,
  });
  const zeros = (shape: readonly number[]): Values => ({
    shape,
    data: new Float64Array(elementCount(shape)),
  });
  const reference = { output: zeros(shapes.output), hn: zeros(shapes.hn), cn: null };
  return { ...the, reference };
}

/** Steps and rows of the part; null where there is none. */
function partOf(the: Case): readonly [steps: number, rows: number] | null {
  const part = affordablePart(the);
  return part && [part.model.seqLength, part.model.batchSize];
}

describe("the part of a run that can be explained", () => {
  it("is all of it where that is not much", () => {
    const the = zeroCase({ bidirectional: true }, 1000, 2);
    assert.ok(affordablePart(the) === the);
  });

  it("keeps two rows, in which mistakes that mix rows still show, where steps can be left out", () => {
    assert.deepEqual(partOf(zeroCase({}, 2500, 5)), [2500, 2]);
    assert.deepEqual(partOf(zeroCase({}, 5000, 2)), [2500, 2]);
  });

  it("is one row of a run whose reverse direction needs every step", () => {
    const the = zeroCase({ bidirectional: true }, 2000, 3);
    assert.equal(numDirections(the.model.config), 2);
    assert.deepEqual(partOf(the), [2000, 1]);
  });

  it("is none where one row of it is too much", () => {
    assert.equal(partOf(zeroCase({ bidirectional: true }, 3000, 2)), null);
  });
});
