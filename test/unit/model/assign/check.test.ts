import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { checkMap, type MapCheck } from "../../../../src/model/assign/check";
import type { ModuleMap } from "../../../../src/model/assign/map";
import {
  noteSentence,
  problemSentence,
  slotSentence,
} from "../../../../src/model/assign/sentences";
import { constructorLine } from "../../../../src/model/config";
import type { TensorEntry } from "../../../../src/tensor/tensor";

type Shapes = Readonly<Record<string, readonly number[]>>;

function entriesOf(shapes: Shapes): TensorEntry[] {
  return Object.entries(shapes).map(([name, shape]) => ({
    ...{ name, shape, dtype: "float32" as const },
    byteLength: 4 * shape.reduce((product, size) => product * size, 1),
  }));
}

/** The constructor, then a line for each slot, problem and note. */
function told({ config, slots, problems, notes }: MapCheck): string[] {
  return [
    config === null ? "no sizes" : constructorLine(config),
    ...slots.map((slot) => `${slot.slot}: ${renderText(slotSentence(slot))}`),
    ...problems.map((problem) => renderText(problemSentence(problem))),
    ...notes.map((note) => renderText(noteSentence(note))),
  ];
}

function check(map: ModuleMap, shapes: Shapes): string[] {
  return told(checkMap(map, entriesOf(shapes)));
}

describe("checkMap", () => {
  it("takes the sizes from the shapes", () => {
    const slots = { weight_ih_l0: "A", weight_hh_l0: "B", bias_ih_l0: "c" };
    const shapes = { A: [20, 3], B: [20, 5], c: [20] };
    assert.deepEqual(check({ kind: "LSTM", slots }, shapes), [
      "nn.LSTM(3, 5)",
      "weight_ih_l0: fits: [20, 3]",
      "weight_hh_l0: fits: [20, 5]",
      "bias_ih_l0: fits: [20]",
      "bias_hh_l0: none: zeros",
      "zeros stand for bias_hh_l0, which the file does not have",
    ]);
  });

  it("says what would make a tensor fit", () => {
    const slots = { weight_ih_l0: "A", weight_hh_l0: "B", bias_ih_l0: "c" };
    const lines = check({ kind: "LSTM", slots }, { A: [3, 20], B: [20, 5], c: [2, 20] });
    assert.deepEqual(lines.slice(0, 4), [
      "nn.LSTM(3, 5)",
      "weight_ih_l0: expected [20, 3], found [3, 20] in A; transposed it would fit",
      "weight_hh_l0: fits: [20, 5]",
      "bias_ih_l0: expected a vector, c has [2, 20] left; its rows 0 to 0 would fit",
    ]);
  });

  it("finds both halves of a joint kernel", () => {
    const map = {
      kind: "LSTM",
      layout: "tensorflow1",
      hiddenSize: 5,
      inputSize: 3,
      slots: { weight_ih_l0: "k", weight_hh_l0: "k" },
    } as const;
    const lines = check(map, { k: [8, 20] });
    assert.match(lines[1] ?? "", /its rows 0 to 2 would fit/);
    assert.match(lines[2] ?? "", /its rows 3 to 7 would fit/);
  });

  it("takes one tensor for each gate, stacked tensors and halves of a bias", () => {
    const map = {
      kind: "GRU",
      layout: { gates: "zrn" },
      slots: {
        weight_ih_l0: ["z", "r", "n"],
        weight_hh_l0: { tensor: "stack", index: [1] },
        bias_ih_l0: { tensor: "b", rows: [0, 12] },
        bias_hh_l0: { tensor: "b", rows: [12] },
      },
    } as const;
    const shapes = { z: [4, 2], r: [4, 2], n: [4, 2], stack: [2, 12, 4], b: [24] };
    const found = checkMap(map, entriesOf(shapes));
    assert.deepEqual(told(found).slice(0, 3), [
      "nn.GRU(2, 4)",
      "weight_ih_l0: fits: [12, 2]",
      "weight_hh_l0: fits: [12, 4]",
    ]);
    assert.equal(found.fits, true);
    assert.deepEqual(found.notes, []);
  });

  it("names tensors that there are not, parameters that there are not, and gates that nothing holds", () => {
    const slots = {
      weight_ih_l0: [
        { tensor: "A", gates: "i", rows: [0, 5] },
        { tensor: "A", gates: "f", rows: [5, 10] },
      ],
      weight_hh_l0: "B",
      bias_hh_l3: "none",
    } as const;
    const lines = check({ kind: "LSTM", layers: 1, slots }, { A: [20, 3], B: [20, 5] });
    assert.match(lines[1] ?? "", /none of its tensors holds g o/);
    assert.match(lines.join("\n"), /the module has no parameter bias_hh_l3/);
  });

  it("is quick on hostile sizes", () => {
    const slots = { weight_ih_l0: "A", weight_hh_l0: "A" };
    const map = { kind: "LSTM", layers: 1024, hiddenSize: 2 ** 31 - 1, slots } as const;
    assert.equal(checkMap(map, entriesOf({ A: [2 ** 31, 2 ** 31] })).fits, false);
    assert.deepEqual(check({ kind: "RNN", slots: {} }, {}).slice(0, 1), ["no sizes"]);
  });
});
