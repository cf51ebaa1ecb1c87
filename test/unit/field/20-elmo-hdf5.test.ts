/** What a file is that is not recognised yet: weights of ELMo, cells of TensorFlow 1. */
import assert from "node:assert/strict";
import { inspected } from "./support";

describe("field: weights of ELMo, cells of TensorFlow 1", () => {
  it("is named", async () => {
    assert.match(await inspected("20-elmo-hdf5", "lm_weights.hdf5"), /a cell of TensorFlow 1/);
  });
});
