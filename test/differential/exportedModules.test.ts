/** Modules that `unroll export --as` wrote, loaded and run by the frameworks that they are for. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unroll } from "../unit/cli/terminal";
import { fixtures } from "../unit/formats/support";
import { describePython, seed } from "../unit/support/python/python";
import { runPython } from "../unit/support/python/warmPython";
import { Workplace } from "./cases";

/** A module that was made up, with an input and what its own framework computes of it. */
interface Case {
  readonly file: string;
  readonly cell: "RNN" | "LSTM" | "GRU";
  readonly batch_first: boolean;
  readonly bias?: boolean;
  readonly num_layers: number;
  readonly bidirectional: boolean;
  readonly nonlinearity?: string;
}

const targets = {
  pytorch: ["safetensors", "npz"],
  keras: ["weights.h5", "npz"],
  onnx: ["onnx"],
  flax: ["safetensors", "npz"],
  mlx: ["safetensors", "npz"],
} as const;

type Target = keyof typeof targets;

interface Job {
  readonly case: Case;
  readonly as: Target;
  readonly out: string;
  readonly code: string;
  readonly batch_first: boolean;
}

/** As many of the modules of PyTorch, and as many nodes of ONNX. */
const COUNT = 12;

/** float32, a few steps. */
const ALLOWED = 5e-6;

describePython("exported modules", ["numpy", "torch", "keras", "onnx", "onnxruntime"], () => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  it(`compute what they did before, and come back bit for bit (UNROLL_SEED=${seed})`, async function () {
    this.slow(240_000);
    const { folder } = workplace;
    await script("make", folder, String(seed), String(COUNT));
    const cases = JSON.parse(await readFile(join(folder, "cases.json"), "utf8")) as Case[];
    assert.equal(cases.length, 2 * COUNT);
    const jobs: Job[] = [];
    const refused = new Map<Target, number>();
    for (const [index, item] of cases.entries()) {
      for (const [name, endings] of Object.entries(targets)) {
        const as = name as Target;
        const out = `${as}${index}.${endings[index % endings.length] ?? ""}`;
        const job = await exported(item, as, out);
        if (job === null) refused.set(as, (refused.get(as) ?? 0) + 1);
        else jobs.push(job);
      }
    }
    // What PyTorch's modules are, every framework has.
    for (const [as, count] of refused) assert.ok(count <= COUNT, as);
    assert.equal(refused.get("onnx"), undefined);
    const same = [...(await roundTrips(cases)), ...(await kerasTrips(cases))];
    assert.ok(same.length > COUNT / 2);
    const all = [...jobs, ...same.map((pair) => ({ same: pair }))];
    await writeFile(join(folder, "jobs.json"), JSON.stringify(all));
    await script("run", folder);
    const results = JSON.parse(await readFile(join(folder, "results.json"), "utf8")) as object[];
    assert.equal(results.length, all.length);
    for (const [index, result] of results.entries()) {
      assert.ok(isRight(result), JSON.stringify([all[index], result]).slice(0, 2000));
    }
  });

  async function exported(item: Case, as: Target, out: string): Promise<Job | null> {
    const { folder } = workplace;
    const isAsked = as === "onnx" && item.file.endsWith(".safetensors");
    const flags = [
      ...(item.batch_first ? ["--batch-first"] : []),
      ...(item.nonlinearity === undefined ? [] : ["--nonlinearity", item.nonlinearity]),
      ...(isAsked && item.num_layers > 1 ? ["--with", "states,lengths"] : []),
    ];
    const { code, stdout, stderr } = await unroll(
      folder,
      ...["export", item.file, "--as", as, "--out", out, "--json", ...flags],
    );
    if (code !== 0) {
      assert.match(stderr, / has no | in another order/);
      return null;
    }
    const { code: lines } = JSON.parse(stdout) as { code: string };
    return { case: item, as, out, code: lines, batch_first: item.batch_first };
  }

  /** PyTorch → ONNX → PyTorch, and ONNX → PyTorch → ONNX where PyTorch has the cell. */
  async function roundTrips(cases: readonly Case[]): Promise<(readonly [string, string])[]> {
    const pairs: (readonly [string, string])[] = [];
    for (const [index, item] of cases.entries()) {
      const isState = item.file.endsWith(".safetensors");
      const [there, back]: readonly Target[] = isState ? ["onnx", "pytorch"] : ["pytorch", "onnx"];
      const over = `over${index}.${isState ? "onnx" : "safetensors"}`;
      const home = `home${index}.${isState ? "safetensors" : "onnx"}`;
      if ((await exported(item, there ?? "onnx", over)) === null) continue;
      assert.ok(await exported({ ...item, file: over }, back ?? "onnx", home));
      pairs.push([item.file, home]);
    }
    return pairs;
  }

  /** PyTorch → Keras → PyTorch, layer by layer as Keras has them: every second module has the one bias that it has. */
  async function kerasTrips(cases: readonly Case[]): Promise<(readonly [string, string])[]> {
    const pairs: (readonly [string, string])[] = [];
    for (const [index, item] of cases.entries()) {
      if (!item.file.endsWith(".safetensors")) continue;
      if (item.cell !== "GRU" && item.bias === true && index % 2 === 0) continue;
      const [over, home] = [`keras${index}.weights.h5`, `kerasHome${index}.safetensors`];
      assert.ok(await exported(item, "keras", over));
      assert.ok(await exported({ ...item, file: over }, "pytorch", home));
      pairs.push([item.file, home]);
    }
    return pairs;
  }

  async function script(...args: readonly string[]): Promise<void> {
    const path = join(fixtures, "generate/exported_modules.py");
    await runPython({ packages: ["keras"], arguments: [path, ...args] });
  }
});

/** NaN is not. */
function isRight(result: object): boolean {
  if ("same" in result) return result.same === true;
  return Object.values(result).every((distance) => Number(distance) <= ALLOWED);
}
