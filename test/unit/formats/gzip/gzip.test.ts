/** Files of every format in gzip, as gzip, pigz and bgzip write them. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { renderText } from "../../../../src/core/text";
import { MemorySource } from "../../../../src/formats/base/bytes";
import { unpackGzip } from "../../../../src/formats/gzip/gzip";
import { assertRefused, concat, makeZip, openBytes, readAll, readFixture } from "../support";

const npy = readFixture("formats/npy/f4_le_C.npy");

async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  const source = await unpackGzip(new MemorySource("x.gz", bytes));
  return source.read(0, source.size);
}

/** 5 MB that deflate to a third. */
const large = Uint8Array.from({ length: 5_000_000 }, (_, index) => (index * index) >> 9);

describe("gzip", () => {
  for (const path of [
    "formats/npy/f4_le_C.npy",
    "formats/npz/plain.npz",
    "formats/pt/plain_dict.pt",
    "formats/safetensors/plain.safetensors",
    "hdf5/states.hdf5",
    "onnx/stack_lstm.onnx",
  ]) {
    it(`opens ${path} as without gzip`, async () => {
      const bytes = readFixture(path);
      const name = path.slice(path.lastIndexOf("/") + 1);
      const plain = await openBytes(name, bytes);
      const packed = await openBytes(`${name}.gz`, gzipSync(bytes));
      assert.equal(packed.format, plain.format);
      assert.deepEqual(packed.entries, plain.entries);
      const [values, expected] = [await readAll(packed), await readAll(plain)];
      for (const [each, { data }] of expected) assert.deepEqual(values.get(each)?.data, data);
    });
  }

  it("opens a table whose name says so before .gz", async () => {
    const csv = gzipSync("1,2\n3,4\n");
    const archive = await openBytes("x.csv.gz", csv);
    assert.deepEqual(
      archive.entries.map(({ name, shape }) => [name, shape]),
      [["x", [2, 2]]],
    );
    await assertRefused("x.gz", csv, "format", /a text file/);
  });

  it("goes by content, whatever the name", async () => {
    assert.equal((await openBytes("weights.bin", gzipSync(npy))).format, "npy");
  });

  it("joins members, with headers of every kind, and leaves what follows", async () => {
    const first = gzipSync("some ");
    const second = gzipSync("words");
    // Flags: checksum of the header, extra field, name, comment.
    const header = Uint8Array.of(...[0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3], ...[2, 0, 7, 7]);
    const named = concat(
      header,
      new TextEncoder().encode("n\0c\0"),
      Uint8Array.of(0, 0),
      second.subarray(10),
    );
    const bytes = concat(first, named, new Uint8Array(40));
    assert.equal(new TextDecoder().decode(await unpacked(bytes)), "some words");
  });

  it("unpacks what is larger than its pieces", async () => {
    assert.deepEqual(await unpacked(gzipSync(large)), large);
    const twice = await unpacked(concat(gzipSync(large), gzipSync(large)));
    assert.deepEqual(twice, new Uint8Array(concat(large, large)));
  });

  it("refuses what is damaged", async () => {
    const good = new Uint8Array(gzipSync(npy));
    const wrongSum = good.slice();
    wrongSum.set([~(good.at(-8) ?? 0)], good.length - 8);
    await assertRefused("x.npy.gz", wrongSum, "format", /CRC-32 does not match/);
    const wrongSize = good.slice();
    wrongSize.set([~(good.at(-4) ?? 0)], good.length - 4);
    await assertRefused("x.npy.gz", wrongSize, "format", /bytes instead of/);
    await assertRefused("x.npy.gz", good.slice(0, -9), "format", /ends? too early|end early/);
    await assertRefused("x.npy.gz", good.slice(0, 9), "format", /ends too early/);
    await assertRefused(
      "x.gz",
      Uint8Array.of(0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0),
      "unsupported",
      /method/,
    );
  });

  it("refuses what unpacks out of proportion", async () => {
    const zeros = gzipSync(new Uint8Array(2 ** 27));
    await assertRefused("x.gz", zeros, "limit", /unpacked size .* which gunzip unpacks/);
  });

  it("opens gzip in an archive and an archive in gzip, and no further", async () => {
    const tensors = readFixture("formats/pt/plain_dict.pt");
    const zip = await makeZip({ "policy.pth.gz": gzipSync(tensors) });
    for (const archive of [
      await openBytes("x.zip", zip),
      await openBytes("x.zip.gz", gzipSync(zip)),
    ]) {
      assert.equal(archive.format, "pytorch");
      const notes = archive.notes.map((note) => renderText(note)).join();
      assert.match(notes, /policy\.pth\.gz inside is shown/);
    }
    const twice = await makeZip({ "x.bin": zip });
    await assert.rejects(openBytes("x.zip", twice), /an archive within an archive/);
    await assert.rejects(
      openBytes("x.gz", gzipSync(gzipSync(npy))),
      /an archive within an archive/,
    );
  });
});
