/** What PyTorch and tools around it put around tensors, byte for byte against what PyTorch holds. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { renderText } from "../../../src/core/text";
import type { Archive } from "../../../src/formats/base/archive";
import { openArchive } from "../../../src/formats/open";
import { wholeBox } from "../../../src/tensor/raw";
import { fixtures, fixtureSource } from "./support";
import { FileSet } from "../../../src/node/files";

/** Written as itself or as its integers. */
const files: readonly (readonly [string, number])[] = [
  ["module.pt", 26],
  ["module.legacy.pt", 26],
  ["checkpoint.ckpt", 52],
  ["script.pt", 26],
  ["dtypes.pt", 14],
  ["dtypes.legacy.pt", 4],
  ["views.legacy.pt", 7],
  ["quantised.pt", 3],
  ["tar.pt", 2],
  ["model.safetensors.index.json", 4],
  ["pytorch_model.bin.index.json", 4],
  ["polygraphy.json", 4],
  ["polygraphy_one.json", 2],
  ["Net_debug_tree_FULL_TENSORS.json", 8],
  ["numpy_2.pkl", 2],
  ["numpy_5.pkl", 2],
];

describe("containers of tensors", () => {
  const set = new FileSet();
  const open = (file: string): Promise<Archive> => set.open(join(fixtures, "formats/torch", file));
  after(() => set.close());

  let expected: Archive;
  before(async () => {
    expected = await openArchive(fixtureSource("formats/torch/expected.npz"));
  });

  for (const [file, count] of files) {
    it(`${file} holds what was saved`, async () => {
      const archive = await open(file);
      const wanted = expected.entries.filter(({ name }) => name.startsWith(`${file}/`));
      assert.equal(wanted.length, count);
      for (const entry of wanted) {
        const name = entry.name.slice(file.length + 1);
        const found = archive.entries.find((candidate) => candidate.name === name);
        assert.ok(found, `${name} among ${archive.entries.map((other) => other.name).join(", ")}`);
        const { bytes } = await archive.readBox(found, wholeBox(found.shape));
        const saved = await expected.readBox(entry, wholeBox(entry.shape));
        assert.deepEqual([...bytes], [...saved.bytes], name);
      }
    });
  }

  it("quantised and sparse tensors are listed by their integers and parts, and said to be", async () => {
    const { entries, notes } = await open("quantised.pt");
    assert.deepEqual(
      entries.map(({ name, dtype }) => `${name} ${dtype}`),
      ["tensor int8", "channel uint8", "sparse.1.0 int64", "sparse.1.1 float32", "plain float32"],
    );
    assert.deepEqual(
      notes.map((note) => renderText(note)),
      [
        "sparse is torch._utils._rebuild_sparse_tensor, listed by the tensors it is made of",
        "tensor is qint8, listed as its integers: its numbers are 0.5 × (integer − 3)",
        "channel is quint8, listed as its integers: every index of axis 0 has a scale and zero point of its own",
      ],
    );
  });

  it("printed tensors are said to be rounded, and those printed in parts are left out", async () => {
    const { entries, notes } = await open("Net_debug_tree_FULL_TENSORS.json");
    assert.equal(entries.length, 8);
    assert.equal(entries.find(({ name }) => name === "Net.cell(2).outputs.0")?.dtype, "float16");
    assert.match(notes.map((note) => renderText(note)).join(), /rounded.*Net\.long\.outputs was/);
  });

  it("arrays of text in a pickle are noted", async () => {
    const { notes } = await open("numpy_5.pkl");
    assert.deepEqual(
      notes.map((note) => renderText(note)),
      ["text is a NumPy array of U1, not read"],
    );
  });
});

describe("whole modules", () => {
  const set = new FileSet();
  after(() => set.close());

  for (const [file, prefix] of [
    ["module.pt", ""],
    ["module.legacy.pt", ""],
    ["script.pt", ""],
    ["checkpoint.ckpt", "nested.0.net."],
  ] as const) {
    it(`in ${basename(file)} say how they were constructed`, async () => {
      const { declared, notes } = await set.open(join(fixtures, "formats/torch", file));
      const modules = new Map(
        declared.map((module) => {
          assert.equal(module.framework, "pytorch");
          return [module.prefix, module];
        }),
      );
      assert.deepEqual(
        [...modules.keys()],
        ["", "embed.", "rnn.", "relu.", "head."].map((name) => prefix + name),
      );
      const lstm = modules.get(`${prefix}rnn.`);
      assert.equal(lstm?.className, "LSTM");
      const wanted = {
        mode: "LSTM",
        input_size: 3,
        hidden_size: 4,
        num_layers: 2,
        bias: true,
        batch_first: true,
        dropout: 0.25,
        bidirectional: true,
        proj_size: 2,
        training: false,
      };
      for (const [name, value] of Object.entries(wanted)) {
        assert.equal(lstm.attributes.get(name), value, name);
      }
      const relu = modules.get(`${prefix}relu.`);
      assert.equal(relu?.attributes.get("nonlinearity"), "relu");
      assert.equal(relu.attributes.get("bias"), false);
      assert.equal(modules.get(prefix)?.className, "Net");
      assert.deepEqual(notes, []);
    });
  }
});
