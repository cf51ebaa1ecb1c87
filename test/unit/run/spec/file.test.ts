/** Run files: what is accepted, where each problem is reported, and that the schema knows the same keys. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseRunFile, writeRunFile } from "../../../../src/run/spec/file";
import { optionKeys } from "../../../../src/run/spec/keys";
import { runSchema } from "../../../../src/run/spec/schema";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { renderText, text } from "../../../../src/core/text";

const knownOptions = Object.keys(optionKeys).join(", ");

const full: RunSpec = {
  weights: { file: "encoder.pt", module: "rnn." },
  input: "batch.npz#x",
  h0: "batch.npz#h0",
  c0: "batch.npz#c0",
  lengths: [5, 3, 2],
  options: {
    batchFirst: true,
    nonlinearity: "relu",
    precision: "bf16",
    resetAfter: false,
    gateActivation: { alpha: 0.2, beta: 0.5 },
    clip: 3,
    coupledInputForget: true,
    repeat: 4,
  },
  pipeline: { embedding: "emb", linear: null, head: "every" },
  reference: {
    output: "expected.npz#output",
    h_n: "expected.npz#h_n",
    c_n: "expected.npz#c_n",
    embedded: "expected.npz#embedded",
    logits: "expected.npz#logits",
  },
  tolerance: { rtol: 1.3e-6, atol: 0, equalNan: true },
};

/** Every problem as `severity|the text it points at|sentence`. */
function problemsOf(source: string): string[] {
  return parseRunFile(source).problems.map(({ severity, offset, length, message }) =>
    [severity, source.slice(offset, offset + length), renderText(message)].join("|"),
  );
}

/** The problems of a run that is whole but for `more`. */
function problemsWith(more: string): string[] {
  return problemsOf(`{ "weights": { "file": "w.pt" }, "input": "x.npy", ${more} }`);
}

