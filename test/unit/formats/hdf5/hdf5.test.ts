import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Archive } from "../../../../src/formats/base/archive";
import { MemorySource, SectionSource, type ByteSource } from "../../../../src/formats/base/bytes";
import { openArchive } from "../../../../src/formats/open";
import { FileSet } from "../../../../src/node/files";
import { decodeRaw, type Box } from "../../../../src/tensor/raw";
import { elementCount } from "../../../../src/tensor/tensor";
import { renderText } from "../../../../src/core/text";
import {
  concat,
  fixtures,
  fixtureSource,
  readAll,
  readFixture,
  readOne,
  refusal,
} from "../support";

function open(name: string): Promise<Archive> {
  return openArchive(fixtureSource(`hdf5/${name}`));
}

function entryNamed(archive: Archive, name: string): Archive["entries"][number] {
  const entry = archive.entries.find((candidate) => candidate.name === name);
  assert.ok(entry, name);
  return entry;
}

async function window(archive: Archive, name: string, box: Box): Promise<number[]> {
  return [...decodeRaw(await archive.readBox(entryNamed(archive, name), box), name).data];
}

describe("datasets of an HDF5 file", () => {
  const dtypes = {
    f2: "float16",
    f4: "float32",
    f8: "float64",
    i1: "int8",
    i2: "int16",
    i4: "int32",
    i8: "int64",
    u1: "uint8",
    u2: "uint16",
    u4: "uint32",
    u8: "uint64",
  };

  for (const order of ["little", "big"]) {
    it(`are numbers of every width in ${order}-endian order`, async () => {
      const archive = await open("numbers.h5");
      assert.equal(archive.format, "hdf5");
      for (const [name, dtype] of Object.entries(dtypes)) {
        const tensor = await readOne(archive, `${order}/${name}`);
        assert.equal(tensor.dtype, dtype);
        assert.deepEqual(tensor.shape, [2, 3]);
        assert.deepEqual([...tensor.data], [0, 1, 2, 3, 4, 5], name);
      }
    });
  }

  it("are exact integers of 64 bits", async () => {
    const archive = await open("numbers.h5");
    const box = { start: [0], size: [2] };
    const signed = await archive.readBox(entryNamed(archive, "exact/i8"), box);
    assert.deepEqual(
      [...new BigInt64Array(signed.bytes.buffer)],
      [2n ** 60n + 1n, -(2n ** 60n) - 1n],
    );
    const unsigned = await archive.readBox(entryNamed(archive, "exact/u8"), box);
    assert.deepEqual(
      [...new BigUint64Array(unsigned.bytes.buffer)],
      [2n ** 64n - 1n, 2n ** 60n + 1n],
    );
  });

  it("are bool, complex numbers, bfloat16 and enumerations by the conventions of h5py and Keras", async () => {
    const archive = await open("numbers.h5");
    assert.deepEqual([...(await readOne(archive, "bool")).data], [1, 0, 1]);
    assert.equal(entryNamed(archive, "bool").dtype, "bool");
    const complex = await archive.readBox(entryNamed(archive, "complex64"), {
      start: [0],
      size: [2],
    });
    assert.equal(complex.dtype, "complex64");
    assert.deepEqual([...new Float32Array(complex.bytes.buffer)], [1, 2, 3, -4]);
    const swapped = await archive.readBox(entryNamed(archive, "complex128"), {
      start: [0],
      size: [1],
    });
    assert.deepEqual([...new Float64Array(swapped.bytes.buffer)], [1, 2]);
    assert.deepEqual([...(await readOne(archive, "bfloat16")).data], [1, -2]);
    assert.deepEqual([...(await readOne(archive, "big/enumeration")).data], [256, 0]);
  });

  it("may be scalars and empty", async () => {
    const archive = await open("numbers.h5");
    const scalar = await readOne(archive, "scalar");
    assert.deepEqual([scalar.shape, ...scalar.data], [[], 3.5]);
    assert.deepEqual((await readOne(archive, "zero")).shape, [0, 3]);
  });

  for (const name of ["storage.h5", "storage_latest.h5"]) {
    it(`are read whole and by windows however they are stored (${name})`, async () => {
      const archive = await open(name);
      for (const dataset of ["gzip", "checked", "grown", "virtual"]) {
        const { data } = await readOne(archive, dataset);
        assert.deepEqual(
          [...data],
          Array.from({ length: 600 }, (_, index) => index),
          dataset,
        );
        const box = { start: [7, 5], size: [2, 3] };
        assert.deepEqual(await window(archive, dataset, box), [145, 146, 147, 165, 166, 167]);
      }
      const scaled = await readOne(archive, "scaled");
      assert.deepEqual(
        [...scaled.data],
        Array.from({ length: 30 }, (_, index) => index),
      );
      // Chunks that were never written have the fill value.
      assert.deepEqual(
        await window(archive, "partly", { start: [1, 1], size: [2, 2] }),
        [5, -1, -1, -1],
      );
    });
  }

  it("stand behind a user block", async () => {
    const archive = await open("user_block.h5");
    assert.deepEqual([...(await readOne(archive, "x")).data], [0, 1, 2, 3]);
  });

  it("are those that LSTMVis writes: states of each layer, and words", async () => {
    const archive = await open("states.hdf5");
    const names = archive.entries.map(({ name }) => name);
    assert.deepEqual(names, ["cell_output1", "cell_output2", "states1", "states2", "words"]);
    assert.deepEqual(await window(archive, "states1", { start: [5, 0], size: [1, 4] }), [
      ...[20, 21, 22, 23].map((index) => index / 64),
    ]);
  });

  it("are bit for bit those of the same weights in other formats", async () => {
    const cases = join(fixtures, "cases");
    let compared = 0;
    for (const folder of readdirSync(cases)) {
      const files = folder.endsWith(".json") ? [] : readdirSync(join(cases, folder));
      if (!files.includes("weights.h5") || !files.includes("weights.safetensors")) continue;
      const [hdf5, safetensors] = await Promise.all(
        ["weights.h5", "weights.safetensors"].map(async (name) =>
          readAll(await openArchive(fixtureSource(`cases/${folder}/${name}`))),
        ),
      );
      assert.ok(hdf5 !== undefined && safetensors !== undefined);
      const named = new Map([...hdf5].map(([name, tensor]) => [name.replaceAll("/", "."), tensor]));
      assert.deepEqual(
        named,
        new Map([...safetensors].filter(([name]) => named.has(name))),
        folder,
      );
      assert.equal(named.size, safetensors.size);
      compared += 1;
    }
    assert.ok(compared === 4, String(compared));
  });
});

