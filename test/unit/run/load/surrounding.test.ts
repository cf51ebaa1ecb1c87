/** What a run decides about the layers around its module: tokens or features, which head, which reference. */
import assert from "node:assert/strict";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { loadRun, type LoadedRun } from "../../../../src/run/load/load";
import { elementCount, type Shape, type Tensor } from "../../../../src/tensor/tensor";
import { renderText } from "../../../../src/core/text";
import { archiveOf, filesOf, type Tensors } from "../../support/memory";

function counting(dtype: Tensor["dtype"], shape: Shape, limit = Infinity): Tensor {
  const data = Float64Array.from({ length: elementCount(shape) }, (_, index) => index % limit);
  return { dtype, shape, data };
}

/** nn.Embedding(7, 2), nn.GRU(2, 3, batch_first=True), nn.Linear(3, 4). */
const weights: Tensors = {
  "emb.weight": counting("float32", [7, 2]),
  "gru.weight_ih_l0": counting("float32", [9, 2]),
  "gru.weight_hh_l0": counting("float32", [9, 3]),
  "fc.weight": counting("float32", [4, 3]),
  "fc.bias": counting("float32", [4]),
};

const tokens = counting("int64", [2, 5], 7);

function load(tensors: Tensors, changes: Partial<RunSpec> = {}): Promise<LoadedRun> {
  const files = filesOf({ "w.pt": archiveOf(weights, "pytorch"), "x.npz": archiveOf(tensors) });
  const spec: RunSpec = {
    weights: { file: "w.pt" },
    input: "x.npz#x",
    options: { batchFirst: true },
    ...changes,
  };
  return loadRun(spec, files);
}

function notesOf({ notes }: LoadedRun): string[] {
  return notes.map((note) => renderText(note));
}

describe("an input of tokens", () => {
  it("is looked up in the embedding", async () => {
    const { input, surrounding } = await load({ x: tokens });
    assert.deepEqual(input.shape, [2, 5, 2]);
    assert.deepEqual([...input.data.subarray(0, 6)], [0, 1, 2, 3, 4, 5]);
    assert.equal(surrounding.tokens, tokens);
    assert.equal(surrounding.badToken, null);
  });

  it("is found without a name by what tokens are usually called", async () => {
    const { input } = await load({ tokens, other: tokens }, { input: "x.npz" });
    assert.deepEqual(input.shape, [2, 5, 2]);
  });

  it("keeps its shape where a token has no row, and says which", async () => {
    const bad = { ...tokens, data: Float64Array.from(tokens.data).fill(7, 8) };
    const { input, surrounding } = await load({ x: bad });
    assert.deepEqual(input.shape, [2, 5, 2]);
    assert.deepEqual(surrounding.badToken, { token: 7, position: 8 });
  });

  it("stays as it is when the run file asks for no embedding", async () => {
    const loaded = await load({ x: tokens }, { pipeline: { embedding: null } });
    assert.equal(loaded.input, tokens);
    assert.equal(loaded.surrounding.tokens, null);
  });

  it("is embedded in float64 where the run computes in it", async () => {
    const options = { batchFirst: true, precision: "f64" } as const;
    assert.equal((await load({ x: tokens }, { options })).input.dtype, "float64");
  });
});

describe("an input of features", () => {
  it("is not embedded, also where its values are whole numbers", async () => {
    const features = counting("float32", [5, 2]);
    const loaded = await load({ x: features });
    assert.equal(loaded.input, features);
    assert.equal(loaded.surrounding.tokens, null);
  });
});

