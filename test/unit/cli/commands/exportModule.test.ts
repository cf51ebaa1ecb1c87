/** unroll export --as: what is written for other frameworks, what is refused before, and the lines that load it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../../../src/cli/main";
import { CancelledError } from "../../../../src/core/errors";
import { unroll, useFolder } from "../terminal";

interface Exported {
  readonly tensors: Readonly<Record<string, { readonly dtype: string; readonly shape: number[] }>>;
  readonly notes: readonly string[];
  readonly code: string;
}

type Shapes = Readonly<Record<string, readonly number[]>>;

const gates = { LSTM: 4, GRU: 3, RNN: 1 } as const;

/** The shapes of a module of I = 2 and H = 3. */
function shapesOf(cell: keyof typeof gates, prefix = ""): Record<string, readonly number[]> {
  const rows = 3 * gates[cell];
  return {
    [`${prefix}weight_ih_l0`]: [rows, 2],
    [`${prefix}weight_hh_l0`]: [rows, 3],
    [`${prefix}bias_ih_l0`]: [rows],
    [`${prefix}bias_hh_l0`]: [rows],
  };
}

/** Values 0.5, 1, 1.5, …, whose sums are exact, unless others are given. */
function writeModule(
  path: string,
  shapes: Shapes,
  { dtype = "float32", values = {} }: { dtype?: string; values?: Record<string, number[]> } = {},
): void {
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = values[name] ?? Array.from({ length: count }, (_, index) => (index + 1) / 2);
    return [name, { shape, dtype, data }];
  });
  writeFileSync(path, JSON.stringify(Object.fromEntries(tensors)));
}

