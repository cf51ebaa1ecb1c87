/** --out: formats by extension, and files that must not be written over. */
import assert from "node:assert/strict";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertNotInput, outFormat } from "../../../../src/cli/commands/outFile";

describe("outFormat", () => {
  it("goes by the extension, whatever its case", () => {
    assert.deepEqual(["a.npz", "b.SafeTensors", "c.x.json"].map(outFormat), [
      ...["npz", "safetensors", "json"],
    ]);
  });

  it("refuses other extensions", () => {
    for (const out of ["a", "a.pt", "a.npy", ".npz"]) {
      assert.throws(() => outFormat(out), {
        name: "UnsupportedError",
        message: `--out: expected a name that ends in .npz, .safetensors or .json, not ${out}`,
      });
    }
  });
});

describe("writing --out", () => {
  let folder = "";
  const at = (name: string): string => join(folder, name);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-out-"));
    writeFileSync(at("input.npz"), "input");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("refuses an input under its own name, a symbolic link, a hard link or a roundabout path", async () => {
    symlinkSync(at("input.npz"), at("soft.npz"));
    linkSync(at("input.npz"), at("hard.npz"));
    for (const name of ["input.npz", "soft.npz", "hard.npz", "./x/../input.npz"]) {
      await assert.rejects(assertNotInput(join(folder, name), [at("gone"), at("input.npz")]), {
        name: "UnsupportedError",
        message: `--out: ${join(folder, name)} is an input of this run; choose another name`,
      });
    }
  });

  it("refuses a folder, and takes a new name or another file", async () => {
    mkdirSync(at("folder.npz"));
    await assert.rejects(assertNotInput(at("folder.npz"), []), /folder\.npz is not a file$/);
    writeFileSync(at("old.npz"), "old");
    await assertNotInput(at("new.npz"), [at("input.npz")]);
    await assertNotInput(at("old.npz"), [at("input.npz")]);
  });
});
