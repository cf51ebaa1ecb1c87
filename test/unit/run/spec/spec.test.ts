/** References to tensors in files, and runs whose files move. */
import assert from "node:assert/strict";
import {
  filesOf,
  tensorFilesOf,
  formatTensorRef,
  mapFiles,
  parseTensorRef,
  type RunSpec,
} from "../../../../src/run/spec/spec";

describe("parseTensorRef", () => {
  it("splits at the last #", () => {
    assert.deepEqual(parseTensorRef("a.npz#x"), { file: "a.npz", tensor: "x" });
    assert.deepEqual(parseTensorRef("c#1/a.npz#x"), { file: "c#1/a.npz", tensor: "x" });
    assert.deepEqual(parseTensorRef("a.npz"), { file: "a.npz" });
    assert.deepEqual(parseTensorRef("a.npz#"), { file: "a.npz", tensor: "" });
  });

  it("reads back what formatTensorRef writes", () => {
    for (const file of ["a.npz", "c#1/a.npz", "#", "file:///a%23b.npz"]) {
      for (const tensor of ["x", "rnn.weight_ih_l0", "a b"]) {
        assert.deepEqual(parseTensorRef(formatTensorRef(file, tensor)), { file, tensor });
      }
      assert.equal(parseTensorRef(formatTensorRef(file, undefined)).file, file);
    }
  });
});

describe("mapFiles", () => {
  const full: RunSpec = {
    weights: { file: "w.pt", module: "rnn." },
    input: "b.npz#x",
    h0: "b.npz#h0",
    c0: "b.npz",
    lengths: "b.npz#lengths",
    options: { batchFirst: true },
    reference: { output: "e.npz#output", h_n: "e.npz" },
    tolerance: { atol: 0 },
  };

  it("maps every file and nothing else", () => {
    assert.deepEqual(
      mapFiles(full, (file) => `dir/${file}`),
      {
        weights: { file: "dir/w.pt", module: "rnn." },
        input: "dir/b.npz#x",
        h0: "dir/b.npz#h0",
        c0: "dir/b.npz",
        lengths: "dir/b.npz#lengths",
        options: { batchFirst: true },
        reference: { output: "dir/e.npz#output", h_n: "dir/e.npz" },
        tolerance: { atol: 0 },
      },
    );
  });

  it("adds no key to a run that has few, and keeps lengths that are numbers", () => {
    const few: RunSpec = { weights: { file: "w.pt" }, input: "x.npy", lengths: [3, 1] };
    const mapped = mapFiles(few, (file) => file);
    assert.deepEqual(mapped, few);
    assert.deepEqual(Object.keys(mapped), Object.keys(few));
  });

  it("keeps a tensor apart from a file name with a # in it", () => {
    const mapped = mapFiles({ weights: { file: "w" }, input: "x" }, () => "c#1/x.npy");
    assert.deepEqual(parseTensorRef(mapped.input).file, "c#1/x.npy");
    assert.equal(mapped.weights.file, "c#1/x.npy");
  });
});

describe("filesOf", () => {
  it("lists the file of every tensor of a run", () => {
    const files = filesOf({
      weights: { file: "w.pt" },
      input: "b.npz#x",
      h0: "h.npy",
      c0: "c.npy",
      lengths: "l.npy",
      reference: { output: "e.npz#output", h_n: "f.npz#h_n" },
    });
    assert.deepEqual(files, ["w.pt", "b.npz", "h.npy", "c.npy", "l.npy", "e.npz", "f.npz"]);
    assert.deepEqual(filesOf({ weights: { file: "w" }, input: "x", lengths: [1] }), ["w", "x"]);
    const named = { weights: { file: "w", map: "m.json" }, pipeline: { vocabulary: "words.txt" } };
    assert.equal(filesOf({ ...named, input: "x" }).length, 4);
    assert.deepEqual(tensorFilesOf({ ...named, input: "x" }), ["w", "x"]);
  });
});
