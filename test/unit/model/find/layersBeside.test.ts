import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import type { Archive } from "../../../../src/formats/base/archive";
import { findModules } from "../../../../src/model/find/find";
import { LayersBeside } from "../../../../src/model/find/layersBeside";

const shapes: Readonly<Record<string, readonly number[]>> = {
  "conv.weight": [8, 4, 3],
  "conv.bias": [8],
  "bn.weight": [8],
  "bn.bias": [8],
  "bn.running_mean": [8],
  "rnn.weight_ih_l0": [9, 8],
  "rnn.weight_hh_l0": [9, 3],
  "norm.weight": [3],
  "norm.bias": [3],
  "fc.weight": [2, 3],
  "fc.bias": [2],
  "far.away.in.another.norm.weight": [3],
};

function aroundIn(format: Archive["format"], used: readonly string[]): string[] {
  const entries = Object.entries(shapes).map(([name, shape]) => ({
    ...{ name, shape, dtype: "float32" as const, byteLength: 4 },
  }));
  const dropout = {
    ...{ framework: "pytorch" as const, prefix: "drop.", className: "Dropout" },
    attributes: new Map([["p", 0.3]]),
  };
  const [module] = findModules(entries);
  assert.ok(module);
  const beside = new LayersBeside({ entries, format, declared: [dropout] });
  return beside.around(module, used).map((text) => renderText(text));
}

describe("layers beside a module", () => {
  it("are named in the order of the file, without those that run", () => {
    assert.deepEqual(aroundIn("pytorch", ["fc"]), [
      "before it the file has conv = nn.Conv1d(4, 8, 3), bn = BatchNorm(8), which a run does not compute: give their result",
      "behind it the file has norm = LayerNorm(3), which a run does not compute",
      "drop = nn.Dropout(0.3): does nothing in eval mode, as here",
    ]);
  });

  it("stand within the same part of the model, else beside it", () => {
    const entries = Object.entries({
      "stem.0.weight": [8, 4, 3],
      "stem.0.bias": [8],
      "encoder.proj.weight": [6, 8],
      "encoder.proj.bias": [6],
      "encoder.rnn.weight_ih_l0": [9, 6],
      "encoder.rnn.weight_hh_l0": [9, 3],
      "heads.one.weight": [3],
      "heads.one.bias": [3],
    }).map(([name, shape]) => ({
      ...{ name, shape, dtype: "float32" as const, byteLength: 4 },
    }));
    const [module] = findModules(entries);
    assert.ok(module);
    const beside = new LayersBeside({ entries, format: "pytorch", declared: [] });
    assert.deepEqual(
      beside.around(module, []).map((text) => renderText(text)),
      [
        "before it the file has encoder.proj = nn.Linear(8, 6), which a run does not compute: give their result",
        "behind it the file has heads.one = LayerNorm(3), which a run does not compute",
      ],
    );
  });

  it("are found in time that does not grow with modules times layers", () => {
    const shape = [4, 4];
    const entries = Array.from({ length: 4000 }, (_, index) => [
      { name: `m${index}.rnn.weight_ih_l0`, shape: [4, 4] },
      { name: `m${index}.rnn.weight_hh_l0`, shape },
      { name: `n${index}.fc.weight`, shape },
      { name: `n${index}.fc.bias`, shape: [4] },
    ])
      .flat()
      .map((entry) => ({ ...entry, dtype: "float32" as const, byteLength: 4 }));
    const beside = new LayersBeside({ entries, format: "pytorch", declared: [] });
    let said = 0;
    for (const module of findModules(entries)) said += beside.around(module, []).length;
    assert.equal(said, 2 * 4000 - 1);
  });

  it("have no order where the format sorts names", () => {
    const [first = ""] = aroundIn("safetensors", []);
    assert.match(first, /^beside it the file has conv = .*, fc = nn\.Linear\(3, 2\), which/);
    assert.doesNotMatch(first, /far/);
  });
});