describe("parseRunFile", () => {
  it("reads every key", () => {
    assert.deepEqual(parseRunFile(JSON.stringify(full)), { spec: full, problems: [] });
  });

  it("reads a run with the two keys it needs", () => {
    const spec = { weights: { file: "w.pt" }, input: "x.npy" };
    assert.deepEqual(parseRunFile(JSON.stringify(spec)).spec, spec);
  });

  it("accepts comments, trailing commas, $schema and a byte order mark", () => {
    const source =
      '\uFEFF// a run\n{ "$schema": "run.schema.json", "weights": { "file": "w.pt", }, /* x */ "input": "x.npy", }';
    const { spec, problems } = parseRunFile(source);
    assert.deepEqual(problems, []);
    assert.deepEqual(spec, { weights: { file: "w.pt" }, input: "x.npy" });
  });

  it("accepts lengths from a file", () => {
    const source =
      '{ "weights": { "file": "w.pt" }, "input": "x.npy", "lengths": "b.npz#lengths" }';
    assert.equal(parseRunFile(source).spec?.lengths, "b.npz#lengths");
  });

  it("accepts weights as the name of their file, and of a module in it", () => {
    const weightsIn = (value: string): unknown =>
      parseRunFile(`{ "weights": ${JSON.stringify(value)}, "input": "x.npy" }`).spec?.weights;
    assert.deepEqual(weightsIn("w.pt"), { file: "w.pt" });
    assert.deepEqual(weightsIn("w.pt#encoder.rnn."), { file: "w.pt", module: "encoder.rnn." });
    assert.deepEqual(weightsIn("a#b.pt#"), { file: "a#b.pt" });
    for (const wrong of ['""', '"#rnn."', "3", "[]", "null"]) {
      const { spec, problems } = parseRunFile(`{ "weights": ${wrong}, "input": "x.npy" }`);
      assert.equal(spec, null);
      assert.match(renderText(problems[0]?.message ?? text("")), /^Expected an object/);
    }
  });

  it("says that a file is nested too deep, however deep", () => {
    for (const depth of [65, 20_000, 1_000_000]) {
      for (const [open, close] of [
        ["[", "]"],
        ['{ "weights": ', "}"],
      ] as const) {
        const source = open.repeat(depth) + "1" + close.repeat(depth);
        assert.deepEqual(problemsOf(source), [
          `error|${open.charAt(0)}|The run file is nested too deep: more than 64 levels`,
        ]);
      }
    }
    const inText = JSON.stringify({ weights: "w.pt", input: "[".repeat(1000) });
    assert.deepEqual(problemsOf(`/* ${"{".repeat(1000)} */ ${inText}`), []);
  });

  it("warns of an unknown key at the key, and reads the rest", () => {
    const source = '{ "weights": { "file": "w.pt", "modul": "" }, "input": "x.npy" }';
    const { spec } = parseRunFile(source);
    assert.deepEqual(spec, { weights: { file: "w.pt" }, input: "x.npy" });
    assert.deepEqual(problemsOf(source), [
      'warning|"modul"|Unknown key "modul"; known are file, module, map',
    ]);
  });

  it("does not take keys of Object.prototype for its own", () => {
    assert.deepEqual(problemsWith('"options": { "__proto__": {}, "constructor": 1 }'), [
      `warning|"__proto__"|Unknown key "__proto__"; known are ${knownOptions}`,
      `warning|"constructor"|Unknown key "constructor"; known are ${knownOptions}`,
    ]);
  });

  it("warns of a key that is written twice", () => {
    assert.deepEqual(problemsWith('"input": "y.npy"'), [
      'warning|"input"|"input" is written twice; the last one counts',
    ]);
  });

  const bad: readonly [string, string][] = [
    [
      '"pipeline": { "embedding": "" }',
      'error|""|Expected the name of a layer, e.g. "fc", or null for none',
    ],
    [
      '"pipeline": { "linear": 1 }',
      'error|1|Expected the name of a layer, e.g. "fc", or null for none',
    ],
    ['"pipeline": { "head": 1 }', 'error|1|Expected one of "last", "every", "h_n", null'],
    ['"h0": 3', 'error|3|Expected a tensor in a file, written "file#tensor"'],
    ['"h0": "#h0"', 'error|"#h0"|Expected a tensor in a file, written "file#tensor"'],
    [
      '"lengths": true',
      'error|true|Expected a list of sequence lengths, or a tensor written "file#tensor"',
    ],
    ['"lengths": []', "error|[]|Expected one length for each sequence of the batch"],
    ['"lengths": [3, 0]', "error|0|Expected a sequence length: a whole number that is 1 or larger"],
    [
      '"lengths": [2.5]',
      "error|2.5|Expected a sequence length: a whole number that is 1 or larger",
    ],
    ['"options": []', `error|[]|Expected an object: ${knownOptions}`],
    ['"options": { "batchFirst": "yes" }', 'error|"yes"|Expected true or false'],
    ['"options": { "nonlinearity": "sigmoid" }', 'error|"sigmoid"|Expected one of "tanh", "relu"'],
    ['"options": { "precision": 32 }', 'error|32|Expected one of "f32", "f64", "f16", "bf16"'],
    ['"options": { "resetAfter": 0 }', "error|0|Expected true or false"],
    [
      '"options": { "gateActivation": "relu" }',
      'error|"relu"|Expected one of "sigmoid", "hard_sigmoid", "hard_sigmoid_keras3", or an object such as { "alpha": 0.2, "beta": 0.5 }',
    ],
    ['"options": { "gateActivation": { "alpha": 1 } }', 'error|{|"beta" is missing'],
    ['"options": { "gateActivation": { "alpha": "1", "beta": 0 } }', 'error|"1"|Expected a number'],
    ['"options": { "clip": 0 }', "error|0|Expected a number larger than 0"],
    ['"options": { "clip": 1e999 }', "error|1e999|Expected a number larger than 0"],
    ['"options": { "coupledInputForget": 1 }', "error|1|Expected true or false"],
    ['"options": { "repeat": 0 }', "error|0|Expected a whole number that is 1 or larger"],
    ['"options": { "repeat": 2.5 }', "error|2.5|Expected a whole number that is 1 or larger"],
    ['"reference": "e.npz"', 'error|"e.npz"|Expected an object, such as { "output": "e.npz" }'],
    [
      '"reference": { "h_n": null }',
      'error|null|Expected a tensor in a file, written "file#tensor"',
    ],
    ['"tolerance": { "rtol": -1 }', "error|-1|Expected a number that is 0 or larger"],
    ['"tolerance": { "atol": 1e999 }', "error|1e999|Expected a number that is 0 or larger"],
    ['"tolerance": { "equalNan": 1 }', "error|1|Expected true or false"],
  ];
  for (const [fragment, problem] of bad) {
    it(`refuses ${fragment} at the value`, () => {
      assert.deepEqual(problemsWith(fragment), [problem]);
    });
  }

  it("takes a text in place of the whole for the name of the weights", () => {
    assert.deepEqual(problemsOf('"w.pt"'), [
      'error|"w.pt"|Expected an object, such as { "weights": "w.pt" }',
    ]);
  });

  it("says what is missing at the object that misses it", () => {
    assert.deepEqual(problemsOf('{ "weights": {} }'), [
      'error|{|"file" is missing',
      'error|{|"input" is missing',
    ]);
    assert.equal(parseRunFile('{ "weights": {} }').spec, null);
  });

  it("refuses an empty file name, an empty file, another kind of value and broken JSON", () => {
    assert.deepEqual(problemsOf('{ "weights": { "file": "" }, "input": "x" }'), [
      'error|""|Expected a file name, e.g. "weights.pt"',
    ]);
    for (const source of ["", "   ", "[]", "12", '{ "weights": ', "{]", "\u0000"]) {
      const { spec, problems } = parseRunFile(source);
      assert.equal(spec, null, JSON.stringify(source));
      assert.ok(problems.length > 0, JSON.stringify(source));
    }
  });

  const replaced: readonly (readonly [string, readonly string[]])[] = [
    ['"options": { "batch_first": true }', ['"batchFirst"']],
    ['"options": { "precison": "f64" }', ['"precision"']],
    ['"refrence": {}', ['"reference"']],
    ['"speed": 1', []],
    ['"H0": "x.npy"', ['"h0"']],
    ['"c": "x.npy"', []],
    ['"options": { "precision": "fp16" }', ['"f32"', '"f64"', '"f16"', '"bf16"']],
    ['"options": { "resetAfter": "yes" }', ["true", "false"]],
    ['"pipeline": { "head": "all" }', ['"last"', '"every"', '"h_n"', "null"]],
    ['"reference": "e.npz"', ['{ "output": "e.npz" }']],
    ['"reference": 3', []],
    ['"options": { "clip": "x" }', []],
  ];
  for (const [fragment, replacements] of replaced) {
    it(`offers ${replacements.join(", ") || "nothing"} for ${fragment}`, () => {
      const source = `{ "weights": { "file": "w.pt" }, "input": "x.npy", ${fragment} }`;
      const [problem, ...more] = parseRunFile(source).problems;
      assert.deepEqual(more, []);
      assert.ok(problem);
      assert.deepEqual(problem.replacements, replacements);
      // Each of them is right: put in its place, this problem is gone.
      for (const replacement of replacements) {
        const end = problem.offset + problem.length;
        const mended: string = source.slice(0, problem.offset) + replacement + source.slice(end);
        assert.deepEqual(parseRunFile(mended).problems, []);
      }
    });
  }

  it("keeps the number of problems small whatever the file holds", () => {
    const lengths = `[${"0,".repeat(5000)}0]`;
    assert.equal(problemsWith(`"lengths": ${lengths}`).length, 200);
  });
});

