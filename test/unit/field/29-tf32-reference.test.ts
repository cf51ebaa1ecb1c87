/** A reference as a recent GPU computes it by default: products in TF32. */
import assert from "node:assert/strict";
import { assertRuns, inCase } from "./support";

const folder = "29-tf32-reference";
const flags = ["--weights", "w.pt", "--input", "io.npz#x"];

describe("field: a reference in TF32", () => {
  it("differs, with a hint at reduced precision", async () => {
    const run = ["run", ...flags, "--reference", "output=io.npz#tf32"];
    const { code, stdout } = await inCase(folder, ...run);
    assert.equal(code, 1);
    assert.match(stdout, /output +✗ differs[^]*Hint: .*looks like products in TF32/);
  });

  it("has no such hint where the same reference is in float32", async () => {
    const printed = await assertRuns(folder, { flags, reference: { output: "io.npz#output" } });
    assert.doesNotMatch(printed, /Hint/);
  });
});
