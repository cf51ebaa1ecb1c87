/** Which files a run file may have looked at before anybody runs it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isBelow, staysBelow } from "../../../../src/host/runFiles/nearby";

const at = (path: string, scheme = "file", authority = "") => ({ scheme, authority, path });

describe("isBelow", () => {
  const folders = [at("/w/runs"), at("/data/")];

  it("takes files below a folder, however they are written", () => {
    for (const path of ["/w/runs/x.pt", "/w/runs/a/../x.pt", "/w/runs//a/x.pt", "/data/x.npy"]) {
      assert.ok(isBelow(at(path), folders), path);
    }
    assert.ok(isBelow(at("/x", "vscode-vfs", "GitHub"), [at("/", "vscode-vfs", "github")]));
  });

  it("takes no others", () => {
    const outside = ["/w/x.pt", "/w/runs2/x.pt", "/w/runs/../x.pt", "/etc/passwd", "/w/runs", "/"];
    for (const path of [...outside, "/w/runs/..\\..\\x.pt"]) {
      assert.ok(!isBelow(at(path), folders), path);
    }
    assert.ok(!isBelow(at("/w/runs/x.pt", "http"), folders));
    assert.ok(!isBelow(at("/w/runs/x.pt", "file", "host"), folders));
    assert.ok(!isBelow(at("/x", "vscode-vfs", "evil"), [at("/", "vscode-vfs", "github")]));
  });
});

describe("staysBelow", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "unroll-"));
    for (const name of ["w", "w/a", "w2"]) mkdirSync(join(root, name));
    for (const name of ["w/a/x", "w2/y"]) writeFileSync(join(root, name), "");
    symlinkSync("a", join(root, "w/inside"));
    symlinkSync("../w2", join(root, "w/outside"));
    symlinkSync("../w2/y", join(root, "w/file"));
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  it("follows links within the folders, and none out of them", async () => {
    const stays = (name: string, ...folders: string[]): Promise<boolean> =>
      staysBelow(
        join(root, name),
        folders.map((folder) => join(root, folder)),
      );
    assert.equal(await stays("w/inside/x", "w"), true);
    assert.equal(await stays("w/gone", "w"), true);
    assert.equal(await stays("w/outside/y", "w"), false);
    assert.equal(await stays("w/file", "w"), false);
    assert.equal(await stays("w/file", "w", "w2"), true);
    assert.equal(await stays("w/outside/y", "w/outside"), true);
  });
});
