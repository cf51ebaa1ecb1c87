/** The first divergence of all tensors: dependency order, not the order in which they were compared. */
import assert from "node:assert/strict";
import { firstOfAll, type FirstOf } from "../../../src/analysis/first";
import type { Place } from "../../../src/engine/base/trace";
import { rnnConfig } from "../support/goldens";

const config = rnnConfig({ numLayers: 3, bidirectional: true });
const run = { config, seqLength: 6, batchSize: 2, lengths: null };

function at(
  name: FirstOf["name"],
  layer: number,
  step: number,
  more: Partial<Place> = {},
): FirstOf {
  return { name, first: { layer, direction: "forward", step, batch: 0, unit: 0, ...more } };
}

function outside(name: "embedded" | "logits", step: number): FirstOf {
  return { name, first: { layer: null, direction: null, step, batch: 0, unit: 0 } };
}

function nameOfFirst(found: readonly FirstOf[], lengths: readonly number[] | null = null): string {
  return firstOfAll(found, { ...run, lengths })?.name ?? "none";
}

describe("firstOfAll", () => {
  it("takes the lower layer, also where the upper one differs at an earlier step", () => {
    const found = [at("output", 2, 0), at("h_n", 1, 5), at("c_n", 2, 5)];
    assert.equal(firstOfAll(found, run), found[1]);
  });

  it("puts the embedded input before every layer, and the logits behind", () => {
    assert.equal(
      nameOfFirst([outside("logits", 0), at("h_n", 0, 5), outside("embedded", 4)]),
      "embedded",
    );
    assert.equal(nameOfFirst([outside("logits", 0), at("output", 2, 5)]), "output");
  });

  it("goes through the reverse direction from its late steps on, behind the forward one", () => {
    const late = at("output", 2, 4, { direction: "reverse" });
    const end = at("h_n", 2, 0, { direction: "reverse" });
    assert.equal(nameOfFirst([end, late]), "output");
    assert.equal(nameOfFirst([late, at("h_n", 2, 5)]), "h_n");
  });

  it("counts the steps of a shorter sequence from its own end", () => {
    const short = at("h_n", 2, 1, { direction: "reverse", batch: 1 });
    const long = at("output", 2, 4, { direction: "reverse" });
    // Of length 2, t = 1 is the first step of the reverse direction; of length 6, t = 4 is the second.
    assert.equal(nameOfFirst([long, short], [6, 2]), "h_n");
    assert.equal(nameOfFirst([long, short]), "output");
  });

  it("names c_n before the h made from it, and the output where h_n says the same", () => {
    assert.equal(nameOfFirst([at("output", 2, 5), at("h_n", 2, 5), at("c_n", 2, 5)]), "c_n");
    assert.equal(nameOfFirst([at("h_n", 2, 5), at("output", 2, 5)]), "output");
  });

  it("is null when nothing is outside", () => {
    assert.equal(firstOfAll([{ name: "output", first: null }], run), null);
  });
});
