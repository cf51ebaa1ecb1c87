/** Recurrent nodes of ONNX in PyTorch's names and gate order. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MemorySource } from "../../../../../src/formats/base/bytes";
import { openArchive } from "../../../../../src/formats/open";
import { constructorLine, type GateActivation } from "../../../../../src/model/config";
import { deriveOnnx } from "../../../../../src/model/derive/onnx/onnx";
import { cropRaw, wholeBox, type Box } from "../../../../../src/tensor/raw";
import { renderText } from "../../../../../src/core/text";
import { fixtures } from "../../../support/goldens";
import { modulesOf, onnxFiles, openOnnx, readModel, storedOf } from "../../../support/onnxFiles";

async function constructorOf(file: string): Promise<readonly string[]> {
  const modules = await modulesOf(await openOnnx(file));
  return modules.map(({ prefix, config }) => `${prefix} ${constructorLine(config)}`);
}

describe("deriveOnnx", () => {
  for (const [file, { state }] of Object.entries(onnxFiles)) {
    if (state === undefined) continue;
    it(`${file} has the state_dict, bit for bit`, async () => {
      const { raw } = await readModel(await openOnnx(file));
      for (const [name, values] of Object.entries(state)) {
        const found = raw.get(name);
        assert.ok(found, `${name} is among ${[...raw.keys()].join(", ")}`);
        assert.deepEqual(storedOf(found), values, name);
      }
    });
  }

  const cases = join(fixtures, "cases");
  const exported = readdirSync(cases, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .flatMap(({ name: id }) => readdirSync(join(cases, id)).map((name) => join(id, name)))
    .filter((path) => path.endsWith(".onnx"));

  it("covers every exported case", () => {
    assert.equal(exported.length, 21);
  });

  for (const path of exported) {
    it(`cases/${path} has the values of the case's other files, bit for bit`, async () => {
      const open = (file: string) =>
        openArchive(new MemorySource(file, readFileSync(join(cases, file))));
      const archive = await open(path);
      const expected = await open(join(path, "../weights.npz"));
      const { raw } = await readModel(archive);
      for (const entry of expected.entries) {
        const found = raw.get(entry.name);
        assert.ok(found, `${entry.name} is among ${[...raw.keys()].join(", ")}`);
        const whole = await expected.readBox(entry, wholeBox(entry.shape));
        assert.deepEqual(storedOf(found), storedOf(whole), entry.name);
      }
    });
  }

  it("makes one module of nodes that read each other", async () => {
    assert.deepEqual(await constructorOf("stack_lstm.onnx"), [
      "encoder. nn.LSTM(3, 4, num_layers=2)",
    ]);
    const both = ["encoder. nn.GRU(3, 4, num_layers=2, bidirectional=True)"];
    assert.deepEqual(await constructorOf("stack_gru_both.onnx"), both);
    const split = ["encoder. nn.LSTM(3, 4, num_layers=2, bidirectional=True)"];
    assert.deepEqual(await constructorOf("stack_split.onnx"), split);
    const torch = ["lstm. nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True)"];
    assert.deepEqual(await constructorOf("torch_folded.onnx"), torch);
    assert.deepEqual(await constructorOf("torch_unfolded.onnx"), torch);
  });

  it("takes no entries from names that an exporter made up", async () => {
    const derived = deriveOnnx(await openOnnx("torch_unfolded.onnx"));
    assert.deepEqual(derived.entries, []);
    assert.deepEqual([...derived.facts.keys()], ["lstm."]);
  });

  it("says what its entries are made of", async () => {
    const { entries } = deriveOnnx(await openOnnx("stack_lstm.onnx"));
    const weight = entries.find(({ entry }) => entry.name === "encoder.weight_ih_l1")?.entry;
    assert.deepEqual(weight?.origin?.from, ["W1"]);
    assert.equal(
      renderText(weight.origin.how),
      "direction 0 of /encoder/LSTM_1, gates i o f c → i f g o",
    );
  });

  it("reads windows of its entries from the rows and columns they show", async () => {
    const archive = await openOnnx("lstm_peephole.onnx");
    const boxes: Box[] = [];
    const watched = {
      ...archive,
      readBox: (...[entry, box]: Parameters<typeof archive.readBox>) => {
        boxes.push(box);
        return archive.readBox(entry, box);
      },
    };
    for (const { entry, readBox } of deriveOnnx(watched).entries) {
      const whole = await readBox(wholeBox(entry.shape));
      const rows = entry.shape[0] ?? 0;
      for (let first = 0; first < rows; first += 3) {
        const start = [first, ...entry.shape.slice(1).map(() => 1)];
        const size = [Math.min(5, rows - first), ...entry.shape.slice(1).map((each) => each - 1)];
        boxes.length = 0;
        const part = await readBox({ start, size });
        assert.deepEqual(storedOf(part), storedOf(cropRaw(whole, { start, size })), entry.name);
        const read = boxes.reduce((sum, box) => sum + box.size.reduce((a, b) => a * b, 1), 0);
        assert.equal(read, part.bytes.length / 4);
      }
    }
  });
});

describe("facts of ONNX nodes", () => {
  const factsOf = async (file: string) => {
    const [facts] = [...deriveOnnx(await openOnnx(file)).facts.values()];
    assert.ok(facts, file);
    return facts;
  };

  const activations: readonly (readonly [string, GateActivation])[] = [
    ["lstm_hard.onnx", { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 }],
    ["gru_hard.onnx", { kind: "hard_sigmoid", alpha: 0.25, beta: 0.4 }],
  ];
  for (const [file, gateActivation] of activations) {
    it(`${file} has a hard sigmoid`, async () => {
      assert.deepEqual((await factsOf(file)).variant.gateActivation, gateActivation);
    });
  }

  it("are the variants of cells", async () => {
    assert.deepEqual((await factsOf("gru_before_reset.onnx")).variant, { resetAfter: false });
    assert.deepEqual((await factsOf("stack_gru_both.onnx")).variant, { resetAfter: true });
    assert.deepEqual((await factsOf("lstm_clip.onnx")).variant, { clip: 0.5 });
    assert.deepEqual((await factsOf("lstm_coupled.onnx")).variant, { coupledInputForget: true });
    assert.deepEqual((await factsOf("lstm_peephole.onnx")).variant, { peephole: true });
    assert.equal((await factsOf("rnn_relu.onnx")).nonlinearity, "relu");
    assert.equal((await factsOf("rnn_both.onnx")).nonlinearity, "tanh");
  });

  it("say how the input lies", async () => {
    assert.equal((await factsOf("stack_lstm.onnx")).batchFirst, false);
    assert.equal((await factsOf("torch_folded.onnx")).batchFirst, true);
    assert.equal((await factsOf("keras_like.onnx")).batchFirst, true);
    assert.equal((await factsOf("nodes/test_lstm_batchwise.onnx")).batchFirst, true);
    assert.equal((await factsOf("nodes/test_lstm_defaults.onnx")).batchFirst, false);
  });

  it("name what no run computes", async () => {
    const refusalsOf = async (file: string): Promise<string[]> =>
      (await factsOf(file)).refusals.map((each) => renderText(each));
    assert.deepEqual(await refusalsOf("strange_activation.onnx"), [
      "an activation is softsign in place of tanh, which is not computed",
    ]);
    assert.deepEqual(await refusalsOf("reverse_gru.onnx"), []);
    assert.equal((await factsOf("reverse_gru.onnx")).reverseOnly, true);
    assert.deepEqual(await refusalsOf("stack_lstm.onnx"), []);
  });
});
