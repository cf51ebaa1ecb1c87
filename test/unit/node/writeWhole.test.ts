/** Files written part by part take the place of the old one in one step, or not at all. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancelledError, UnsupportedError } from "../../../src/core/errors";
import { replaceFile, writeWhole } from "../../../src/node/writeWhole";

describe("writeWhole", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-write-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("writes parts one after another and gives what the writer gave", async () => {
    const path = join(folder, "out.bin");
    writeFileSync(path, "older and longer than what is written");
    const result = await writeWhole(path, async (sink) => {
      await sink(Uint8Array.of(1, 2));
      assert.match(readFileSync(path, "utf8"), /^older/);
      await sink(new Uint8Array());
      await sink(Uint8Array.of(3));
      return "done";
    });
    assert.equal(result, "done");
    assert.deepEqual([...readFileSync(path)], [1, 2, 3]);
    assert.deepEqual(readdirSync(folder), ["out.bin"]);
  });

  it("replaces a file in one step and leaves nothing else behind", async () => {
    const path = join(folder, "out.bin");
    writeFileSync(path, "older");
    await replaceFile(path, Uint8Array.of(1, 2));
    assert.deepEqual([...readFileSync(path)], [1, 2]);
    assert.deepEqual(readdirSync(folder), ["out.bin"]);
  });

  it("leaves the file that was there when the writer fails", async () => {
    const path = join(folder, "out.bin");
    writeFileSync(path, "older");
    const failing = writeWhole(path, async (sink) => {
      await sink(Uint8Array.of(1));
      throw new CancelledError();
    });
    await assert.rejects(failing, CancelledError);
    assert.equal(readFileSync(path, "utf8"), "older");
    assert.deepEqual(readdirSync(folder), ["out.bin"]);
  });

  it("says that a folder is not there, and does not start the writer", async () => {
    const path = join(folder, "gone", "out.bin");
    const failing = writeWhole(path, () => Promise.reject(new Error("started")));
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof UnsupportedError);
      assert.equal(error.message, "out.bin: the file cannot be written (ENOENT)");
      return true;
    });
  });

  it("says that a folder stands in its place", async () => {
    await assert.rejects(
      writeWhole(folder, (sink) => sink(Uint8Array.of(1))),
      /the file cannot be written \(E[A-Z]+\)/,
    );
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`leaves nothing behind when ${signal} ends the process in the middle of it`, async function () {
      if (process.platform === "win32") this.skip();
      const path = join(folder, "out.bin");
      writeFileSync(path, "older");
      const script = join(__dirname, "../../../src/node/writeWhole.js");
      const code = `require(${JSON.stringify(script)}).writeWhole(${JSON.stringify(path)}, async (sink) => {
        await sink(Uint8Array.of(1));
        console.log("begun");
        await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
      });`;
      const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "exit");
      await once(child.stdout, "data");
      assert.equal(readdirSync(folder).length, 2);
      child.kill(signal);
      assert.deepEqual(await ended, [null, signal]);
      assert.deepEqual(readdirSync(folder), ["out.bin"]);
      assert.equal(readFileSync(path, "utf8"), "older");
    });
  }
});
