/** Files of a kilobyte that declare far more than they hold: they are run, measured and written within named limits. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { caseFolder, inCase } from "./support";

const hostile = "hostile";

async function refusal(...argv: string[]): Promise<string> {
  const { code, stderr } = await inCase(hostile, ...argv);
  assert.equal(code, 2);
  return stderr.trimEnd();
}

describe("hostile: declared sizes", function () {
  this.slow(120_000);

  it("says what the states of a large batch take, for a run, a judged run and gradients", async () => {
    const files = ["--weights", "l64i1.pt", "--input", "xC_900000.pt#x"];
    const advice = "raise --trace-memory, or run fewer batch rows";
    assert.equal(
      await refusal("run", ...files),
      "LSTM: the memory for the states of T = 1, B = 900000, in MB is 879, " +
        `the limit is 512; ${advice}`,
    );
    const huge = ["--weights", "lstm512.pt", "--input", "xB.pt#x"];
    assert.equal(
      await refusal("run", ...huge),
      "LSTM: the memory for the states of T = 1, B = 4194304, in MB is 32768, " +
        `the limit is 512; ${advice}`,
    );
    assert.match(
      await refusal("run", ...huge, "--trace-memory", "16000", "--precision", "f64"),
      /in MB is 65536, the limit is 16000; raise/,
    );
  });

  it("says in JSON which limit was passed, by how much, and what to do", async () => {
    const files = ["--weights", "l64i1.pt", "--input", "xC_900000.pt#x"];
    const { stdout } = await inCase(hostile, "run", ...files, "--json");
    const { details } = JSON.parse(stdout) as { details: unknown };
    assert.deepEqual(details, {
      tag: "limit",
      cell: "LSTM",
      bound: { of: "states-megabytes", seqLength: 1, batchSize: 900_000 },
      limit: 512,
      found: 879,
      option: "trace.memory",
      remedies: [{ do: "raise", option: "trace.memory" }, { do: "fewer-batch-rows" }],
    });
  });

  it("runs a large batch where the limit is large enough", async () => {
    const argv = ["--weights", "l64i1.pt", "--input", "xC_900000.pt#x", "--trace-memory", "900"];
    const { code, stdout, stderr } = await inCase(hostile, "run", ...argv);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^nn\.LSTM\(1, 64\), T 1, B 900000, f32$/m);
  });

  it("samples statistics of a tensor that a file only declares, and says so", async () => {
    const { code, stdout } = await inCase(hostile, "stats", "pt_stride0_1T.pt");
    assert.equal(code, 0);
    const heading =
      "w float32 [1099511627776], sampled, 1048576 of 1099511627776 values: " +
      "the file declares more than it holds";
    assert.equal(stdout.split("\n")[0], heading);
  });

  it("does not export such a tensor, and leaves nothing behind", async () => {
    const out = "declared.npy";
    assert.equal(
      await refusal("export", "pt_stride0_1T.pt", "--out", out),
      "pt_stride0_1T.pt: the size in bytes of what is to be written, of a file of 626 bytes, " +
        "is 4398046511104, the limit is 1073741824; export a part of it (--slice)",
    );
    assert.ok(!readdirSync(caseFolder(hostile)).some((name) => name.startsWith(out)));
  });

  it("refuses a storage of infinitely many elements", async () => {
    assert.equal(
      await refusal("stats", "legacy_inf.pt"),
      "legacy_inf.pt: storage 911309056 should have a whole number of elements, it says Infinity",
    );
  });

  it("lists a file whose one name is very long", async () => {
    const { code, stdout } = await inCase(hostile, "inspect", "pad.safetensors");
    assert.equal(code, 0);
    assert.ok(stdout.split("\n").every((line) => line.length < 1000));
  });
});
