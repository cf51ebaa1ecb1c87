/** unroll run: from flags and run files to files that can be read back, and never over an input. */
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FileSet } from "../../../../src/node/files";
import { examples, unroll, useFolder } from "../terminal";

describe("unroll run", () => {
  const folder = useFolder();

  const flags = [
    ...["--weights", "three-layers/weights.pt", "--input", "three-layers/input.npy"],
    ...["--h0", "three-layers/h0.npy"],
  ];

  it("runs from flags what the run file runs", async () => {
    const reference = "output=three-layers/expected.npz#output,h_n=three-layers/expected.npz#h_n";
    const { code, stdout, stderr } = await unroll(
      examples,
      ...["run", ...flags, "--reference", reference, "--json"],
    );
    assert.deepEqual([code, stderr], [0, ""]);
    const file = "three-layers/three-layers.unroll.json";
    const again = await unroll(examples, "run", file, "--json");
    const withoutTime = (json: string): unknown => ({
      ...(JSON.parse(json) as object),
      elapsedMs: 0,
    });
    assert.deepEqual(withoutTime(stdout), withoutTime(again.stdout));
    assert.deepEqual((JSON.parse(stdout) as { tensors: unknown }).tensors, {
      output: { dtype: "float32", shape: [5, 7, 20] },
      h_n: { dtype: "float32", shape: [3, 7, 20] },
    });
  });

  for (const extension of ["npz", "safetensors", "json"]) {
    it(`writes output, h_n and the trace as .${extension}, which can be read back`, async () => {
      const out = join(folder(), `out.${extension}`);
      const file = "two-directions-one-layer/two-directions-one-layer.unroll.json";
      const { code } = await unroll(examples, "run", file, "--out", out, "--trace");
      assert.equal(code, 0);
      const files = new FileSet();
      const { entries } = await files.open(out);
      await files.close();
      assert.deepEqual(entries.map(({ name, shape }) => `${name} ${shape.join("x")}`).sort(), [
        ...["h_n 2x2x3", "layer0.forward.h 3x2x3", "layer0.reverse.h 3x2x3", "output 2x3x6"],
      ]);
    });
  }

  it("runs an LSTM from flags, and writes c_n and the trace of c", async () => {
    const out = join(folder(), "out.npz");
    const lstm = "lstm-two-directions";
    const states = ["h0", "c0"].flatMap((name) => [`--${name}`, `${lstm}/batch.npz#${name}`]);
    const references = ["output", "h_n", "c_n"].map(
      (name) => `${name}=${lstm}/expected.npz#${name}`,
    );
    const { code, stdout } = await unroll(
      examples,
      ...["run", "--weights", `${lstm}/weights.pt`, "--input", `${lstm}/batch.npz#x`, ...states],
      ...["--reference", references.join(","), "--out", out, "--trace", "--json"],
    );
    assert.equal(code, 0);
    const { verdicts } = JSON.parse(stdout) as { verdicts: object };
    assert.deepEqual(Object.keys(verdicts), ["output", "h_n", "c_n"]);
    const files = new FileSet();
    const { entries } = await files.open(out);
    await files.close();
    const shapes = new Map(entries.map(({ name, shape }) => [name, shape.join("x")]));
    assert.equal(shapes.get("c_n"), "4x3x8");
    assert.equal(shapes.get("layer1.reverse.c"), "10x3x8");
    assert.equal(shapes.size, 11);
  });

  it("leaves the states out without --trace", async () => {
    const out = join(folder(), "out.json");
    await unroll(examples, "run", ...flags, "--out", out);
    const written = JSON.parse(readFileSync(out, "utf8")) as object;
    assert.deepEqual(Object.keys(written).sort(), ["h_n", "output"]);
  });

  it("refuses to write over a file that it reads, and leaves it as it is", async () => {
    cpSync(join(examples, "differs"), folder(), { recursive: true });
    const before = readdirSync(folder()).map((name) => readFileSync(join(folder(), name)));
    for (const out of ["expected.npz", "./expected.npz", join(folder(), "expected.npz")]) {
      const { code, stderr } = await unroll(folder(), "run", "differs.unroll.json", "--out", out);
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^--out: .*expected\.npz is an input of this run; choose another name\n$/,
      );
    }
    const { stderr } = await unroll(
      folder(),
      ...["run", "differs.unroll.json", "--out", "differs.unroll.json"],
    );
    assert.match(stderr, /differs\.unroll\.json is an input of this run/);
    const after = readdirSync(folder()).map((name) => readFileSync(join(folder(), name)));
    assert.deepEqual(after, before);
  });

  it("lets flags override the run file", async () => {
    const file = "published-notebook/published-notebook.unroll.json";
    const { code, stdout } = await unroll(examples, "run", file, "--atol", "1e-6", "--json");
    assert.equal(code, 1);
    const { options, verdicts } = JSON.parse(stdout) as {
      options: { batchFirst: boolean };
      verdicts: Record<string, { verdict: string }>;
    };
    assert.equal(options.batchFirst, true);
    assert.equal(verdicts["output"]?.verdict, "differs");
  });

  it("names the clash of shapes that do not fit, in one line", async () => {
    const file = "does-not-fit/does-not-fit.unroll.json";
    for (const command of ["run", "check"]) {
      const { code, stdout, stderr } = await unroll(examples, command, file);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^does-not-fit\/[^\n]+: .*\[2, 5, 7\] is 7, needed 6\. .*\n$/);
    }
  });

  it("names a tensor, a module and a file that are not there", async () => {
    const { stderr: tensor } = await unroll(
      examples,
      ...["run", "--weights", "differs/weights.pt", "--input", "differs/expected.npz#x"],
    );
    assert.match(tensor, /^expected\.npz: there is no tensor x; it has output .*, h_n .*\n$/);
    const { stderr: module } = await unroll(
      examples,
      ...["run", "--weights", "differs/weights.pt#rnn.", "--input", "differs/input.npy"],
    );
    assert.match(module, /^weights\.pt: there is no module rnn\.; it has ""\n$/);
    const { stderr: file } = await unroll(examples, "run", "--weights", "w.pt", "--input", "x");
    assert.match(file, /^w\.pt: there is no such file\n$/);
  });
});
