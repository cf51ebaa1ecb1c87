import assert from "node:assert/strict";
import { wholeBox, type RawValues } from "../../../src/tensor/raw";
import { readSlabs, type TensorSource } from "../../../src/tensor/source";
import { sourceFrom } from "../support/tensorSources";

const values = Float32Array.from({ length: 60 }, (_, at) => at);

describe("reading a tensor slab by slab", () => {
  it("gives every value once, in order", async () => {
    const source = sourceFrom(values, [10, 6]);
    const read: number[] = [];
    for await (const { slab, raw } of readSlabs(source, wholeBox([10, 6]), 4 * 18)) {
      assert.deepEqual(slab.size, raw.shape);
      read.push(...new Float32Array(raw.bytes.buffer));
    }
    assert.deepEqual(read, [...values]);
    assert.equal(source.read.total, values.byteLength);
  });

  it("reads the next one while the caller works on one", async () => {
    const source = sourceFrom(values, [10, 6]);
    const before: number[] = [];
    for await (const { slab } of readSlabs(source, wholeBox([10, 6]), 4 * 18)) {
      before.push(source.read.total / 4 / 6 - (slab.start[0] ?? 0) - (slab.size[0] ?? 0));
    }
    assert.deepEqual(before, [3, 3, 1, 0]);
  });

  it("throws what reading throws, once the parts before it are taken", async () => {
    const { readBox, ...rest } = sourceFrom(values, [10, 6]);
    const source: TensorSource = {
      ...rest,
      readBox: (box): Promise<RawValues> =>
        box.start[0] === 6 ? Promise.reject(new Error("cut off")) : readBox(box),
    };
    let taken = 0;
    const all = async (): Promise<void> => {
      for await (const { raw } of readSlabs(source, wholeBox([10, 6]), 4 * 18)) {
        taken += raw.bytes.length / 4;
      }
    };
    await assert.rejects(all(), /cut off/);
    assert.equal(taken, 36);
    // What was read ahead and is not wanted any more rejects without a listener otherwise.
    for await (const { slab } of readSlabs(source, wholeBox([10, 6]), 4 * 18)) {
      if (slab.start[0] === 3) break;
    }
  });

  it("gives nothing of a tensor without elements", async () => {
    for await (const part of readSlabs(sourceFrom(new Float32Array(), [0, 6]), wholeBox([0, 6]))) {
      assert.fail(`${part.slab.size.length} axes`);
    }
  });
});
