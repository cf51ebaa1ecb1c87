/** Files of HDF5 and ONNX that are written, as the readers have them; and what is too large for a format. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { LimitError, UnsupportedError } from "../../../../src/core/errors";
import { MemorySource } from "../../../../src/formats/base/bytes";
import { openArchive } from "../../../../src/formats/open";
import { writeHdf5 } from "../../../../src/formats/write/hdf5";
import { writeOnnx, type OnnxModel } from "../../../../src/formats/write/onnxModel";
import type { DType } from "../../../../src/tensor/dtype";
import { cropRaw, encodeRaw } from "../../../../src/tensor/raw";
import type { TensorSource } from "../../../../src/tensor/source";

function sourceOf(
  name: string,
  shape: number[],
  values: number[],
  dtype: DType = "float32",
): TensorSource {
  const all = encodeRaw(dtype, shape, values);
  return { name, dtype, shape, readBox: (box) => Promise.resolve(cropRaw(all, box)) };
}

class Written {
  readonly parts: Uint8Array[] = [];

  readonly sink = (bytes: Uint8Array): Promise<void> => {
    this.parts.push(bytes.slice());
    return Promise.resolve();
  };

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts));
  }
}

describe("writing HDF5", () => {
  it("is read again: groups of many members, odd names, float32 and float64, lengths that are not padded", async () => {
    const sources = [
      ...Array.from({ length: 40 }, (_, index) =>
        sourceOf(`layers/层 ${index}/vars/0`, [3], [index, -0.5, Number.NaN]),
      ),
      sourceOf("layers/层 3/vars/1", [2, 3], [1, 2, 3, 4, 5, 1e300], "float64"),
      sourceOf("alone", [1], [7]),
    ];
    const written = new Written();
    await writeHdf5(sources, written.sink, noControl);
    const archive = await openArchive(new MemorySource("m.h5", written.bytes));
    assert.equal(archive.format, "hdf5");
    assert.equal(archive.entries.length, sources.length);
    for (const source of sources) {
      const entry = archive.entries.find(({ name }) => name === source.name);
      assert.ok(entry, source.name);
      assert.deepEqual([entry.shape, entry.dtype], [source.shape, source.dtype]);
      const box = { start: source.shape.map(() => 0), size: source.shape };
      assert.deepEqual(await archive.readBox(entry, box), await source.readBox(box));
    }
  });

  it("refuses what it has no type for", async () => {
    const half = sourceOf("x", [1], [1], "float16");
    await assert.rejects(writeHdf5([half], new Written().sink, noControl), UnsupportedError);
  });
});

const model: OnnxModel = {
  opset: 17,
  name: "module",
  nodes: [
    {
      op: "LSTM",
      name: "LSTM_0",
      inputs: ["input", "W", "R"],
      outputs: ["Y"],
      attributes: { hidden_size: 1, direction: "reverse", clip: { float: 0.5 } },
    },
  ],
  inputs: [{ name: "input", elementType: "float32", shape: ["T", "B", 1] }],
  outputs: [{ name: "Y", elementType: "float32", shape: ["T", 1, "B", 1] }],
  initializers: [sourceOf("W", [1, 4, 1], [1, 2, 3, 4]), sourceOf("R", [1, 4, 1], [5, 6, 7, 8])],
};

describe("writing ONNX", () => {
  it("is read again: nodes with their attributes, and values", async () => {
    const written = new Written();
    await writeOnnx(model, written.sink, noControl);
    const archive = await openArchive(new MemorySource("m.onnx", written.bytes));
    const [node] = archive.declared;
    assert.ok(node?.framework === "onnx" && node.kind === "recurrent");
    assert.deepEqual([node.cell, node.direction, node.clip], ["LSTM", "reverse", 0.5]);
    const entry = archive.entries.find(({ name }) => name === "W");
    assert.ok(entry);
    assert.deepEqual([...(await archive.read(entry)).data], [1, 2, 3, 4]);
  });

  it("refuses 2 GiB and more before it writes or reads anything", async () => {
    const shape = [1, 2 ** 15, 2 ** 14];
    const readBox = (): never => assert.fail("nothing is read");
    const large: TensorSource = { name: "W", dtype: "float32", shape, readBox };
    const written = new Written();
    const writing = writeOnnx({ ...model, initializers: [large] }, written.sink, noControl);
    await assert.rejects(writing, LimitError);
    assert.equal(written.parts.length, 0);
  });
});
