/** Numbers that survive JSON. */
import assert from "node:assert/strict";
import { decodeNumber, encodeNumber } from "../../../src/protocol/wire";

describe("encodeNumber", () => {
  it("keeps every number through JSON", () => {
    const numbers = [0, 1.5, -2e-308, 5e-324, Number.MAX_VALUE, NaN, Infinity, -Infinity];
    for (const value of numbers) {
      const travelled = JSON.parse(JSON.stringify(encodeNumber(value))) as number;
      assert.ok(Object.is(decodeNumber(travelled), value), String(value));
    }
  });

  it("writes finite numbers as numbers and the others by name", () => {
    assert.deepEqual([1, NaN, Infinity, -Infinity].map(encodeNumber), [
      ...[1, "NaN", "Infinity", "-Infinity"],
    ]);
  });
});
