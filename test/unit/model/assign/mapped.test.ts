/** Modules of maps, read. */
import assert from "node:assert/strict";
import type { ModuleMap } from "../../../../src/model/assign/map";
import { withMappedModule } from "../../../../src/model/assign/mapped";
import { constructorLine } from "../../../../src/model/config";
import { withModules } from "../../../../src/model/derive/derive";
import { archiveOf, type Tensors } from "../../support/memory";

const counted = (...shape: number[]): Tensors[string] => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length: count }, (_, at) => at + 1) };
};

async function parameter(tensors: Tensors, map: ModuleMap, name: string): Promise<unknown> {
  const mapped = withMappedModule("w", withModules("w", archiveOf(tensors)), { map });
  const entry = mapped.modules[0]?.entries.get(name);
  assert.ok(entry);
  return mapped.read(entry);
}

describe("withMappedModule", () => {
  it("takes a vector, and a row of a stack of vectors, for the weights of one feature", async () => {
    const tensors = { one: counted(8), all: counted(3, 8), state: counted(8, 2) };
    for (const [slot, first] of [
      ["one", 1],
      [{ tensor: "all", index: [1] }, 9],
    ] as const) {
      const map: ModuleMap = {
        kind: "LSTM",
        slots: { weight_ih_l0: slot, weight_hh_l0: "state" },
      };
      const data = Float32Array.from({ length: 8 }, (_, at) => first + at);
      const read = await parameter(tensors, map, "weight_ih_l0");
      assert.deepEqual(read, { dtype: "float32", shape: [8, 1], data });
    }
  });

  it("joins vectors of gates to the weights of one feature, whatever way matrices lie", async () => {
    const tensors = { r: counted(2), z: counted(2), n: counted(2), state: counted(2, 6) };
    const map: ModuleMap = {
      kind: "GRU",
      layout: "tensorflow1",
      slots: { weight_ih_l0: ["r", "z", "n"], weight_hh_l0: "state" },
    };
    const data = Float32Array.of(1, 2, 1, 2, 1, 2);
    const read = await parameter(tensors, map, "weight_ih_l0");
    assert.deepEqual(read, { dtype: "float32", shape: [6, 1], data });
  });

  it("says whether the batch comes first", () => {
    const archive = withModules("w", archiveOf({ a: counted(2, 3), b: counted(2, 2) }));
    const slots = { weight_ih_l0: "a", weight_hh_l0: "b" };
    const of = (map: ModuleMap): unknown => {
      const [module] = withMappedModule("w", archive, { map }).modules;
      return [module?.config.batchFirst, module?.facts.batchFirst];
    };
    assert.deepEqual(of({ kind: "RNN", slots }), [false, null]);
    assert.deepEqual(of({ kind: "RNN", batchFirst: true, slots }), [true, true]);
  });

  it("says the activation of an RNN", () => {
    const tensors = { a: counted(2, 3), b: counted(2, 2) };
    const map: ModuleMap = {
      kind: "RNN",
      nonlinearity: "relu",
      slots: { weight_ih_l0: "a", weight_hh_l0: "b" },
    };
    const [module] = withMappedModule("w", withModules("w", archiveOf(tensors)), { map }).modules;
    assert.ok(module);
    assert.equal(constructorLine(module.config), "nn.RNN(3, 2, nonlinearity='relu', bias=False)");
    assert.equal(module.facts.nonlinearity, "relu");
  });
});
