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

  it("have no order where the format sorts names", () => {
    const [first = ""] = aroundIn("safetensors", []);
    assert.match(first, /^beside it the file has conv = .*, fc = nn\.Linear\(3, 2\), which/);
    assert.doesNotMatch(first, /far/);
  });
});
