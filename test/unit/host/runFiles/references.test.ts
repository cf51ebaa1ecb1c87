/** Where run files name files. */
import assert from "node:assert/strict";
import { fileReferences } from "../../../../src/host/runFiles/references";

describe("fileReferences", () => {
  it("finds every file with the place of its value", () => {
    const source = `{ "input": "b.npz#x", "weights": { "file": "w.pt" },
      "lengths": [1], "reference": { "h_n": "e#1.npz#", "embedded": "e.npz#e", "logits": "l.npy" } }`;
    assert.deepEqual(
      fileReferences(source).map(({ name, tensor, offset, length }) => [
        name,
        tensor,
        source.slice(offset, offset + length),
      ]),
      [
        ["w.pt", undefined, '"w.pt"'],
        ["b.npz", "x", '"b.npz#x"'],
        ["e#1.npz", undefined, '"e#1.npz#"'],
        ["e.npz", "e", '"e.npz#e"'],
        ["l.npy", undefined, '"l.npy"'],
      ],
    );
  });

  it("finds the file of weights that are written with their module", () => {
    const [weights] = fileReferences('{ "weights": "w.pt#rnn." }');
    const { name, tensor, offset, length, module } = weights ?? {};
    assert.deepEqual([name, tensor, offset, length], ["w.pt", undefined, 13, 11]);
    assert.deepEqual([module?.name, module?.offset, module?.length], ["rnn.", 13, 11]);
    assert.equal(module?.written("gru."), "w.pt#gru.");
  });

  it("finds none in what is no run file", () => {
    assert.deepEqual(fileReferences(""), []);
    assert.deepEqual(fileReferences("[1, 2]"), []);
    assert.deepEqual(fileReferences('{ "weights": ["w.pt"], "input": 3 }'), []);
  });

  it("works while the file is being typed", () => {
    assert.deepEqual(
      fileReferences('{ "weights": { "file": "w.pt" }, "inp').map(({ name }) => name),
      ["w.pt"],
    );
  });
});