describe("what an HDF5 file holds beside numbers", () => {
  it("is noted, and no other file is opened", async () => {
    const archive = await open("unread.h5");
    assert.deepEqual(
      archive.entries.map(({ name }) => name),
      ["group/value"],
    );
    assert.deepEqual(archive.notes.map((note) => renderText(note)).sort(), [
      "device has its values in another file, which is not opened",
      "external is a link into another file, other.h5, which is not opened",
      "lists holds lists of varying length, not read",
      "nothing is empty",
      "nowhere is a link to /missing",
      "outside has its values in another file, which is not opened",
      "packed is compressed by lz4, which is not read",
      "record holds records, not read",
      "reference holds references, not read",
      "soft is a link to /text",
      "text holds text, not read",
      "texts holds text, not read",
      "virtual is made of another file, other.h5, which is not opened",
    ]);
  });
});

describe("the bytes of an HDF5 file", () => {
  it("are read by ranges: of a dataset no more than a window needs", async () => {
    // Sparse: sixteen megabytes of zeros between the values and the end.
    const file = readFixture("hdf5/storage.h5");
    let read = 0;
    const source: ByteSource = {
      name: "storage.h5",
      size: file.length,
      read: (offset, length) => Promise.resolve(file.subarray(offset, offset + length)),
      readSync: (offset, length) => {
        read += length;
        return file.subarray(offset, offset + length);
      },
    };
    const archive = await openArchive(source);
    const opening = read;
    assert.ok(opening > 0 && opening <= file.length, `${opening} bytes`);
    // Once for the headers and for what lies beside them.
    await window(archive, "checked", { start: [0, 0], size: [2, 2] });
    assert.ok(read - opening < 4096, `${read - opening} bytes`);
  });

  it("may have more objects than the library is to hold at a time", async () => {
    // 4200 links to 6 datasets: looked at one by one.
    const archive = await open("many_links.h5");
    const names = new Set(archive.entries.map(({ name }) => name));
    assert.equal(archive.entries.length, 4200);
    assert.ok(Array.from({ length: 4200 }, (_, index) => `d${index}`).every((d) => names.has(d)));
    assert.deepEqual([...(await readOne(archive, "d0")).data], [0]);
    assert.deepEqual([...(await readOne(archive, "d4199")).data], [3500]);
  });

  it("may come from a source that cannot be read at once", async () => {
    const file = readFixture("hdf5/user_block.h5");
    const source: ByteSource = {
      name: "x.h5",
      size: file.length,
      read: (offset, length) => Promise.resolve(file.subarray(offset, offset + length)),
    };
    assert.deepEqual([...(await readOne(await openArchive(source), "x")).data], [0, 1, 2, 3]);
  });

  it("may be a file on disk", async () => {
    const files = new FileSet();
    try {
      const archive = await files.open(join(fixtures, "hdf5/user_block.h5"));
      assert.deepEqual([...(await readOne(archive, "x")).data], [0, 1, 2, 3]);
    } finally {
      await files.close();
    }
  });

  it("may be a section of others, within its bounds", async () => {
    const inner = readFixture("hdf5/user_block.h5");
    const whole = new MemorySource("whole", concat(new Uint8Array(7), inner, new Uint8Array(9)));
    const section = new SectionSource("x.h5", whole, { start: 7, size: inner.length });
    assert.deepEqual([...(await readOne(await openArchive(section), "x")).data], [0, 1, 2, 3]);
    await assert.rejects(section.read(inner.length - 1, 2), /ends too early/);
    assert.throws(() => section.readSync?.(-1, 2), /ends too early/);
    assert.throws(() => new SectionSource("x", whole, { start: 8, size: whole.size }), /ends too/);
  });
});

