/** Edits of a map by the controls of the form. */
import assert from "node:assert/strict";
import type { ModuleMap } from "../../../../../src/protocol/archive/assignMessages";
import {
  directionsOf,
  withBatchFirst,
  withDirections,
  withGates,
  withKind,
  withLayers,
  withoutPart,
  withPart,
  withSize,
  withSlot,
} from "../../../../../webview/tensors/assign/mapEdits";

const map: ModuleMap = {
  kind: "LSTM",
  layout: "tensorflow1",
  projection: 3,
  slots: {
    weight_ih_l0: "a",
    weight_hh_l0: "b",
    weight_hr_l0: "p",
    weight_ih_l1: "c",
    weight_ih_l0_reverse: "d",
  },
};
const slotsOf = ({ slots }: ModuleMap): string[] => Object.keys(slots);

describe("edits of a map", () => {
  it("drops with another kind what only the one before had", () => {
    const gru = withKind(map, "GRU");
    assert.deepEqual([gru.kind, gru.layout, gru.projection], ["GRU", undefined, undefined]);
    assert.ok(!slotsOf(gru).includes("weight_hr_l0"));
    assert.equal(withKind({ ...map, layout: "keras" }, "RNN").layout, "keras");
  });

  it("drops slots of layers and directions that are no more", () => {
    assert.deepEqual(slotsOf(withLayers(map, 1)).includes("weight_ih_l1"), false);
    const one = withDirections(map, "reverse");
    assert.ok(!slotsOf(one).includes("weight_ih_l0_reverse"));
    assert.equal(directionsOf(one, { bidirectional: false }), "reverse");
    const both = withDirections(one, "both");
    assert.deepEqual([both.bidirectional, both.reverse], [true, undefined]);
  });

  it("writes a size, or leaves it to the shapes", () => {
    assert.equal(withSize(map, "hiddenSize", 7).hiddenSize, 7);
    const none = withSize(map, "projection", null);
    assert.ok(!("projection" in none));
    assert.ok(!slotsOf(none).includes("weight_hr_l0"));
  });

  it("says whether the batch comes first, or that nobody knows", () => {
    const told = withBatchFirst(map, true);
    assert.equal(told.batchFirst, true);
    assert.ok(!("batchFirst" in withBatchFirst(told, null)));
  });

  it("fills slots whole or gate by gate", () => {
    const gates = withGates(map, "weight_ih_l0", ["i", "f", "g", "o"]);
    assert.deepEqual(gates.slots["weight_ih_l0"], [
      { tensor: "a", gates: "i" },
      { tensor: "a", gates: "f" },
      { tensor: "a", gates: "g" },
      { tensor: "a", gates: "o" },
    ]);
    const other = withPart(gates, "weight_ih_l0", 1, { tensor: "z", gates: "f" });
    const less = withoutPart(other, "weight_ih_l0", 0);
    assert.deepEqual((less.slots["weight_ih_l0"] as readonly unknown[])[0], {
      tensor: "z",
      gates: "f",
    });
    assert.equal(withPart(map, "weight_hh_l0", 0, { tensor: "y" }).slots["weight_hh_l0"], "y");
    assert.ok(!("weight_hh_l0" in withoutPart(map, "weight_hh_l0", 0).slots));
    assert.equal(withSlot(map, "bias_ih_l0", null).slots["bias_ih_l0"], null);
  });
});
