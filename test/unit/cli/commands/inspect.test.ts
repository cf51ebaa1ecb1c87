/** unroll inspect: tables, JSON, and one sentence for a file that cannot be read. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, root, unroll, useFolder } from "../terminal";

const brokenFiles = join(root, "test/fixtures/broken/files");

describe("unroll inspect", () => {
  const folder = useFolder();

  it("lists tensors and modules for people", async () => {
    const weights = "two-directions-one-layer/weights.pt";
    const { code, stdout, stderr } = await unroll(examples, "inspect", weights);
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = stdout.split("\n");
    assert.equal(lines[0], `${weights}: pytorch, 8 tensors`);
    assert.equal(lines[1], "  weight_ih_l0          float32  [3, 2]");
    assert.equal(lines[9], "1 module");
    assert.equal(
      lines[10],
      "  (no prefix)  nn.RNN(2, 3, bidirectional=True); the file does not tell nonlinearity, batch_first",
    );
  });

  it("names the layers around a module", async () => {
    const { stdout } = await unroll(examples, "inspect", "text-classifier/weights.pt");
    const line = "nn.Embedding(25, 6) → nn.LSTM(6, 8, bidirectional=True) → nn.Linear(16, 2)";
    const unknown = "the file does not tell batch_first";
    assert.ok(stdout.includes(`  lstm.  ${line}; ${unknown}\n`), stdout);
    const json = await unroll(examples, "inspect", "text-classifier/weights.pt", "--json");
    const { modules } = JSON.parse(json.stdout) as { modules: Record<string, unknown>[] };
    assert.equal(modules[0]?.["embedding"], "nn.Embedding(25, 6)");
    assert.equal(modules[0]["linear"], "nn.Linear(16, 2)");
  });

  it("prints the same as JSON", async () => {
    const weights = "published-notebook/weights.json";
    const { code, stdout } = await unroll(examples, "inspect", weights, "--json");
    assert.equal(code, 0);
    const json = JSON.parse(stdout) as { entries: unknown[] };
    assert.deepEqual(
      { ...json, entries: json.entries.slice(0, 1) },
      {
        file: weights,
        format: "json",
        entries: [{ name: "weight_ih_l0", dtype: "float32", shape: [3, 2], byteLength: 24 }],
        modules: [
          {
            prefix: "",
            framework: "PyTorch",
            kind: "RNN",
            inputSize: 2,
            hiddenSize: 3,
            numLayers: 1,
            bidirectional: false,
            bias: true,
            projSize: 0,
            peephole: false,
            constructor: "nn.RNN(2, 3)",
            unknown: ["nonlinearity", "batch_first"],
            remarks: [],
            departures: [],
          },
        ],
        notes: [],
      },
    );
  });

  it("knows a cell class", async () => {
    const weights = join(root, "test/fixtures/cases/cell-rnn/weights.pt");
    const { stdout } = await unroll(examples, "inspect", weights, "--json");
    const { modules } = JSON.parse(stdout) as { modules: { kind: string }[] };
    assert.deepEqual(
      modules.map(({ kind }) => kind),
      ["RNNCell"],
    );
  });

  it("says that an LSTM has peepholes, which no constructor does", async () => {
    const shapes = { weight_ih_l0: [8, 3], weight_hh_l0: [8, 2], peephole_l0: [6] };
    const zeros = ([rows = 0, columns]: number[]): unknown[] =>
      Array.from({ length: rows }, () => (columns === undefined ? 0 : zeros([columns])));
    const weights = Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)] as const);
    writeFileSync(join(folder(), "w.json"), JSON.stringify(Object.fromEntries(weights)));
    const { stdout } = await unroll(folder(), "inspect", "w.json");
    assert.match(
      stdout,
      /nn\.LSTM\(3, 2, bias=False\); gates look at c through peephole weights; /,
    );
    const json = await unroll(folder(), "inspect", "w.json", "--json");
    assert.match(json.stdout, /"peephole": true/);
  });

  it("lists a file that holds no module", async () => {
    const { code, stdout } = await unroll(examples, "inspect", "differs/input.npy");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /npy, 1 tensor\n.*float32 {2}\[4, 24, 6\]\nno recurrent module: its tensors have the names and shapes of none/,
    );
  });

  for (const file of [
    ...["truncated_half.pt", "truncated.npy", "truncated.npz", "truncated.safetensors"],
    ...["truncated.json", "empty.pt", "empty.npy", "empty.npz", "empty.safetensors", "empty.json"],
    ...["text_named.pt", "html_error_page.safetensors", "git_lfs_pointer.pt", "wrong_magic.npy"],
    ...["npy_named.safetensors", "zip_but_not_torch.pt"],
  ]) {
    it(`says one sentence about ${file}, or reads it by its content`, async () => {
      const { code, stdout, stderr } = await unroll(brokenFiles, "inspect", file);
      if (file === "npy_named.safetensors") {
        assert.deepEqual([code, stderr], [0, ""]);
        return;
      }
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, new RegExp(`^${file.replaceAll(".", "\\.")}: [^\n]+\n$`));
      assert.doesNotMatch(stderr, /unexpected|\bat .*:\d+:\d+/);
    });
  }

  it("says that there is no such file", async () => {
    assert.deepEqual(await unroll(folder(), "inspect", "gone.pt"), {
      code: 2,
      stdout: "",
      stderr: "gone.pt: there is no such file\n",
    });
  });
});
