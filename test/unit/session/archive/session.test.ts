/** An open archive: what it says of itself and its tensors, and its tensors' values by way of the numeric core. */
import assert from "node:assert/strict";
import { ArchiveSession } from "../../../../src/session/archive/session";
import { noControl } from "../../../../src/core/control";
import { LimitError, NotFoundError } from "../../../../src/core/errors";
import type { Archive } from "../../../../src/formats/base/archive";
import type { KerasRecurrent, OnnxRecurrent } from "../../../../src/formats/base/declared";
import type { Tensor } from "../../../../src/tensor/tensor";
import { archiveOf } from "../../support/memory";

const file = { file: "net.pt", fileBytes: 1234, revision: 7 };

/** Values 0, 1, 2, … of a shape. */
function counting(...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length: count }, (_, at) => at) };
}

/** An LSTM of 3 inputs and 2 hidden units between an embedding and a linear layer. */
const lstm = {
  "embed.weight": counting(9, 3),
  "rnn.weight_hh_l0": counting(8, 2),
  "rnn.weight_ih_l0": counting(8, 3),
  "rnn.bias_ih_l0": counting(8),
  "rnn.bias_hh_l0": counting(8),
  "fc.weight": counting(4, 2),
  "fc.bias": counting(4),
};

function sessionOf(
  tensors: Readonly<Record<string, Tensor>>,
  more: Partial<Archive> = {},
): ArchiveSession {
  return new ArchiveSession({ ...archiveOf(tensors, "pytorch"), ...more }, file);
}

const slice = { rowAxis: 0, columnAxis: 1, index: [0, 0], part: "real" } as const;

