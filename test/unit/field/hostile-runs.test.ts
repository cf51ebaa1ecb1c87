/** Run files that name other computers, that name nothing, or that are nested without end. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examples, unroll } from "../cli/terminal";
import { inCase } from "./support";

describe("field: hostile run files", () => {
  const sentences = [
    [
      "w_filehost.unroll.json",
      /file:\/\/evil-host\/share\/x\.pt: this is not the address of a file/,
    ],
    ["w_bad.unroll.json", /file:\/\/%zz: this is not the address of a file on this computer/],
    ["deep.unroll.json", /deep\.unroll\.json:1:65: The run file is nested too deep: more than 64/],
    ["evil.unroll.json", /evil\.unroll\.json:1:1: Expected an object, such as/],
  ] as const;
  for (const [file, sentence] of sentences) {
    it(`${file} ends in one clear sentence`, async () => {
      const { code, stderr } = await inCase("hostile", "run", file);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.ok(stderr.trimEnd().split("\n").length === 1 && stderr.length < 500, stderr);
    });
  }

  it("addresses that only an editor can read are refused with what to do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unroll-"));
    const weights = "vscode-vfs://github/a/b/w.pt";
    writeFileSync(join(folder, "a.unroll.json"), JSON.stringify({ weights, input: "x.npy" }));
    const { code, stderr } = await unroll(folder, "run", "a.unroll.json");
    rmSync(folder, { recursive: true });
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `${weights}: only files on this computer can be read here; download it first\n`,
    );
  });

  it("weights are found by the name of their file, of a module in it, and by their address", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unroll-"));
    const example = join(examples, "text-classifier");
    for (const weights of ["weights.pt", "weights.pt#lstm."]) {
      const run = { weights: join(example, weights), input: join(example, "tokens.npy") };
      writeFileSync(join(folder, "a.unroll.json"), JSON.stringify(run));
      const { code, stdout, stderr } = await unroll(folder, "run", "a.unroll.json");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^lstm\. /);
    }
    rmSync(folder, { recursive: true });
  });
});
