/** An archive's table of contents. */
import assert from "node:assert/strict";
import { inspectArchive } from "../../../../src/session/archive/inspect";
import { text } from "../../../../src/core/text";
import { float32 } from "../../support/goldens";
import { archiveOf } from "../../support/memory";

const zeros = (...shape: number[]): ReturnType<typeof float32> =>
  float32([shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)]);

describe("inspectArchive", () => {
  const archive = archiveOf(
    {
      "rnn.weight_ih_l0": zeros(3, 2),
      "rnn.weight_hh_l0": zeros(3, 3),
      "fc.weight": zeros(5, 3),
    },
    "safetensors",
    [text("the metadata was not read")],
  );

  it("lists entries, modules and notes", () => {
    const view = inspectArchive("w.safetensors", archive);
    assert.deepEqual([view.file, view.format], ["w.safetensors", "safetensors"]);
    assert.deepEqual(view.entries[2], {
      name: "fc.weight",
      dtype: "float32",
      shape: [5, 3],
      byteLength: 60,
    });
    assert.deepEqual(
      view.modules.map(({ prefix, constructorLine }) => [prefix, constructorLine]),
      [["rnn.", "nn.RNN(2, 3, bias=False)"]],
    );
    assert.deepEqual(
      view.modules.map(({ embedding, linear }) => [embedding, linear]),
      [[null, "nn.Linear(3, 5, bias=False)"]],
    );
    assert.deepEqual(view.notes, archive.notes);
    assert.deepEqual(structuredClone(view), view);
  });

  it("takes only the description of an entry that carries more", () => {
    const entries = archive.entries.map((entry) => ({ ...entry, locate: () => 0 }));
    const view = inspectArchive("w", { ...archive, entries });
    assert.deepEqual(Object.keys(view.entries[0] ?? {}), ["name", "dtype", "shape", "byteLength"]);
  });

  it("has no module for an archive without one", () => {
    assert.deepEqual(inspectArchive("x.npy", archiveOf({ x: zeros(2) })).modules, []);
  });
});
