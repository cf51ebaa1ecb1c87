/** Files on disk: exact ranges, and one sentence for everything that is not there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSource } from "../../../src/node/fileSource";

describe("FileSource", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-"));
    path = join(folder, "ten.bin");
    writeFileSync(
      path,
      Uint8Array.from({ length: 10 }, (_, index) => index),
    );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("reads any range exactly", async () => {
    const source = await FileSource.open(path);
    assert.equal(source.name, "ten.bin");
    assert.equal(source.size, 10);
    assert.deepEqual([...(await source.read(3, 4))], [3, 4, 5, 6]);
    assert.deepEqual([...(await source.read(10, 0))], []);
    await source.close();
  });

  it("refuses a range past the end, before anything is allocated", async () => {
    const source = await FileSource.open(path);
    await assert.rejects(source.read(4, 7), {
      tag: "format",
      message: "ten.bin: the file ends too early: 7 bytes are needed, 6 are left (at byte 4)",
    });
    await assert.rejects(source.read(0, 2 ** 52), { tag: "format" });
    await assert.rejects(source.read(-1, 1), { tag: "format" });
    await source.close();
  });

  it("notices that the file was cut off after it was opened", async () => {
    const source = await FileSource.open(path);
    truncateSync(path, 5);
    await assert.rejects(source.read(0, 10), { tag: "format" });
    await source.close();
  });

  it("names what is not there", async () => {
    await assert.rejects(FileSource.open(join(folder, "gone.pt")), {
      tag: "not-found",
      message: "gone.pt: there is no such file",
    });
    await assert.rejects(FileSource.open(join(path, "below.pt")), { tag: "not-found" });
    await assert.rejects(FileSource.open(folder, "the folder"), {
      tag: "not-found",
      message: "the folder: this is a folder or a device; name a file in it",
    });
  });
});
