import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { parseMap } from "../../../../src/model/assign/parse";
import { writeMap } from "../../../../src/model/assign/write";

function faults(value: unknown): string[] {
  return parseMap(value).faults.map(
    ({ path, message }) => `${path.join(".")}: ${renderText(message)}`,
  );
}

const slots = { weight_ih_l0: "W", weight_hh_l0: "U" };

describe("parseMap", () => {
  it("takes what is written, and what it writes", () => {
    const map = {
      kind: "LSTM",
      layout: { gates: "i f g o", transposed: true, forgetBias: 1 },
      hiddenSize: 4,
      slots: {
        weight_ih_l0: { tensor: "k", rows: [0, 3] },
        weight_hh_l0: ["a", { tensor: "b", gates: "f" }],
        bias_ih_l0: null,
      },
    };
    assert.deepEqual(parseMap(map).map, map);
    const written = writeMap(parseMap(map).map ?? { kind: "RNN", slots: {} });
    assert.deepEqual(JSON.parse(written), map);
    assert.deepEqual(JSON.parse(writeMap({ kind: "RNN", slots: {} })), { kind: "RNN", slots: {} });
  });

  it("takes names of layouts, those of the registry as well", () => {
    for (const layout of ["pytorch", "tensorflow1", "mlx-lstm"]) {
      assert.deepEqual(faults({ kind: "LSTM", layout, slots }), []);
    }
    assert.match(faults({ kind: "GRU", layout: "mlx-lstm", slots })[0] ?? "", /^layout: Expected/);
  });

  it("says what is wrong, and where", () => {
    assert.match(faults(3)[0] ?? "", /^: Expected a map of a module/);
    assert.match(faults({ kind: "TRANSFORMER", slots })[0] ?? "", /^kind: "kind" must be one of/);
    assert.match(faults({ kind: "RNN" })[0] ?? "", /Expected "slots"/);
    const wrong = {
      kind: "GRU",
      hiddenSize: 2 ** 40,
      layers: 1e9,
      inputSize: -1,
      colour: "red",
      layout: { gates: "rz" },
      slots: {
        weight_ih_l0: { tensor: "W", rows: [-3, 2], shape: [] },
        weight_hh_l0: { rows: [4, 2] },
        bias_ih_l0: [],
        bias_hh_l0: [[["x"]]],
        weight_hr_l0: "P",
        weight_ih_l99999: "W",
        kernel: 7,
      },
    };
    const found = faults(wrong).map((line) => line.slice(0, line.indexOf(":")));
    assert.deepEqual(found, [
      "hiddenSize",
      "layers",
      "inputSize",
      "colour",
      "layout.gates",
      "slots.weight_ih_l0.rows",
      "slots.weight_ih_l0.shape",
      "slots.weight_hh_l0",
      "slots.weight_hh_l0.rows",
      "slots.bias_ih_l0",
      "slots.bias_hh_l0.0",
      "slots.weight_hr_l0",
      "slots.weight_ih_l99999",
      "slots.kernel",
    ]);
  });

  it("does not walk through what is endless", () => {
    const round: Record<string, unknown> = { kind: "LSTM" };
    round["slots"] = { weight_ih_l0: round };
    assert.ok(faults(round).length > 0);
    const many = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`weight_ih_l${index}`, 3]),
    );
    assert.equal(faults({ kind: "LSTM", slots: many }).length, 1);
  });
});