describe("unroll export --as", () => {
  const folder = useFolder();

  async function exported(...args: string[]): Promise<Exported> {
    const { code, stdout, stderr } = await unroll(folder(), "export", ...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Exported;
  }

  async function refused(...args: string[]): Promise<{ sentence: string; details: object }> {
    const before = readdirSync(folder());
    const { code, stdout, stderr } = await unroll(folder(), "export", ...args, "--json");
    assert.equal(code, 2);
    assert.deepEqual(readdirSync(folder()), before);
    const { details } = JSON.parse(stdout) as { details: object };
    return { sentence: stderr.trim(), details };
  }

  const names: Readonly<Record<string, readonly string[]>> = {
    "pytorch LSTM": ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"],
    "keras GRU": [0, 1, 2].map((index) => `layers/gru/cell/vars/${index}`),
    "onnx RNN": ["layer0.W", "layer0.R", "layer0.B"],
    "flax RNN": ["i/kernel", "h/kernel", "i/bias"].map((name) => `layers_0/cell/${name}`),
    "flax GRU": ["r", "z", "n"].flatMap((gate) => [
      ...[`i${gate}/kernel`, `h${gate}/kernel`, `i${gate}/bias`].map(
        (name) => `layers_0/cell/${name}`,
      ),
      ...(gate === "n" ? ["layers_0/cell/hn/bias"] : []),
    ]),
    "mlx GRU": ["Wx", "Wh", "b", "bhn"].map((name) => `layers.0.${name}`),
    "mlx RNN": ["Wxh", "Whh", "bias"].map((name) => `layers.0.${name}`),
  };
  const endings: Readonly<Record<string, string>> = { keras: "weights.h5", onnx: "onnx" };

  for (const [what, expected] of Object.entries(names)) {
    it(`names the tensors of ${what} as the framework does`, async () => {
      const [as = "", cell = ""] = what.split(" ");
      writeModule(join(folder(), "m.json"), shapesOf(cell as keyof typeof gates, "rnn."));
      const out = `out.${endings[as] ?? "safetensors"}`;
      const { tensors } = await exported("m.json#rnn", "--as", as, "--out", out);
      const own = Object.keys(tensors).filter((name) => !/^(?:axis|joined)_/.test(name));
      assert.deepEqual(own, expected);
    });
  }

  it("prints the lines that make and load the module", async () => {
    writeModule(join(folder(), "m.json"), shapesOf("GRU"));
    const { stdout } = await unroll(
      folder(),
      ...["export", "m.json", "--as", "keras", "--out", "m.weights.h5"],
    );
    assert.match(stdout, /^m\.weights\.h5: 3 tensors\n {2}layers\/gru\/cell\/vars\/0 +float32/);
    assert.match(stdout, /\n {4}keras\.layers\.GRU\(3, return_sequences=True\),\n\]\)\n/);
    assert.match(stdout, /\nmodel\.load_weights\("m\.weights\.h5"\)\n$/);
  });

  it("keeps a name out of a file, and that of the file, inside of a string", async () => {
    const prefix = 'x"\n__import__("os")\u202e#.';
    writeModule(join(folder(), "m.json"), shapesOf("LSTM", prefix));
    for (const as of ["pytorch", "flax", "mlx"]) {
      const out = 'o"\u202e.safetensors';
      const { code } = await exported("m.json", "--as", as, "--out", out);
      assert.ok(code.includes('"o\\"\\u202e.safetensors"'), code);
      assert.doesNotMatch(code, /__import__|\u202e/);
    }
  });

  const lacking: readonly (readonly [string, keyof typeof gates, Shapes, string[], RegExp])[] = [
    ["keras", "LSTM", { weight_hr_l0: [2, 3], weight_hh_l0: [12, 2] }, [], /from 3 to 2/],
    ["onnx", "LSTM", { weight_hr_l0: [2, 3], weight_hh_l0: [12, 2] }, [], /projects h/],
    ["flax", "LSTM", { weight_hr_l0: [2, 3], weight_hh_l0: [12, 2] }, [], /projects h/],
    ["mlx", "LSTM", { weight_hr_l0: [2, 3], weight_hh_l0: [12, 2] }, [], /projects h/],
    ["pytorch", "LSTM", { peephole_l0: [9] }, [], /peepholes/],
    ["keras", "LSTM", {}, ["--clip", "0.5"], /limits its pre-activations, here to −0\.5…0\.5/],
    ["flax", "LSTM", {}, ["--coupled-input-forget"], /forget gate is 1 − i/],
    ["mlx", "GRU", {}, ["--reset-after", "false"], /before the product/],
    ["pytorch", "GRU", {}, ["--gate-activation", "hard_sigmoid"], /hard sigmoid/],
    ["pytorch", "RNN", {}, ["--reverse"], /from the last step to the first/],
  ];

  for (const [as, cell, shapes, flags, sentence] of lacking) {
    it(`${as} refuses what it cannot express, and nothing is written: ${sentence.source}`, async () => {
      writeModule(join(folder(), "m.json"), { ...shapesOf(cell), ...shapes });
      const out = `out.${endings[as] ?? "safetensors"}`;
      const found = await refused("m.json", "--as", as, "--out", out, ...flags);
      assert.match(found.sentence, /^m\.json: /);
      assert.match(found.sentence, sentence);
      const { tag, option, candidates } = found.details as Record<string, unknown>;
      assert.deepEqual([tag, option], ["unsupported", "as"]);
      assert.ok(Array.isArray(candidates) && !candidates.includes(as) && candidates.length > 0);
    });
  }

  it("says all that it cannot express in one sentence", async () => {
    writeModule(join(folder(), "m.json"), shapesOf("LSTM"));
    const flags = ["--clip", "1", "--coupled-input-forget"];
    const out = ["--as", "pytorch", "--out", "m.npz"];
    const { sentence } = await refused("m.json", ...out, ...flags);
    assert.match(sentence, /1 − i; PyTorch has no cell that limits/);
  });

  it("sums two biases exactly, and says how many sums had to be rounded", async () => {
    const bias_hh_l0 = Array.from({ length: 12 }, (_, index) => (index < 5 ? 2 ** -30 : 0));
    writeModule(join(folder(), "m.json"), shapesOf("LSTM"));
    assert.deepEqual((await exported("m.json", "--as", "mlx", "--out", "m.npz")).notes, []);
    writeModule(join(folder(), "m.json"), shapesOf("LSTM"), { values: { bias_hh_l0 } });
    const { notes } = await exported("m.json", "--as", "mlx", "--out", "m.npz");
    assert.deepEqual(notes, [
      "MLX has one bias where the module has two: 5 of their sums were rounded to float32",
    ]);
  });

  it("widens 16 bits where it computes in 32, and not in a state_dict", async () => {
    writeModule(join(folder(), "m.json"), shapesOf("LSTM"), { dtype: "bfloat16" });
    const onnx = await exported("m.json", "--as", "onnx", "--out", "m.onnx");
    assert.deepEqual(onnx.notes, ["bfloat16 is written as float32, exactly"]);
    assert.equal(onnx.tensors["layer0.W"]?.dtype, "float32");
    const torch = await exported("m.json", "--as", "pytorch", "--out", "m.safetensors");
    assert.equal(torch.tensors["weight_ih_l0"]?.dtype, "bfloat16");
    assert.match(torch.code, /nn\.LSTM\(2, 3, dtype=torch\.bfloat16\)/);
  });

  it("says that tanh is assumed, unless it is told", async () => {
    writeModule(join(folder(), "m.json"), shapesOf("RNN"));
    const out = ["--as", "onnx", "--out", "m.onnx"];
    assert.match((await exported("m.json", ...out)).notes.join(), /tanh is assumed/);
    assert.deepEqual((await exported("m.json", ...out, "--nonlinearity", "relu")).notes, []);
    assert.ok(readFileSync(join(folder(), "m.onnx")).includes("Relu"));
  });

  for (const [as, over] of [
    ["keras", "there.weights.h5"],
    ["onnx", "there.onnx"],
    ["mlx", "there.safetensors"],
    ["flax", "there.npz"],
  ] as const) {
    for (const cell of ["LSTM", "GRU"] as const) {
      it(`${cell} comes back from ${as} bit for bit where the second bias is zero`, async () => {
        const shapes = shapesOf(cell);
        const zeros = Array.from({ length: 3 * gates[cell] }, () => 0);
        const first = [-0, ...zeros.slice(2), 0.5];
        const values = { bias_hh_l0: zeros, bias_ih_l0: first };
        writeModule(join(folder(), "m.json"), shapes, { values });
        await exported("m.json", "--as", "pytorch", "--out", "before.safetensors");
        await exported("m.json", "--as", as, "--out", over);
        await exported(over, "--as", "pytorch", "--out", "after.safetensors");
        const [before, after] = ["before", "after"].map((name) =>
          readFileSync(join(folder(), `${name}.safetensors`)),
        );
        assert.ok(before && after);
        // A cell of Flax has its bias beside the recurrent product, where it stays; the matrices come first.
        const shared = before.length - (as === "flax" && cell === "LSTM" ? 8 * zeros.length : 0);
        assert.deepEqual(after.subarray(0, shared), before.subarray(0, shared));
        assert.equal(after.length, before.length);
      });
    }
  }

  it("says which flags do not go together, and which ending a target has", async () => {
    writeModule(join(folder(), "m.json"), shapesOf("LSTM"));
    const cases: readonly (readonly [string[], RegExp])[] = [
      [
        ["--as", "tflite", "--out", "m.npz"],
        /^--as: expected pytorch \| keras \| onnx \| flax \| mlx/,
      ],
      [
        ["--as", "keras", "--out", "m.h5"],
        /^--out: for Keras, .* in \.weights\.h5 \| \.npz, not m\.h5/,
      ],
      [["--as", "keras", "--out", "m.npz", "--with", "states"], /^--with: is about ONNX/],
      [["--as", "onnx", "--out", "m.onnx", "--with", "h0"], /^--with: expected states \| lengths/],
      [["--as", "mlx", "--out", "m.npz", "--slice", "0"], /^--slice: does not go with --as/],
      [["--out", "m.npz", "--clip", "1"], /^--clip: needs --as/],
    ];
    for (const [args, sentence] of cases) {
      const { code, stderr } = await unroll(folder(), "export", "m.json", ...args);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    }
    assert.deepEqual(readdirSync(folder()), ["m.json"]);
  });

  it("says what is missing, and which modules there are", async () => {
    const { bias_hh_l0, ...rest } = shapesOf("LSTM");
    assert.ok(bias_hh_l0);
    writeModule(join(folder(), "m.json"), rest);
    const out = ["--as", "onnx", "--out", "m.onnx"];
    const missing = await refused("m.json", ...out);
    assert.match(missing.sentence, /bias_hh_l0 is missing, without which/);
    const gone = await refused("m.json#decoder", ...out);
    assert.match(gone.sentence, /there is no module decoder/);
    assert.match((await refused("m.json", "--as", "onnx", "--out", "m.json")).sentence, /m\.json/);
  });

  it("replaces a file in one step, and leaves it as it was when the work is cancelled", async () => {
    writeModule(join(folder(), "m.json"), shapesOf("LSTM"));
    const out = join(folder(), "m.onnx");
    writeFileSync(out, "before");
    const control = {
      report: () => undefined,
      check: () => {
        throw new CancelledError();
      },
    };
    const terminal = { folder: folder(), control, print: () => undefined, warn: () => undefined };
    const options = { terminal, version: () => "", debug: false };
    assert.equal(await main(["export", "m.json", "--as", "onnx", "--out", "m.onnx"], options), 2);
    assert.equal(readFileSync(out, "utf8"), "before");
    assert.deepEqual(readdirSync(folder()).sort(), ["m.json", "m.onnx"]);
    await exported("m.json", "--as", "onnx", "--out", "m.onnx");
    assert.notEqual(readFileSync(out, "utf8"), "before");
  });
});
