/** Constructor lines, and the parameters that a configuration has by PyTorch's own account. */
import assert from "node:assert/strict";
import { constructorLine, layerInputSize, stateSize } from "../../../src/model/config";
import { gateOrder } from "../../../src/model/gates";
import { expectedParameters } from "../../../src/model/parameters";
import { configOf, goldenCases, rnnConfig, type Constructor } from "../support/goldens";

type ModuleCase = Constructor & { readonly parameters: readonly (readonly [string, number[]])[] };

describe("expectedParameters", () => {
  for (const item of goldenCases("modules.json") as readonly ModuleCase[]) {
    it(`of ${constructorLine(configOf(item))} are those of its state_dict, in its order`, () => {
      const expected = expectedParameters(configOf(item)).map(({ name, shape }) => [name, shape]);
      assert.deepEqual(expected, item.parameters);
    });
  }
});

describe("constructorLine", () => {
  it("leaves out what is PyTorch's default", () => {
    assert.equal(constructorLine(rnnConfig()), "nn.RNN(2, 3)");
  });

  it("writes every option that is not, as Python", () => {
    const options = { bias: false, batch_first: true, bidirectional: true, nonlinearity: "relu" };
    const config = configOf({ class: "RNN", sizes: [10, 20, 3], options } as Constructor);
    assert.equal(
      constructorLine(config),
      "nn.RNN(10, 20, num_layers=3, nonlinearity='relu', bias=False, batch_first=True, bidirectional=True)",
    );
  });

  it("does not give a cell batch_first, nor an LSTM a nonlinearity", () => {
    const cell = rnnConfig({ isCellClass: true, batchFirst: true });
    assert.equal(constructorLine(cell), "nn.RNNCell(2, 3)");
    const lstm = rnnConfig({ cell: "LSTM", nonlinearity: "relu", projSize: 2 });
    assert.equal(constructorLine(lstm), "nn.LSTM(2, 3, proj_size=2)");
  });
});

describe("sizes between layers", () => {
  it("double for two directions and shrink to the projection", () => {
    const config = rnnConfig({ cell: "LSTM", hiddenSize: 8, projSize: 3, bidirectional: true });
    assert.deepEqual(
      [stateSize(config), layerInputSize(config, 0), layerInputSize(config, 1)],
      [...[3, 2, 6]],
    );
  });
});

describe("gateOrder", () => {
  it("is PyTorch's", () => {
    assert.deepEqual(gateOrder, { RNN: [""], LSTM: ["i", "f", "g", "o"], GRU: ["r", "z", "n"] });
  });
});
