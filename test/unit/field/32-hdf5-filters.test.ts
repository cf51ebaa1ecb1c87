/** HDF5 with filters, byte orders, layouts and links. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fixtures } from "../support/goldens";
import { unroll } from "../cli/terminal";
import { assertRuns } from "./support";

const name = "32-hdf5-filters";

describe("32-hdf5-filters", () => {
  const files = [
    "plain",
    "be",
    "fletcher",
    "gzip",
    "latest",
    "latest_chunked",
    "links",
    "lzf",
    "scaleoffset",
  ];
  for (const file of files) {
    it(`runs ${file}.h5 as PyTorch does`, async () => {
      await assertRuns(name, {
        reference: { output: "io.npz#output" },
        flags: ["--weights", `${file}.h5`, "--input", "io.npz#x"],
      });
    });
  }

  it("runs f16.h5 within the precision of its storage", async () => {
    await assertRuns(name, {
      reference: { output: "io.npz#output" },
      flags: ["--weights", "f16.h5", "--input", "io.npz#x"],
      atol: 1e-3,
    });
  });

  it("gives a filter that is not read as the reason where a run finds no module", async () => {
    const files = ["--weights", "unread.h5", "--input", "states.hdf5#states1"];
    const { code, stderr } = await unroll(join(fixtures, "hdf5"), "run", ...files);
    assert.notEqual(code, 0);
    assert.match(stderr, /no recurrent module found: .* \(.*; and \d+ more\)/);
  });
});
