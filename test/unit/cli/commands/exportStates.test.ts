/** Initial states in exported ONNX graphs: those of the file, and those that are given. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fixtures } from "../../support/goldens";
import { unroll, useFolder } from "../terminal";

describe("unroll export --as, with initial states", () => {
  const folder = useFolder();

  async function done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await unroll(folder(), ...args);
    assert.equal(code, 0, `${stdout}${stderr}`);
    return stdout + stderr;
  }

  function take(from: string, ...names: string[]): void {
    for (const name of names) copyFileSync(join(fixtures, from, name), join(folder(), name));
  }

  it("writes what is given into the graph, which begins with it", async () => {
    take("cases/lstm-bi-2l", "weights.npz", "io.npz");
    const states = ["--h0", "io.npz#h0", "--c0", "io.npz#c0"];
    const said = await done("export", "weights.npz", "--as", "onnx", "--out", "m.onnx", ...states);
    assert.match(said, /the graph begins with the initial states h0, c0/);
    const io = ["--input", "io.npz#input", "--reference", "output=io.npz#output,c_n=io.npz#c_n"];
    const run = await done("run", "--weights", "m.onnx", ...io);
    assert.match(run, /h0 is the file's own/);
  });

  for (const name of ["expanded_vector", "filled"]) {
    it(`keeps the state of ${name} for every sequence, with and without an input for it`, async () => {
      take("onnx-states", `${name}.onnx`, `${name}.npz`);
      const reference = ["--reference", `output=${name}.npz#output,h_n=${name}.npz#h_n`];
      for (const more of [[], ["--with", "states"]]) {
        await done("export", `${name}.onnx`, "--as", "onnx", "--out", "m.onnx", ...more);
        await done("run", "--weights", "m.onnx", "--input", `${name}.npz#x`, ...reference);
      }
    });
  }

  it("says of other frameworks that states are not written, and refuses other shapes", async () => {
    take("cases/lstm-bi-2l", "weights.npz", "io.npz");
    const out = ["--as", "pytorch", "--out", "m.npz", "--h0", "io.npz#h0"];
    assert.match(
      await done("export", "weights.npz", ...out),
      /the initial states h0 are not written, PyTorch has none in a module/,
    );
    const wrong = ["--as", "onnx", "--out", "m.onnx", "--h0", "io.npz#input"];
    const { code, stderr } = await unroll(folder(), "export", "weights.npz", ...wrong);
    assert.equal(code, 2);
    assert.match(stderr, /^h0: expected floats of shape \[4, batch, 6\], found float32 \[/);
  });
});