describe("damaged HDF5 files", () => {
  it("do not keep the library in a loop for ever", async () => {
    // A string of size 0 in a collection: the library does not find what comes after it, and goes on looking.
    const file = Uint8Array.from(readFixture("hdf5/numbers.h5"));
    const sizeOfFirst = Buffer.from(file).indexOf("GCOL") + 24;
    assert.equal(file[sizeOfFirst], "bfloat16".length);
    file[sizeOfFirst] = 0;
    const error = await refusal("loop.h5", file);
    assert.equal(error?.tag, "format");
    assert.match(error.message, /does not come to an end/);
  });

  it("leave the values of other datasets readable, and the archive after a broken read", async () => {
    const file = Uint8Array.from(readFixture("hdf5/storage.h5"));
    const archive = await openArchive(new MemorySource("x.h5", file));
    const checked = entryNamed(archive, "checked");
    const box = { start: [0, 0], size: checked.shape };
    // One byte of a chunk: its checksum does not match any more.
    const values = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer);
    const at = Buffer.from(file).indexOf(values);
    assert.ok(at > 0);
    file[at] = 0xff;
    await assert.rejects(
      archive.readBox(checked, box),
      /x\.h5: checked: the HDF5 data are damaged/,
    );
    const { data } = await readOne(archive, "gzip");
    assert.equal(data.length, elementCount([30, 20]));
  });

  it("are refused in a sentence when there are too many objects or none can be read", async () => {
    const file = readFixture("hdf5/numbers.h5");
    const cut = await refusal("cut.h5", file.subarray(0, 4000));
    assert.equal(cut?.tag, "format");
    assert.match(cut.message, /^cut\.h5: the HDF5 data are damaged: truncated file/);
  });
});
