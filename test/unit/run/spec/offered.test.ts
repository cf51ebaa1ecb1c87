/** The options of the toolbar, which are those of the table that have a control. */
import assert from "node:assert/strict";
import { entriesOf, optionKeys } from "../../../../src/run/spec/keys";
import { offeredOptions } from "../../../../src/run/spec/offered";

const withControl = entriesOf(optionKeys).filter(([, { toolbar }]) => toolbar !== undefined);

describe("options that are offered", () => {
  it("are as by default where a run states nothing", () => {
    const offered = offeredOptions();
    const { batchFirst, nonlinearity, precision, resetAfter, gateActivation } = offered;
    assert.deepEqual(
      [batchFirst, nonlinearity, precision, resetAfter, gateActivation],
      [false, "tanh", "f32", true, "sigmoid"],
    );
    for (const [name, key] of withControl) {
      assert.ok(key.default !== undefined, `${name} has a default`);
      assert.equal(Object.entries(offered).find(([each]) => each === name)?.[1], key.default);
    }
  });

  it("are as the run states them, and no others", () => {
    const offered = offeredOptions({ precision: "f64", resetAfter: false, clip: 3, repeat: 2 });
    assert.deepEqual([offered.precision, offered.resetAfter], ["f64", false]);
    assert.deepEqual(
      Object.keys(offered),
      withControl.map(([name]) => name),
    );
  });
});
