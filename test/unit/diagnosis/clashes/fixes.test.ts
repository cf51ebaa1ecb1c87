/** Changes that make a clashing run fit: the right one first, each of them tried, none where nothing helps. */
import assert from "node:assert/strict";
import { applyEdits } from "../../../../src/diagnosis/clashes/edits";
import { checkRun } from "../../../../src/session/check";
import { checked, filesOf, runOf, titles } from "../runs";

const gru = { cell: "GRU", inputSize: 3, hiddenSize: 4 } as const;
const lstm = { ...gru, cell: "LSTM" } as const;

describe("changes that make a run fit", () => {
  it("are none where everything fits", async () => {
    assert.deepEqual(titles(await checked(gru, { x: [5, 2, 3] })), []);
  });

  it("flip batchFirst where states show it", async () => {
    const io = { x: [5, 2, 3], h0: [1, 2, 4] };
    const run = await checked(gru, io, { h0: "io.npz#h0", options: { batchFirst: true } });
    assert.equal(titles(run)[0], "Read the input as [T, B, I]: batchFirst false");
    assert.deepEqual(run.fixes[0]?.edits, [{ path: ["options", "batchFirst"], value: false }]);
  });

  it("take another tensor of the file as the input, but no weights and nothing that has another name", async () => {
    const io = { x: [5, 2, 7], data: [5, 2, 3], output: [5, 2, 3], "fc.weight": [2, 3] };
    assert.deepEqual(titles(await checked(gru, io)), ["Take data [5, 2, 3] of io.npz as input"]);
  });

  it("take another module of the file", async () => {
    const files = filesOf(
      { "a.": gru, "b.": { ...gru, inputSize: 7 }, "c.": { ...gru, inputSize: 9 } },
      { x: [5, 2, 7] },
    );
    const { fixes } = await checkRun(
      runOf({ weights: { file: "weights.npz", module: "a" } }),
      files,
    );
    assert.deepEqual(
      fixes.map(({ edits }) => edits),
      [[{ path: ["weights", "module"], value: "b." }]],
    );
  });

  it("say in Python what a run file cannot say", async () => {
    assert.deepEqual(titles(await checked(gru, { x: [5, 3, 2] })), [
      "In Python: x.transpose(1, 2) gives [5, 2, 3], which fits",
      "In Python: x.permute(2, 0, 1) gives [2, 5, 3], which fits",
    ]);
    assert.match(titles(await checked(gru, { x: [1, 5, 2, 3] }))[0] ?? "", /x\.squeeze\(0\)/);
    assert.match(
      titles(await checked(gru, { x: [3] }))[0] ?? "",
      /x\.unsqueeze\(0\) gives \[1, 3\]/,
    );
  });

  it("offer to transpose h0 before they leave it out", async () => {
    const stacked = { ...gru, numLayers: 3 };
    const run = await checked(
      stacked,
      { x: [5, 2, 3], h0: [2, 3, 4] },
      { h0: "io.npz#h0", options: { batchFirst: false } },
    );
    assert.deepEqual(titles(run), [
      "In Python: h0.transpose(0, 1) gives [3, 2, 4], which fits",
      "Leave h0 out: zeros take its place",
    ]);
    assert.deepEqual(run.fixes[1]?.edits, [{ path: ["h0"] }]);
  });

  it("repeat the state of one sequence for every row of the batch", async () => {
    const io = { x: [5, 2, 3], h0: [1, 1, 4] };
    const run = await checked(gru, io, { h0: "io.npz#h0", options: { batchFirst: false } });
    assert.deepEqual(titles(run), [
      "In Python: h0.expand(-1, 2, -1).contiguous() gives [1, 2, 4], which fits",
      "Leave h0 out: zeros take its place",
    ]);
    assert.deepEqual(run.shapes.cause, {
      ...{ is: "state-of-another-batch", tensor: "h0" },
      ...{ found: 1, batchSize: 2 },
    });
  });

  it("leave h0 out before a run begins where another one ended", async () => {
    const io = { x: [5, 2, 3], h0: [2, 2, 4], h_n: [1, 2, 4] };
    const run = await checked(gru, io, { h0: "io.npz#h0", options: { batchFirst: false } });
    assert.deepEqual(titles(run).slice(-2), [
      "Leave h0 out: zeros take its place",
      "Take h_n [1, 2, 4] of io.npz as h0",
    ]);
  });

  it("exchange h0 and c0 of a projection", async () => {
    const projected = { ...lstm, projSize: 2 };
    const io = { x: [5, 2, 3], a: [1, 2, 4], b: [1, 2, 2] };
    const run = await checked(projected, io, {
      h0: "io.npz#a",
      c0: "io.npz#b",
      options: { batchFirst: false },
    });
    assert.equal(titles(run)[0], "Exchange h0 and c0");
  });

  it("take other lengths", async () => {
    const io = { x: [5, 2, 3], bad: { numbers: [7, 2] }, sizes: { numbers: [5, 2] } };
    const run = await checked(gru, io, { lengths: "io.npz#bad", options: { batchFirst: false } });
    assert.equal(titles(run)[0], "Take sizes [2] of io.npz as lengths");
    assert.equal(titles(run).at(-1), "Leave lengths out: every sequence has all of its steps");
  });

  it("find a weight that was stored with its axes exchanged", async () => {
    const files = filesOf({ "": gru }, { x: [5, 2, 3] });
    const weights = await files.open("weights.npz");
    const entries = weights.entries.map((entry) =>
      entry.name === "weight_ih_l0" ? { ...entry, shape: [3, 12] } : entry,
    );
    const turned = {
      open: (file: string) =>
        file === "weights.npz" ? Promise.resolve({ ...weights, entries }) : files.open(file),
    };
    const found = await checkRun(runOf(), turned);
    assert.match(titles(found).join(), /weight_ih_l0\.T gives \[12, 3\]/);
  });

  it("mend a reference that cannot be compared", async () => {
    const io = { x: [5, 2, 3], wrong: [5, 2, 9], mine: [5, 2, 4] };
    const run = await checked(gru, io, {
      reference: { output: "io.npz#wrong" },
      options: { batchFirst: false },
    });
    assert.deepEqual(titles(run), ["Take mine [5, 2, 4] of io.npz as output"]);
  });

  it("all make the run fit when they are applied", async () => {
    const io = { x: [5, 2, 7], data: [5, 2, 3], h: [2, 1, 4], h0: [1, 2, 4] };
    const files = filesOf({ "": gru }, io);
    for (const more of [{}, { input: "io.npz#data", h0: "io.npz#h" }]) {
      const spec = runOf(more);
      const { fixes } = await checkRun(spec, files);
      assert.ok(fixes.some(({ edits }) => edits.length > 0));
      for (const { edits } of fixes.filter((each) => each.edits.length > 0)) {
        const { shapes } = await checkRun(applyEdits(spec, edits), files);
        assert.equal(shapes.clash, null);
      }
    }
  });
});

describe("edits of a run", () => {
  it("set and take out keys, and objects that are empty then", () => {
    const spec = runOf({ options: { batchFirst: true }, h0: "io.npz#h0" });
    const changed = applyEdits(spec, [
      { path: ["options", "batchFirst"] },
      { path: ["h0"] },
      { path: ["pipeline", "embedding"], value: null },
      { path: ["weights", "module"], value: "b." },
    ]);
    assert.deepEqual(changed, {
      weights: { file: "weights.npz", module: "b." },
      input: "io.npz#x",
      pipeline: { embedding: null },
    });
    assert.equal(spec.h0, "io.npz#h0");
  });
});
