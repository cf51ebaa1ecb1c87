/** A saved PackedSequence runs as the batch that it was packed from, and is compared as one. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "16-packed-sequence";
const whole = { output: "io.npz#output", h_n: "io.npz#h_n" };
const padded = ["--weights", "w.pt", "--input", "io.npz#x", "--lengths", "io.npz#lens"];

const inputs = {
  "the file alone": "packed_input.pt",
  "its data by number": "packed_input.pt#0",
  "its data by name": "packed_input.pt#data",
  "the only one in a dictionary that fits": "both.pt",
  "one in a dictionary": "both.pt#x",
  "the data of one in a dictionary": "both.pt#x.0",
  "arrays by the names of its fields": "fields.npz",
} as const;

describe("field: a PackedSequence", () => {
  for (const [what, input] of Object.entries(inputs)) {
    it(`is the batch it was packed from: ${what}`, async () => {
      const printed = await assertRuns(folder, {
        flags: ["--weights", "w.pt", "--input", input],
        reference: whole,
      });
      assert.match(printed, /T 6, B 3/);
      assert.match(printed, /note: .*PackedSequence.*batch of 3.*lengths 4, 6, 2/);
    });
  }

  it("keeps the order it was packed in with enforce_sorted", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "w.pt", "--input", "sorted_in_dict.pt#inputs.x"],
      reference: { output: "sorted_expected.npz", h_n: "sorted_expected.npz" },
    });
    assert.match(printed, /lengths 6, 4, 2/);
  });

  for (const reference of ["packed_output.pt", "packed_output.pt#0", "packed_output.pt#data"]) {
    it(`is unpacked as a reference: ${reference}`, async () => {
      const printed = await assertRuns(folder, { flags: padded, reference: { output: reference } });
      assert.match(printed, /note: the reference's output .* is a PackedSequence, unpacked/);
    });
  }

  it("is laid out as the run's input is", async () => {
    await assertRuns(folder, {
      flags: ["--weights", "w.pt", "--input", "packed_input.pt", "--batch-first"],
      reference: { output: "packed_output.pt" },
    });
  });

  it("gives its lengths where the run has none", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "w.pt", "--input", "io.npz#x"],
      reference: { output: "packed_output.pt" },
    });
    assert.match(printed, /note: lengths 4, 6, 2 are those of the reference/);
  });

  it("is said to have other lengths than the run", async () => {
    const { code, stdout } = await inCase(
      folder,
      ...["run", "--weights", "w.pt", "--input", "io.npz#x", "--lengths", "4,5,2"],
      ...["--reference", "output=packed_output.pt"],
    );
    assert.equal(code, 1);
    assert.match(stdout, /note: the reference is a PackedSequence of other lengths .*: 4, 6, 2/);
  });

  it("refuses lengths that are not its own, and parts that contradict each other", async () => {
    const run = ["run", "--weights", "w.pt", "--input"];
    const other = await inCase(folder, ...run, "packed_input.pt", "--lengths", "1,2,3");
    assert.equal(other.code, 2);
    assert.match(other.stderr, /PackedSequence of the lengths 4, 6, 2/);
    const broken = await inCase(folder, ...run, "contradicts.pt");
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /^contradicts\.pt: the batch_sizes .* 12 rows/);
  });

  it("runs from the run file of the case, and with lengths in float32", async () => {
    const { code, stdout, stderr } = await inCase(folder, "check", "run.unroll.json");
    assert.equal(code, 0, stdout + stderr);
    await assertRuns(folder, {
      flags: ["--weights", "w.pt", "--input", "float_lens.pt#x"].concat([
        ...["--lengths", "float_lens.pt#lengths"],
      ]),
      reference: whole,
    });
  });

  it("is still listed by its parts", async () => {
    assert.match(await inspected(folder, "packed_input.pt"), /0 +float32 +\[12, 4\]/);
  });
});
