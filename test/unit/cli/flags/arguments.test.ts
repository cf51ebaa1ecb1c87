/** The command line: what each flag becomes, and what is refused with which sentence. */
import assert from "node:assert/strict";
import { type Command, parseCommandLine } from "../../../../src/cli/flags/arguments";
import { UnsupportedError } from "../../../../src/core/errors";

function parse(...argv: string[]): Command {
  return parseCommandLine(argv);
}

describe("parseCommandLine", () => {
  it("reads inspect, run and check", () => {
    assert.deepEqual(parse("inspect", "w.pt", "--json"), {
      name: "inspect",
      file: "w.pt",
      map: null,
      json: true,
    });
    assert.deepEqual(parse("run", "a.unroll.json"), {
      name: "run",
      runFile: "a.unroll.json",
      flags: { options: {}, tolerance: {} },
      out: null,
      trace: false,
      hashes: false,
      json: false,
    });
    assert.deepEqual(parse("check", "a.unroll.json", "b.unroll.json", "--equal-nan"), {
      name: "check",
      runFiles: ["a.unroll.json", "b.unroll.json"],
      flags: { options: {}, tolerance: { equalNan: true } },
      numbers: false,
      junit: null,
      markdown: null,
      json: false,
    });
  });

  it("takes probe and reduce with a folder", () => {
    const flags = { options: {}, tolerance: {} };
    const made = { runFile: "a.unroll.json", flags, out: "made" };
    const reduce = parse("reduce", "a.unroll.json", "--out", "made");
    assert.deepEqual(reduce, { name: "reduce", ...made, json: false });
    const probe = parse("probe", "a.unroll.json", "--out", "made", "--seed", "7", "--json");
    assert.deepEqual(probe, { name: "probe", ...made, seed: 7, json: true });
  });

  it("reads every flag of run", () => {
    const command = parse(
      ...["run", "--weights", "w.pt#rnn.", "--input", "b.npz#x", "--h0=b.npz#h0"],
      ...["--c0", "b.npz#c0", "--lengths", "5, 3,2", "--batch-first", "--nonlinearity", "relu"],
      ...["--reset-after", "false", "--gate-activation", "hard_sigmoid_keras3", "--clip", "2.5"],
      ...["--coupled-input-forget", "--repeat", "4"],
      ...["--precision", "bf16", "--reference", "output=e,1.npz#output,h_n=e.npz#h_n"],
      ...["--reference", "c_n=e.npz#c_n", "--rtol", "1e-5", "--atol", "0", "--out", "o.npz"],
      ...["--embedding", "emb", "--linear", "none", "--head", "every", "--vocabulary", "v.json"],
      ...["--trace", "--hashes", "--json", "--equal-nan"],
    );
    assert.deepEqual(command, {
      name: "run",
      runFile: null,
      flags: {
        weights: { file: "w.pt", module: "rnn." },
        input: "b.npz#x",
        h0: "b.npz#h0",
        c0: "b.npz#c0",
        lengths: [5, 3, 2],
        pipeline: { embedding: "emb", linear: null, head: "every", vocabulary: "v.json" },
        reference: { output: "e,1.npz#output", h_n: "e.npz#h_n", c_n: "e.npz#c_n" },
        options: {
          batchFirst: true,
          nonlinearity: "relu",
          precision: "bf16",
          resetAfter: false,
          gateActivation: "hard_sigmoid_keras3",
          clip: 2.5,
          coupledInputForget: true,
          repeat: 4,
        },
        tolerance: { rtol: 1e-5, atol: 0, equalNan: true },
      },
      out: "o.npz",
      trace: true,
      hashes: true,
      json: true,
    });
  });

  it("takes none for a head that does not run, and references of the layers around the module", () => {
    const command = parse(
      ...["run", "r.unroll.json", "--head=none"],
      ...["--reference", "embedded=e.npz#a,logits=e.npz#b"],
    );
    assert.ok(command.name === "run");
    assert.deepEqual(command.flags.pipeline, { head: null });
    assert.deepEqual(command.flags.reference, { embedded: "e.npz#a", logits: "e.npz#b" });
  });

  it("takes tolerances of single results", () => {
    const command = parse(
      "check",
      "a.unroll.json",
      "--tolerance",
      "c_n=1e-4:1e-3,logits=:0.5,h_n=0",
    );
    assert.ok(command.name === "check");
    assert.deepEqual(command.flags.tolerance, {
      each: { c_n: { rtol: 1e-4, atol: 1e-3 }, logits: { atol: 0.5 }, h_n: { rtol: 0 } },
    });
  });

  it("takes the options of a run for check as well", () => {
    const command = parse("check", "a.unroll.json", "--precision=f16", "--reset-after=true");
    assert.ok(command.name === "check");
    assert.deepEqual(command.flags.options, { precision: "f16", resetAfter: true });
  });

  it("takes the memory of the states for run and check", () => {
    const run = parse("run", "a.unroll.json", "--trace-memory", "64");
    const check = parse("check", "a.unroll.json", "--trace-memory=16");
    assert.ok(run.name === "run" && check.name === "check");
    assert.deepEqual([run.traceMemory, check.traceMemory], [64, 16]);
    const usual = parse("run", "a.unroll.json");
    assert.ok(usual.name === "run" && usual.traceMemory === undefined);
  });

  it("takes the line of a hard sigmoid", () => {
    const command = parse("check", "a.unroll.json", "--gate-activation=0.25,-0.5");
    assert.ok(command.name === "check");
    assert.deepEqual(command.flags.options.gateActivation, { alpha: 0.25, beta: -0.5 });
  });

  it("takes lengths from a file, and a file name that holds a #", () => {
    const command = parse("run", "--weights", "a#1.pt#", "--input", "x", "--lengths", "b.npz#l");
    assert.equal(command.name, "run");
    assert.ok("flags" in command);
    assert.equal(command.flags.lengths, "b.npz#l");
    assert.deepEqual(command.flags.weights, { file: "a#1.pt" });
  });

  it("shows help and the version", () => {
    for (const argv of [[], ["help"], ["--help"], ["-h"], ["run", "--help"]]) {
      assert.deepEqual(parse(...argv), { name: "help" }, argv.join(" "));
    }
    assert.deepEqual(parse("--version"), { name: "version" });
  });

  const run = ["run", "--weights", "w.pt", "--input", "x.npy"];
  const refused: readonly [string[], string][] = [
    [
      ["runn"],
      "runn: there is no such command; there are inspect, stats, export, run, reference, judge, check, diagnose, probe, reduce, picture, report, gradients, shapes, map, recorder, explain",
    ],
    [["inspect"], "unroll inspect: expected one file"],
    [["inspect", "a", "b"], "unroll inspect: expected one file"],
    [["check"], "unroll check: expected one run file or several"],
    [["run", "a", "b"], "unroll run: expected one run file, not several"],
    [["run"], "unroll run: expected a run file, or --weights and --input"],
    [["run", "--weights", "w.pt"], "unroll run: expected a run file, or --weights and --input"],
    [[...run, "--trace"], "--trace: needs --out: the states are written to that file"],
    [[...run, "--colour"], "unroll run: Unknown option '--colour'"],
    [[...run, "--out"], "unroll run: Option '--out <value>' argument missing"],
    [[...run, "--rtol", "-1"], "--rtol: expected a number that is 0 or larger, not -1"],
    [[...run, "--rtol=-1"], "--rtol: expected a number that is 0 or larger, not -1"],
    ...["c_n", "cn=1", "c_n=", "c_n=-1", "c_n=1:2:3", "c_n=small"].map(
      (value): [string[], string] => [
        [...run, "--tolerance", value],
        `--tolerance: expected output|h_n|c_n|embedded|logits|states=RTOL:ATOL, not ${value}`,
      ],
    ),
    [[...run, "--atol", "small"], "--atol: expected a number that is 0 or larger, not small"],
    [[...run, "--atol", "Infinity"], "--atol: expected a number that is 0 or larger, not Infinity"],
    [[...run, "--atol="], "--atol: expected a number that is 0 or larger, not "],
    [[...run, "--precision", "f8"], "--precision: expected f32 | f64 | f16 | bf16, not f8"],
    [[...run, "--reset-after", "yes"], "--reset-after: expected true | false, not yes"],
    ...["relu", "0.2", "0.2,", "0.2,0.5,1", ",0.5"].map((value): [string[], string] => [
      [...run, "--gate-activation", value],
      `--gate-activation: expected sigmoid | hard_sigmoid | hard_sigmoid_keras3 | ALPHA,BETA, not ${value}`,
    ]),
    ...["15", "64.5", "much"].map((value): [string[], string] => [
      [...run, "--trace-memory", value],
      `--trace-memory: expected whole megabytes, 16 or more, not ${value}`,
    ]),
    [[...run, "--clip", "0"], "--clip: expected a number larger than 0, not 0"],
    [[...run, "--clip", "x"], "--clip: expected a number larger than 0, not x"],
    [[...run, "--repeat", "1.5"], "--repeat: expected a whole number that is 1 or larger, not 1.5"],
    [[...run, "--head", "first"], "--head: expected last | every | h_n | none, not first"],
    [[...run, "--linear="], "--linear: expected the name of a layer, or none"],
    [["inspect", "w.pt", "--clip", "1"], "unroll inspect: Unknown option '--clip'"],
    [[...run, "--nonlinearity", "gelu"], "--nonlinearity: expected tanh | relu, not gelu"],
    [
      [...run, "--lengths", "3,0"],
      "--lengths: expected whole numbers that are 1 or larger, e.g. 5,3,2",
    ],
    [
      [...run, "--lengths", "3,,1"],
      "--lengths: expected whole numbers that are 1 or larger, e.g. 5,3,2",
    ],
    [
      [...run, "--lengths", "2.5"],
      "--lengths: expected whole numbers that are 1 or larger, e.g. 5,3,2",
    ],
    [[...run, "--lengths="], "--lengths: expected whole numbers that are 1 or larger, e.g. 5,3,2"],
    [
      [...run, "--reference", ""],
      "--reference: expected output=FILE#tensor,h_n=FILE#tensor, a file that holds them, or onnxruntime, pytorch, keras",
    ],
    [[...run, "--reference", "output=#o"], "--reference: expected FILE or FILE#tensor"],
    [[...run, "--h0", "#h0"], "--h0: expected FILE or FILE#tensor"],
    [["run", "--weights", "#rnn.", "--input", "x"], "--weights: expected FILE or FILE#module"],
  ];
  for (const [argv, sentence] of refused) {
    it(`refuses ${argv.join(" ") || "nothing"}`, () => {
      assert.throws(() => parse(...argv), {
        name: UnsupportedError.name,
        message: `${sentence} (unroll --help shows how)`,
      });
    });
  }
});
