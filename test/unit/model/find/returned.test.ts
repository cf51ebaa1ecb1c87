/** Lists without names that layers of Keras return: which results they are, and which lists are none. */
import assert from "node:assert/strict";
import { pytorchVariant, type RecurrentConfig } from "../../../../src/model/config";
import {
  returnedList,
  returnedResults,
  type ReturnedList,
} from "../../../../src/model/find/returned";
import type { Shape, TensorEntry } from "../../../../src/tensor/tensor";
import { entryOf } from "../../support/goldens";

const [T, B, H] = [5, 4, 3];

function config(cell: RecurrentConfig["cell"], bidirectional: boolean): RecurrentConfig {
  return {
    ...{ cell, bidirectional, isCellClass: false, inputSize: 2, hiddenSize: H, numLayers: 1 },
    ...{ projSize: 0, bias: true, batchFirst: true, nonlinearity: "tanh" },
    variant: pytorchVariant,
  };
}

function listed(...shapes: readonly Shape[]): TensorEntry[] {
  return shapes.map((shape, at) => entryOf(`arr_${at}`, shape));
}

const state: Shape = [B, H];
const one: Shape = [B, T, H];
const both: Shape = [B, T, 2 * H];

const namesOf = (list: ReturnedList | null): unknown =>
  list && [
    list.output?.name ?? null,
    list.hn.map(({ name }) => name),
    list.cn.map(({ name }) => name),
  ];

describe("the list that a layer of Keras returns", () => {
  it("is taken apart as the module has directions and states", () => {
    const of = (cell: RecurrentConfig["cell"], isBoth: boolean, ...shapes: Shape[]): unknown =>
      namesOf(returnedList(listed(...shapes), config(cell, isBoth)));
    const [h, c] = [
      ["arr_1", "arr_3"],
      ["arr_2", "arr_4"],
    ];
    assert.deepEqual(of("LSTM", true, both, state, state, state, state), ["arr_0", h, c]);
    assert.deepEqual(of("LSTM", false, one, state, state), ["arr_0", ["arr_1"], ["arr_2"]]);
    assert.deepEqual(of("GRU", true, both, state, state), ["arr_0", ["arr_1", "arr_2"], []]);
    assert.deepEqual(of("GRU", true, state, state), [null, ["arr_0", "arr_1"], []]);
    // Of another module, or of more than a module returns.
    assert.equal(of("GRU", false, both, state, state), null);
    assert.equal(of("LSTM", true, both, state, state), null);
    assert.equal(of("GRU", true, both, state, [B, 1]), null);
  });

  it("is no file with names of its own, no cell, and no stack", () => {
    const named = [entryOf("output", one), entryOf("h_n", state), entryOf("c_n", state)];
    assert.equal(returnedList(named, config("LSTM", false)), null);
    const list = listed(one, state, state);
    assert.equal(returnedList(list, { ...config("LSTM", false), numLayers: 2 }), null);
    assert.equal(returnedList(list, { ...config("LSTM", false), isCellClass: true }), null);
  });

  it("tells its results by lengths and shapes where the module is not known", () => {
    const of = (...shapes: Shape[]): unknown => {
      const found = returnedResults(listed(...shapes));
      return found && [found.output?.name ?? null, found.hasCellStates];
    };
    assert.deepEqual(of(both, state, state, state, state), ["arr_0", true]);
    assert.deepEqual(of(one, state, state), ["arr_0", true]);
    assert.deepEqual(of(both, state, state), ["arr_0", false]);
    assert.deepEqual(of(one, state), ["arr_0", false]);
    assert.deepEqual(of(state, state, state, state), [null, true]);
    assert.equal(of(one, one), null);
    assert.equal(of(one, state, [B, 7]), null);
  });
});
