/** States and outputs of Keras without an axis of steps or layers. */
import assert from "node:assert/strict";
import { assertRuns, inCase } from "./support";

const folder = "23-keras3";

describe("field: states of Keras", () => {
  for (const name of ["noret", "backwards_last"]) {
    it(`compares [B, H] with the last state: ${name}`, async () => {
      const printed = await assertRuns(folder, {
        flags: ["--weights", `${name}.keras`, "--input", `${name}_io.npz#x`],
        reference: { output: `${name}_io.npz` },
      });
      assert.match(printed, /note: output of the reference, \[2, 4\], has no steps/);
    });
  }

  it("says to add an axis to a state [B, H]", async () => {
    const { code, stderr } = await inCase(
      folder,
      ...["run", "--weights", "encdec.keras#dec.", "--input", "encdec_io.npz#x"],
      ...["--h0", "encdec_io.npz#h", "--c0", "encdec_io.npz#c"],
    );
    assert.equal(code, 2);
    assert.match(stderr, /h0 does not fit: it is \[2, 4\], needed \[1, 2, 4\].*h0\[None\]/);
  });
});
