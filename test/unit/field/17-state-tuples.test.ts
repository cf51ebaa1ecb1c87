/** States as nn.LSTM takes and returns them, tuples in one file; and references that hold a part of a result. */
import assert from "node:assert/strict";
import { assertRuns, inCase } from "./support";

const folder = "17-state-tuples";
const start = ["--weights", "module.pt", "--input", "x.npy"];
const states = ["--h0", "state.pt#0", "--c0", "state.pt#1"];

describe("field: tuples of states", () => {
  it("takes the parts of a tuple as states and references", async () => {
    await assertRuns(folder, {
      flags: [...start, ...states],
      reference: { output: "result.pt#0", h_n: "result.pt#1.0", c_n: "result.pt#1.1" },
    });
    await assertRuns(folder, {
      flags: [...start, ...states],
      reference: { output: "expected.npz", h_n: "expected.npz", c_n: "expected.npz" },
    });
  });

  it("goes on from the state of the chunk before", async () => {
    await assertRuns(folder, {
      flags: ["--weights", "module.pt", "--input", "chunk2.npy"].concat([
        ...["--h0", "state1.pt#0", "--c0", "state1.pt#1"],
      ]),
      reference: { output: "chunk2_expected.npz", h_n: "chunk2_expected.npz" },
    });
  });

  const cuts = {
    "output=cuts.npz#last": /given as \[3, 6\], read as: the last step alone/,
    "h_n=cuts.npz#top": /given as \[3, 6\], read as: the top layer alone/,
    "h_n=cuts.npz#flat": /given as \[3, 12\], read as: axes \[B, L·H\]/,
    "output=cuts.npz#Y4":
      /given as \[5, 1, 3, 6\], read as: Y of an ONNX node, axes \[T, 1, B, H\]/,
  } as const;
  for (const [reference, pattern] of Object.entries(cuts)) {
    it(`compares a cut reference as what it is: ${reference}`, async () => {
      const run = ["run", ...start, ...states, "--reference", reference];
      const { code, stdout } = await inCase(folder, ...run);
      assert.equal(code, 0, stdout);
      assert.match(stdout, pattern);
    });
  }

  it("says of a single number that it is one", async () => {
    const run = ["run", ...start, ...states, "--reference", "output=cuts.npz#scalar"];
    const { code, stdout } = await inCase(folder, ...run);
    assert.equal(code, 1);
    assert.match(stdout, /cuts\.npz · scalar has \[\][^]*a single number/);
  });
});
