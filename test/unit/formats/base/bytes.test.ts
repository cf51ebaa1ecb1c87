import assert from "node:assert/strict";
import { FormatError } from "../../../../src/core/errors";
import { ByteReader, MemorySource } from "../../../../src/formats/base/bytes";

describe("MemorySource", () => {
  const source = new MemorySource("a.bin", Uint8Array.of(1, 2, 3, 4));

  it("reads exactly what is asked for", async () => {
    assert.equal(source.size, 4);
    assert.deepEqual(await source.read(1, 2), Uint8Array.of(2, 3));
    assert.deepEqual(await source.read(4, 0), new Uint8Array(0));
  });

  it("refuses to read past the end, with the position", async () => {
    await assert.rejects(source.read(3, 2), (error) => {
      assert.ok(error instanceof FormatError);
      assert.equal(error.offset, 3);
      assert.equal(
        error.message,
        "a.bin: the file ends too early: 2 bytes are needed, 1 are left (at byte 3)",
      );
      return true;
    });
  });
});

describe("ByteReader", () => {
  const padded = Uint8Array.of(9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff, 0x61, 0x0a);
  const reader = (): ByteReader => new ByteReader("a.bin", padded.subarray(2), 100);

  it("reads numbers from a view into a larger buffer", () => {
    const cursor = reader();
    assert.equal(cursor.uint8(), 1);
    assert.equal(cursor.uint16(), 0x302);
    cursor.bytes(1);
    assert.equal(cursor.uint32(), 0x08070605);
    assert.equal(cursor.int32(), -1);
    assert.equal(cursor.offset, 112);
    assert.deepEqual(Array.from(cursor.line()), [0x61]);
    assert.equal(cursor.remaining, 0);
    assert.equal(reader().uint64(), 0x0807060504030201n);
    assert.equal(
      new ByteReader("", Uint8Array.of(0x3f, 0xf0, 0, 0, 0, 0, 0, 0)).float64BigEndian(),
      1,
    );
  });

  it("reports the absolute position where bytes are missing, 64-bit lengths included", () => {
    const cursor = reader();
    cursor.bytes(12);
    for (const length of [3, 2n ** 62n]) {
      assert.throws(
        () => cursor.bytes(length),
        (error) => error instanceof FormatError && error.offset === 112,
      );
    }
    cursor.bytes(2);
    assert.throws(() => cursor.line(), FormatError);
  });
});
