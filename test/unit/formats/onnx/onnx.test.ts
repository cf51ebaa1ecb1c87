/** ONNX models and tensors: every storage field, external data, bodies, what is made of constants. */
import assert from "node:assert/strict";
import { UnsupportedError } from "../../../../src/core/errors";
import type { Archive } from "../../../../src/formats/base/archive";
import { MemorySource, type ByteSource } from "../../../../src/formats/base/bytes";
import type { OnnxLayer, OnnxRecurrent } from "../../../../src/formats/base/declared";
import { openArchive } from "../../../../src/formats/open";
import { wholeBox, type Box } from "../../../../src/tensor/raw";
import { cropRaw } from "../../../../src/tensor/raw";
import { renderText } from "../../../../src/core/text";
import { entryNamed, onnxBytes, onnxFiles, openOnnx, storedOf } from "../../support/onnxFiles";
import { openText, refusal } from "../support";

/** Every box of a small tensor that starts at an odd place and leaves some of each axis. */
function someBoxes(shape: readonly number[]): readonly Box[] {
  const inner = shape.map((size) => (size > 1 ? 1 : 0));
  return [
    { start: inner, size: shape.map((size, axis) => size - (inner[axis] ?? 0)) },
    { start: shape.map(() => 0), size: shape.map((size) => Math.min(1, size)) },
    {
      start: shape.map((size) => Math.max(0, size - 1)),
      size: shape.map((size) => Math.min(1, size)),
    },
    { start: shape.map(() => 0), size: shape.map(() => 0) },
  ];
}

async function assertTensors(archive: Archive, file: string): Promise<void> {
  for (const [name, [dtype, ...stored]] of Object.entries(onnxFiles[file]?.tensors ?? {})) {
    const entry = entryNamed(archive.entries, name);
    assert.equal(entry.dtype, dtype, name);
    const whole = await archive.readBox(entry, wholeBox(entry.shape));
    assert.deepEqual(storedOf(whole), stored, name);
    assert.equal(entry.byteLength, whole.bytes.length, name);
    for (const box of someBoxes(entry.shape)) {
      const part = await archive.readBox(entry, box);
      assert.deepEqual(
        storedOf(part),
        storedOf(cropRaw(whole, box)),
        `${name} ${JSON.stringify(box)}`,
      );
    }
  }
}

const notesOf = (archive: Archive): string[] => archive.notes.map((note) => renderText(note));

describe("ONNX files", () => {
  for (const [file, { tensors, notes = 0 }] of Object.entries(onnxFiles)) {
    if (tensors === undefined) continue;
    it(`${file} has the values that ONNX' own library wrote, whole and by windows`, async () => {
      const archive = await openOnnx(file);
      assert.equal(archive.format, "onnx");
      await assertTensors(archive, file);
      assert.equal(archive.notes.length, notes, notesOf(archive).join("; "));
    });
  }

  it("name what they do not read", async () => {
    const notes = notesOf(await openOnnx("storage.onnx"));
    assert.deepEqual(notes, [
      "four bits is INT4, not read",
      "words is STRING, not read",
      "nothing has no values in the file",
    ]);
  });

  it("say how a tensor that no initializer holds is made", async () => {
    const archive = await openOnnx("torch_unfolded.onnx");
    const { origin } = entryNamed(archive.entries, "/lstm/Concat_12_output_0");
    assert.ok(origin);
    assert.deepEqual(origin.from, ["lstm.weight_ih_l0", "lstm.weight_ih_l0_reverse"]);
    assert.equal(renderText(origin.how), "computed by Slice, Concat, Unsqueeze");
  });

  it("are recognised by content under any name, and TensorProtos too", async () => {
    const model = await openArchive(new MemorySource("weights.bin", onnxBytes("rnn_relu.onnx")));
    assert.equal(model.format, "onnx");
    const tensor = await openArchive(new MemorySource("input_0", onnxBytes("input_0.pb")));
    assert.deepEqual(
      tensor.entries.map(({ name }) => name),
      ["input_0"],
    );
  });

  it("read the parts of a window only", async () => {
    const inner = new MemorySource("x.onnx", onnxBytes("keras_like.onnx"));
    const reads: number[] = [];
    const source: ByteSource = {
      name: inner.name,
      size: inner.size,
      read: (offset, length) => {
        reads.push(length);
        return inner.read(offset, length);
      },
    };
    const archive = await openArchive(source);
    reads.length = 0;
    const kernel = entryNamed(archive.entries, "table");
    await archive.readBox(kernel, { start: [2, 0], size: [1, 3] });
    // Small tensors are kept.
    assert.deepEqual(reads, []);
  });
});

