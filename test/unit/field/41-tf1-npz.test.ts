/** What a file is that is not recognised yet: a BasicLSTMCell of TensorFlow 1. */
import assert from "node:assert/strict";
import { inspected } from "./support";

describe("field: a BasicLSTMCell of TensorFlow 1", () => {
  it("is named", async () => {
    assert.match(await inspected("41-tf1-npz", "lstm.npz"), /a cell of TensorFlow 1/);
  });
});
