/** States and outputs of Keras without an axis of steps or layers. */
import assert from "node:assert/strict";
import { assertRuns } from "./support";

const folder = "23-keras3";

describe("field: states of Keras", () => {
  for (const name of ["noret", "backwards_last"]) {
    it(`compares [B, H] with the last state: ${name}`, async () => {
      const printed = await assertRuns(folder, {
        flags: ["--weights", `${name}.keras`, "--input", `${name}_io.npz#x`],
        reference: { output: `${name}_io.npz` },
      });
      assert.match(printed, /note: .*output.*\[2, 4\].* compared (?:as|with) h_n/);
    });
  }
});
