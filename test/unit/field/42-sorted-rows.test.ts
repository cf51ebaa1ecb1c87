/** Rows sorted by length before packing: the reference holds the same rows in another order. */
import assert from "node:assert/strict";
import { inspected } from "./support";

describe("field: sorted rows", () => {
  it("opens the weights", async () => {
    assert.match(await inspected("42-sorted-rows", "w.pt"), /nn\.(RNN|LSTM|GRU)\(/);
  });
});
