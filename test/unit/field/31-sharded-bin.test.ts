/** A checkpoint in two files with an index: the index opens both, one of them points to it. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "31-sharded-bin";
const index = "pytorch_model.bin.index.json";

describe("field: a sharded checkpoint", () => {
  it("is whole through its index", async () => {
    assert.match(await inspected(folder, index), /nn\.GRU\(4, 6, num_layers=2\)/);
    await assertRuns(folder, {
      flags: ["--weights", index, "--input", "x.npy"],
      reference: { output: "expected.npz" },
    });
  });

  for (const shard of [1, 2]) {
    it(`points to the index from file ${shard} alone`, async () => {
      const file = `pytorch_model-0000${shard}-of-00002.bin`;
      const hint = /one of the 2 files of a checkpoint: pytorch_model\.bin\.index\.json/;
      assert.match(await inspected(folder, file), hint);
      const { code, stderr } = await inCase(folder, "run", "--weights", file, "--input", "x.npy");
      assert.equal(code, 2);
      assert.match(stderr, hint);
    });
  }
});
