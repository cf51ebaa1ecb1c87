/** The user's own output as a third tensor: which of the three differs, and whose mistake it is. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fixtures } from "../../../support/goldens";
import { examples, unroll, useFolder } from "../../terminal";
import { readFileSync, writeFileSync } from "node:fs";

const here = join(fixtures, "states");

interface Own {
  readonly alone: string | null;
  readonly sentence: string;
  readonly verdicts: Readonly<
    Record<string, { verdict: string; withReference: string | null; alone: string | null }>
  >;
}

interface Diagnosed {
  readonly verdict: string;
  readonly own?: Own;
  readonly ownSearch?: { readonly count: number };
  readonly findings: readonly { readonly id: string; readonly side: string | null }[];
}

async function diagnose(name: string): Promise<Diagnosed & { readonly code: number }> {
  const { code, stdout } = await unroll(here, "diagnose", `${name}.unroll.json`, "--json");
  const { runs } = JSON.parse(stdout) as { runs: readonly [Diagnosed] };
  return { ...runs[0], code };
}

describe("the user's own output beside a reference", function () {
  this.slow(5000);
  const folder = useFolder();

  for (const [name, alone, findings] of [
    ["own-wrong", "own", ["own gates/igof"]],
    ["reference-wrong", "reference", ["reference gates/igof"]],
    ["both-wrong", "run", ["reference gates/igof", "own gates/igof"]],
    ["all-differ", null, ["reference gates/figo", "own gates/igof"]],
    ["all-equal", null, []],
  ] as const) {
    it(`${name}: says which of the three differs from the other two, and whose mistake it is`, async () => {
      const { own, ownSearch, code, ...found } = await diagnose(name);
      assert.equal(own?.alone, alone);
      assert.deepEqual(
        found.findings.map(({ side, id }) => `${String(side)} ${id}`),
        findings,
      );
      assert.equal(code, name === "all-equal" ? 0 : 1);
      assert.ok((ownSearch?.count ?? 0) > 0);
    });
  }

  it("compares all three pairwise, tensor by tensor", async () => {
    const verdictsOf = async (name: string): Promise<unknown> => {
      const { own } = await diagnose(name);
      return Object.values(own?.verdicts ?? {}).map((each) => [each.verdict, each.withReference]);
    };
    const three = (pair: readonly [string, string]): unknown => [pair, pair, pair];
    assert.deepEqual(await verdictsOf("own-wrong"), three(["differs", "differs"]));
    assert.deepEqual(await verdictsOf("reference-wrong"), three(["rounding", "differs"]));
    assert.deepEqual(await verdictsOf("both-wrong"), three(["differs", "equal"]));
  });

  it("stands for a reference where there is none", async () => {
    const { findings, own, code } = await diagnose("only-own");
    assert.deepEqual(
      [own?.alone, own?.sentence, code],
      [null, "your own output differs from the run", 1],
    );
    assert.deepEqual(
      findings.map(({ side, id }) => [side, id]),
      [["own", "gates/igof"]],
    );
  });

  it("is printed for people, in check and in diagnose", async () => {
    const checked = await unroll(here, "check", "own-wrong.unroll.json");
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, /own output +✗ differs/);
    assert.match(checked.stdout, /your own output stands alone: the reference is right/);
    const { stdout } = await unroll(here, "diagnose", "own-wrong.unroll.json");
    assert.match(stdout, /your own output: gates\/igof: .*i g o f/);
    const marked = await unroll(here, "diagnose", "own-wrong.unroll.json", "--markdown");
    assert.match(marked.stdout, /your own output: gates\/igof/);
  });

  it("is given by a flag, and a clash of its shape is a row of the shape check", async () => {
    const own = ["--own", "output=igof.npz#h_n,h_n=igof.npz#h_n"];
    const { code, stdout } = await unroll(here, "run", "lstm.unroll.json", ...own, "--json");
    const view = JSON.parse(stdout) as { own: Own };
    assert.equal(code, 1);
    assert.equal(view.own.verdicts["output"]?.verdict, "cannot-compare");
    assert.equal(view.own.verdicts["h_n"]?.verdict, "differs");
    const file = join(folder(), "shape.unroll.json");
    const run = {
      weights: join(here, "lstm.safetensors"),
      input: join(here, "data.npz#x"),
      own: { output: join(here, "igof.npz#h_n") },
    };
    writeFileSync(file, JSON.stringify(run));
    const shapes = await unroll(here, "shapes", file, "--json");
    assert.match(shapes.stdout, /"own output"/);
  });
});

describe("the user's own output of every kind", () => {
  const folder = useFolder();

  /** What `unroll run --trace` gives of a run, some of it changed, as the own output of the same run. */
  async function compared(run: string, changed: readonly string[]): Promise<Own["verdicts"]> {
    const file = join(folder(), "own.json");
    await unroll(examples, "run", run, "--trace", "--out", file);
    const values = JSON.parse(readFileSync(file, "utf8")) as Record<string, { data: number[] }>;
    for (const name of changed) values[name]?.data.splice(0, 1, 9);
    writeFileSync(file, JSON.stringify(values));
    const own = ["output", "h_n", "embedded", "logits"].map((name) => `${name}=${file}#${name}`);
    const flags = ["--own", [...own, `states=${file}`].join(",")];
    const { stdout } = await unroll(examples, "run", run, ...flags, "--json");
    return (JSON.parse(stdout) as { own: Own }).own.verdicts;
  }

  it("is compared with the run and the reference, each by itself", async () => {
    const run = "text-classifier/text-classifier.unroll.json";
    const found = await compared(run, ["logits", "layer0.reverse.h"]);
    const said = Object.entries(found).map(([name, { verdict }]) => `${name} ${verdict}`);
    assert.deepEqual(said, [
      ...["embedded equal", "output equal", "h_n equal", "logits differs", "states differs"],
    ]);
    assert.equal(found["logits"]?.alone, "own");
    assert.equal(found["output"]?.alone, null);
  });

  it("has its states compared with those of the reference", async () => {
    const flags = ["--own", `states=${join(here, "gate.npz")}`];
    const { stdout, code } = await unroll(here, "run", "lstm.unroll.json", ...flags, "--json");
    assert.equal(code, 1);
    const { verdicts } = (JSON.parse(stdout) as { own: Own }).own;
    assert.deepEqual(verdicts["states"]?.withReference, "differs");
    const said = await unroll(here, "run", "lstm.unroll.json", ...flags);
    assert.match(said.stdout, /own states +✗ differs/);
  });
});

describe("states of a reference in a diagnosis", () => {
  it("stand for the output and the final states that they say", async () => {
    const { findings, verdict } = await diagnose("lstm");
    assert.deepEqual([verdict, findings.length], ["rounding", 0]);
    const { stdout } = await unroll(here, "diagnose", "lstm.unroll.json");
    assert.match(stdout, /cannot see 2 mistakes/);
  });

  it("do not count padding: one wrong step is no rounding, however large the padded values are", async () => {
    const { findings } = await diagnose("kept");
    assert.deepEqual(findings, []);
  });

  it("are not enough where mistakes have nothing to be tried against", async () => {
    const { stdout } = await unroll(here, "diagnose", "part.unroll.json");
    assert.match(stdout, /none of them is given/);
    assert.doesNotMatch(stdout, /cannot see/);
  });
});
