/** TensorFlow checkpoints: by index and by prefix, tensor by tensor; damaged tables and values. */
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderText } from "../../../../src/core/text";
import type { Archive } from "../../../../src/formats/base/archive";
import { unpackSnappy } from "../../../../src/formats/tensorflow/snappy";
import { readSliceKey } from "../../../../src/formats/tensorflow/slices";
import { openArchive } from "../../../../src/formats/open";
import { FileSet } from "../../../../src/node/files";
import { cropRaw } from "../../../../src/tensor/raw";
import { fixtures, fixtureSource, openBytes, readAll, readFixture } from "../support";

const folder = join(fixtures, "tensorflow");

function lastOf({ entries }: Archive): Archive["entries"][number] {
  const last = entries.at(-1);
  assert.ok(last);
  return last;
}

describe("TensorFlow checkpoints", () => {
  let set: FileSet;
  let expected: ReadonlyMap<string, unknown>;
  const open = (file: string): Promise<Archive> => set.open(join(folder, file));
  beforeEach(async () => {
    set = new FileSet();
    expected = await readAll(await openArchive(fixtureSource("tensorflow/expected.npz")));
  });
  afterEach(() => set.close());

  const prefixes = [
    "model.ckpt-1234",
    "sharded.ckpt",
    "packed.ckpt",
    "big.ckpt",
    "named-1",
    "alike-1",
    "divided.ckpt",
    "lost.ckpt",
  ];
  for (const prefix of prefixes) {
    it(`reads the tensors of ${prefix}, opened by its index and by its prefix`, async () => {
      for (const file of [prefix, `${prefix}.index`]) {
        const found = await readAll(await open(file));
        const wanted = [...expected].filter(([name]) => name.startsWith(`${prefix}/`));
        assert.equal(found.size, wanted.length);
        for (const [name, tensor] of wanted) {
          assert.deepEqual(found.get(name.slice(prefix.length + 1)), tensor, name);
        }
      }
    });
  }

  it("names the text that is not read", async () => {
    const { notes, format } = await open("model.ckpt-1234.index");
    assert.equal(format, "tensorflow");
    assert.deepEqual(
      notes.map((note) => renderText(note)),
      ["words holds text, not read"],
    );
  });

  it("says which partitioned variable has lost a part", async () => {
    const { notes } = await open("lost.ckpt.index");
    assert.deepEqual(
      notes.map((note) => renderText(note)),
      [
        "rnn/basic_lstm_cell/bias is partitioned, and its parts do not make all of it; it is not read",
      ],
    );
  });

  it("reads a box across the parts of a partitioned variable", async () => {
    const archive = await open("divided.ckpt");
    const entry = archive.entries.find(({ name }) => name === "rnn/basic_lstm_cell/kernel");
    assert.ok(entry);
    const whole = await archive.readBox(entry, { start: [0, 0], size: [200, 24] });
    const box = { start: [60, 3], size: [85, 4] };
    assert.deepEqual(await archive.readBox(entry, box), cropRaw(whole, box));
  });

  it("leads from the values and the graph to the index", async () => {
    await assert.rejects(open("named-1.data-00000-of-00001"), /open the file beside it .*\.index/);
    await assert.rejects(
      openBytes("x.meta", Uint8Array.of(10, 0)),
      /graph of a TensorFlow.*\.index/,
    );
  });

  it("needs the values beside the index", async () => {
    const archive = await openBytes("named-1.index", readFixture("tensorflow/alike-1.index"));
    const [entry] = archive.entries;
    assert.ok(entry);
    await assert.rejects(archive.read(entry), /its values are in named-1\.data-00000-of-00001/);
  });

  it("refuses values that do not have their checksum, and reads the others", async () => {
    const copy = await mkdtemp(join(tmpdir(), "unroll-"));
    const [index, data] = ["big.ckpt.index", "big.ckpt.data-00000-of-00001"];
    await copyFile(join(folder, index), join(copy, index));
    const bytes = await readFile(join(folder, data));
    const archive = await set.open(join(folder, index));
    const before = await archive.read(lastOf(archive));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await writeFile(join(copy, data), bytes);
    const damaged = await set.open(join(copy, index));
    const last = lastOf(damaged);
    await assert.rejects(damaged.read(last), new RegExp(`CRC-32C of ${last.name} does not match`));
    assert.ok(before.data.length > 0);
    const others = damaged.entries.filter((entry) => entry !== last);
    for (const entry of others) await damaged.read(entry);
    await rm(copy, { recursive: true });
  });

  it("refuses tables that are damaged", async () => {
    const good = new Uint8Array(readFixture("tensorflow/named-1.index"));
    const refused = async (bytes: Uint8Array, sentence: RegExp): Promise<void> => {
      await assert.rejects(openBytes("x.index", bytes), sentence);
    };
    const patched = (at: number, byte: number): Uint8Array =>
      Uint8Array.from(good, (each, index) => (index === at ? byte : each));
    await refused(patched(3, 0xff), /x\.index: the table of a TensorFlow checkpoint is damaged/);
    await refused(patched(good.length - 1, 0), /does not end as the table of a TensorFlow/);
    await refused(good.slice(0, 20), /ends too early/);
  });
});

describe("keys of parts", () => {
  const key = (...bytes: readonly number[]): unknown => readSliceKey(Uint8Array.from(bytes));
  const name = [0x61, 0, 1];

  it("read names with marks in them, and numbers of every length", () => {
    // a, then 0 in it; one axis; from 5, all of it.
    assert.deepEqual(key(0, 0x61, 0, 0xff, 0, 1, 1, 1, 0x85, 0x7f), {
      name: "a\0",
      extents: [{ start: 5, length: null }],
    });
    assert.deepEqual(key(0, ...name, 1, 2, 0x80, 0xbf, 0xc0, 0x40, 0xe0, 0x20, 0), {
      name: "a",
      extents: [
        { start: 0, length: 63 },
        { start: 64, length: 8192 },
      ],
    });
    assert.deepEqual(key(0, ...name, 0), { name: "a", extents: [] });
  });

  it("refuse what is cut, too long, or no text", () => {
    assert.equal(key(0, 0x61, 0), null);
    assert.equal(key(0, 0x61, 0, 7), null);
    assert.equal(key(0, ...name, 1, 1, 0x85), null);
    assert.equal(key(0, ...name, 1, 1, 0x85, 0x85, 0x85), null);
    assert.equal(key(0, ...name, 1, 1, 0xff, 0xff, 0xff), null);
    assert.equal(key(0, ...name, 9, 1), null);
    assert.equal(key(0, ...name, 1, 65), null);
  });
});

describe("unpackSnappy", () => {
  it("refuses cut data, copies from before the beginning, and more than it says", () => {
    const unpacked = (...bytes: readonly number[]): unknown =>
      unpackSnappy(Uint8Array.from(bytes), 2 ** 16);
    assert.deepEqual(unpacked(5, 0, 7, 0x01, 1), Uint8Array.of(7, 7, 7, 7, 7));
    assert.deepEqual(unpacked(4, 0, 7, 0x0a, 1, 0), Uint8Array.of(7, 7, 7, 7));
    assert.equal(unpacked(5, 0, 7, 0x01, 2), null);
    assert.equal(unpacked(5, 0, 7, 0x01, 0), null);
    assert.equal(unpacked(2, 0, 7, 0x01, 1), null);
    assert.equal(unpacked(2, 4, 7), null);
    assert.equal(unpacked(0xff, 0xff, 0xff, 0x7f, 0), null);
  });
});
