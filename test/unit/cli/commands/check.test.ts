/** unroll check: verdicts for people and for programs, exit codes, and run files that are wrong. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, root, unroll, useFolder } from "../terminal";

describe("unroll check", () => {
  const folder = useFolder();

  const names = readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "does-not-fit")
    .map(({ name }) => name)
    // Examples of checkpoints alone have no run file.
    .filter((name) => existsSync(join(examples, name, `${name}.unroll.json`)));

  /** Examples of references that are wrong. */
  const differing = ["differs", "gate-order"];

  for (const name of names) {
    const code = differing.includes(name) ? 1 : 0;
    it(`ends with ${code} for the example ${name}`, async () => {
      const result = await unroll(join(examples, name), "check", `${name}.unroll.json`);
      assert.deepEqual([result.code, result.stderr], [code, ""]);
      assert.match(
        result.stdout,
        code === 0 ? /✓ (equal|rounding only|within tolerance)/ : /✗ differs/,
      );
    });
  }

  it("counts the runs that match at the end of several", async () => {
    const files = names.map((name) => `${name}/${name}.unroll.json`);
    const { stdout } = await unroll(examples, "check", ...files);
    const last = `${String(names.length - differing.length)} of ${String(names.length)} runs match their reference`;
    assert.equal(stdout.trimEnd().split("\n").at(-1), last);
  });

  it("speaks of differences as torch.testing does", async () => {
    const { stdout } = await unroll(join(examples, "differs"), "check", "differs.unroll.json");
    assert.match(stdout, /Mismatched elements: 2304 \/ 2304 \(100\.0%\)/);
    assert.match(stdout, /Greatest absolute difference: 0\.\d+ \(up to 1e-5 allowed\)/);
    assert.match(stdout, /Greatest relative difference: \S+ \(up to 1\.3e-6 allowed\)/);
    assert.match(
      stdout,
      /First: layer 1, forward, processing step 0 \(t = 0\), batch 0, h, unit 0/,
    );
  });

  it("judges a result by its own tolerance, which flags add to what the run file says", async () => {
    const run = join(examples, "differs");
    const checked = async (...flags: string[]): Promise<[number, string[], string]> => {
      const args = ["check", "differs.unroll.json", "--json", ...flags];
      const { code, stdout } = await unroll(run, ...args);
      const { runs } = JSON.parse(stdout) as { runs: Record<string, unknown>[] };
      const verdicts = runs[0]?.["verdicts"] as Record<string, { verdict: string }>;
      const { stdout: lines } = await unroll(run, "check", "differs.unroll.json", ...flags);
      return [code, Object.values(verdicts).map(({ verdict }) => verdict), lines];
    };
    const [code, verdicts, lines] = await checked("--tolerance", "output=0.5:4");
    assert.deepEqual([code, verdicts], [1, ["rounding", "differs"]]);
    assert.match(lines, /\(up to 1e-5 allowed\)/);
    const [both, all, wide] = await checked("--tolerance", "output=0.5:4,h_n=:4");
    assert.deepEqual([both, all], [0, ["rounding", "rounding"]]);
    assert.match(wide, /output +✓ within tolerance/);
    const [, , strict] = await checked("--tolerance", "output=0.25:1e-7");
    assert.match(
      strict,
      /\(up to 1e-7 allowed\)[^]*\(up to 0.25 allowed\)[^]*\(up to 1e-5 allowed\)/,
    );
  });

  it("prints JSON for several files, one of which cannot run", async () => {
    const files = names.slice(0, 2).map((name) => `${name}/${name}.unroll.json`);
    const { code, stdout, stderr } = await unroll(examples, "check", ...files, "gone", "--json");
    assert.equal(code, 2);
    assert.equal(stderr, "gone: there is no such file\n");
    const { runs } = JSON.parse(stdout) as { runs: Record<string, unknown>[] };
    assert.deepEqual(
      runs.map(({ file }) => file),
      [...files, "gone"],
    );
    assert.deepEqual(runs[2], {
      file: "gone",
      verdicts: {},
      noiseFloor: null,
      error: "gone: there is no such file",
      details: { tag: "not-found", file: "gone" },
    });
    const differs = (runs[0]?.["verdicts"] as Record<string, Record<string, unknown>>)["output"];
    assert.equal(names[0], "differs");
    assert.deepEqual(
      [differs?.["verdict"], differs?.["outside"], differs?.["total"], differs?.["first"]],
      ["differs", 2304, 2304, { layer: 1, direction: "forward", step: 0, batch: 0, unit: 0 }],
    );
    assert.equal(typeof runs[0]?.["noiseFloor"], "number");
    assert.equal(typeof differs?.["referenceError"], "number");
  });

  it("says what was assumed where a verdict fails", async () => {
    cpSync(join(examples, "lstm-two-directions"), folder(), { recursive: true });
    const path = join(folder(), "lstm-two-directions.unroll.json");
    const { c0, ...run } = JSON.parse(readFileSync(path, "utf8")) as { c0: string };
    assert.equal(c0, "batch.npz#c0");
    writeFileSync(path, JSON.stringify(run));
    const assumed = "c0 = zeros is assumed: nn.LSTM takes h0 and c0 together, only h0 is given";
    const { code, stdout } = await unroll(folder(), "check", "lstm-two-directions.unroll.json");
    assert.equal(code, 1);
    assert.ok(stdout.endsWith(`note: ${assumed}\n`), stdout);
    const json = await unroll(folder(), "check", "lstm-two-directions.unroll.json", "--json");
    const { runs } = JSON.parse(json.stdout) as { runs: { notes: string[] }[] };
    assert.deepEqual(runs[0]?.notes, [assumed]);
  });

  it("computes each file with the options of the flags", async () => {
    const gru = "gru-packed/gru-packed.unroll.json";
    const passes = await unroll(examples, "check", gru, "--reset-after", "true");
    assert.equal(passes.code, 0);
    const { code, stdout } = await unroll(examples, "check", gru, "--reset-after", "false");
    assert.equal(code, 1);
    assert.match(stdout, /note: not as nn\.GRU computes it: the reset gate scales h before/);
  });

  it("points at the value of a run file that is wrong", async () => {
    const source =
      '{\n  "weights": { "file": "w.pt" },\n  "input": 5,\n  "tolerance": { "rtol": -1 }\n}';
    writeFileSync(join(folder(), "bad.unroll.json"), source);
    assert.deepEqual(await unroll(folder(), "check", "bad.unroll.json"), {
      code: 2,
      stdout: "",
      stderr:
        'bad.unroll.json:3:12: Expected a tensor in a file, written "file#tensor" (and 1 more)\n',
    });
  });

  it("warns of an unknown key and runs", async () => {
    cpSync(join(examples, "one-direction-one-layer"), folder(), { recursive: true });
    const path = join(folder(), "one-direction-one-layer.unroll.json");
    const run = JSON.parse(readFileSync(path, "utf8")) as object;
    writeFileSync(path, `\uFEFF// mine\n${JSON.stringify({ ...run, speed: 1 })}`);
    const { code, stderr } = await unroll(folder(), "check", "one-direction-one-layer.unroll.json");
    assert.equal(code, 0);
    assert.match(stderr, /^warning: one-.*\.unroll\.json:2:\d+: Unknown key "speed"; known are/);
  });

  it("says what a file is that is not a run file", async () => {
    writeFileSync(join(folder(), "a.unroll.json"), Uint8Array.of(0xff, 0xfe, 0x7b, 0));
    assert.match(
      (await unroll(folder(), "check", "a.unroll.json")).stderr,
      /this is no UTF-8 text\n$/,
    );
    writeFileSync(join(folder(), "b.unroll.json"), "");
    assert.match((await unroll(folder(), "check", "b.unroll.json")).stderr, /run file is empty/);
    writeFileSync(join(folder(), "c.unroll.json"), Buffer.alloc(5_000_000, " "));
    assert.match((await unroll(folder(), "check", "c.unroll.json")).stderr, /it has 5000000 bytes/);
    const noReference = { weights: { file: "weights.pt" }, input: "input.npy" };
    cpSync(join(examples, "differs"), folder(), { recursive: true });
    writeFileSync(join(folder(), "d.unroll.json"), JSON.stringify(noReference));
    const { code, stderr } = await unroll(folder(), "check", "d.unroll.json");
    assert.equal(code, 2);
    assert.match(stderr, /^d\.unroll\.json: there is no reference to check against/);
  });

  it("takes NaN for NaN only when asked to", async () => {
    const io = join(root, "test/fixtures/cases/nonfinite-rnn-bi");
    const run = {
      weights: { file: join(io, "weights.pt") },
      input: join(io, "io.npz#input"),
      options: { batchFirst: true },
      reference: { output: join(io, "io.npz#output") },
    };
    writeFileSync(join(folder(), "nan.unroll.json"), JSON.stringify(run));
    const strict = await unroll(folder(), "check", "nan.unroll.json", "--json");
    assert.equal(strict.code, 1);
    assert.match(strict.stdout, /"maxAbs": "NaN"/);
    assert.equal((await unroll(folder(), "check", "nan.unroll.json", "--equal-nan")).code, 0);
  });

  it("names the first of all tensors, layer by layer", async () => {
    const wrong = join(root, "test/fixtures/broken/wrong-reference/layers_share_weights");
    const run = {
      weights: { file: join(wrong, "weights.safetensors") },
      input: join(wrong, "io.npz#input"),
      reference: { output: join(wrong, "io.npz#output"), h_n: join(wrong, "io.npz#h_n") },
    };
    writeFileSync(join(folder(), "shared.unroll.json"), JSON.stringify(run));
    const { stdout } = await unroll(folder(), "check", "shared.unroll.json");
    assert.match(
      stdout,
      /first of all +layer 1, forward, processing step 4 \(t = 4\), batch 0, h, unit 0; the layers below end clean, other earlier steps are not known \(seen in h_n\)\n/,
    );
  });
});
