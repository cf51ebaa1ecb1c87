import assert from "node:assert/strict";
import { crc32 } from "../../../../src/formats/base/crc32";
import { MemorySource } from "../../../../src/formats/base/bytes";
import type { ZipMember } from "../../../../src/formats/zip/member";
import { openZip } from "../../../../src/formats/zip/zip";
import { isUnrollError } from "../../../../src/core/errors";
import { ascii, makeZip } from "../support";
import { zipOf } from "../zipOf";

const content = ascii("recurrent ".repeat(100));

function open(bytes: Uint8Array): ReturnType<typeof openZip> {
  return openZip(new MemorySource("a.zip", bytes));
}

/** Position of the n-th header with this signature. */
function find(zip: Uint8Array, signature: string, occurrence = 0): number {
  let position = -1;
  for (let count = 0; count <= occurrence; count += 1) {
    position = Buffer.from(zip).indexOf(signature, position + 1, "latin1");
  }
  return position;
}

async function firstMember(zip: Uint8Array): Promise<ZipMember> {
  const [member] = (await open(zip)).members;
  assert.ok(member);
  return member;
}

async function assertReadRefused(zip: Uint8Array, tag: string, sentence: RegExp): Promise<void> {
  const member = await firstMember(zip);
  await assert.rejects(member.read(), (error) => {
    assert.ok(isUnrollError(error), String(error));
    assert.equal(error.tag, tag);
    assert.match(error.message, sentence);
    return true;
  });
}

async function assertOpenRefused(zip: Uint8Array, tag: string, sentence: RegExp): Promise<void> {
  await assert.rejects(open(zip), (error) => {
    assert.ok(isUnrollError(error), String(error));
    assert.equal(error.tag, tag);
    assert.match(error.message, sentence);
    return true;
  });
}

describe("crc32", function () {
  this.slow(5000);
  it("gives the check value of the standard", () => {
    assert.equal(crc32(ascii("123456789")), 0xcbf43926);
    assert.equal(crc32(new Uint8Array(0)), 0);
    assert.equal(crc32(ascii("-123456789").subarray(1)), 0xcbf43926);
  });
});

describe("zip members", () => {
  for (const level of [0, 6]) {
    it(`are read whole and from their start (level ${level})`, async () => {
      const { members } = await open(
        await makeZip({ "d/a": content, empty: ascii("") }, { level }),
      );
      const [first, second] = members;
      assert.equal(first?.name, "d/a");
      assert.equal(first.size, 1000);
      assert.deepEqual(Buffer.from(await first.read()), Buffer.from(content));
      assert.deepEqual(Buffer.from(await first.readStart(9)), Buffer.from("recurrent"));
      assert.equal((await first.readStart(5000)).length, 1000);
      assert.equal((await second?.read())?.length, 0);
    });

    it(`are refused when a bit of their content flips (level ${level})`, async () => {
      const zip = await makeZip({ a: content }, { level });
      const place = find(zip, "PK\x03\x04") + 50;
      zip.set([(zip[place] ?? 0) ^ 4], place);
      await assertReadRefused(zip, "format", /zip member a is damaged/);
    });
  }

  it("are refused when encrypted", async () => {
    const zip = zipOf([{ name: "a", content, flags: 1 }]);
    await assertReadRefused(zip, "unsupported", /encrypted/);
  });

  it("are refused when their local header is not where the directory says", async () => {
    const zip = await makeZip({ a: content });
    zip[find(zip, "PK\x03\x04")] = 0;
    await assertReadRefused(zip, "format", /local header/);
  });

  it("are refused when the directory gives another size than the content", async () => {
    const zip = await makeZip({ a: content }, { level: 6 });
    new DataView(zip.buffer, zip.byteOffset).setUint32(find(zip, "PK\x01\x02") + 24, 12, true);
    await assertReadRefused(zip, "format", /zip member a is damaged/);
  });
});

