/** What a scale of the legend is called. */
import assert from "node:assert/strict";
import type { Domains } from "../../../../src/drawing/run/domains";
import { scaleName } from "../../../../src/drawing/run/scaleName";

const lanes = [{ id: "input" }, { id: "layer0.forward" }, { id: "output" }] as const;

function domains(changes: Partial<Domains> = {}): Domains {
  return { ...{ input: 1, states: 1, logits: 1, layers: 1, own: {} }, ...changes } as Domains;
}

describe("the name of a scale", () => {
  it("is that of every lane that shares it", () => {
    assert.equal(scaleName("h", 1, lanes, domains()), "h, x");
    assert.equal(scaleName("h", 1, [...lanes, { id: "logits" }], domains()), "h, logits, x");
    assert.equal(scaleName("c", 1, lanes, domains()), "c, h, x");
  });

  it("is its own where others have another one", () => {
    assert.equal(scaleName("h", 1, lanes, domains({ input: 3 })), "h");
    assert.equal(scaleName("c", 4, lanes, domains({ layers: 4 })), "c");
    assert.equal(scaleName("h", 1, lanes, domains({ own: { input: 1 } })), "h");
  });
});
