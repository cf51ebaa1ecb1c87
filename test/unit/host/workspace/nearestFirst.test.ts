/** The order in which a quick pick reads and shows files. */
import assert from "node:assert/strict";
import { nearestFirst } from "../../../../src/host/workspace/nearestFirst";

const NEAR = "file:///w/examples/gru/weights.pt";

describe("nearestFirst", () => {
  it("begins with the folder of the file, then takes the folders with the fewest steps between", () => {
    const order = [
      "file:///w/examples/gru/input.npy",
      "file:///w/examples/gru/weights.pt",
      "file:///w/examples/all.npz",
      "file:///w/examples/gru/data/input.npy",
      "file:///w/a.npy",
      "file:///w/examples/lstm/input.npy",
      "file:///w/a/input.npy",
      "file:///w/examples/gru/a/b/c.npy/d.npy",
      "vscode-vfs://github/w/examples/gru/input.npy",
    ];
    assert.deepEqual(nearestFirst([...order].reverse(), NEAR), order);
    assert.deepEqual(nearestFirst([...order].sort(), NEAR), order);
  });

  it("does not take a folder for another one whose name begins with its own", () => {
    const order = ["file:///w/examples/gru/x.npy", "file:///w/examples/gru2/a.npy"];
    assert.deepEqual(nearestFirst([...order].reverse(), NEAR), order);
  });

  it("leaves what it is given as it is", () => {
    const given = ["file:///w/b.npy", "file:///w/a.npy"];
    assert.deepEqual(nearestFirst(given, NEAR), ["file:///w/a.npy", "file:///w/b.npy"]);
    assert.deepEqual(given, ["file:///w/b.npy", "file:///w/a.npy"]);
  });
});