describe("the head", () => {
  it("does not run unless it is asked for, and a note says that it could", async () => {
    const loaded = await load({ x: tokens });
    assert.equal(loaded.surrounding.head, null);
    assert.equal(loaded.surrounding.weights, null);
    const noted =
      "fc fits as a linear layer after the module; choose a head (last | every | h_n) to run it";
    assert.ok(notesOf(loaded).includes(noted));
  });

  it("is the run file's", async () => {
    const { surrounding } = await load({ x: tokens }, { pipeline: { head: "every" } });
    assert.equal(surrounding.head, "every");
    assert.deepEqual(surrounding.weights, {
      weight: Float32Array.from(weights["fc.weight"]?.data ?? []),
      bias: Float32Array.of(0, 1, 2, 3),
      inFeatures: 3,
      outFeatures: 4,
    });
  });

  it("has its weights rounded where the run computes in 16 bits", async () => {
    const options = { batchFirst: true, precision: "bf16" } as const;
    const third = {
      ...weights,
      "fc.bias": { ...counting("float32", [4]), data: Float64Array.of(1 / 3, 0, 0, 0) },
    };
    const files = filesOf({
      "w.pt": archiveOf(third, "pytorch"),
      "x.npz": archiveOf({ x: tokens }),
    });
    const spec = {
      weights: { file: "w.pt" },
      input: "x.npz#x",
      options,
      pipeline: { head: "last" },
    } as const;
    const { surrounding } = await loadRun(spec, files);
    assert.equal(surrounding.weights?.bias?.[0], 0.333984375);
  });

  it("follows from the shape of the reference's logits", async () => {
    const reference = { logits: "x.npz#y" };
    const logits = async (shape: Shape, lengths?: number[]): Promise<LoadedRun> =>
      load(
        { x: tokens, y: counting("float32", shape) },
        { reference, ...(lengths === undefined ? {} : { lengths }) },
      );
    const last = await logits([2, 4]);
    assert.equal(last.surrounding.head, "last");
    const noted = "head = last follows from the shape of the reference's logits";
    assert.ok(notesOf(last).includes(noted));
    assert.equal((await logits([2, 5, 4])).surrounding.head, "every");
    assert.equal((await logits([2, 4], [5, 3])).surrounding.head, "h_n");
  });

  it("runs for logits that no head gives, so that their shape is said to be another", async () => {
    const reference = { logits: "x.npz#y" };
    const tensors = { x: tokens, y: counting("float32", [9, 9]) };
    const loaded = await load(tensors, { reference });
    assert.equal(loaded.surrounding.head, "last");
    const noted = "head = last is assumed: no head gives logits of the reference's shape";
    assert.ok(notesOf(loaded).includes(noted));
    assert.equal((await load(tensors, { reference, lengths: [5, 2] })).surrounding.head, "h_n");
    const off = await load(tensors, { reference, pipeline: { head: null } });
    assert.equal(off.surrounding.head, null);
  });

  it("does not let logits pass uncompared where there is no linear layer", async () => {
    const bare = Object.fromEntries(
      Object.entries(weights).filter(([name]) => name.startsWith("gru.")),
    );
    const x = counting("float32", [2, 5, 2]);
    const io = archiveOf({ x, y: counting("float32", [2, 4]) });
    const files = filesOf({ "w.pt": archiveOf(bare, "pytorch"), "x.npz": io });
    const spec = { weights: { file: "w.pt" }, input: "x.npz#x", reference: { logits: "x.npz#y" } };
    await assert.rejects(loadRun(spec, files), {
      tag: "not-found",
      message:
        /^pipeline: logits need a linear layer after the module: a weight of shape \[out, 3\]/,
    });
    const off = { ...spec, pipeline: { linear: null } };
    assert.equal((await loadRun(off, files)).surrounding.head, null);
  });

  it("takes a reference's output for logits where it has their shape and not the module's", async () => {
    const reference = { output: "x.npz#y" };
    const taken = await load({ x: tokens, y: counting("float32", [2, 4]) }, { reference });
    assert.equal(taken.reference.output, null);
    assert.deepEqual(taken.reference.logits?.shape, [2, 4]);
    assert.equal(taken.surrounding.head, "last");
    const noted = "the reference's output [2, 4] is taken for the logits of fc";
    assert.ok(notesOf(taken).includes(noted));
    const kept = await load({ x: tokens, y: counting("float32", [2, 5, 3]) }, { reference });
    assert.deepEqual(kept.reference.output?.shape, [2, 5, 3]);
    assert.equal(kept.reference.logits, null);
    assert.equal(kept.surrounding.head, null);
  });

  it("leaves a reference's output alone that fits nothing, so that it is reported", async () => {
    const reference = { output: "x.npz#y" };
    const loaded = await load({ x: tokens, y: counting("float32", [3, 3]) }, { reference });
    assert.deepEqual(loaded.reference.output?.shape, [3, 3]);
  });

  it("does not run where the run file asks for no linear layer", async () => {
    const loaded = await load({ x: tokens }, { pipeline: { linear: null } });
    assert.equal(loaded.surrounding.linear, null);
    await assert.rejects(load({ x: tokens }, { pipeline: { linear: null, head: "last" } }), {
      tag: "not-found",
    });
  });

  it("notes that the last step is padding in shorter sequences", async () => {
    const noted = "head last reads t = 4, as output[:, -1] does: padding in shorter sequences";
    const pipeline = { head: "last" } as const;
    assert.ok(notesOf(await load({ x: tokens }, { pipeline, lengths: [5, 3] })).includes(noted));
    assert.ok(!notesOf(await load({ x: tokens }, { pipeline, lengths: [5, 5] })).includes(noted));
  });
});
