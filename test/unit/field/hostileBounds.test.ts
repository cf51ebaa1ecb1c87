/** Small files that ask for much work: what they are is said in time and memory that fit their size. */
import assert from "node:assert/strict";
import { inspected } from "./support";

describe("hostile: sizes", () => {
  it("lists five thousand modules", async () => {
    const printed = await inspected("hostile", "smods_5000.safetensors");
    assert.match(printed, /^5000 modules$/m);
    assert.match(printed, /^ {2}m4999\. +nn\.LSTM\(1, 1, bias=False\)/m);
  });
});
