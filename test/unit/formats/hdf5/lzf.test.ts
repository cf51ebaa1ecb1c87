/** LZF, which h5py writes: behind every index of chunks, in parts, damaged. */
import assert from "node:assert/strict";
import { unpackLzf } from "../../../../src/formats/hdf5/lzf";
import { decodeRaw } from "../../../../src/tensor/raw";
import { openBytes, fixtureSource, readFixture, readOne } from "../support";
import { openArchive } from "../../../../src/formats/open";

const counted = Float32Array.from({ length: 600 }, (_, index) => Math.floor(index / 7));

describe("LZF in HDF5", () => {
  for (const file of ["lzf.h5", "lzf_latest.h5"]) {
    for (const name of ["fixed", "single", "grown", "grown_twice", "shuffled"]) {
      it(`reads ${name} of ${file}`, async () => {
        const archive = await openArchive(fixtureSource(`hdf5/${file}`));
        assert.deepEqual((await readOne(archive, name)).data, counted);
      });
    }

    it(`reads chunks of ${file} that were not packed, and one that was packed a thousandfold`, async () => {
      const archive = await openArchive(fixtureSource(`hdf5/${file}`));
      assert.equal(new Set((await readOne(archive, "noise")).data).size, 600);
      const constant = await readOne(archive, "constant");
      assert.ok(constant.data.every((value) => value === 3));
    });
  }

  it("reads a part of a dataset", async () => {
    const archive = await openArchive(fixtureSource("hdf5/lzf.h5"));
    const entry = archive.entries.find(({ name }) => name === "fixed");
    assert.ok(entry);
    const values = await archive.readBox(entry, { start: [9, 5], size: [2, 3] });
    assert.deepEqual(
      [...decodeRaw(values, "fixed").data],
      [185, 186, 187, 205, 206, 207].map((index) => Math.floor(index / 7)),
    );
  });

  it("refuses a chunk that is damaged, and reads the others", async () => {
    const bytes = readFixture("hdf5/lzf.h5").slice();
    // The packed constant: one number, then repetitions of it, of which the first now begins before everything.
    bytes[Buffer.from(bytes).indexOf(Buffer.of(0xe0, 0xff, 0x07))] = 0xff;
    const archive = await openBytes("lzf.h5", bytes);
    assert.deepEqual((await readOne(archive, "single")).data, counted);
    await assert.rejects(
      readOne(archive, "constant"),
      /lzf\.h5: constant: the HDF5 data are damaged/,
    );
  });
});

describe("unpackLzf", () => {
  const unpacked = (...packed: readonly number[]): number[] | null => {
    const bytes = unpackLzf(Uint8Array.from(packed), 2 ** 16);
    return bytes === null ? null : [...bytes];
  };

  it("repeats what was just written", () => {
    assert.deepEqual(unpacked(1, 7, 8, 0x60, 1), [7, 8, 7, 8, 7, 8, 7]);
    assert.deepEqual(unpacked(0, 9, 0xe0, 3, 0), [9, ...Array.from({ length: 12 }, () => 9)]);
  });

  it("refuses references before the beginning, cut data, and more than the limit", () => {
    assert.equal(unpacked(0x20, 0), null);
    assert.equal(unpacked(1, 7), null);
    assert.equal(unpacked(0, 7, 0x20), null);
    assert.equal(unpackLzf(Uint8Array.of(3, 1, 2, 3, 4), 3), null);
  });
});
