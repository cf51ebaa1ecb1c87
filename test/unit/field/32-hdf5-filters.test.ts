/** HDF5 with filters, byte orders, layouts and links. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

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

  it("names the filter that is not read", async () => {
    const printed = await inspected(name, "lzf.h5");
    assert.match(printed, /rnn\.weight_ih_l0 is compressed by lzf, which is not read/);
  });

  it("gives the filter as the reason where a run finds no module", async () => {
    const { code, stderr } = await inCase(
      name,
      "run",
      "--weights",
      "lzf.h5",
      "--input",
      "io.npz#x",
    );
    assert.notEqual(code, 0);
    assert.match(
      stderr,
      /no recurrent module found: .* \(rnn\.bias_hh_l0 is compressed by lzf, which is not read; and 3 more\)/,
    );
  });
});
