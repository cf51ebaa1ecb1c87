/** Archives beyond what 32 bits count: written in a stream that nobody holds, read back, and read by Python. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteSource } from "../../../../src/formats/base/bytes";
import { ZipWriter } from "../../../../src/formats/zip/writer";
import { openZip } from "../../../../src/formats/zip/zip";
import { describePython, python } from "../../support/python/python";

/** 4 GiB, the first size and place that need ZIP64, and a little more. */
const LARGE = 2 ** 32 + 3;
/** Zeros, given again and again. */
const ZEROS = new Uint8Array(2 ** 24);
const ending = Uint8Array.of(7, 8, 9);
const small = new TextEncoder().encode("behind 4 GiB");

/** A file that holds what is written of it; what lies between is zeros. */
class SparseFile implements ByteSource {
  readonly name = "sparse.zip";
  size = 0;
  readonly parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  /** Takes the next bytes; of `ZEROS` none are kept. */
  append(bytes: Uint8Array): void {
    if (bytes !== ZEROS) this.parts.push({ at: this.size, bytes: bytes.slice() });
    this.size += bytes.length;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const result = new Uint8Array(length);
    for (const { at, bytes } of this.parts) {
      const from = Math.max(at, offset);
      const to = Math.min(at + bytes.length, offset + length);
      if (from < to) result.set(bytes.subarray(from - at, to - at), from - offset);
    }
    return Promise.resolve(result);
  }

  /** Writes it to disk, where zeros take no room either. */
  save(path: string): void {
    const file = openSync(path, "w");
    ftruncateSync(file, this.size);
    for (const { at, bytes } of this.parts) writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the writer takes parts as they come
async function* largeParts(): AsyncIterable<Uint8Array> {
  for (let at = 0; at < 2 ** 32; at += ZEROS.length) yield ZEROS;
  yield ending;
}

async function writtenArchive(): Promise<SparseFile> {
  const file = new SparseFile();
  const zip = new ZipWriter((bytes) => {
    file.append(bytes);
  });
  await zip.add("large", LARGE, largeParts());
  await zip.addWhole("small", small);
  await zip.close();
  return file;
}

async function archiveOfMany(count: number): Promise<SparseFile> {
  const file = new SparseFile();
  const zip = new ZipWriter((bytes) => {
    file.append(bytes);
  });
  for (let index = 0; index < count; index++) await zip.addWhole(`m${index}`, small);
  await zip.close();
  return file;
}

describe("a zip archive of 4 GiB and more", () => {
  let file: SparseFile;
  before(async () => {
    file = await writtenArchive();
  });

  it("is read back: sizes and places beyond 32 bits, and what lies behind them", async () => {
    assert.ok(file.size > LARGE);
    const { members } = await openZip(file);
    assert.deepEqual(
      members.map(({ name, size }) => [name, size]),
      [
        ["large", LARGE],
        ["small", small.length],
      ],
    );
    const [large, behind] = members;
    assert.deepEqual(await large?.readRange(LARGE - 5, 5), Uint8Array.of(0, 0, ...ending));
    assert.deepEqual(await behind?.read(), small);
  });

  it("takes no more memory than its parts", () => {
    assert.ok(file.parts.reduce((sum, { bytes }) => sum + bytes.length, 0) < 1000);
  });

  describePython("in Python", [], () => {
    it("has the same names, sizes, places and CRC-32s", () => {
      const folder = mkdtempSync(join(tmpdir(), "unroll-"));
      try {
        const path = join(folder, "large.zip");
        file.save(path);
        const found = execFileSync(python, ["-c", PYTHON, path], { encoding: "utf8" });
        const { directory, behind } = JSON.parse(found) as {
          directory: [name: string, size: number, place: number, hasCrc: boolean][];
          behind: string;
        };
        assert.deepEqual(directory, [
          ["large", LARGE, 0, true],
          ["small", small.length, directory[1]?.[2], true],
        ]);
        assert.ok(Number(directory[1]?.[2]) > LARGE);
        assert.equal(behind, "behind 4 GiB");
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});

/** Prints the directory, with the CRC-32s computed again without reading 4 GiB of the disk, and the second member. */
const PYTHON = `
import json, sys, zipfile, zlib
def remainder(size, ending):
    crc, zeros = 0, bytes(2**24)
    for _ in range((size - len(ending)) // len(zeros)):
        crc = zlib.crc32(zeros, crc)
    return zlib.crc32(ending, crc)
with zipfile.ZipFile(sys.argv[1]) as archive:
    large, small = archive.infolist()
    behind = archive.read(small)
    crcs = [remainder(large.file_size, b"\\7\\x08\\t"), remainder(len(behind), behind)]
    directory = [
        [info.filename, info.file_size, info.header_offset, info.CRC == crc]
        for info, crc in zip(archive.infolist(), crcs)
    ]
print(json.dumps({"directory": directory, "behind": behind.decode()}))
`;

describe("a zip archive of more members than 16 bits count", () => {
  it("has its count in the ZIP64 record", async () => {
    const file = await archiveOfMany(2 ** 16);
    const { members } = await openZip(file);
    assert.equal(members.length, 2 ** 16);
    assert.equal(members.at(-1)?.name, "m65535");
  });
});
