/** HDF5 with filters, byte orders, layouts and links. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const name = "32-hdf5-filters";

describe("32-hdf5-filters", () => {
  const files = ["plain", "be", "fletcher", "gzip", "latest", "latest_chunked", "links"];
  for (const file of files) {
    it(`runs ${file}.h5 as PyTorch does`, async () => {
      await assertRuns(name, {
        reference: { output: "io.npz#output" },
        flags: ["--weights", `${file}.h5`, "--input", "io.npz#x"],
      });
    });
  }

  it("names the filter that is not read", async () => {
    const printed = await inspected(name, "lzf.h5");
    assert.match(printed, /rnn\.weight_ih_l0 is compressed by lzf, which is not read/);
  });
});
