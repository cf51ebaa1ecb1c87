import assert from "node:assert/strict";
import { Bits } from "../../../src/core/bits";

describe("Bits", () => {
  it("has what was set, and nothing else", () => {
    const bits = new Bits(20);
    for (const index of [0, 7, 8, 19]) bits.set(index);
    const set = Array.from({ length: 20 }, (_, index) => index).filter((index) => bits.has(index));
    assert.deepEqual(set, [0, 7, 8, 19]);
  });

  it("has nothing behind its end", () => {
    assert.equal(new Bits(3).has(100), false);
  });
});
