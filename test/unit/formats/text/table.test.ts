/** Tables of text, number by number against what NumPy reads. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { renderText } from "../../../../src/core/text";
import type { Archive } from "../../../../src/formats/base/archive";
import { MemorySource, type ByteSource } from "../../../../src/formats/base/bytes";
import { openArchive } from "../../../../src/formats/open";
import { fixtures, fixtureSource, openText, readAll, readOne } from "../support";

const folder = join(fixtures, "text");
/** NumPy was told to leave out its first row, which nothing in the file tells from values. */
const toldApart = "numbered.csv";
const files = readdirSync(folder).filter((name) => ![toldApart, "expected.npz"].includes(name));

async function only(archive: Archive): Promise<{
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}> {
  const [tensor, ...others] = [...(await readAll(archive)).values()];
  assert.ok(tensor);
  assert.equal(others.length, 0);
  return { shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.data] };
}

const notesOf = (archive: Archive): string =>
  archive.notes.map((note) => renderText(note)).join("\n");

describe("tables of text", () => {
  let expected: Archive;
  before(async () => {
    expected = await openArchive(fixtureSource("text/expected.npz"));
  });

  for (const file of files) {
    it(`reads ${file} as NumPy does`, async () => {
      const wanted = await readOne(expected, file);
      const { shape, values, dtype } = await only(await openArchive(fixtureSource(`text/${file}`)));
      assert.deepEqual(shape, wanted.shape);
      const narrow = dtype === "float32" ? Float32Array.from(wanted.data) : wanted.data;
      assert.deepEqual(values, [...narrow]);
    });
  }

  const dtypes = {
    "single.csv": "float32",
    "short.txt": "float32",
    "double.csv": "float64",
    "names.csv": "float64",
    "whole.csv": "int64",
    "empty_cells.tsv": "float32",
  };
  for (const [file, dtype] of Object.entries(dtypes)) {
    it(`takes the numbers of ${file} for ${dtype}`, async () => {
      assert.equal((await only(await openArchive(fixtureSource(`text/${file}`)))).dtype, dtype);
    });
  }

  const said = {
    "single.csv": /6 rows of 3 numbers between commas$/,
    "single.tsv": /between tabs$/,
    "single.dat": /between semicolons$/,
    "single.txt": /between spaces$/,
    "column.txt": /6 numbers below each other$/,
    "index.csv":
      /first row is read as names: , a, b, c\n.*no name and is left out: it is an index$/,
    "numbered_index.csv": /no name and is left out/,
    "times.csv": /no name and is left out/,
    "r_table.txt": /names: a, b, c\n.*left out/,
    "names.csv": /names: a, b, c$/,
    "numbered.csv": /first row, 0, 1, 2, is read as values; if it has names, take it out$/,
    "decimal_comma.csv": /a comma is read as the decimal point/,
    "empty_cells.tsv": /3 empty cells are read as nan$/,
  };
  for (const [file, pattern] of Object.entries(said)) {
    it(`says what it took for granted of ${file}`, async () => {
      assert.match(notesOf(await openArchive(fixtureSource(`text/${file}`))), pattern);
    });
  }

  it("keeps a first row of 0, 1, 2 where all numbers are whole, and says so", async () => {
    const archive = await openText("x.csv", "0,1\n5,6\n");
    assert.deepEqual((await only(archive)).values, [0, 1, 5, 6]);
    assert.match(notesOf(archive), /first row, 0, 1, is read as values/);
  });

  it("reads forms of numbers", async () => {
    const written = ["+1", "-0", ".5", "5.", "1E3", "1e-400", "9007199254740993", "NaN", "-inf"];
    const { values } = await only(await openText("x.csv", `${written.join("\n")}\n`));
    assert.deepEqual(values, [1, -0, 0.5, 5, 1000, 0, 9007199254740992, NaN, -Infinity]);
    const truths = await only(await openText("x.csv", "True,False\n1,0"));
    assert.deepEqual(truths.values, [1, 0, 1, 0]);
  });

  it("goes on over the borders of the pieces that it reads", async () => {
    const rows = Array.from({ length: 120_000 }, (_, row) => `${row}.25,${-row}.5\r\n`);
    const content = new TextEncoder().encode(rows.join(""));
    assert.ok(content.length > 2 ** 21);
    const reads: number[] = [];
    const memory = new MemorySource("x.csv", content);
    const source: ByteSource = {
      name: "x.csv",
      size: content.length,
      read: (offset, length) => {
        reads.push(length);
        return memory.read(offset, length);
      },
    };
    const { shape, values } = await only(await openArchive(source));
    assert.deepEqual(shape, [120_000, 2]);
    assert.deepEqual(values.slice(-2), [119_999.25, -119_999.5]);
    assert.ok(Math.max(...reads) <= 2 ** 20);
  });

  const shaped: Readonly<Record<string, readonly [readonly number[], string]>> = {
    // An empty corner above rows of values is a missing value, not the head of an index.
    ",0.2,0.3\n0.5,1.5,2.5\n1,2,3\n": [[3, 3], "one empty cell is read as nan"],
    ",0,1\n0,1.5,2.5\n1,2,3\n": [[2, 2], "it is an index"],
    "Unnamed: 0,0,1\n0,1.5,2.5\n1,2,3\n": [[2, 2], "it is an index"],
    ",0,1\n0.5,1.5,2.5\n1,2,3\n": [[3, 3], "one empty cell is read as nan"],
    "0,1,2,3\n0.5,1.5,2.5,3.5\n1,2,3,4\n": [[3, 4], "is read as values"],
    "NA,2,3\n4,5,6\n": [[2, 3], "one empty cell is read as nan"],
    "na,cl,true\n4,5,6\n": [[1, 3], "read as names: na, cl, true"],
    "2024-01-01,x1,3d\n4,5,6\n": [[1, 3], "read as names"],
    "1,2,\n3,4,\n": [[2, 2], "the last column is empty in every row and is left out"],
    "a,b\n1,2,\n3,4,\n": [[2, 2], "last column is empty"],
    "a,b,\n1,2,\n3,4,\n": [[2, 2], "last column is empty"],
    ",a,b,\n0,1,2,\n1,3,4,\n": [[2, 2], "last column is empty"],
    "1\t2\t\n3\t4\t\n": [[2, 2], "last column is empty"],
    "1,\n2,\n": [[2, 1], "last column is empty"],
    "1,2,\n3,4,5\n": [[2, 3], "one empty cell is read as nan"],
    "1,2,NA\n3,4,NA\n": [[2, 3], "2 empty cells are read as nan"],
    "0.5,1.5\n": [[1, 2], "a table of text, one row of 2 numbers between commas"],
    "0.5\n": [[1, 1], "a table of text, one number"],
    "1,2 # says\n#N/Apples and #DIV/0 are no cells\n3,4\n": [[2, 2], "2 rows of 2 numbers"],
  };
  for (const [content, [shape, note]] of Object.entries(shaped)) {
    it(`reads ${JSON.stringify(content)} as [${shape.join(", ")}], and says why`, async () => {
      const archive = await openText("x.csv", content);
      assert.deepEqual((await only(archive)).shape, shape);
      assert.ok(notesOf(archive).includes(note), notesOf(archive));
    });
  }

  it("takes numbers of columns for names where times stand before the rows", async () => {
    for (const content of [
      ",0,1\n0.0,1.5,2.5\n0.1,3.5,4.5\n",
      ",0,1\n2024-01-01,1.5,2.5\n2024-01-02,3.5,4.5\n",
    ]) {
      const archive = await openText("x.csv", content);
      assert.deepEqual((await only(archive)).values, [1.5, 2.5, 3.5, 4.5], content);
      assert.match(notesOf(archive), /the first column has no name and is left out/);
    }
  });

  it("keeps the dtype and the values beside an empty last column", async () => {
    const { dtype, values } = await only(await openText("x.csv", "a,b\n1,2,\n3,4,\n5,6,\n"));
    assert.equal(dtype, "int64");
    assert.deepEqual(values, [1, 2, 3, 4, 5, 6]);
    const holed = await only(await openText("x.csv", "1,2\n,4\n"));
    assert.deepEqual([holed.dtype, holed.values], ["float32", [1, 2, NaN, 4]]);
  });

  const refusal = { file: "x.csv", remedies: [{ do: "save-numbers-alone" }] };
  const unreadable = ["O.5", "1.5.2", "0x10", "-nan(ind)", "1+2j", '"1,234"', "#N/A", "#DIV/0!"];
  for (const cell of unreadable) {
    const seen = cell.replaceAll('"', "");
    for (const [line, content] of [
      [1, `1.0,2.0,${cell},3.0\n4,5,6,7\n8,9,10,11\n`],
      [1, `1.0,2.0,${cell},3.0\n`],
      [2, `4,5,6,7\n1.0,2.0,${cell},3.0\n8,9,10,11\n`],
      [2, `a,b,,d\n1.0,2.0,${cell},3.0\n8,9,10,11\n`],
    ] as const) {
      it(`refuses the cell ${cell} in line ${line} of ${JSON.stringify(content)}`, async () => {
        const error = await openText("x.csv", content).catch((thrown: unknown) => thrown);
        assert.ok(error instanceof Error);
        const said = `x.csv: line ${line}: "${seen}" in column 3 is no number`;
        assert.ok(error.message.startsWith(said), error.message);
        // A first row that may be a header has a sentence of its own instead of a remedy.
        const remedies = line === 1 ? {} : { remedies: refusal.remedies };
        const wanted = { file: "x.csv", line, column: 3, found: seen, ...remedies };
        assert.deepEqual((error as { data?: unknown }).data, wanted);
      });
    }
  }

  const refused = {
    "1.5.2\n2\n3\n": /line 1: "1\.5\.2" in column 1 is no number; the first row has numbers alone/,
    "id,2019,2020\n1,2,3\n": /line 1: "id" in column 1 is no number/,
    "#N/A,2,3\n4,5,6\n": /line 1: "#N\/A" in column 1 is no number/,
    "hello 5 world\nno number at all\n": /a text file, not a table of numbers/,
    "1,2\n3,4\n5\n": /x\.csv: line 3 has one cell, line 1 has 2; every row of a matrix has as many/,
    "a,b\n# says\n\n1,2\n3,4,5\n": /line 5 has 3 cells, line 4 has 2/,
    "1,2\n3,x\n": /line 2: "x" in column 2 is no number/,
    "time,a\n2024-01-01,2\n":
      /line 2: "2024-01-01" in column 1, time, is no number; leave column 1 out when/,
    ",a,a,b\n,x,y,x\n0,1,2,3\n1,4,5,6\n":
      /line 2: "x" in column 2 is no number, and the line before has names already: write one row/,
    "hello\nworld\n": /a text file, not a table of numbers/,
    "# only\n#comments\n": /a text file, not a table of numbers/,
    "(1+2j),(1-2j)\n(1+2j),(1-2j)\n": /not a table of numbers/,
  };
  for (const [content, pattern] of Object.entries(refused)) {
    it(`refuses ${JSON.stringify(content)}`, async () => {
      await assert.rejects(openText("x.csv", content), pattern);
    });
  }

  it("has the line of a refused cell as data", async () => {
    const error = await openText("x.csv", "1,2\n3,x\n").catch((thrown: unknown) => thrown);
    assert.deepEqual((error as { data: unknown }).data, {
      ...refusal,
      line: 2,
      column: 2,
      found: "x",
    });
  });

  it("takes a named first column beside counted ones for an index where it rises, and says so", async () => {
    const rising = await openText("x.csv", "time,0,1\n0.0,1.5,2.5\n0.1,3.5,4.5\n0.2,5.5,6.5\n");
    assert.deepEqual((await only(rising)).values, [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
    assert.match(notesOf(rising), /the first column, time, is taken for an index and left out/);
    const dated = await openText("x.csv", "day,0,1\n2024-01-02,1,2\n2024-01-01,3,4\n");
    assert.deepEqual((await only(dated)).values, [1, 2, 3, 4]);
    const falling = await openText("x.csv", "t,0,1\n0.3,1.5,2.5\n0.1,3.5,4.5\n");
    assert.deepEqual((await only(falling)).shape, [2, 3]);
    assert.match(notesOf(falling), /the first column, t, is read as values/);
  });
});
