/** Small files that ask for much work: what they are is said in time and memory that fit their size. */
import assert from "node:assert/strict";
import { inCase, inspected } from "./support";

describe("hostile: sizes", () => {
  it("lists five thousand modules", async () => {
    const printed = await inspected("hostile", "smods_5000.safetensors");
    assert.match(printed, /^5000 modules$/m);
    assert.match(printed, /^ {2}m4999\. +nn\.LSTM\(1, 1, bias=False\)/m);
  });

  it("lists twenty thousand short names beside one long one, each line as long as it needs", async () => {
    const printed = await inspected("hostile", "pad.safetensors");
    assert.match(printed, /20001 tensors/);
    const lines = printed.split("\n").map(({ length }) => length);
    assert.equal(lines.filter((length) => length > 300).length <= 1, true);
  });

  it("names the limit that a chunk of HDF5 passes, and calls nothing damaged", async () => {
    const { code, stderr } = await inCase("hostile", "stats", "h5_bomb.h5");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /h5_bomb\.h5: the size in bytes of a chunk of z, which is unpacked whole, is 67108864, the limit is 33554432/,
    );
  });

  it("lists a name that is in an HDF5 file twice once, and says so", async () => {
    const printed = await inspected("hostile", "h5_dupnames.h5");
    assert.equal(printed.match(/^ {2}weight_hh_l0 /gm)?.length, 1);
    assert.match(printed, /weight_hh_l0 is in the file twice; only the one that is found/);
  });
});
