/** The state a view left behind: used when it can be understood, else forgotten. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readSavedRun } from "../../../../src/host/panel/savedState";

const spec = { weights: { file: "file:///w/rnn.pt" }, input: "file:///w/x.npy" };

describe("readSavedRun", () => {
  it("reads a run with the base name of its run file", () => {
    const state = { version: 1, spec, runFile: "seed.unroll.json", mode: "delta" };
    assert.deepEqual(readSavedRun(state), { spec, runFile: "seed.unroll.json" });
    assert.deepEqual(readSavedRun({ version: 1, spec, runFile: null }), { spec, runFile: null });
  });

  it("forgets other versions and runs that are not whole", () => {
    assert.equal(readSavedRun({ version: 2, spec }), null);
    assert.equal(readSavedRun({ version: 1, spec: { input: "x" } }), null);
    assert.equal(readSavedRun({ version: 1, spec: null }), null);
    assert.equal(readSavedRun({ version: 1, spec: { ...spec, lengths: ["a"] } }), null);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (state, part) => {
        readSavedRun(state);
        assert.equal(readSavedRun({ version: 1, spec: { weights: part, input: [part] } }), null);
      }),
    );
  });
});
