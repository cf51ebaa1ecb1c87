import assert from "node:assert/strict";
import { bytesOf, Lru } from "../../../src/core/lru";

function lru(): Lru<string, number> {
  return new Lru<string, number>(10, (value) => value);
}

describe("Lru", () => {
  it("forgets what was used least recently once the weights are too much", () => {
    const cache = lru();
    cache.set("a", 4);
    cache.set("b", 4);
    assert.equal(cache.get("a"), 4);
    cache.set("c", 4);
    assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [4, undefined, 4]);
    assert.deepEqual([cache.size, cache.weight], [2, 8]);
    assert.deepEqual(
      [...cache.entries()],
      [
        ["a", 4],
        ["c", 4],
      ],
    );
  });

  it("keeps what was set last, whatever it weighs", () => {
    const cache = lru();
    cache.set("a", 4);
    cache.set("b", 40);
    assert.deepEqual([cache.get("a"), cache.get("b"), cache.weight], [undefined, 40, 40]);
    cache.set("c", 1);
    assert.deepEqual([cache.get("b"), cache.weight], [undefined, 1]);
  });

  it("weighs a value anew when it is replaced, and nothing once it is cleared", () => {
    const cache = lru();
    cache.set("a", 9);
    cache.set("a", 2);
    assert.equal(cache.weight, 2);
    cache.delete("a");
    cache.delete("a");
    assert.deepEqual([cache.size, cache.weight], [0, 0]);
    cache.set("a", 3);
    cache.clear();
    assert.deepEqual([cache.size, cache.weight, cache.get("a")], [0, 0, undefined]);
  });
});

describe("bytesOf", () => {
  it("counts buffers by their length and strings with two bytes a character, at any depth", () => {
    assert.ok(bytesOf({ values: new Float32Array(1000) }) >= 4000);
    assert.ok(bytesOf({ values: new Float32Array(1000) }) < 4100);
    assert.ok(bytesOf({ texts: ["x".repeat(500), "y".repeat(500)] }) >= 2000);
    assert.ok(bytesOf({ rows: [{ name: "x".repeat(500) }] }) >= 1000);
    assert.ok(bytesOf(null) > 0);
  });
});