describe("ArchiveSession", () => {
  it("describes an archive without its entries", () => {
    const session = sessionOf(lstm);
    const { modules, ...rest } = session.summary;
    assert.deepEqual(rest, {
      ...file,
      format: "pytorch",
      notes: [],
      lookAlike: null,
      entryCount: 7,
      parameters: 27 + 16 + 24 + 8 + 8 + 8 + 4,
      first: session.info("rnn.weight_ih_l0"),
    });
    assert.deepEqual(modules, [
      {
        prefix: "rnn.",
        constructorLine: "nn.LSTM(3, 2)",
        unknown: ["batch_first"],
        remarks: [],
        departures: [],
        framework: "PyTorch",
        embedding: "nn.Embedding(9, 3)",
        linear: "nn.Linear(2, 4)",
        parameters: 56,
        entries: ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"],
      },
    ]);
  });

  it("shows the only entry first, and nothing where there is none", () => {
    assert.equal(sessionOf({ x: counting(2) }).summary.first?.name, "x");
    assert.equal(sessionOf({}).summary.first, null);
  });

  it("names the axes and gate blocks of a module's entries", () => {
    const info = sessionOf(lstm).info("rnn.weight_hh_l0");
    assert.deepEqual(info.axes, ["4·H", "H"]);
    assert.equal(info.hasSpectrum, true);
    assert.equal(info.parameters, 16);
    assert.equal(info.origin, null);
    const [pytorch] = info.layouts;
    assert.equal(pytorch?.name, "PyTorch");
    assert.deepEqual(
      pytorch.blocks.map(({ name, start, end }) => `${name} ${start}-${end}`),
      ["W_hi 0-2", "W_hf 2-4", "W_hg 4-6", "W_ho 6-8"],
    );
    assert.equal(sessionOf(lstm).info("rnn.weight_ih_l0").hasSpectrum, false);
    const { axes, layouts } = sessionOf(lstm).info("rnn.bias_ih_l0");
    assert.deepEqual([axes, layouts[0]?.blocks[1]?.name], [["4·H"], "b_if"]);
  });

  it("names no axes of other entries", () => {
    const { axes, layouts, hasSpectrum } = sessionOf(lstm).info("fc.weight");
    assert.deepEqual({ axes, layouts, hasSpectrum }, { axes: [], layouts: [], hasSpectrum: false });
  });

  it("turns the axes and blocks of a weight that was saved transposed", () => {
    const tensors = { ...lstm, "rnn.weight_ih_l0": counting(3, 8) };
    const { axes, layouts } = sessionOf(tensors).info("rnn.weight_ih_l0");
    assert.deepEqual(axes, ["I", "4·H"]);
    assert.equal(layouts[0]?.axis, 1);
  });

  it("names the axes of an ONNX node's weights as ONNX has them", () => {
    const node: OnnxRecurrent = {
      framework: "onnx",
      kind: "recurrent",
      name: "node",
      cell: "GRU",
      direction: "forward",
      hiddenSize: 2,
      activations: [],
      activationAlpha: [],
      activationBeta: [],
      clip: null,
      inputForget: false,
      batchFirst: false,
      initialH: null,
      initialC: null,
      sequenceLens: null,
      linearBeforeReset: true,
      layout: 0,
      w: "W",
      r: "R",
      b: "B",
      p: null,
      below: null,
      readsFrom: null,
      gives: [],
    };
    const tensors = { W: counting(1, 6, 3), R: counting(1, 6, 2), B: counting(1, 12) };
    const session = sessionOf(tensors, { declared: [node] });
    const { axes, layouts } = session.info("R");
    assert.deepEqual(axes, ["D", "3·H", "H"]);
    assert.deepEqual([layouts[0]?.name, layouts[0]?.axis], ["ONNX", 1]);
    assert.deepEqual(
      layouts[0]?.blocks.map(({ name }) => name),
      ["W_hz", "W_hr", "W_hh"],
    );
    assert.deepEqual(session.info("B").axes, ["D", "6·H"]);
  });

  it("names the axes of a Keras layer's weights as Keras has them", () => {
    const layer: KerasRecurrent = {
      framework: "keras",
      kind: "recurrent",
      name: "lstm",
      cell: "LSTM",
      activation: null,
      recurrentActivation: null,
      resetAfter: null,
      goBackwards: null,
      mergeMode: null,
      kerasMajor: 3,
      timeMajor: false,
      backward: null,
      isCudnn: false,
      customClass: null,
      returnSequences: null,
      mask: null,
      statesFrom: null,
      readsFrom: null,
      forward: { kernel: "k", recurrentKernel: "r", bias: "b" },
      isStackedCell: false,
    };
    const tensors = { k: counting(3, 8), r: counting(2, 8), b: counting(8) };
    const session = sessionOf(tensors, { declared: [layer] });
    assert.deepEqual(session.info("r").axes, ["H", "4·H"]);
    assert.deepEqual(session.info("b").axes, ["4·H"]);
    const [first] = session.info("k").layouts;
    assert.deepEqual([first?.name, first?.axis, first?.blocks[2]?.name], ["Keras", 1, "W_ic"]);
  });

  it("reads tiles, cells, statistics and spectra", async () => {
    const session = sessionOf(lstm);
    const window = { slice, rowStart: 1, rowEnd: 3, columnStart: 0, columnEnd: 2 };
    const tensor = "rnn.weight_hh_l0";
    const picture = { maxRows: 10, maxColumns: 10, aggregate: "mean" } as const;
    const tile = await session.tile({ tensor, ...window, ...picture }, noControl);
    assert.deepEqual([...tile.values], [2, 3, 4, 5]);
    assert.deepEqual((await session.cells({ tensor, ...window })).texts, ["2", "3", "4", "5"]);
    const asked = { tensor, slice: null, effort: "exact" } as const;
    const { moments, total } = await session.statistics(asked, noControl);
    assert.deepEqual([moments[0], moments[1], total], [0, 15, 16]);
    const { blocks } = await session.spectrum(tensor, noControl);
    assert.deepEqual(
      blocks.map(({ name }) => name),
      ["W_hi", "W_hf", "W_hg", "W_ho"],
    );
  });

  it("has statistics of a sample ready once for whoever asks first", async () => {
    let reads = 0;
    const archive = archiveOf(lstm, "pytorch");
    const session = sessionOf(lstm, {
      readBox: (...asked) => {
        reads += 1;
        return archive.readBox(...asked);
      },
    });
    const asked = { tensor: "rnn.weight_hh_l0", slice: null, effort: "sample" } as const;
    await session.prepare(asked.tensor, slice);
    const before = reads;
    const first = await session.statistics(asked, noControl);
    assert.deepEqual([first.moments[1], reads - before], [15, 0]);
    // Arrays of the first answer may be in another thread by now.
    const second = await session.statistics(asked, noControl);
    assert.notEqual(first.moments, second.moments);
    assert.ok(reads > before);
  });

  it("exports tensors whole and in slices", async () => {
    const session = sessionOf(lstm);
    const parts: string[] = [];
    const sink = (bytes: Uint8Array): Promise<void> => {
      parts.push(new TextDecoder().decode(bytes));
      return Promise.resolve();
    };
    const request = { tensors: ["fc.weight"], slice: null, format: "csv" } as const;
    await session.export(request, sink, noControl);
    assert.equal(parts.splice(0).join(""), "0,1\n2,3\n4,5\n6,7\n");
    const column = { rowAxis: null, columnAxis: 0, index: [0, 1], part: "real" } as const;
    await session.export({ ...request, slice: column, format: "json" }, sink, noControl);
    assert.match(parts.join(""), /"shape": \[4\].*"data": \[1.*, 3.*, 5.*, 7.*\]/);
  });

  it("says that there is no such tensor, and which there are", async () => {
    const session = sessionOf({ x: counting(2), y: counting(2) });
    assert.throws(
      () => session.info("z"),
      (error) => {
        assert.ok(error instanceof NotFoundError);
        assert.equal(error.message, "net.pt: there is no tensor named z; it has x, y");
        return true;
      },
    );
    const window = { slice, rowStart: 0, rowEnd: 9, columnStart: 0, columnEnd: 1 };
    await assert.rejects(session.cells({ tensor: "x", ...window }), NotFoundError);
  });

  it("takes the first of two entries of a name", () => {
    const { entries, ...archive } = archiveOf({ x: counting(2) }, "npz");
    const [x] = entries;
    assert.ok(x);
    const twice = { ...archive, entries: [x, { ...x, shape: [5] }] };
    const session = new ArchiveSession(twice, file);
    assert.deepEqual(session.info("x").shape, [2]);
    assert.equal(session.tree({ query: "", open: [], start: 0, count: 9 }).total, 2);
  });

  it("samples what the file only declares, and does not write it", async () => {
    const shape = [2 ** 20, 2 ** 20];
    const entry = { name: "w", dtype: "float32", shape, byteLength: 2 ** 42 } as const;
    const zeros: Archive["readBox"] = (_, { size }) => {
      const count = size.reduce((product, each) => product * each, 1);
      assert.ok(count <= 2 ** 22, "reads parts");
      return Promise.resolve({ dtype: "float32", shape: size, bytes: new Uint8Array(4 * count) });
    };
    const session = sessionOf({}, { entries: [entry], readBox: zeros });
    const whole = { tensor: "w", slice: null, effort: "exact" } as const;
    const { kind, seen, total } = await session.statistics(whole, noControl);
    assert.deepEqual([kind, seen > 1000, total], ["sampled", true, 2 ** 40]);
    const window = { rowStart: 0, rowEnd: 2 ** 20, columnStart: 0, columnEnd: 2 ** 20 };
    const sizes = { maxRows: 4, maxColumns: 4, aggregate: "mean", effort: "exact" } as const;
    await session.tile({ tensor: "w", slice, ...window, ...sizes }, noControl);
    const request = { tensors: ["w"], slice: null, format: "npy" } as const;
    await assert.rejects(
      session.export(request, () => Promise.reject(new Error("writes")), noControl),
      (error) =>
        error instanceof LimitError &&
        error.message.includes("4398046511104, the limit is 1073741824"),
    );
  });
});
