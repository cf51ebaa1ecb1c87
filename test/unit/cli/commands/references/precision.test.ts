/** Reduced precision as a verdict: shown by a run under it, said in every report, and not passed in silence. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixtures } from "../../../support/goldens";
import { unroll, useFolder } from "../../terminal";

const here = join(fixtures, "mistakes");

interface Run {
  readonly verdict: string;
  readonly verdicts: Readonly<Record<string, { verdict: string }>>;
  readonly precision: string | null;
  readonly findings: readonly { readonly id: string }[];
}

async function asked(command: "check" | "diagnose", name: string): Promise<Run> {
  const { stdout } = await unroll(here, command, `${name}.unroll.json`, "--json");
  const { runs } = JSON.parse(stdout) as { runs: readonly [Run] };
  return runs[0];
}

describe("the verdict reduced precision", () => {
  const folder = useFolder();

  for (const [name, precision] of [
    ["s023", "float16"],
    ["s028", "float16 weights"],
    ["s062", "TF32"],
  ] as const) {
    it(`${name}: is said of ${precision}, and is no pass`, async () => {
      const { code, stdout } = await unroll(here, "check", `${name}.unroll.json`);
      assert.equal(code, 1);
      assert.ok(stdout.includes(`output        ≈ reduced precision (${precision})`), stdout);
      assert.match(
        stdout,
        /a run in that precision shows why, nothing is wrong with the code\n.*let it pass/,
      );
      const diagnosed = await unroll(here, "diagnose", `${name}.unroll.json`);
      assert.equal(diagnosed.code, 1);
      assert.ok(diagnosed.stdout.startsWith(`${name}.unroll.json: reduced precision`));
    });

    it(`${name}: has a key of its own beside the verdict in JSON`, async () => {
      const [checked, diagnosed] = [await asked("check", name), await asked("diagnose", name)];
      assert.equal(checked.precision, precision);
      assert.equal(checked.verdicts["output"]?.verdict, "differs");
      assert.deepEqual([diagnosed.precision, diagnosed.verdict], [precision, "differs"]);
    });
  }

  it("stands in JUnit XML and Markdown", async () => {
    const files = ["--junit", join(folder(), "c.xml"), "--markdown", join(folder(), "c.md")];
    await unroll(here, "check", "s062.unroll.json", ...files);
    const junit = readFileSync(join(folder(), "c.xml"), "utf8");
    assert.match(junit, /<failure message="output: reduced precision \(TF32\), max/);
    const markdown = readFileSync(join(folder(), "c.md"), "utf8");
    assert.match(markdown, /\| reduced precision \\?\(TF32\\?\) \|/);
    const { stdout } = await unroll(here, "diagnose", "s062.unroll.json", "--markdown");
    assert.match(stdout, /\| reduced precision \\?\(TF32\\?\) \|/);
  });

  it("is not said of a mistake, of a run that agrees, or of both at once", async () => {
    for (const name of ["s001", "s002", "s003"]) {
      assert.equal((await asked("check", name)).precision, null, name);
      assert.equal((await asked("diagnose", name)).precision, null, name);
    }
  });

  it("is no finding where the values pass all the same, as they do in a check", async () => {
    for (const command of ["check", "diagnose"]) {
      const { code, stdout } = await unroll(here, command, "s023.unroll.json", "--atol", "0.01");
      assert.equal(code, 0, stdout);
      assert.doesNotMatch(stdout, /precision/);
    }
  });

  it("passes where the run is told to compute in it", async () => {
    const file = "s023.unroll.json";
    const { code, stdout } = await unroll(here, "check", file, "--precision", "f16");
    assert.equal(code, 0, stdout);
  });
});

describe("a difference that nothing explains", () => {
  const folder = useFolder();

  it("is told with what is known of it", async () => {
    const run = ["run", "s003.unroll.json", "--out"];
    const file = join(folder(), "out.json");
    await unroll(here, ...run, file);
    const values = JSON.parse(readFileSync(file, "utf8")) as { output: { data: number[] } };
    values.output.data = values.output.data.map((value) => 1.3 * value);
    writeFileSync(file, JSON.stringify(values));
    const spec = JSON.parse(readFileSync(join(here, "s003.unroll.json"), "utf8")) as object;
    const mapped = JSON.stringify({ ...spec, reference: { output: "out.json#output" } }).replaceAll(
      "s003.safetensors",
      join(here, "s003.safetensors"),
    );
    writeFileSync(join(folder(), "scaled.unroll.json"), mapped);
    const { code, stdout } = await unroll(folder(), "diagnose", "scaled.unroll.json");
    assert.equal(code, 1);
    assert.match(stdout, /none of the [\d,]+ mistakes and pairs that were tried explains it/);
    assert.match(stdout, /first: layer \d/);
    assert.match(stdout, /hint: the reference is about 1\.3 times the run's values/);
  });

  it("is not blamed on a key that is written wrongly without a word", async () => {
    const run = { weights: "w.pt", input: "x.npy", refrence: {} };
    writeFileSync(join(folder(), "typo.unroll.json"), JSON.stringify(run));
    const { stderr } = await unroll(folder(), "check", "typo.unroll.json");
    assert.match(stderr, /Unknown key "refrence"; .*; is "reference" meant\?/);
  });
});
