/** Changes of the toolbar: what they name changes, everything else stays. */
import assert from "node:assert/strict";
import { changeSpec } from "../../../../src/host/panel/changeSpec";

const spec = {
  weights: { file: "w.pt", module: "a." },
  input: "x.npy",
  options: { batchFirst: true },
  tolerance: { rtol: 0.1 },
};

describe("changeSpec", () => {
  it("changes an option and keeps the others", () => {
    assert.deepEqual(changeSpec(spec, { nonlinearity: "relu" }), {
      ...spec,
      options: { batchFirst: true, nonlinearity: "relu" },
    });
  });

  it("changes module and tolerance", () => {
    assert.deepEqual(changeSpec(spec, { module: "b.", equalNan: true, atol: 0 }), {
      ...spec,
      weights: { file: "w.pt", module: "b." },
      tolerance: { rtol: 0.1, equalNan: true, atol: 0 },
    });
  });

  it("changes tolerances of single results", () => {
    const each = { h_n: { atol: 1 } };
    assert.deepEqual(changeSpec(spec, { each }).tolerance, { rtol: 0.1, each });
  });

  it("changes the head, and keeps the surrounding layers", () => {
    const pipeline = { linear: "fc", head: "last" } as const;
    assert.deepEqual(changeSpec({ ...spec, pipeline }, { head: "every" }).pipeline, {
      linear: "fc",
      head: "every",
    });
    assert.deepEqual(changeSpec(spec, { head: null }), { ...spec, pipeline: { head: null } });
  });

  it("adds nothing empty", () => {
    const bare = { weights: { file: "w.pt" }, input: "x.npy" };
    assert.deepEqual(changeSpec(bare, {}), bare);
  });
});
