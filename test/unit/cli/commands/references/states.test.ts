/** States and gates inside the layers as references, from run file and flag to the first divergence. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixtures } from "../../../support/goldens";
import { unroll, useFolder } from "../../terminal";

const here = join(fixtures, "states");

interface Checked {
  readonly verdicts: Readonly<Record<string, { verdict: string; outside: number; total: number }>>;
  readonly first: Readonly<Record<string, unknown>> | null;
  readonly notes: readonly string[];
}

async function check(name: string): Promise<Checked & { readonly code: number }> {
  const { code, stdout } = await unroll(here, "check", `${name}.unroll.json`, "--json");
  const { runs } = JSON.parse(stdout) as { runs: readonly [Checked] };
  return { ...runs[0], code };
}

const wrongGate = { layer: 1, direction: "reverse", step: 3, processing: 0, batch: 1, unit: 3 };

describe("a reference of states inside the layers", () => {
  const folder = useFolder();

  for (const [cell, total] of [
    ["lstm", 4 * 15 * 4 * 6],
    ["gru", 4 * 15 * 4 * 4],
    ["rnn", 4 * 15 * 4],
  ] as const) {
    it(`agrees with every state and gate of a right ${cell}, valid steps only`, async () => {
      const { code, verdicts, first } = await check(cell);
      assert.equal(code, 0);
      assert.equal(verdicts["states"]?.verdict, "rounding");
      assert.equal(verdicts["states"].total, total);
      assert.equal(first, null);
    });
  }

  it("places a wrong gate at its step, before the states that come of it", async () => {
    const { code, first } = await check("gate");
    assert.equal(code, 1);
    assert.deepEqual(first, {
      tensor: "states",
      ...wrongGate,
      gate: "f",
      state: null,
      everythingBeforeIsClean: true,
      sentence:
        "layer 1, reverse, processing step 0 (t = 3), batch 1, gate f, unit 3; everything before is clean",
    });
  });

  it("places it by c where only h and c are given", async () => {
    const { first } = await check("kept");
    const { gate, state, processing, everythingBeforeIsClean } = first ?? {};
    assert.deepEqual([gate, state, processing, everythingBeforeIsClean], [null, "c", 0, true]);
  });

  it("takes a single gate, says what is not known, and which names mean nothing", async () => {
    const { first, notes } = await check("part");
    assert.deepEqual([first?.["gate"], first?.["everythingBeforeIsClean"]], ["f", null]);
    assert.match(String(first?.["sentence"]), /unit 3; the layers below are not known$/);
    const named = "layer7.forward.h, layer0.forward.r, extra";
    assert.ok(notes.includes(`part.npz holds names that are no states of this module: ${named}`));
  });

  it("has a row in the shape check for what does not fit, and says which it is", async () => {
    const { verdicts, code } = await check("shape");
    assert.equal(code, 1);
    assert.equal(verdicts["states"]?.verdict, "cannot-compare");
    const { stdout } = await unroll(here, "check", "shape.unroll.json");
    assert.match(stdout, /gives \[6, 3, 4\], layer0\.reverse\.c has \[6, 3, 3\]/);
    const shapes = await unroll(here, "shapes", "shape.unroll.json");
    assert.match(shapes.stdout, /reference layer0\.reverse\.c/);
  });

  it("is transposed where the batch comes first and nothing else fits", async () => {
    const { code, verdicts, notes } = await check("turned");
    assert.deepEqual([code, verdicts["states"]?.outside], [0, 0]);
    assert.ok(notes.some((note) => note.includes("have the batch first")));
  });

  it("takes what run --trace writes, by the flag too", async () => {
    const out = join(folder(), "trace.safetensors");
    const run = ["run", "lstm.unroll.json"];
    await unroll(here, ...run, "--trace", "--out", out);
    const { code, stdout } = await unroll(here, ...run, "--reference", `states=${out}`, "--json");
    assert.equal(code, 0);
    const { verdicts } = JSON.parse(stdout) as Checked;
    assert.equal(verdicts["states"]?.verdict, "equal");
    assert.equal(verdicts["states"].total, 4 * 15 * 4 * 2);
    const refused = await unroll(here, ...run, "--reference", `states=${out}#h`);
    assert.match(refused.stderr, /states=FILE/);
  });
});

describe("states of a chaotic run", () => {
  const folder = useFolder();
  const chaos = join(fixtures, "chaos");

  /** What is said of an LSTM's c of every step, computed in float64; that of one step is off where one is given. */
  async function saidOf(wrongStep: number | null): Promise<string> {
    const file = join(folder(), "c.json");
    const run = ["run", "lstm_right.unroll.json"];
    await unroll(chaos, ...run, "--precision", "f64", "--trace", "--out", file);
    const values = JSON.parse(readFileSync(file, "utf8")) as Record<string, { data: number[] }>;
    const name = "layer0.forward.c";
    if (wrongStep !== null) values[name]?.data.splice(wrongStep * 2 * 16, 1, 5);
    writeFileSync(file, JSON.stringify({ [name]: values[name] }));
    const { stdout } = await unroll(chaos, ...run, "--reference", `states=${file}`);
    return stdout;
  }

  it("are judged by their values as long as these say something, c as well as h", async () => {
    const said = /states agrees as far as it can be judged: ([\d,]+) of 3,200 values by themselves/;
    const [, judged] = said.exec(await saidOf(null)) ?? [];
    assert.ok(Number(judged?.replace(",", "")) > 320, judged);
  });

  it("show an early c that is wrong", async () => {
    assert.match(await saidOf(3), /states +✗ differs/);
  });
});
