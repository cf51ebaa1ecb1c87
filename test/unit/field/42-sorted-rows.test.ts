/** Rows sorted by length before packing: the reference holds the same rows in another order. */
import assert from "node:assert/strict";
import { inCase } from "./support";

describe("field: sorted rows", () => {
  it("differs, with the order in which the reference has the run's rows", async () => {
    const { code, stdout } = await inCase(
      "42-sorted-rows",
      ...["run", "--weights", "w.pt", "--input", "io.npz#x", "--lengths", "io.npz#lens"],
      ...["--reference", "output=io.npz,h_n=io.npz"],
    );
    assert.equal(code, 1);
    const hints = stdout.match(/Hint: the reference's rows are this run's .* rows 1, 3, 0, 2\./g);
    assert.equal(hints?.length, 2);
    assert.match(stdout, /unsorted_indices/);
  });
});
