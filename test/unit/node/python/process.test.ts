/** A Python process that is killed, runs out of memory or time, crashes, or has lost its interpreter: one sentence each, and no process or file stays behind. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CancelledError } from "../../../../src/core/errors";
import { noControl, type RunControl } from "../../../../src/core/control";
import { renderText } from "../../../../src/core/text";
import type { ReferenceOutcome } from "../../../../src/reference/engine";
import type { PythonEngine } from "../../../../src/node/python/engine";
import type { RunInputs } from "../../../../src/run/inputs";
import { describePython, python } from "../../support/python/python";
import { becomes, configOf, inputsOf, isThere, PythonPlace } from "../../support/python/pythonRuns";

const small = inputsOf(configOf("LSTM", { bidirectional: true, numLayers: 2 }));
/** Steps for some minutes of Python. */
const long = inputsOf(configOf("RNN", { inputSize: 1, hiddenSize: 1 }), {
  seqLength: 4_000_000,
  batchSize: 1,
  hasStates: false,
});

function run(
  engine: PythonEngine,
  interpreter: string | undefined,
  inputs: RunInputs = small,
  control: RunControl = noControl,
): Promise<ReferenceOutcome> {
  const choice = { id: engine.id, ...(interpreter === undefined ? {} : { interpreter }) };
  return engine.run({ choice, inputs, file: null }, control);
}

/** The sentence of an outcome that is none, with its kind. */
function refusal(outcome: ReferenceOutcome): {
  why: string;
  sentence: string;
  remedy: string | null;
} {
  if (outcome.kind === "answer") assert.fail("there is an answer");
  const { why, sentence, remedy } = outcome;
  return { why, sentence: renderText(sentence), remedy: remedy && renderText(remedy) };
}

