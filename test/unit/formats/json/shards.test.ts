/** Sets of files by their index: what is missing is noted, nothing leaves the folder. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { NotFoundError } from "../../../../src/core/errors";
import type { Archive } from "../../../../src/formats/base/archive";
import { MemorySource } from "../../../../src/formats/base/bytes";
import { openArchive } from "../../../../src/formats/open";
import { siblingName, type Siblings } from "../../../../src/formats/base/siblings";
import { text } from "../../../../src/core/text";
import { makeSafetensors } from "../support";

const part = (name: string): Uint8Array =>
  makeSafetensors(
    { [name]: { dtype: "F32", shape: [1], data_offsets: [0, 4] } },
    new Uint8Array(4),
  );

function folder(files: Readonly<Record<string, Uint8Array>>): Siblings & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    open: (name) => {
      asked.push(name);
      const bytes = files[name];
      return bytes === undefined
        ? Promise.reject(new NotFoundError(name, text("there is no such file")))
        : Promise.resolve(new MemorySource(name, bytes));
    },
  };
}

function open(index: unknown, siblings?: Siblings): Promise<Archive> {
  const bytes = new TextEncoder().encode(JSON.stringify(index));
  return openArchive(new MemorySource("m.index.json", bytes), siblings);
}

const notesOf = ({ notes }: Archive): string[] => notes.map((note) => renderText(note));

describe("the index of a sharded set", () => {
  const index = { weight_map: { a: "1.safetensors", b: "2.safetensors" } };

  it("lists the tensors of its files in its own order", async () => {
    const files = folder({ "1.safetensors": part("a"), "2.safetensors": part("b") });
    const archive = await open({ ...index, metadata: { total_size: 8 } }, files);
    assert.deepEqual(
      archive.entries.map(({ name }) => name),
      ["a", "b"],
    );
    assert.deepEqual(files.asked, ["1.safetensors", "2.safetensors"]);
    assert.equal(archive.format, "safetensors");
    assert.deepEqual(notesOf(archive), []);
    await assert.rejects(
      archive.read({ name: "a", dtype: "float32", shape: [1], byteLength: 4 }),
      NotFoundError,
    );
  });

  it("notes a missing file by name and lists the rest", async () => {
    const archive = await open(index, folder({ "1.safetensors": part("a") }));
    assert.deepEqual(
      archive.entries.map(({ name }) => name),
      ["a"],
    );
    assert.deepEqual(notesOf(archive), [
      "the tensors of 2.safetensors are not listed: 2.safetensors: there is no such file",
    ]);
  });

  it("notes a tensor that is not where it should be, and a size that disagrees", async () => {
    const files = folder({ "1.safetensors": part("a"), "2.safetensors": part("c") });
    const archive = await open({ ...index, metadata: { total_size: 8 } }, files);
    assert.deepEqual(notesOf(archive), [
      "b is not in 2.safetensors, where the index says it is",
      "the index says 8 bytes, its tensors have 4",
    ]);
  });

  it("is refused without its files", async () => {
    await assert.rejects(open(index), { tag: "unsupported", message: /not at hand/ });
    await assert.rejects(open(index, folder({})), { tag: "not-found", message: /no such file/ });
  });

  it("never leaves its folder, nor opens an index by way of another", async () => {
    for (const name of ["../x", "/etc/passwd", "a/b", "..", "a\\b", "C:x", "", "a\0"]) {
      const siblings = folder({});
      await assert.rejects(open({ weight_map: { a: name } }, siblings), { tag: "format" });
      assert.deepEqual(siblings.asked, []);
    }
    const self = new TextEncoder().encode(JSON.stringify({ weight_map: { a: "m.index.json" } }));
    await assert.rejects(
      open({ weight_map: { a: "m.index.json" } }, folder({ "m.index.json": self })),
      {
        tag: "unsupported",
      },
    );
  });

  it("is refused with more files than can be open", async () => {
    const names: Record<string, string> = {};
    for (let number = 0; number < 513; number += 1) names[`t${number}`] = `${number}.bin`;
    await assert.rejects(open({ weight_map: names }, folder({})), {
      tag: "limit",
    });
  });

  it("is a file of tensors like any other where its names are no files", async () => {
    const archive = await open({ weight_map: { a: [1, 2] } });
    assert.equal(archive.entries[0]?.name, "weight_map.a");
  });
});

describe("siblingName", () => {
  it("accepts names of files", () => {
    assert.equal(siblingName("f", "weights.bin"), "weights.bin");
    assert.equal(siblingName("f", "./weights.bin"), "weights.bin");
    assert.equal(siblingName("f", "..weights ä"), "..weights ä");
    assert.throws(() => siblingName("f", "x".repeat(300)), { tag: "format" });
  });
});
