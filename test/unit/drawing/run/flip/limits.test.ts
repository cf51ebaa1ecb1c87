import assert from "node:assert/strict";
import type { Domains } from "../../../../../src/drawing/run/domains";
import { stripLimit } from "../../../../../src/drawing/run/flip/limits";

const shared = {
  input: 3,
  states: 0.9,
  logits: 0.9,
  layers: 0.9,
  delta: 0.02,
  largestDelta: 0.02,
  isDeltaShared: false,
  beside: { h: 0.9, c: 2 },
  own: {},
  gates: { spans: {}, range: "auto" },
} satisfies Domains;

describe("stripLimit", () => {
  it("is that of the input, of states or of differences", () => {
    assert.equal(stripLimit(shared, 0, "x", false), 3);
    assert.equal(stripLimit(shared, 1, "x", false), 0.9);
    assert.equal(stripLimit(shared, 1, "reverse", false), 0.9);
    assert.equal(stripLimit(shared, 1, "forward", true), 0.02);
  });

  it("is each lane's own where lanes have one; of a concatenation the larger one of its two", () => {
    const own = { "layer0.forward": 0.9, "layer0.reverse": 0.7, "layer1.forward": 0.2, input: 2.5 };
    const domains = { ...shared, own };
    assert.equal(stripLimit(domains, 0, "x", false), 2.5);
    assert.equal(stripLimit(domains, 0, "reverse", false), 0.7);
    assert.equal(stripLimit(domains, 1, "x", false), 0.9);
    assert.equal(stripLimit(domains, 1, "forward", false), 0.2);
    assert.equal(stripLimit(domains, 2, "x", false), 0.2, "one direction alone");
  });
});
