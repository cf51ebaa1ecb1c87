/** unroll probe and unroll reduce: files that run, say what they should, and replace nothing that was read. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePython } from "../../support/python/python";
import { runPython } from "../../support/python/warmPython";
import { examples, root, unroll, useFolder, type CommandResult } from "../terminal";

const mistakes = join(root, "test/fixtures/mistakes");
const lstm = join(examples, "lstm-two-directions/lstm-two-directions.unroll.json");

/** The JSON that a command printed. */
function printed({ code, stdout, stderr }: CommandResult): unknown {
  assert.deepEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** The first finding of a run file. */
async function findingOf(folder: string, file: string): Promise<string | undefined> {
  const result = await unroll(folder, "diagnose", file, "--json");
  const { runs } = JSON.parse(result.stdout) as { runs: { findings: { id: string }[] }[] };
  return runs[0]?.findings[0]?.id;
}

function nodeTest(folder: string): { code: number | null; output: string } {
  // A test inside of a test reports to the outer one otherwise.
  const env = { ...process.env };
  delete env["NODE_TEST_CONTEXT"];
  const args = ["--test", "--test-reporter=tap", "case.test.mjs"];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  return { code: status, output: stdout };
}

describe("unroll probe", () => {
  const folder = useFolder();

  it("writes values, a script and a run file that find a right reference right", async () => {
    const result = await unroll(folder(), "probe", lstm, "--out", "made");
    assert.deepEqual([result.code, result.stderr], [0, ""]);
    assert.match(result.stdout, /^T 5, B 3, I 6, H 8; seed 0$/m);
    assert.match(result.stdout, /^it shows each of the \d+ mistakes that can be made/m);
    const made = join(folder(), "made");
    assert.deepEqual(readdirSync(made).sort(), ["probe.npz", "probe.unroll.json", "record.py"]);
    const spec = JSON.parse(readFileSync(join(made, "probe.unroll.json"), "utf8")) as {
      weights: { file: string };
      reference?: object;
    };
    assert.match(spec.weights.file, /^\.\.\/.*weights\.\w+$/);
    const { reference, ...own } = spec;
    assert.deepEqual(Object.keys(reference ?? {}), ["output", "h_n", "c_n"]);
    writeFileSync(join(made, "own.unroll.json"), JSON.stringify(own));
    const run = await unroll(made, "run", "own.unroll.json", "--out", "reference.npz");
    assert.equal(run.code, 0);
    const checked = await unroll(made, "diagnose", "probe.unroll.json", "--json");
    const { runs } = printed(checked) as { runs: { verdict: string; cannotSee: string[] }[] };
    assert.deepEqual([runs[0]?.verdict, runs[0]?.cannotSee], ["equal", []]);
  });

  it("takes a seed, and says in JSON what stays hidden and why", async () => {
    const keras = join(examples, "keras-lstm/keras-lstm.unroll.json");
    const result = await unroll(folder(), "probe", keras, "--out", ".", "--seed", "9", "--json");
    const made = printed(result) as { seed: number; hidden: object[]; files: string[] };
    assert.ok(made.seed >= 9);
    assert.deepEqual(made.hidden, [{ id: "bias/hh-missing", reason: "biases are zero" }]);
    assert.deepEqual(made.files, ["probe.npz", "record.py", "probe.unroll.json"]);
    // Keras' weights are not those of torch.nn: the script waits for the user's own forward.
    const script = readFileSync(join(folder(), "record.py"), "utf8");
    assert.match(script, /raise NotImplementedError/);
  });

  it("replaces no file of the run", async () => {
    cpSync(join(examples, "lstm-two-directions"), folder(), { recursive: true });
    const run = join(folder(), "probe.unroll.json");
    cpSync(join(folder(), "lstm-two-directions.unroll.json"), run);
    const before = readFileSync(run);
    const { code, stderr } = await unroll(folder(), "probe", "probe.unroll.json", "--out", ".");
    assert.equal(code, 2);
    assert.match(stderr, /^--out: .*probe\.unroll\.json is an input of this run; choose another/);
    assert.deepEqual(readFileSync(run), before);
    assert.ok(!readdirSync(folder()).includes("record.py"));
  });

  it("asks for what is missing", async () => {
    for (const [args, said] of [
      [["probe", lstm], /^unroll probe: expected --out, the folder to write to/],
      [["probe", lstm, lstm, "--out", "x"], /^unroll probe: expected one run file/],
      [["reduce", "--out", "x"], /^unroll reduce: expected one run file/],
      [["probe", lstm, "--out", "x", "--seed", "-1"], /^--seed: expected a whole number from 0 to/],
    ] as const) {
      const { code, stderr } = await unroll(folder(), ...args);
      assert.equal(code, 2);
      assert.match(stderr, said);
    }
  });
});

describe("unroll reduce", () => {
  const folder = useFolder();

  it("writes a case with the same finding, and a node test that fails until it is mended", async () => {
    const run = join(mistakes, "s002.unroll.json");
    const result = await unroll(folder(), "reduce", run, "--out", ".", "--json");
    const made = printed(result) as {
      id: string;
      reference: string;
      sizes: Record<string, number>;
    };
    assert.deepEqual([made.id, made.reference], ["weights/hh-transposed", "computed"]);
    assert.ok((made.sizes["H"] ?? 9) < 6 && made.sizes["B"] === 1);
    assert.equal(await findingOf(folder(), "case.unroll.json"), "weights/hh-transposed");
    const failing = nodeTest(folder());
    assert.equal(failing.code, 1);
    assert.match(failing.output, /output: largest difference 0\.\d+/);
    const file = join(folder(), "case.test.mjs");
    const test = readFileSync(file, "utf8");
    const mended = test.replace(
      "const { output, h_n, c_n } = tensors;",
      'const [output, h_n, c_n] = ["output", "h_n", "c_n"].map((name) => tensors["right." + name]);',
    );
    assert.notEqual(mended, test);
    writeFileSync(file, mended);
    assert.equal(nodeTest(folder()).code, 0);
  });

  it("says which values are the user's own", async () => {
    const own = await unroll(
      folder(),
      "reduce",
      join(mistakes, "s004.unroll.json"),
      "--out",
      "own",
    );
    assert.match(
      own.stdout,
      /^all values are your own: rows \d, \d of the batch and the first \d steps$/m,
    );
    const made = await unroll(
      folder(),
      "reduce",
      join(mistakes, "s001.unroll.json"),
      "--out",
      "made",
    );
    assert.match(made.stdout, /^T 6 → 1, B 5 → 1, layers 3 → 2, H 6 → \d, I 3 → 1$/m);
    assert.match(made.stdout, /the reference is computed as if the mistake had been made/);
  });

  it("writes no case for a right reference, nor for one that nothing explains", async () => {
    for (const [name, said] of [
      ["s012", /the reference is right: there is no mistake to make a case of\n$/],
      ["s048", /no mistake that is known explains the reference: there is nothing to make/],
    ] as const) {
      const run = join(mistakes, `${name}.unroll.json`);
      const { code, stderr } = await unroll(folder(), "reduce", run, "--out", "none");
      assert.equal(code, 2);
      assert.match(stderr, said);
    }
    assert.deepEqual(readdirSync(folder()), []);
  });
});

/** Runs scripts one after another, each in its own folder, and prints a list of what became of them. */
const RUNNER = `
import contextlib, io, json, os, runpy, sys, traceback
done = []
for folder, script, function in json.load(sys.stdin):
    os.chdir(folder)
    said, code = io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            defined = runpy.run_path(script, run_name="made" if function else "__main__")
            if function:
                defined[function]()
        except BaseException:
            traceback.print_exc()
            code = 1
    done.append({"code": code, "output": said.getvalue()})
print(json.dumps(done))
`;

/** A script in a folder, and the function of it that is called; null where it is run as a program. */
type Script = readonly [folder: string, script: string, call: string | null];

async function runScripts(scripts: readonly Script[]): Promise<{ code: number; output: string }[]> {
  const printed = await runPython({
    packages: ["torch"],
    arguments: ["-c", RUNNER],
    input: JSON.stringify(scripts),
  });
  return JSON.parse(printed) as { code: number; output: string }[];
}

describePython("made cases in Python", ["torch", "numpy", "safetensors"], () => {
  const place = mkdtempSync(join(tmpdir(), "unroll-made-"));

  after(() => {
    rmSync(place, { recursive: true });
  });

  function newFolder(name: string): string {
    const folder = join(place, name);
    mkdirSync(folder);
    return folder;
  }

  const cases = join(root, "test/fixtures/cases");

  async function writeProbe(name: string): Promise<string> {
    const folder = newFolder(name);
    const io = join(cases, name, "io.npz");
    const description = JSON.parse(readFileSync(join(cases, name, "case.json"), "utf8")) as {
      batch_first?: boolean;
      lengths?: number[] | null;
    };
    const run = {
      weights: { file: join(cases, name, "weights.pt") },
      input: `${io}#input`,
      options: { batchFirst: description.batch_first ?? false },
      ...(description.lengths ? { lengths: description.lengths } : {}),
    };
    writeFileSync(join(folder, "run.unroll.json"), JSON.stringify(run));
    assert.equal((await unroll(folder, "probe", "run.unroll.json", "--out", ".")).code, 0);
    return folder;
  }

  it("are probes that record what torch.nn returns, which is right", async function () {
    this.slow(120_000);
    const folders: string[] = [];
    const names = [
      "cell-lstm",
      "lstm-proj-bi",
      "packed-rnn-bi",
      "gru-unbatched-bi",
      "float64-lstm",
    ];
    for (const name of names) folders.push(await writeProbe(name));
    const recorded = await runScripts(folders.map((folder) => [folder, "record.py", null]));
    for (const [index, folder] of folders.entries()) {
      assert.equal(recorded[index]?.code, 0, `${folder}: ${recorded[index]?.output ?? ""}`);
      const checked = await unroll(folder, "check", "probe.unroll.json");
      assert.equal(checked.code, 0, folder + checked.stdout + checked.stderr);
    }
  });

  /** Writes the test of a mistake, and beside it the same test of what is right. */
  async function writeTests(name: string): Promise<string> {
    const folder = newFolder(name);
    const run = join(mistakes, `${name}.unroll.json`);
    assert.equal((await unroll(folder, "reduce", run, "--out", ".")).code, 0);
    const test = readFileSync(join(folder, "test_case.py"), "utf8");
    const recorded = 'return CASE.get("output"), CASE.get("h_n"), CASE.get("c_n")';
    const right = 'return [CASE.get("right." + name) for name in ("output", "h_n", "c_n")]';
    assert.ok(test.includes(recorded));
    writeFileSync(join(folder, "right.py"), test.replace(recorded, right));
    return folder;
  }

  it("are tests that fail for a mistake, and pass without", async function () {
    this.slow(120_000);
    const folders: string[] = [];
    // Padding, a peephole that torch.nn has not, a wrong shape, a pair.
    for (const name of ["s015", "s009", "s013", "s031"]) folders.push(await writeTests(name));
    const ran = await runScripts(
      folders.flatMap((folder): Script[] => [
        [folder, "test_case.py", "test_case"],
        [folder, "right.py", "test_case"],
      ]),
    );
    for (const [index, folder] of folders.entries()) {
      const [failing, passing] = ran.slice(2 * index);
      assert.ok(failing && passing);
      assert.equal(failing.code, 1, folder);
      assert.match(failing.output, /AssertionError: (\n?Not equal to tolerance|\('output', \()/);
      assert.equal(passing.code, 0, `${folder}: ${passing.output}`);
    }
  });
});
