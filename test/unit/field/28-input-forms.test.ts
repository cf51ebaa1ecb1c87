/** Inputs as people have them: other dtypes and tables of text run, other shapes get a sentence. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySource } from "../../../src/formats/base/bytes";
import { openArchive } from "../../../src/formats/open";
import { assertRuns, caseFolder, inCase } from "./support";

const folder = "28-input-forms";
const start = ["--batch-first", "--weights", "w.pt", "--input"];

describe("field: forms of inputs", () => {
  for (const input of ["x.npz#x", "x.npz#x64", "grad.pt"]) {
    it(`runs ${input}`, async () => {
      await assertRuns(folder, { flags: [...start, input], reference: { output: "x.npz#y" } });
    });
  }

  it("runs integers as the numbers they are", async () => {
    await assertRuns(folder, {
      flags: [...start, "x.npz#i16"],
      reference: { output: "yi.npz" },
    });
    assert.equal((await inCase(folder, "run", ...start, "x.npz#u8")).code, 0);
  });

  it("runs in float64 where that is asked for", async () => {
    await assertRuns(folder, {
      flags: [...start, "x.npz#x64", "--precision", "f64"],
      reference: { output: "x.npz#y64" },
    });
  });

  it("says what a bfloat16 input does to a comparison", async () => {
    const run = ["run", ...start, "bf.pt", "--reference", "output=x.npz#y"];
    const { code, stdout } = await inCase(folder, ...run);
    assert.equal(code, 1);
    assert.match(stdout, /Hint: the run's own files hold bfloat16/);
  });

  it("runs a table of one sequence, and compares with a table", async () => {
    const archive = await openArchive(
      new MemorySource("x.npz", readFileSync(join(caseFolder(folder), "x.npz"))),
    );
    const entry = archive.entries.find(({ name }) => name === "y");
    assert.ok(entry);
    const { data } = await archive.read(entry);
    const rows = Array.from({ length: 5 }, (_, row) => data.slice(4 * row, 4 * row + 4).join(","));
    const table = join(await mkdtemp(join(tmpdir(), "unroll-")), "y.csv");
    await writeFile(table, `a,b,c,d\n${rows.join("\n")}\n`);
    for (const input of ["x.csv", "x.txt"]) {
      await assertRuns(folder, { flags: [...start, input], reference: { output: table } });
    }
  });

  it("says what was taken for granted of tables, once for each file, beside what weights say", async () => {
    const home = await mkdtemp(join(tmpdir(), "unroll-"));
    const [input, output] = [join(home, "x.csv"), join(home, "y.csv")];
    await writeFile(input, "a,b,c\n0.1,,0.3\n0.4,0.5,0.6\n");
    await writeFile(output, "1;2;3;4;\n5;6;7;8;\n");
    const references = ["output", "states"].map((name) => ["--reference", `${name}=${output}`]);
    const flags = ["run", ...start, input, ...references.flat()];
    const { stdout } = await inCase(folder, ...flags);
    for (const note of [
      "x.csv: a table of text, 2 rows of 3 numbers between commas",
      "x.csv: the first row is read as names: a, b, c",
      "x.csv: one empty cell is read as nan",
      "y.csv: a table of text, 2 rows of 4 numbers between semicolons",
      "y.csv: the last column is empty in every row and is left out",
    ]) {
      assert.equal(stdout.split(note).length, 2, `${note}\n${stdout}`);
    }
    const json = JSON.parse((await inCase(folder, ...flags, "--json")).stdout) as {
      readonly notes: readonly string[];
    };
    assert.ok(json.notes.includes("x.csv: one empty cell is read as nan"), json.notes.join("\n"));
    const stated = [...start, "x.npz#x", "--reference", `states=${output}`];
    assert.match((await inCase(folder, "run", ...stated)).stdout, /y\.csv: a table of text/);
  });

  const refused = {
    "x.npz#one": /it is \[3\].*features of one step.*x\[None\]/,
    "x.npz#four": /it is \[1, 2, 5, 3\].*take out axes of size 1/,
    "x.npz#trail": /it is \[2, 5, 3, 1\].*take out axes of size 1/,
    "x.npz#t": /\[3, 2, 5\].*axis 0 of the input has that size.*another order/,
    "x.npz#bfT": /\[2, 3, 5\].*axis 1 of the input has that size.*another order/,
    "x.npz#empty": /\[2, 0, 3\].*T and B must be at least 1/,
  } as const;
  for (const [input, pattern] of Object.entries(refused)) {
    it(`says what is wrong with ${input}`, async () => {
      const { code, stderr } = await inCase(folder, "run", ...start, input);
      assert.equal(code, 2);
      assert.match(stderr, pattern);
    });
  }
});
