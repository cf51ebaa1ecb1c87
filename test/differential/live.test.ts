/** Random configurations against the PyTorch that is installed here; skipped, and said so, where there is none. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeNumber } from "../../src/protocol/wire";
import { describeCase, fixtures, listCases, specOf, weightsOf, Workplace } from "./cases";
import { compareStates } from "./states";

const python = process.env["UNROLL_PYTHON"] ?? "python3";
/** Another one in each run, so that every combination comes up; it is in the name of the test that fails. */
const seed = process.env["UNROLL_SEED"] ?? String(Date.now() % 1_000_000);
const count = process.env["UNROLL_LIVE_CASES"] ?? "100";

/** Version of the installed PyTorch, or why there is none. */
function findTorch(): { version: string } | { reason: string } {
  try {
    const program = "import torch, numpy, safetensors; print(torch.__version__)";
    const version = execFileSync(python, ["-c", program], { encoding: "utf8", stdio: "pipe" });
    return { version: version.trim() };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: unknown };
    const last = typeof stderr === "string" ? stderr.trim().split("\n").at(-1) : undefined;
    return { reason: last ?? `${python} cannot be started (${String(code)})` };
  }
}

const torch = findTorch();

describe("live differential", () => {
  if ("reason" in torch) {
    it.skip(`against PyTorch: ${torch.reason}`);
    return;
  }

  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  it(`${count} random runs are those of PyTorch ${torch.version} (UNROLL_SEED=${seed})`, async function () {
    this.timeout(300_000);
    const script = join(fixtures, "generate/random_cases.py");
    const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
    const folder = join(workplace.folder, "cases");
    await promisify(execFile)(python, [script, folder, seed, count], { env: environment });
    const failures: string[] = [];
    const folders = listCases(folder);
    for (const each of folders) {
      failures.push(...(await failuresOf(each)));
      await checkStates(each);
    }
    assert.equal(folders.length, Number(count));
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
    compareStates(describeCase(folder), ours, reference);
  }

  async function failuresOf(folder: string): Promise<readonly string[]> {
    const [weights = ""] = weightsOf(folder);
    const { error, verdicts } = await workplace.check("live", specOf(folder, weights));
    if (error !== undefined) return [`${folder}: ${error}`];
    return ["output", "h_n"].flatMap((name) => {
      const checked = verdicts[name];
      if (checked?.verdict === "equal" || checked?.verdict === "rounding") return [];
      const maxAbs = decodeNumber(checked?.maxAbs ?? "NaN");
      return [`${folder} ${weights}: ${name} ${checked?.verdict ?? "missing"}, max |Δ| ${maxAbs}`];
    });
  }
});