describe("large compressed zip members", () => {
  const size = 2 ** 26 + 3 * 2 ** 20 + 17;
  let large: Uint8Array;
  let zip: Uint8Array;

  before(async () => {
    // Of every 2^18 bytes the first 2^15 hardly compress, and the others repeat the number of their block.
    large = new Uint8Array(size);
    let state = 1;
    for (let start = 0; start < size; start += 2 ** 18) {
      large.fill(4 + ((start >>> 18) % 251), start, start + 2 ** 18);
      for (let index = start; index < Math.min(size, start + 2 ** 15); index += 1) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        large[index] = state >>> 30;
      }
    }
    zip = await makeZip({ large }, { level: 1 });
  });

  /** A source that counts what is read of it. */
  async function counted(): Promise<{ readonly member: ZipMember; readonly read: () => number }> {
    const source = new MemorySource("a.zip", zip);
    let bytes = 0;
    const { members } = await openZip({
      name: source.name,
      size: source.size,
      read: (offset, length) => {
        bytes += length;
        return source.read(offset, length);
      },
    });
    const [member] = members;
    assert.ok(member);
    return { member, read: () => bytes };
  }

  it("are inflated once for parts in order, whatever their size", async () => {
    const { member, read } = await counted();
    const step = 5_000_011;
    for (let start = 0; start < size; start += step) {
      const length = Math.min(step, size - start);
      const part = await member.readRange(start, length);
      assert.ok(Buffer.from(part).equals(large.subarray(start, start + length)), String(start));
    }
    assert.ok(read() < 1.5 * zip.length, `${read()} bytes read of ${zip.length}`);
  });

  it("give parts in any order, and several at a time", async () => {
    const { member } = await counted();
    const starts = [size - 9, 0, 2 ** 25, 2 ** 20 - 3, size - 9, 5, 2 ** 26];
    const parts = await Promise.all(starts.map((start) => member.readRange(start, 9)));
    parts.forEach((part, index) => {
      const start = starts[index] ?? 0;
      assert.deepEqual([...part], [...large.subarray(start, start + 9)]);
    });
  });

  it("keep no other member waiting while they pause between two parts", async () => {
    const passes = await Promise.all(Array.from({ length: 4 }, () => counted()));
    for (const { member } of passes) await member.readRange(2 ** 20, 9);
    const small = (await open(await makeZip({ a: content }, { level: 6 }))).members;
    // Where the pauses block the library, each of these waits for seconds, and the test ends too late.
    for (let count = 0; count < 8; count += 1) {
      assert.deepEqual(await small[0]?.read(), content);
    }
  });

  it("are refused at their end when a bit of their content flips", async () => {
    const original = zip;
    zip = Uint8Array.from(original);
    const middle = zip.length >> 1;
    zip[middle] = (zip[middle] ?? 0) ^ 1;
    const { member } = await counted();
    await assert.rejects(member.readRange(size - 1, 1), { tag: "format" });
    // What stands before the end can still be read.
    assert.deepEqual([...(await member.readRange(0, 3))], [...large.subarray(0, 3)]);
    zip = original;
  });

  it("are refused when the directory gives another size than the content", async () => {
    const original = zip;
    for (const [other, sentence] of [
      [size + 1, /zip member large is damaged: /],
      [size - 1, /zip member large is damaged: /],
    ] as const) {
      zip = Uint8Array.from(original);
      for (const [signature, at] of [
        ["PK\x01\x02", 24],
        ["PK\x03\x04", 22],
      ] as const) {
        new DataView(zip.buffer).setUint32(find(zip, signature) + at, other, true);
      }
      const { member } = await counted();
      await assert.rejects(member.readRange(other - 1, 1), (error) => {
        assert.ok(isUnrollError(error), String(error));
        assert.match(error.message, sentence);
        return true;
      });
    }
    zip = original;
  });
});

describe("zip archives", () => {
  it("are refused when members overlap", async () => {
    const zip = await makeZip({ a: content, b: content });
    new DataView(zip.buffer, zip.byteOffset).setUint32(find(zip, "PK\x01\x02", 1) + 42, 0, true);
    await assertOpenRefused(zip, "format", /overlaps/);
  });

  it("are refused when a member leaves the file", async () => {
    const zip = await makeZip({ a: content });
    new DataView(zip.buffer, zip.byteOffset).setUint32(find(zip, "PK\x01\x02") + 42, 2 ** 30, true);
    await assertOpenRefused(zip, "format", /ends too early|damaged/);
  });

  it("give parts, and not the whole, of a member that would inflate out of proportion", async () => {
    const zeros = new Uint8Array(2 ** 27);
    zeros[2 ** 26] = 7;
    const member = await firstMember(await makeZip({ a: zeros }, { level: 6 }));
    await assert.rejects(member.read(), /a: the inflated size|inflated size in bytes of the zip/);
    assert.deepEqual([...(await member.readRange(2 ** 26 - 1, 3))], [0, 7, 0]);
  });

  it("are refused without their directory", async () => {
    const zip = await makeZip({ a: content });
    await assertOpenRefused(zip.subarray(0, zip.length - 1), "format", /cut short/);
    await assertOpenRefused(ascii("PK\x05\x06"), "format", /cut short/);
  });
});
