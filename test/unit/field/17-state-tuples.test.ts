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
    "output=cuts.npz#last":
      /module\.pt gives \[3, 5, 6\], cuts\.npz · last has \[3, 6\][^]*one step, such as the last one/,
    "h_n=cuts.npz#top":
      /h_n cannot be compared: [^]*cuts\.npz · top has \[3, 6\][^]*such as the top layer's h_n\[-1\]/,
    "h_n=cuts.npz#flat": /cuts\.npz · flat has \[3, 12\][^]*it looks flattened, all layers/,
    "output=cuts.npz#Y4": /cuts\.npz · Y4 has \[5, 1, 3, 6\][^]*ONNX' Y, \[T, D, B, H\]/,
    "output=cuts.npz#scalar": /cuts\.npz · scalar has \[\][^]*a single number/,
  } as const;
  for (const [reference, pattern] of Object.entries(cuts)) {
    it(`says what a cut reference looks like: ${reference}`, async () => {
      const run = ["run", ...start, ...states, "--reference", reference];
      const { code, stdout } = await inCase(folder, ...run);
      assert.equal(code, 1);
      assert.match(stdout, pattern);
      const { stdout: json } = await inCase(folder, ...run, "--json");
      const { verdicts } = JSON.parse(json) as {
        verdicts: Record<string, { hints: string[]; sentence: string }>;
      };
      for (const { hints, sentence } of Object.values(verdicts)) {
        assert.equal(hints.length, 1);
        assert.match(sentence, /cuts\.npz/);
      }
    });
  }
});