describe("writeRunFile", () => {
  it("writes what parseRunFile reads, keys in their order", () => {
    const shuffled = Object.fromEntries(Object.entries(full).reverse()) as unknown as RunSpec;
    const source = writeRunFile(shuffled, "../run.schema.json");
    assert.equal(
      source,
      `${JSON.stringify({ $schema: "../run.schema.json", ...full }, null, 2)}\n`,
    );
    assert.deepEqual(parseRunFile(source), { spec: full, problems: [] });
  });

  it("leaves out what is not given", () => {
    assert.equal(
      writeRunFile({ weights: { file: "w.pt" }, input: "x.npy" }),
      '{\n  "weights": {\n    "file": "w.pt"\n  },\n  "input": "x.npy"\n}\n',
    );
  });
});

describe("run.schema.json", () => {
  interface Schema {
    readonly properties?: Record<string, Schema>;
    readonly required?: readonly string[];
    readonly enum?: readonly string[];
  }
  const path = join(process.cwd(), "schema/run.schema.json");
  const schema = JSON.parse(readFileSync(path, "utf8")) as Schema & {
    readonly definitions: { readonly tensor: { readonly pattern: string } };
  };
  const objects = [
    ["", schema] as const,
    ...Object.entries(schema.properties ?? {}).filter(([, value]) => value.properties),
  ];

  it("is what its source says: node scripts/schema.mjs writes it", () => {
    assert.deepEqual(schema, JSON.parse(JSON.stringify(runSchema())));
  });

  it("takes what the parser takes for the place of a tensor, line breaks in its name too", () => {
    const { pattern } = schema.definitions.tensor;
    const isTaken = (input: string): boolean => new RegExp(pattern, "u").test(input);
    for (const input of ["x.npz", "x.npz#a\nb", "#x.npz#a", "#x\n.npz#a"]) {
      assert.equal(isTaken(input), true, input);
      const source = JSON.stringify({ weights: "w.pt", input });
      assert.deepEqual(parseRunFile(source).problems, [], input);
    }
    for (const input of ["", "#a"]) assert.equal(isTaken(input), false, input);
  });

  for (const [key, object] of objects) {
    it(`has the keys that the parser knows in ${key || "the run"}`, () => {
      const source = key === "" ? '{ "?": 0 }' : `{ "${key}": { "?": 0 } }`;
      const unknown = parseRunFile(source).problems.find(({ severity }) => severity === "warning");
      assert.equal(unknown?.message.args[1], Object.keys(object.properties ?? {}).join(", "));
    });

    it(`requires what the parser requires in ${key || "the run"}`, () => {
      const source =
        key === "" ? "{}" : `{ "weights": { "file": "w" }, "input": "x", "${key}": {} }`;
      const missing = parseRunFile(source).problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        missing.map(({ message }) => message.args[0]),
        object.required ?? [],
      );
    });

    it(`has the values that the parser takes in ${key || "the run"}`, () => {
      for (const [name, { enum: values }] of Object.entries(object.properties ?? {})) {
        for (const value of values ?? []) {
          const source = `{ "weights": { "file": "w" }, "input": "x", "${key}": { "${name}": "${value}" } }`;
          assert.deepEqual(parseRunFile(source).problems, []);
        }
      }
    });
  }
});
