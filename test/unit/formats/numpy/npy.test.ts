import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { NotFoundError } from "../../../../src/core/errors";
import {
  ascii,
  assertRefused,
  concat,
  makeNpy,
  makeZip,
  openBytes,
  readAll,
  readOne,
} from "../support";

const floats = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
const plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";

function withHeader(header: string): Uint8Array {
  return makeNpy(header, floats);
}

describe(".npy", () => {
  it("is one entry named after the file, read on demand", async () => {
    const archive = await openBytes("folder/x.y.npy", withHeader(plain));
    assert.equal(archive.format, "npy");
    assert.deepEqual(archive.entries, [
      { name: "x.y", dtype: "float32", shape: [2, 3], byteLength: 24 },
    ]);
    const tensor = await readOne(archive, "x.y");
    assert.deepEqual(tensor.data, Float32Array.of(1, 2, 3, 4, 5, 6));
    await assert.rejects(
      archive.read({ name: "z", dtype: "int8", shape: [], byteLength: 1 }),
      NotFoundError,
    );
  });

  it("reads column-major order", async () => {
    const archive = await openBytes("x.npy", withHeader(plain.replace("False", "True")));
    assert.deepEqual((await readOne(archive, "x")).data, Float32Array.of(1, 3, 5, 2, 4, 6));
  });

  it("reads the header of Python 2 and other spellings of the same dictionary", async () => {
    const header = `{"shape":(2L,3L),"fortran_order":False,"descr":"=f4"}`;
    const [entry] = (await openBytes("x.npy", withHeader(header))).entries;
    assert.deepEqual(entry?.shape, [2, 3]);
  });

  it("reads a header longer than usual", async () => {
    const archive = await openBytes(
      "x.npz",
      await makeZip({ "a.npy": withHeader(plain.trimEnd().padEnd(5000) + "\n") }),
    );
    assert.deepEqual((await readOne(archive, "a")).shape, [2, 3]);
  });

  it("notes bytes after the array", async () => {
    const archive = await openBytes("x.npy", concat(withHeader(plain), Uint8Array.of(0, 0)));
    assert.deepEqual(
      archive.notes.map((note) => renderText(note)),
      ["2 bytes after the array are not read"],
    );
  });

  const refused: readonly (readonly [
    string,
    string,
    "format" | "unsupported" | "limit",
    RegExp,
  ])[] = [
    ["a missing key", "{'descr': '<f4', 'shape': (2, 3)}", "format", /fortran_order/],
    [
      "a negative size",
      plain.replace("(2, 3)", "(-2, 3)"),
      "format",
      /shape of non-negative sizes/,
    ],
    ["more values than there are", plain.replace("(2, 3)", "(2, 4)"), "format", /cut short/],
    [
      "a shape beyond every file",
      plain.replace("3)", "4294967296, 4294967296)"),
      "format",
      /needs/,
    ],
    ["a shape beyond the file", plain.replace("3)", "4294967296)"), "format", /cut short/],
    ["a call", "__import__('os').system('x')", "format", /plain values/],
    ["a key twice", "{'descr': '<f4', 'descr': '<f4'}", "format", /plain values/],
    ["an unclosed tuple", "{'shape': (2, 3", "format", /plain values/],
    ["a missing comma", "{'shape': (2 3)}", "format", /plain values/],
    ["nesting without end", "(".repeat(60000), "format", /plain values/],
    ["objects that are no pickle", plain.replace("<f4", "|O"), "format", /damaged pickle/],
    ["text", plain.replace("<f4", "<U4"), "unsupported", /<U4/],
    ["a name from Object.prototype", plain.replace("<f4", "toString"), "unsupported", /toString/],
    ["fields", plain.replace("'<f4'", "[('a', '<f4')]"), "unsupported", /structured/],
  ];
  for (const [what, header, tag, sentence] of refused) {
    it(`refuses ${what}`, () => assertRefused("x.npy", withHeader(header), tag, sentence));
  }

  it("refuses an unknown version and a header length that no header has", async () => {
    const version9 = concat(ascii("\x93NUMPY\x09\x00"), new Uint8Array(20));
    await assertRefused("x.npy", version9, "unsupported", /version 9.0/);
    const huge = concat(ascii("\x93NUMPY\x02\x00\xff\xff\xff\x7f"), new Uint8Array(20));
    await assertRefused("x.npy", huge, "limit", /header in bytes is 2147483647/);
  });
});

describe(".npz", () => {
  it("reads stored and deflated members alike and notes the others", async () => {
    const members = {
      "a.npy": withHeader(plain),
      "b/c.d.npy": withHeader(plain.replace("'<f4'", "'|O'")),
      "readme.txt": ascii("hello"),
      "e.f.npy": withHeader(plain.replace("(2, 3)", "(6,)")),
    };
    for (const level of [0, 6]) {
      const archive = await openBytes("x.npz", await makeZip(members, { level }));
      assert.equal(archive.format, "npz");
      assert.deepEqual([...(await readAll(archive)).keys()], ["a", "e.f"]);
      const notes = archive.notes.map((note) => renderText(note));
      assert.match(notes.join("\n"), /b\/c\.d\.npy: damaged pickle/);
      assert.match(notes.join("\n"), /readme\.txt is not an array/);
    }
  });

  it("counts the notes it does not show", async () => {
    const members = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`${index}.txt`, ascii("x")]),
    );
    const zip = await makeZip({ ...members, "a.npy": withHeader(plain) });
    const { notes } = await openBytes("x.npz", zip);
    assert.equal(notes.length, 21);
    assert.deepEqual(notes.at(-1)?.args, [10]);
  });

  it("refuses an array that is shorter or longer than its member", async () => {
    for (const shape of ["(2, 2)", "(3, 3)"]) {
      const zip = await makeZip({ "a.npy": withHeader(plain.replace("(2, 3)", shape)) });
      await assertRefused("x.npz", zip, "format", /a: the array needs/);
    }
  });

  it("refuses an entry of another archive", async () => {
    const zip = await makeZip({ "a.npy": withHeader(plain) });
    const [entry] = (await openBytes("x.npz", zip)).entries;
    assert.ok(entry);
    await assert.rejects((await openBytes("x.npz", zip)).read(entry), NotFoundError);
  });
});
