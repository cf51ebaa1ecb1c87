/** Masking and mask_zero of Keras: padded steps are skipped, and the last output is repeated in them. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "15-keras-masking";

describe("field: masks of Keras", () => {
  for (const file of ["masking.keras", "masking.h5"]) {
    it(`takes lengths from the padding that the model of ${file} masks`, async () => {
      assert.match(await inspected(folder, file), /Masking \(masking\) stands before it/);
      const printed = await assertRuns(folder, {
        flags: ["--weights", file, "--input", "masking_io.npz#x"],
        reference: { output: "masking_io.npz#output" },
      });
      assert.match(printed, /note: lengths 4, 3 follow from what is masked/);
      assert.match(printed, /the reference repeats the last output, as Keras does/);
    });

    it(`takes the lengths that are given to ${file}`, async () => {
      const flags = ["--weights", file, "--input", "masking_io.npz#x"];
      const printed = await assertRuns(folder, {
        flags: [...flags, "--lengths", "masking_io.npz#lens"],
        reference: { output: "masking_io.npz#zeros" },
      });
      assert.doesNotMatch(printed, /follow from what is masked/);
    });
  }

  it("compares the last output, which is that of the last step that is not masked", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "masking.keras", "--input", "masking_io.npz#x"],
      reference: { output: "masking_io.npz#last" },
    });
    assert.match(printed, /h_n\s+✓/);
  });

  it("takes tokens 0 for padding where the embedding has mask_zero", async () => {
    assert.match(await inspected(folder, "emb.keras"), /Embedding \(embedding\) has mask_zero/);
    await assertRuns(folder, {
      flags: ["--weights", "emb.keras", "--input", "emb_io.npz#x"],
      reference: { logits: "emb_io.npz#logits" },
    });
  });
});
