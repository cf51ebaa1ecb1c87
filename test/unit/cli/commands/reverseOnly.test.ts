/** Every command on a module that goes from the last step to the first alone, against ONNX Runtime and autograd. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileSet } from "../../../../src/node/files";
import { readNamedTensor } from "../../../../src/run/load/tensors/runTensors";
import type { Tensor } from "../../../../src/tensor/tensor";
import { fixtures } from "../../support/goldens";
import { largestDistance } from "../../support/runs";
import { unroll, useFolder } from "../terminal";

const here = join(fixtures, "reverse-only");
const given = ["--weights", "lstm.onnx", "--input", "io.npz#x", "--h0", "io.npz#h0"].concat([
  ...["--c0", "io.npz#c0"],
]);
const cases = { full: [], packed: ["--lengths", "io.npz#lens"] } as const;
const losses = {
  sum: [],
  last: [],
  weighted: ["--against", "io.npz#factors"],
  unit: ["--at", "step=1,batch=2,unit=3"],
  "cross-entropy": ["--targets", "io.npz#targets", "--head", "h_n"],
} as const;

async function tensorsOf(file: string): Promise<ReadonlyMap<string, Tensor>> {
  const files = new FileSet();
  const { entries } = await files.open(file);
  const read = entries.map(
    async ({ name }) => [name, await readNamedTensor(`${file}#${name}`, files)] as const,
  );
  const tensors = new Map(await Promise.all(read));
  await files.close();
  return tensors;
}

/** Values of a tensor that both files hold; those of layer 0's states are named by their direction. */
function valuesOf(tensors: ReadonlyMap<string, Tensor>, name: string): Float64Array {
  const tensor = tensors.get(name);
  assert.ok(tensor !== undefined, name);
  return Float64Array.from(tensor.data);
}

describe("a module of the reverse direction alone, from the command line", () => {
  const folder = useFolder();

  it("is told of by inspect", async () => {
    const { code, stdout } = await unroll(here, "inspect", "lstm.onnx");
    assert.equal(code, 0);
    assert.match(stdout, /nn\.LSTM\(2, 4\).*from the last step to the first/);
  });

  it("is checked by a run file", async () => {
    const { code, stdout, stderr } = await unroll(here, "check", "run.unroll.json");
    assert.deepEqual([code, stderr], [0, ""], stdout);
  });

  for (const [name, flags] of Object.entries(cases)) {
    it(`gives ONNX Runtime's output, states and logits (${name})`, async () => {
      const parts = ["output", "h_n", "c_n", "logits"];
      const reference = parts.map((part) => `${part}=io.npz#${name}_${part}`).join(",");
      const out = join(folder(), "out.npz");
      const { code, stdout, stderr } = await unroll(
        here,
        ...["run", ...given, ...flags, "--reference", reference, "--trace", "--out", out],
      );
      assert.equal(code, 0, stdout + stderr);
      const tensors = await tensorsOf(out);
      assert.deepEqual(valuesOf(tensors, "layer0.reverse.h"), valuesOf(tensors, "output"));
      // The direction ends at t = 0.
      const first = valuesOf(tensors, "layer0.reverse.c").subarray(0, 12);
      assert.deepEqual(first, valuesOf(tensors, "c_n"));
    });

    for (const [loss, options] of Object.entries(losses)) {
      it(`has autograd's gradients of the loss ${loss} (${name})`, async () => {
        const out = join(folder(), "gradients.npz");
        const { code, stdout, stderr } = await unroll(
          here,
          ...["gradients", ...given, ...flags, "--loss", loss, ...options, "--out", out, "--json"],
        );
        assert.equal(code, 0, stderr);
        const expected = await tensorsOf(join(here, `${name}_${loss}.npz`));
        const found = await tensorsOf(out);
        const { value } = (JSON.parse(stdout) as { loss: { value: number } }).loss;
        assert.ok(Math.abs(value - (expected.get("value")?.data[0] ?? NaN)) <= 1e-12);
        for (const tensor of expected.keys()) {
          if (tensor === "value") continue;
          const distance = largestDistance(valuesOf(found, tensor), valuesOf(expected, tensor));
          assert.ok(distance <= 1e-12, `${tensor}: ${distance}`);
        }
      });
    }
  }

  it("has its mistakes named, and the smallest case of one made", async () => {
    const out = join(folder(), "wrong.npz");
    await unroll(here, "run", ...given, "--coupled-input-forget", "--out", out);
    const ref = (name: string): string => join(here, name);
    const run = {
      ...{ weights: ref("lstm.onnx"), input: ref("io.npz#x") },
      ...{ h0: ref("io.npz#h0"), c0: ref("io.npz#c0") },
      reference: { output: "wrong.npz#output", h_n: "wrong.npz#h_n" },
    };
    writeFileSync(join(folder(), "wrong.unroll.json"), JSON.stringify(run));
    const ids = async (file: string): Promise<string | undefined> => {
      const { stdout } = await unroll(folder(), "diagnose", file, "--json");
      const { runs } = JSON.parse(stdout) as { runs: { findings: { id: string }[] }[] };
      return runs[0]?.findings[0]?.id;
    };
    assert.equal(await ids("wrong.unroll.json"), "lstm/coupled-input-forget");
    const made = await unroll(folder(), "reduce", "wrong.unroll.json", "--out", "small");
    assert.deepEqual([made.code, made.stderr], [0, ""]);
    assert.equal(await ids("small/case.unroll.json"), "lstm/coupled-input-forget");
    const spec = readFileSync(join(folder(), "small/case.unroll.json"), "utf8");
    assert.match(spec, /"reverse": true/);
    const probe = await unroll(folder(), "probe", "wrong.unroll.json", "--out", "probe");
    assert.equal(probe.code, 0, probe.stderr);
  });

  it("refuses a place in a direction that it does not have", async () => {
    const at = ["--at", "direction=forward"];
    const { code, stderr } = await unroll(here, "gradients", ...given, "--loss", "unit", ...at);
    assert.equal(code, 2);
    assert.match(stderr, /one direction/);
  });
});
