/** GGUF, number by number against what the blocks stand for. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { openArchive } from "../../../../src/formats/open";
import { decodeRaw } from "../../../../src/tensor/raw";
import { assertRefused, fixtureSource, openBytes, readAll, readFixture, readOne } from "../support";

const kinds = readFixture("gguf/kinds.gguf");

describe("GGUF", () => {
  for (const file of ["kinds.gguf", "super.gguf", "lstm_v1.gguf", "lstm_v2.gguf"]) {
    it(`reads the tensors of ${file}`, async () => {
      const expected = await readAll(await openArchive(fixtureSource("gguf/expected.npz")));
      const found = await readAll(await openArchive(fixtureSource(`gguf/${file}`)));
      const wanted = [...expected].filter(([name]) => name.startsWith(`${file}/`));
      assert.equal(found.size, wanted.length);
      for (const [name, { shape, data }] of wanted) {
        const tensor = found.get(name.slice(file.length + 1));
        assert.deepEqual(tensor?.shape, shape, name);
        assert.deepEqual([...tensor.data], [...data], name);
      }
    });
  }

  it("reads parts of a tensor in blocks", async () => {
    const archive = await openArchive(fixtureSource("gguf/kinds.gguf"));
    const expected = await openArchive(fixtureSource("gguf/expected.npz"));
    const boxes = [
      { start: [0, 1, 30], size: [2, 2, 5] },
      { start: [1, 0, 0], size: [1, 3, 64] },
      { start: [0, 2, 63], size: [2, 1, 1] },
      { start: [1, 1, 32], size: [1, 0, 3] },
    ];
    for (const kind of ["Q4_0", "Q5_1", "Q8_0"]) {
      const entry = archive.entries.find(({ name }) => name === kind);
      const other = expected.entries.find(({ name }) => name === `kinds.gguf/${kind}`);
      assert.ok(entry && other);
      for (const box of boxes) {
        const found = decodeRaw(await archive.readBox(entry, box), kind);
        assert.deepEqual(found, decodeRaw(await expected.readBox(other, box), kind));
      }
    }
  });

  it("reads parts of a tensor in blocks of 256", async () => {
    const archive = await openArchive(fixtureSource("gguf/super.gguf"));
    const expected = await openArchive(fixtureSource("gguf/expected.npz"));
    const boxes = [
      { start: [0, 1, 250], size: [2, 1, 12] },
      { start: [1, 0, 256], size: [1, 2, 256] },
    ];
    for (const entry of archive.entries) {
      const other = expected.entries.find(({ name }) => name === `super.gguf/${entry.name}`);
      assert.ok(other);
      for (const box of boxes) {
        const found = decodeRaw(await archive.readBox(entry, box), entry.name);
        assert.deepEqual(found, decodeRaw(await expected.readBox(other, box), entry.name));
      }
    }
  });

  it("says what it dequantises, and what it does not read", async () => {
    const { notes } = await openArchive(fixtureSource("gguf/kinds.gguf"));
    const said = notes.map((note) => renderText(note)).join("\n");
    assert.match(said, /quantised as Q8_0, dequantised to float32: Q8_0/);
    assert.match(said, /later is quantised as IQ2_XXS, which is not read/);
  });

  const patched = (at: number, ...bytes: readonly number[]): Uint8Array => {
    const copy = new Uint8Array(kinds);
    copy.set(bytes, at);
    return copy;
  };

  it("refuses what is damaged", async () => {
    await assertRefused("x.gguf", patched(4, 9), "unsupported", /version 9 of GGUF/);
    await assertRefused("x.gguf", patched(4, 0, 0, 0, 3), "unsupported", /big-endian/);
    await assertRefused("x.gguf", patched(8, 255, 255, 255), "limit", /number of tensors/);
    await assertRefused("x.gguf", patched(16, 255), "format", /unknown type|ends too early/);
    await assertRefused("x.gguf", kinds.slice(0, 600), "format", /ends too early/);
    await assertRefused("x.gguf", kinds.slice(0, -600), "format", /needs the bytes up to/);
  });

  it("finds a header that is longer than its first read", async () => {
    const key = new TextEncoder().encode("k".repeat(3));
    const long = new Uint8Array(600_000).fill(0x61);
    const count = (value: number): Uint8Array => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setUint32(0, value, true);
      return bytes;
    };
    const head = [new TextEncoder().encode("GGUF"), Uint8Array.of(3, 0, 0, 0), count(1), count(1)];
    const value = [count(key.length), key, Uint8Array.of(8, 0, 0, 0), count(long.length), long];
    const tensor = [count(1), Uint8Array.of(0x78, 1, 0, 0, 0), count(1), new Uint8Array(12)];
    const header = Buffer.concat([...head, ...value, ...tensor]);
    const data = Uint8Array.of(0, 0, 0x80, 0x3f);
    const padding = new Uint8Array((32 - (header.length % 32)) % 32);
    const archive = await openBytes("x.gguf", Buffer.concat([header, padding, data]));
    assert.deepEqual([...(await readOne(archive, "x")).data], [1]);
  });
});
