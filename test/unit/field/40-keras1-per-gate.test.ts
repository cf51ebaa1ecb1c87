/** What a file is that is not recognised yet: layers of Keras 1. */
import assert from "node:assert/strict";
import { inspected } from "./support";

describe("field: layers of Keras 1", () => {
  it("is named", async () => {
    assert.match(await inspected("40-keras1-per-gate", "keras1.h5"), /Keras 1 wrote it/);
  });
});
