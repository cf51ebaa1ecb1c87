/** The command as a whole: help, version, usage, and the process around it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, unroll, useFolder } from "./terminal";

describe("unroll", () => {
  const folder = useFolder();

  it("prints its version, and help that names every flag", async () => {
    assert.deepEqual(await unroll(folder(), "--version"), {
      code: 0,
      stdout: "1.2.3\n",
      stderr: "",
    });
    const { code, stdout } = await unroll(folder(), "--help");
    assert.equal(code, 0);
    const flags = ["weights", "input", "h0", "c0", "lengths", "batch-first", "nonlinearity"];
    const cells = ["reset-after", "gate-activation", "clip", "coupled-input-forget", "repeat"];
    const more = ["precision", "reference", "rtol", "atol", "equal-nan", "out", "trace", "json"];
    for (const flag of [...flags, ...cells, ...more]) assert.ok(stdout.includes(`--${flag}`), flag);
    assert.ok(stdout.split("\n").every((line) => line.length <= 100));
  });

  it("says in one line what is wrong with the arguments", async () => {
    assert.deepEqual(await unroll(folder(), "run", "--rtol", "x", "a.unroll.json"), {
      code: 2,
      stdout: "",
      stderr: "--rtol: expected a number that is 0 or larger, not x (unroll --help shows how)\n",
    });
    assert.equal((await unroll(folder())).code, 2);
  });

  it("prints what a failure is about for programs, and an option by its flag", async () => {
    const clashing = ["differs/differs.unroll.json", "--h0", "differs/input.npy", "--json"];
    const run = await unroll(examples, "run", ...clashing);
    const { error, details } = JSON.parse(run.stdout) as Record<string, unknown>;
    assert.equal(`${String(error)}\n`, run.stderr);
    assert.deepEqual(
      [run.code, details],
      [
        2,
        {
          tag: "unsupported",
          file: "differs/differs.unroll.json",
          tensor: "h0",
          expected: [4, 4, 12],
          found: [4, 24, 6],
          clash: { of: "state", tensor: "h0", found: [4, 24, 6], expected: [4, 4, 12] },
          cause: { is: "row-per-lane", tensor: "h0" },
        },
      ],
    );
    const option = ["--loss", "unit", "--at", "step=99", "--json"];
    const gradients = await unroll(examples, "gradients", "differs/differs.unroll.json", ...option);
    assert.match(gradients.stderr, /^--at: step is 99/);
    const { details: about } = JSON.parse(gradients.stdout) as { details: unknown };
    assert.deepEqual(about, { tag: "unsupported", option: "at" });
  });
});

describe("what a failure is about, for programs", () => {
  const folder = useFolder();
  async function detailsOf(within: string, ...command: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await unroll(within, ...command, "--json");
    return (JSON.parse(stdout) as { details: Record<string, unknown> }).details;
  }

  it("has the file, the tensor that is missing, and the names that are there", async () => {
    const flags = ["--weights", "differs/weights.pt", "--input", "gru-packed/batch.npz#y"];
    const { candidates, ...details } = await detailsOf(examples, "run", ...flags);
    assert.deepEqual(details, { tag: "not-found", file: "batch.npz", tensor: "y" });
    assert.deepEqual([...(candidates as string[])].sort(), ["lengths", "x"]);
  });

  it("has the module that is missing, and those that are there", async () => {
    const flags = ["--weights", "differs/weights.pt#decoder", "--input", "differs/input.npy"];
    assert.deepEqual(await detailsOf(examples, "run", ...flags), {
      tag: "not-found",
      file: "weights.pt",
      module: "decoder",
      candidates: [""],
    });
  });

  it("has the line and column of what is wrong in a run file, and what would be right", async () => {
    writeFileSync(
      join(folder(), "a.unroll.json"),
      '{ "weights": { "file": "w.pt" },\n  "input": "x.npy", "options": { "precision": "f3" } }',
    );
    const { candidates, ...details } = await detailsOf(folder(), "run", "a.unroll.json");
    assert.deepEqual(details, { tag: "format", file: "a.unroll.json", line: 2, column: 47 });
    assert.ok((candidates as string[]).includes('"f32"'));
  });
});

describe("the unroll process", () => {
  // Beside the compiled test.
  const program = join(__dirname, "../../../src/cli.js");

  /** Starts the program with a terminal's stdin, as a shell does. */
  function start(argv: readonly string[], environment: Record<string, string> = {}) {
    const options = { cwd: examples, env: { ...process.env, ...environment } };
    return spawnSync(process.execPath, [program, ...argv], { ...options, encoding: "utf8" });
  }

  it("prints to stdout and ends with 0", () => {
    const { status, stdout, stderr } = start(["inspect", "differs/input.npy"]);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^differs\/input\.npy: npy, 1 tensor\n/);
  });

  it("reads a message from its pipe, the end of a long one", () => {
    const message = "RuntimeError: input.size(-1) must be equal to input_size. Expected 6, got 7";
    for (const input of [message, `${"a log line\n".repeat(900_000)}${message}\n`]) {
      const { status, stdout } = spawnSync(process.execPath, [program, "explain", "-"], {
        cwd: examples,
        encoding: "utf8",
        input,
      });
      assert.equal(status, 0);
      assert.match(stdout, /\b6\b[\s\S]*\b7\b/);
    }
  });

  it("says what is wrong on one line of stderr, without control characters or a stack", () => {
    const { status, stdout, stderr } = start(["inspect", "gone\n\u001b[31m.pt"]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(stderr, "unroll: gone\\u{a}\\u{1b}[31m.pt: there is no such file\n");
  });

  it("adds the stack when it is asked to", () => {
    const { stderr } = start(["inspect", "gone.pt"], { UNROLL_DEBUG: "1" });
    assert.match(stderr, /^unroll: gone\.pt: there is no such file\nNotFoundError: .*\n +at /);
  });

  it("ends without an error when its pipe is closed", async () => {
    const child = spawn(process.execPath, [program, "inspect", "differs/weights.pt", "--json"], {
      cwd: examples,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.deepEqual([code, stderr], [0, ""]);
  });
});
