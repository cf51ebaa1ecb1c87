/** Keras 1: a tensor for each gate, hard sigmoids by default. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "40-keras1-per-gate";

describe("field: layers of Keras 1", () => {
  it("run as Keras 1 computed them", async () => {
    const printed = await inspected(folder, "keras1.h5");
    assert.match(printed, /nn\.LSTM\(3, 4, batch_first=True\)/);
    assert.match(printed, /max\(0, min\(1, 0\.2·x \+ 0\.5\)\)/);
    assert.match(printed, /transposed, stacked gate by gate: i f g o/);
    await assertRuns(folder, {
      flags: ["--weights", "keras1.h5", "--input", "io.npz#x"],
      reference: { output: "io.npz#output", h_n: "io.npz#h_n" },
    });
  });
});
