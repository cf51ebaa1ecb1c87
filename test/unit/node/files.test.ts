/** Archives by path, by file URI, and through whoever knows the scheme. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FileSet } from "../../../src/node/files";

const json = '{ "shape": [2], "data": [1, 2] }';

describe("FileSet", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-"));
    path = join(folder, "a b#50%.json");
    writeFileSync(path, json);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("opens a path and its URI", async () => {
    const files = new FileSet();
    for (const location of [path, pathToFileURL(path).href]) {
      const archive = await files.open(location);
      assert.deepEqual(
        archive.entries.map(({ shape }) => shape),
        [[2]],
      );
    }
    await files.close();
  });

  it("opens each file once", async () => {
    const files = new FileSet();
    assert.equal(files.open(path), files.open(path));
    await files.close();
  });

  it("knows what it has opened, and how large it is", async () => {
    const files = new FileSet(() => Promise.resolve(new TextEncoder().encode(json)));
    await files.open(path);
    await files.open("memfs:/x.json");
    assert.deepEqual(files.locations, [path, "memfs:/x.json"]);
    assert.equal(files.bytes, 2 * json.length);
    await files.close();
  });

  it("asks for the bytes of other schemes", async () => {
    const asked: string[] = [];
    const files = new FileSet((location) => {
      asked.push(location);
      return Promise.resolve(new TextEncoder().encode(json));
    });
    const archive = await files.open("memfs:/folder/x%20y.json");
    assert.equal(archive.format, "json");
    assert.deepEqual(asked, ["memfs:/folder/x%20y.json"]);
  });

  it("opens files beside one of another scheme, by their encoded names", async () => {
    const asked: string[] = [];
    const index = JSON.stringify({ weight_map: { w: "part 1#.json" } });
    const files = new FileSet((location) => {
      asked.push(location);
      const content = asked.length === 1 ? index : '{"w": [1.5]}';
      return Promise.resolve(new TextEncoder().encode(content));
    });
    const archive = await files.open("memfs:/folder/x.index.json?v=1");
    assert.deepEqual(
      archive.entries.map(({ name }) => name),
      ["w"],
    );
    assert.deepEqual(asked, ["memfs:/folder/x.index.json?v=1", "memfs:/folder/part%201%23.json"]);
  });

  it("refuses other schemes where nobody knows them", async () => {
    await assert.rejects(new FileSet().open("https://example.org/x.npy"), { tag: "unsupported" });
  });

  it("closes what could be opened when something could not", async () => {
    const files = new FileSet();
    await files.open(path);
    await assert.rejects(files.open(join(folder, "gone.npy")), { tag: "not-found" });
    await files.close();
  });
});