describePython("a Python process", ["torch"], () => {
  const folder = mkdtempSync(join(tmpdir(), "unroll-python-test-"));
  let place: PythonPlace;
  let names = 0;

  before(function () {
    // The interpreters of these tests are shell scripts.
    if (process.platform === "win32") this.skip();
  });
  beforeEach(() => {
    place = new PythonPlace();
  });
  afterEach(async () => {
    await place.dispose();
    assert.equal(existsSync(place.storage), false);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** An interpreter that is a script: `body` runs before Python, whose process id goes into `pidFile`. */
  function interpreter(body = "", call = `exec ${python}`): { path: string; pidFile: string } {
    const path = join(folder, `python-${++names}`);
    const pidFile = `${path}.pid`;
    writeFileSync(path, `#!/bin/sh\necho $$ > ${pidFile}\n${body}\n${call} "$@"\n`);
    chmodSync(path, 0o755);
    return { path, pidFile };
  }

  /** An interpreter that finds a module of ours first. */
  function withModule(name: string, source: string): { path: string; pidFile: string } {
    const modules = join(folder, `modules-${++names}`);
    mkdirSync(modules);
    writeFileSync(join(modules, `${name}.py`), source);
    return interpreter(`export PYTHONPATH=${modules} PYTHONDONTWRITEBYTECODE=1`);
  }

  /** Asserts that neither process nor folder is there. */
  async function assertGone(pidFile: string, its = place): Promise<void> {
    const pid = Number(readFileSync(pidFile, "utf8"));
    await becomes("the process", () => isThere(pid), false);
    await becomes("its folder", () => its.left, []);
  }

  describe("that several runs share", () => {
    const { path, pidFile } = interpreter();
    let shared: PythonPlace;
    let engine: PythonEngine;

    before(() => {
      shared = new PythonPlace();
      engine = shared.engine("pytorch");
    });
    after(() => shared.dispose());

    it("hands large tensors over in files, which do not stay", async () => {
      const config = configOf("LSTM", { inputSize: 256, hiddenSize: 256 });
      const inputs = inputsOf(config, { seqLength: 64, batchSize: 32 });
      const outcome = await run(engine, path, inputs);
      if (outcome.kind !== "answer") assert.fail(renderText(outcome.sentence));
      assert.deepEqual(outcome.tensors.output?.shape, [64, 32, 256]);
      assert.deepEqual(
        shared.left.map((each) => readdirSync(join(shared.storage, each))),
        [[]],
      );
    });

    it("without a GPU says so in one sentence, and answers the next question", async function () {
      const choice = { id: "pytorch", interpreter: path, device: "gpu", tf32: true } as const;
      const outcome = await engine.run({ choice, inputs: small, file: null }, noControl);
      // Where there is one, its name and TF32 are said.
      if (outcome.kind === "answer") assert.match(outcome.device, /TF32 on|MPS/);
      else assert.match(refusal(outcome).sentence, /finds no GPU here \(CUDA, MPS\)$/);
      assert.equal((await run(engine, path)).kind, "answer");
    });

    it("refuses a module that it cannot run, and answers the next question", async () => {
      const weight = small.parameters.get("weight_hh_l0");
      assert.ok(weight);
      const wrong = { ...weight, shape: [weight.shape[1] ?? 0, weight.shape[0] ?? 0] };
      const parameters = new Map([...small.parameters, ["weight_hh_l0", wrong] as const]);
      const { why, sentence } = refusal(await run(engine, path, { ...small, parameters }));
      assert.equal(why, "failed");
      assert.match(sentence, /^PyTorch refuses the run: RuntimeError: /);
      const pid = readFileSync(pidFile, "utf8");
      assert.equal((await run(engine, path)).kind, "answer");
      assert.equal(readFileSync(pidFile, "utf8"), pid);
    });

    it("answers, stays warm, and ends with its engine", async () => {
      const first = await run(engine, path);
      const pid = readFileSync(pidFile, "utf8");
      const second = await run(engine, path);
      assert.equal(first.kind, "answer");
      assert.equal(second.kind, "answer");
      assert.equal(readFileSync(pidFile, "utf8"), pid);
      assert.ok(isThere(Number(pid)));
      await engine.dispose();
      await assertGone(pidFile, shared);
    });
  });

  it("that is killed in the middle is told, and the next run starts another one", async () => {
    const { path, pidFile } = interpreter();
    const engine = place.engine("pytorch");
    const outcome = run(engine, path, long, {
      report: (fraction) => {
        if (fraction > 0) process.kill(Number(readFileSync(pidFile, "utf8")), "SIGSEGV");
      },
      check: () => undefined,
    });
    const { why, sentence } = refusal(await outcome);
    assert.equal(why, "crashed");
    assert.match(sentence, /^PyTorch: the Python process ended in the middle \(signal SIGSEGV\)/);
    await assertGone(pidFile);
    assert.equal((await run(engine, path)).kind, "answer");
  });

  it("that takes too long is ended at its limit", async () => {
    const { path, pidFile } = interpreter();
    const { why, sentence } = refusal(await run(place.engine("pytorch", 3), path, long));
    assert.equal(why, "timed-out");
    assert.equal(sentence, "PyTorch: no answer within 3 seconds, so the process was ended");
    await assertGone(pidFile);
  });

  it("that hangs in a package is ended at its limit", async () => {
    const { path, pidFile } = withModule("torch", "import time\ntime.sleep(3600)\n");
    assert.equal(refusal(await run(place.engine("pytorch", 1), path)).why, "timed-out");
    await assertGone(pidFile);
  });

  it("ends when the run is cancelled", async () => {
    const { path, pidFile } = interpreter();
    let isStopped = false;
    const control: RunControl = {
      report: (fraction) => {
        isStopped ||= fraction > 0;
      },
      check: () => {
        if (isStopped) throw new CancelledError();
      },
    };
    await assert.rejects(run(place.engine("pytorch"), path, long, control), CancelledError);
    await assertGone(pidFile);
  });

  it("without PyTorch, or with an old or a broken one, says so", async () => {
    const bare = interpreter("", `exec ${python} -S`);
    const none = refusal(await run(place.engine("pytorch"), bare.path));
    assert.deepEqual(none, {
      why: "missing",
      sentence: `${bare.path} has no package torch`,
      remedy: `install it there (${bare.path} -m pip install torch), or choose another interpreter`,
    });
    const old = withModule("torch", '__version__ = "1.4.0"\n');
    const tooOld = refusal(await run(place.engine("pytorch"), old.path));
    assert.equal(tooOld.why, "old");
    assert.equal(
      tooOld.sentence,
      `${old.path} has torch 1.4.0, which lacks torch.frombuffer; 1.10 or later is needed`,
    );
    const broken = withModule("torch", 'raise OSError("libtorch.so: cannot open")\n');
    const unusable = refusal(await run(place.engine("pytorch"), broken.path));
    assert.equal(unusable.why, "missing");
    assert.match(unusable.sentence, /package torch that does not load: libtorch.so: cannot open$/);
  });

  it("takes the GPU that there is: CUDA before MPS, which has no float64", async () => {
    const source = [
      "import sys",
      `sys.path.insert(0, ${JSON.stringify(join(process.cwd(), "python"))})`,
      "sys.dont_write_bytecode = True",
      "import unroll_torch",
      "from types import SimpleNamespace as Space",
      "from unroll_channel import Refusal",
      "def torch(cuda, mps):",
      "    there = Space(is_available=lambda: mps)",
      "    return Space(device=str, __version__='2', cuda=Space(is_available=lambda: cuda), backends=Space(mps=there))",
      "def device(*asked):",
      "    try:",
      "        return unroll_torch.device_of(*asked)",
      "    except Refusal as refusal:",
      "        return refusal.data['code']",
      "print(device(torch(True, True), 'gpu', 'float64'), device(torch(False, True), 'gpu', 'float32'),",
      "      device(torch(False, True), 'gpu', 'float64'), device(torch(False, False), 'gpu', 'float32'),",
      "      device(torch(True, True), 'cpu', 'float64'))",
    ].join("\n");
    const { stdout } = await promisify(execFile)(python, ["-c", source]);
    assert.equal(stdout.trim(), "cuda mps no-float64 no-device cpu");
  });

  it("that crashes is told with its exit code and its last line", async () => {
    const source = 'import os\nos.write(2, b"first\\nthe last words\\n")\nos._exit(7)\n';
    const { path, pidFile } = withModule("torch", source);
    const { why, sentence } = refusal(await run(place.engine("pytorch"), path));
    assert.equal(why, "crashed");
    assert.equal(
      sentence,
      "PyTorch: the Python process ended in the middle (exit code 7): the last words",
    );
    await assertGone(pidFile);
  });

  it("does not mind what others print, before it begins and while it runs", async () => {
    const source = [
      "import os, sys, threading",
      'print("a banner of the site")',
      'os.write(1, b"\\x00\\xffUNRF garbage\\n")',
      "import torch",
      "relu = torch.Tensor.tanh",
      "def loud(self):",
      '    print("from Python"); os.write(1, b"UNRF from C\\n")',
      "    return relu(self)",
      "torch.Tensor.tanh = loud",
    ].join("\n");
    const { path } = withModule("sitecustomize", source);
    const outcome = await run(place.engine("pytorch"), path);
    if (outcome.kind !== "answer") assert.fail(renderText(outcome.sentence));
    assert.match(place.output, /from Python/);
    assert.match(place.output, /UNRF from C/);
  });

  it("that is no Python is told from one that is not there", async () => {
    const engine = place.engine("pytorch");
    const gone = refusal(await run(engine, join(folder, "nothing-here")));
    assert.equal(gone.why, "missing");
    assert.match(gone.sentence, /nothing-here: there is no such Python interpreter$/);
    assert.match(gone.remedy ?? "", /unroll\.python\.interpreter/);
    const text = join(folder, "text.txt");
    writeFileSync(text, "no program");
    assert.match(refusal(await run(engine, text)).sentence, /cannot be started \(EACCES\)$/);
    for (const other of ["/bin/ls", "/bin/echo", "/bin/cat", "/bin/false", process.execPath]) {
      const { why, sentence } = refusal(await run(engine, other));
      assert.equal(why, "missing", other);
      assert.match(sentence, /is no Python interpreter/, other);
    }
    const none = refusal(await run(engine, undefined));
    assert.equal(none.sentence, "PyTorch: no Python interpreter is chosen");
    assert.deepEqual(place.left, []);
  });

  it("whose interpreter is taken away is missed at the next start only", async () => {
    const { path } = interpreter();
    const engine = place.engine("pytorch");
    assert.equal((await run(engine, path)).kind, "answer");
    rmSync(path);
    assert.equal((await run(engine, path)).kind, "answer");
    await engine.dispose();
    assert.match(refusal(await run(engine, path)).sentence, /there is no such Python interpreter$/);
  });

  it("that is too old says which one it is", async () => {
    const source = "import sys\nsys.version_info = (3, 7, 4, 'final', 0)\n";
    const { path } = withModule("sitecustomize", source);
    const { why, sentence } = refusal(await run(place.engine("pytorch"), path));
    assert.equal(why, "old");
    assert.equal(sentence, `${path} is Python 3.7.4; 3.8 or later is needed`);
  });

  it("runs out of memory with a sentence, and stays", async function () {
    if (process.platform !== "linux") this.skip();
    const source = [
      "import resource, torch",
      'pages = int(open("/proc/self/statm").read().split()[0])',
      "limit = pages * resource.getpagesize() + (256 << 20)",
      "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))",
    ].join("\n");
    const { path, pidFile } = withModule("sitecustomize", source);
    const engine = place.engine("pytorch");
    const config = configOf("GRU", { inputSize: 1, hiddenSize: 128 });
    const large = inputsOf(config, { seqLength: 2000, batchSize: 256, hasStates: false });
    const { why, sentence } = refusal(await run(engine, path, large));
    assert.equal(why, "too-large");
    assert.match(sentence, /^PyTorch: out of memory: /);
    const pid = readFileSync(pidFile, "utf8");
    assert.equal((await run(engine, path)).kind, "answer");
    assert.equal(readFileSync(pidFile, "utf8"), pid);
  });
});
