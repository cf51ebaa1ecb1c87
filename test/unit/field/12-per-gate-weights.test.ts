/** One nn.LSTM(4, 6) as a layer for each gate, as i2h and h2h, and as Flax has it. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { useFolder } from "../cli/terminal";
import { assertRuns, caseFolder, inCase, inspected } from "./support";

const folder = "12-per-gate-weights";

describe("field: 12-per-gate-weights", () => {
  const made = useFolder();

  for (const [file, said] of [
    ["per_gate.pt", /a tensor for each gate: W_xi\.weight, W_hi\.weight/],
    ["i2h_h2h.pt", /assumed to be in the order i f g o/],
    ["flax.safetensors", /Flax LSTMCell/],
  ] as const) {
    it(`runs ${file}`, async () => {
      assert.match(await inspected(folder, file), said);
      const printed = await assertRuns(folder, {
        flags: ["--weights", file, "--input", "x.npy"],
        reference: {
          output: "expected.npz#output",
          h_n: "expected.npz#h_n",
          c_n: "expected.npz#c_n",
        },
      });
      assert.match(printed, said);
    });
  }

  it("shows where each parameter comes from", async () => {
    const printed = await inspected(folder, "per_gate.pt");
    assert.match(
      printed,
      /weight_ih_l0\s+float32\s+\[24, 4\]\s+from lstm\.W_xi\.weight, lstm\.W_xf\.weight, lstm\.W_xc\.weight, lstm\.W_xo\.weight: stacked gate by gate: i f g o/,
    );
  });

  it("offers another order of gates where the names do not tell it", async () => {
    assert.match(await inspected(folder, "i2h_h2h.pt"), /gates_ifog\./);
  });

  it("runs the order that reproduces the reference, and explains nothing then", async () => {
    const other = join(made(), "other.npz");
    const input = ["--input", "x.npy"];
    const named = ["--weights", "i2h_h2h.pt#gates_ifog.", ...input, "--out", other];
    assert.equal((await inCase(folder, "run", ...named)).code, 0);
    const flags = ["--weights", "i2h_h2h.pt", ...input];
    const reference = { output: `${other}#output`, h_n: `${other}#h_n` };
    assert.match(
      await assertRuns(folder, { flags, reference }),
      /^gates_ifog\. nn\.LSTM.*gates_ifog\. is shown: of the 2 modules that could be meant/s,
    );
    const file = join(made(), "run.unroll.json");
    const path = (name: string): string => join(caseFolder(folder), name);
    const run = { weights: { file: path("i2h_h2h.pt") }, input: path("x.npy"), reference };
    writeFileSync(file, JSON.stringify(run));
    const { code, stdout } = await inCase(folder, "diagnose", file);
    assert.equal(code, 0, stdout);
  });
});
