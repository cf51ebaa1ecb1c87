/** The options of the toolbar, which are those of the table that have a control. */
import assert from "node:assert/strict";
import { entriesOf, optionKeys } from "../../../../src/run/spec/keys";
import { offeredOptions } from "../../../../src/run/spec/offered";

describe("options that are offered", () => {
  it("are as by default where a run states nothing", () => {
    assert.deepEqual(offeredOptions(), {
      ...{ batchFirst: false, nonlinearity: "tanh", precision: "f32", resetAfter: true },
      gateActivation: "sigmoid",
    });
  });

  it("are as the run states them, and no others", () => {
    const stated = { precision: "f64", resetAfter: false, clip: 3, repeat: 2 } as const;
    const { precision, resetAfter, ...others } = offeredOptions(stated);
    assert.deepEqual([precision, resetAfter], ["f64", false]);
    assert.deepEqual(Object.keys(others), ["batchFirst", "nonlinearity", "gateActivation"]);
  });

  it("have a default each", () => {
    for (const [name, { toolbar, default: value }] of entriesOf(optionKeys)) {
      assert.ok(toolbar === undefined || value !== undefined, name);
    }
  });
});
