/** Twelve layers, prefixes without dots, odd headers, a mask as lengths, states with an axis too few or too many. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "39-odds";
const gru = ["--weights", "ok.safetensors", "--input"];

describe("field: unusual names, headers, masks and axes", () => {
  for (const file of ["twelve_layers.pt", "twelve_layers.safetensors"]) {
    it(`has twelve layers in their order: ${file}`, async () => {
      await assertRuns(folder, {
        flags: ["--weights", file, "--input", "twelve_io.npz#x"],
        reference: { output: "twelve_io.npz", h_n: "twelve_io.npz", c_n: "twelve_io.npz" },
      });
    });
  }

  it("tells two modules apart whose prefix ends without a dot", async () => {
    assert.match(await inspected(folder, "ema_without_dots.pt"), /^2 modules$/m);
    await assertRuns(folder, {
      flags: ["--weights", "ema_without_dots.pt#rnn.", "--input", "gru_io.npz#x"],
      reference: { output: "gru_io.npz" },
    });
  });

  it("takes a mask as lengths and says so", async () => {
    const printed = await assertRuns(folder, {
      flags: [...gru, "mask.npz#x", "--lengths", "mask.npz#mask"],
      reference: { output: "mask.npz", h_n: "mask.npz" },
    });
    assert.match(printed, /note: lengths are the row sums of the mask mask \[2, 5\]: 5, 3/);
    await assertRuns(folder, {
      flags: [...gru, "mask.npz#x", "--lengths", "mask.npz#lens2d"],
      reference: { output: "mask.npz", h_n: "mask.npz" },
    });
  });

  it("compares h_n without its axis of size 1 and says so", async () => {
    const printed = await assertRuns(folder, {
      flags: [...gru, "gru_io.npz#x"],
      reference: { h_n: "gru_io.npz#h_n2d" },
    });
    assert.match(printed, /given as \[2, 4\], read as \[1, 2, 4\]: only axes of size 1/);
  });

  it("runs a cell, and says which axis its state has too many", async () => {
    const cell = ["--weights", "cell.pt", "--input", "cell_io.npz#x", "--c0", "cell_io.npz#c0"];
    await assertRuns(folder, {
      flags: [...cell, "--h0", "cell_io.npz#h0"],
      reference: { output: "cell_io.npz", h_n: "cell_io.npz" },
    });
    const { code, stderr } = await inCase(folder, "run", ...cell, "--h0", "cell_io.npz#h0_3d");
    assert.equal(code, 2);
    assert.match(stderr, /drop the first axis of h0/);
  });

  it("says to add an axis to a state [B, H] of one layer", async () => {
    const run = ["run", ...gru, "gru_io.npz#x", "--h0", "gru_io.npz#h_n2d"];
    const { code, stderr } = await inCase(folder, ...run);
    assert.equal(code, 2);
    assert.match(stderr, /h0 does not fit: it is \[2, 4\], needed \[1, 2, 4\].*h0\[None\]/);
  });
});
