/** unroll judge and run --hashes: saved results beside each other without a run, and runs as lines. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hashOf } from "../../../../src/session/hashes";
import { examples, unroll, useFolder } from "../terminal";

interface Judged {
  readonly numbers: Readonly<Record<string, Record<string, { readonly value: number }>>>;
}

const differs = join(examples, "differs");
const expected = join(differs, "expected.npz");

describe("unroll judge", () => {
  const folder = useFolder();

  async function saved(): Promise<string> {
    const out = join(folder(), "result.npz");
    await unroll(differs, "run", "differs.unroll.json", "--out", out);
    return out;
  }

  async function judged(...flags: string[]): Promise<Judged & { readonly code: number }> {
    const { code, stdout, stderr } = await unroll(folder(), "judge", ...flags, "--json");
    assert.equal(stderr, "");
    return { code, ...(JSON.parse(stdout) as Judged) };
  }

  it("gives the numbers of a check, without the run", async () => {
    const result = await saved();
    const check = await unroll(differs, "check", "differs.unroll.json", "--json");
    const { runs } = JSON.parse(check.stdout) as { runs: Judged[] };
    const known = runs[0]?.numbers["output"];
    const { code, numbers } = await judged(`${result}#output`, `${expected}#output`);
    assert.equal(code, 1);
    for (const id of ["max", "median", "p99", "passingAtol", "ulpPeak"]) {
      assert.equal(numbers["output"]?.[id]?.value, known?.[id]?.value, id);
    }
    // Sums are taken in another order.
    const valueOf = (each: Judged["numbers"] | undefined, id: string): number =>
      each?.["output"]?.[id]?.value ?? NaN;
    for (const id of ["mean", "cosine", "pearson", "snr"]) {
      const [found, wanted] = [valueOf(numbers, id), valueOf(runs[0]?.numbers, id)];
      assert.ok(Math.abs(found - wanted) < 1e-12 * Math.abs(wanted), id);
    }
    assert.deepEqual(
      (numbers["output"]?.["largest"] as unknown as { index: number[] }).index,
      (known?.["largest"] as unknown as { index: number[] }).index,
    );
  });

  it("passes by the smallest tolerance that it names, and fails just below", async () => {
    const result = await saved();
    const pair = [`${result}#output`, `${expected}#output`];
    const { numbers } = await judged(...pair, "--rtol", "0");
    const atol = numbers["output"]?.["passingAtol"]?.value ?? 0;
    assert.ok(atol > 0);
    assert.equal((await judged(...pair, "--rtol", "0", "--atol", String(atol))).code, 0);
    assert.equal((await judged(...pair, "--tolerance", `output=0:${String(atol)}`)).code, 0);
    const less = String(atol * (1 - 1e-12));
    const below = await judged(...pair, "--rtol", "0", "--atol", less);
    assert.equal(below.code, 1);
    assert.ok((below.numbers["output"]?.["outside"]?.value ?? 0) >= 1);
  });

  it("pairs tensors by their names, and prints them for people", async () => {
    const result = await saved();
    const { code, stdout } = await unroll(folder(), "judge", result, result);
    assert.equal(code, 0);
    assert.match(stdout, /^output: ✓ passes by rtol 0\.0000013, atol 0\.00001\n/);
    assert.match(stdout, /h_n: ✓ passes/);
  });

  it("says in one sentence what does not go together", async () => {
    const result = await saved();
    const shapes = await unroll(folder(), "judge", `${result}#h_n`, `${result}#output`);
    assert.equal(shapes.code, 2);
    assert.match(shapes.stderr, /h_n.*\[/);
    const gone = await unroll(folder(), "judge", `${result}#nothing`, result);
    assert.match(gone.stderr, /there is no tensor named nothing/);
    const one = await unroll(folder(), "judge", result);
    assert.match(one.stderr, /expected two files: a result and its reference/);
    const negative = await unroll(folder(), "judge", result, result, "--atol", "-1");
    assert.equal(negative.code, 2);
  });
});

describe("unroll run --hashes", () => {
  const lstm = join(examples, "lstm-two-directions");

  async function lines(...flags: string[]): Promise<string[]> {
    const run = ["run", "lstm-two-directions.unroll.json", "--hashes", ...flags];
    const { stdout } = await unroll(lstm, ...run);
    return stdout.trimEnd().split("\n");
  }

  it("prints a line for each layer, direction, state and step, in the order of dependency", async () => {
    const found = await lines();
    assert.match(found[0] ?? "", /^layer0\.forward\.h t=0 l1=\d+(\.\d+)? hash=[0-9a-f]{16}$/);
    const states = [...new Set(found.map((line) => line.split(" ")[0]))];
    assert.deepEqual(states.slice(0, 4), [
      "layer0.forward.h",
      "layer0.forward.c",
      "layer0.reverse.h",
      "layer0.reverse.c",
    ]);
    const reverse = found.filter((line) => line.startsWith("layer0.reverse.h"));
    assert.match(reverse.at(-1) ?? "", / t=0 /);
    assert.equal(found.length % states.length, 0);
  });

  it("is the same of the same run, also where states are computed again, and another of another run", async () => {
    const found = await lines();
    assert.deepEqual(await lines(), found);
    const other = await lines("--precision", "f64");
    assert.equal(other.length, found.length);
    assert.notDeepEqual(other, found);
    const parsed = JSON.parse((await lines("--json"))[0] ?? "") as object;
    assert.deepEqual(Object.keys(parsed), ["state", "step", "l1", "hash"]);
  });

  it("hashes bits by MurmurHash3, every NaN as one", () => {
    // The test vector 21 43 65 87 of MurmurHash3_x86_32 with seed 0.
    const vector = new Float32Array(Uint32Array.of(0x87654321).buffer);
    assert.equal(hashOf(vector).slice(0, 8), "f55b516b");
    const nans = [0x7fc00000, 0xffc00001].map((bits) =>
      hashOf(new Float32Array(Uint32Array.of(bits).buffer)),
    );
    assert.equal(nans[0], nans[1]);
    assert.notEqual(hashOf(Float32Array.of(0)), hashOf(Float32Array.of(-0)));
  });
});