describe("external data", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["external_missing.onnx", /gone\.bin: there is no such file/],
    ["external_outside.onnx", /"\.\.\/external\.bin"; only files of its own folder/],
    ["external_absolute.onnx", /"\/etc\/hostname"; only files of its own folder/],
  ];
  for (const [file, sentence] of refused) {
    it(`${file} is listed, and says why its values cannot be read`, async () => {
      const archive = await openOnnx(file);
      assert.deepEqual(
        archive.entries.map(({ name }) => name),
        ["first", "second"],
      );
      assert.match(notesOf(archive).join(), sentence);
      await assert.rejects(archive.read(entryNamed(archive.entries, "first")), sentence);
    });
  }

  it("beyond the end of its file is a damaged model", async () => {
    const archive = await openOnnx("external_short.onnx");
    const first = entryNamed(archive.entries, "first");
    await assert.rejects(archive.read(first), /first needs 48 bytes; it is said to have 4000/);
    assert.equal((await archive.read(entryNamed(archive.entries, "second"))).shape[0], 5);
  });

  it("asks for a folder where there is none", async () => {
    const archive = await openArchive(new MemorySource("x.onnx", onnxBytes("external.onnx")));
    const first = entryNamed(archive.entries, "first");
    await assert.rejects(archive.read(first), UnsupportedError);
  });
});

describe("declared layers", () => {
  const recurrentOf = (archive: Archive): OnnxRecurrent[] =>
    archive.declared.filter(
      (each): each is OnnxRecurrent => each.framework === "onnx" && each.kind === "recurrent",
    );
  const layersOf = (archive: Archive): OnnxLayer[] =>
    archive.declared.filter(
      (each): each is OnnxLayer => each.framework === "onnx" && each.kind !== "recurrent",
    );

  for (const file of ["stack_lstm.onnx", "stack_gru_both.onnx", "stack_split.onnx"]) {
    it(`${file}: the upper layer reads the lower one`, async () => {
      const [lower, upper] = recurrentOf(await openOnnx(file));
      assert.equal(lower?.below, null);
      assert.equal(upper?.below, lower.name);
    });
  }

  it("have the node's attributes", async () => {
    const [hard] = recurrentOf(await openOnnx("gru_hard.onnx"));
    assert.deepEqual(hard?.activations, ["HardSigmoid", "Tanh"]);
    assert.deepEqual(hard.activationAlpha, [0.25]);
    assert.deepEqual(
      hard.activationBeta.map((beta) => beta.toFixed(3)),
      ["0.400"],
    );
    assert.equal(hard.linearBeforeReset, false);
    const [coupled] = recurrentOf(await openOnnx("lstm_coupled.onnx"));
    assert.deepEqual([coupled?.inputForget, coupled?.clip], [true, null]);
    const [clipped] = recurrentOf(await openOnnx("lstm_clip.onnx"));
    assert.equal(clipped?.clip, 0.5);
    const [batchwise] = recurrentOf(await openOnnx("nodes/test_gru_batchwise.onnx"));
    assert.equal(batchwise?.layout, 1);
  });

  it("include the embedding before and the linear layer after", async () => {
    const exported = layersOf(await openOnnx("torch_unfolded.onnx"));
    assert.deepEqual(
      exported.map(({ kind, weight, bias, transposed }) => [kind, weight, bias, transposed]),
      [
        ["embedding", "embedding.weight", null, false],
        ["linear", "fc.weight", "fc.bias", false],
      ],
    );
    const keras = layersOf(await openOnnx("keras_like.onnx"));
    assert.deepEqual(
      keras.map(({ kind, weight, bias, transposed }) => [kind, weight, bias, transposed]),
      [
        ["embedding", "table", null, false],
        ["linear", "dense", "dense_bias", true],
      ],
    );
  });

  it("of a body carry the names of the nodes around it", async () => {
    const [cell] = recurrentOf(await openOnnx("bodies.onnx"));
    assert.deepEqual([cell?.name, cell?.w, cell?.r, cell?.b], ["loop/cell", "W", "R", null]);
  });

  it("whose weights are inputs of the model are named in a note", async () => {
    const archive = await openOnnx("fed_weights.onnx");
    assert.deepEqual(archive.declared, []);
    assert.match(notesOf(archive).join(), /fed: its weights are not in the file/);
  });
});

describe("files that are called ONNX", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["text.pb", /written as text/],
    ["tensorflow_graph.pb", /this is a TensorFlow graph/],
    ["saved_model.pb", /this is a TensorFlow SavedModel/],
    ["other.pb", /not an ONNX model or tensor/],
  ];
  for (const [file, sentence] of refused) {
    it(`${file} is refused as what it is`, async () => {
      assert.match((await refusal(file, onnxBytes(file)))?.message ?? "", sentence);
    });
  }

  it("may be models as text", async () => {
    await assert.rejects(openText("x.onnx", "ir_version: 8\ngraph {\n"), /written as text/);
    await assert.rejects(openText("x.pb", "hello, this is text"), /a text file/);
  });

  it("may be ONNX Runtime's own", async () => {
    const bytes = Buffer.from("\x10\0\0\0ORTM\0\0\0\0", "latin1");
    assert.match((await refusal("x.ort", bytes))?.message ?? "", /ONNX Runtime's own format/);
  });
});
