/** A BasicLSTMCell of TensorFlow 1: one kernel for input and state, gates i j f o, 1 added to f in every step. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

describe("field: a BasicLSTMCell of TensorFlow 1", () => {
  it("is taken apart and run", async () => {
    const printed = await inspected("41-tf1-npz", "lstm.npz");
    assert.match(printed, /nn\.LSTM\(3, 4\)/);
    assert.match(printed, /rows 0 … 2, transposed, gates i g f o → i f g o/);
    assert.match(printed, /rows 3 … 6, transposed/);
    assert.match(printed, /forget_bias = 1 is assumed/);
    await assertRuns("41-tf1-npz", {
      flags: ["--weights", "lstm.npz", "--input", "io.npz#x"],
      reference: { output: "io.npz#output" },
    });
  });
});
