/** Random configurations against the PyTorch that is installed here. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeNumber } from "../../../src/protocol/wire";
import { engines } from "../../unit/support/engines";
import { describePython, seed } from "../../unit/support/python/python";
import { runPython } from "../../unit/support/python/warmPython";
import { describeCase, fixtures, listCases, specOf, weightsOf, Workplace } from "../cases";
import { compareStates, float64Tolerance } from "../states";
import { sweep } from "./sweep";

const count = Number(process.env["UNROLL_LIVE_CASES"] ?? 60);
/** Files take longer than streams, and there is less that depends on sizes. */
const fileCount = Math.ceil(count / 8);

describePython("live differential", ["torch", "numpy", "safetensors"], ({ torch = "" }) => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  it(`${count} random runs are as near to float64 as those of PyTorch ${torch} (UNROLL_SEED=${seed})`, async function () {
    this.slow(300_000);
    const { cases, tally, failures } = await sweep(seed, [`0-${count - 1}`], engines);
    assert.deepEqual(failures, []);
    assert.equal(cases, count);
    const names = tally.engines();
    assert.deepEqual(names, engines.map(({ name }) => name).sort());
    console.log(`  differential: ${tally.summary()}`);
  });

  it(`${fileCount} random runs from files are those of PyTorch ${torch} (UNROLL_SEED=${seed})`, async function () {
    this.slow(300_000);
    const script = join(fixtures, "generate/random_cases.py");
    const folder = join(workplace.folder, "cases");
    const args = [script, folder, seed, fileCount].map(String);
    await runPython({ packages: ["torch"], arguments: args });
    const failures: string[] = [];
    const folders = listCases(folder);
    for (const each of folders) {
      failures.push(...(await failuresOf(each)));
      await checkStates(each);
    }
    assert.equal(folders.length, fileCount);
    assert.deepEqual(failures, []);
  });

  /** Every state in float64, against the script's own loop over steps. */
  async function checkStates(folder: string): Promise<void> {
    const spec = specOf(folder, weightsOf(folder)[0] ?? "");
    const options = { ...spec.options, precision: "f64" } as const;
    const file = workplace.write("trace", { ...spec, options });
    const { stderr } = await workplace.unroll("run", file, "--out", "trace.npz", "--trace");
    assert.equal(stderr, "");
    const ours = await workplace.readAll("trace.npz");
    const reference = await workplace.readAll(join(folder, "states64.npz"));
    compareStates(describeCase(folder), ours, reference, float64Tolerance);
  }

  async function failuresOf(folder: string): Promise<readonly string[]> {
    const [weights = ""] = weightsOf(folder);
    const spec = specOf(folder, weights);
    const { error, verdicts } = await workplace.check("live", spec);
    if (error !== undefined) return [`${folder}: ${error}`];
    return Object.keys(spec.reference ?? {}).flatMap((name) => {
      const checked = verdicts[name];
      if (checked?.verdict === "equal" || checked?.verdict === "rounding") return [];
      const maxAbs = decodeNumber(checked?.maxAbs ?? "NaN");
      return [`${folder} ${weights}: ${name} ${checked?.verdict ?? "missing"}, max |Δ| ${maxAbs}`];
    });
  }
});
