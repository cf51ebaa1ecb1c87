/** Archives by path, by file URI, and through a reader of other schemes. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

  it("says that a file address names another computer", async () => {
    const files = new FileSet();
    for (const location of ["file://%zz", "file://evil-host/share/x.pt", "file:///a%2fb"]) {
      await assert.rejects(files.open(location), {
        tag: "not-found",
        message: `${location}: this is not the address of a file on this computer`,
      });
    }
  });

  describe("files that a file asks for", () => {
    const index = JSON.stringify({ metadata: {}, weight_map: { w: "shard.safetensors" } });
    const header = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ';
    const shard = Buffer.concat([Buffer.alloc(8), Buffer.from(header), Buffer.alloc(4)]);
    shard.writeUInt32LE(header.length);

    /** Opens an index in `folder`/model, its shard being what `link` leads to. */
    async function openIndex(link: string, indexAt = "model/x.safetensors.index.json") {
      for (const name of ["model", "model/deeper", "blobs"]) mkdirSync(join(folder, name));
      for (const name of ["secret", "model/deeper/s", "blobs/s"]) {
        writeFileSync(join(folder, name), shard);
      }
      writeFileSync(join(folder, indexAt), index);
      const path = join(folder, "model/x.safetensors.index.json");
      if (indexAt !== "model/x.safetensors.index.json") symlinkSync(join(folder, indexAt), path);
      symlinkSync(link, join(folder, "model/shard.safetensors"));
      const files = new FileSet();
      try {
        return (await files.open(path)).entries.map(({ name }) => name);
      } finally {
        await files.close();
      }
    }

    it("are not opened through a link out of the folder", async () => {
      await assert.rejects(openIndex("../secret"), {
        tag: "unsupported",
        message:
          "shard.safetensors: this is a link out of the folder of x.safetensors.index.json, which is not followed; put the file itself there",
      });
    });

    it("are opened through links within the folder, and where every file links into one cache", async () => {
      assert.deepEqual(await openIndex("deeper/s"), ["w"]);
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      assert.deepEqual(await openIndex("../blobs/s", "blobs/i"), ["w"]);
    });
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

  it("refuses other schemes when nothing reads them", async () => {
    await assert.rejects(new FileSet().open("https://example.org/x.npy"), { tag: "unsupported" });
  });

  it("closes the files that opened when another one did not", async () => {
    const files = new FileSet();
    await files.open(path);
    await assert.rejects(files.open(join(folder, "gone.npy")), { tag: "not-found" });
    await files.close();
  });
});
