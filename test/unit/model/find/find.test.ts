/** Finding modules by names and shapes: PyTorch's own, several in one file, misfitting and hostile ones. */
import assert from "node:assert/strict";
import { constructorLine, type RecurrentConfig } from "../../../../src/model/config";
import { directionsOf } from "../../../../src/model/directions";
import { noFacts, type ModuleFacts } from "../../../../src/model/facts";
import {
  findModules,
  incompleteness,
  unknownArguments,
  type RecurrentModule,
} from "../../../../src/model/find/find";
import type { Shape, TensorEntry } from "../../../../src/tensor/tensor";
import { renderText } from "../../../../src/core/text";
import { configOf, entryOf, goldenCases, type Constructor } from "../../support/goldens";

type ModuleCase = Constructor & { readonly parameters: readonly (readonly [string, number[]])[] };

const cases = goldenCases("modules.json") as readonly ModuleCase[];

function entriesOf(shapes: Readonly<Record<string, Shape>>, prefix = ""): TensorEntry[] {
  return Object.entries(shapes).map(([name, shape]) => entryOf(prefix + name, shape));
}

function only(entries: readonly TensorEntry[]): RecurrentModule {
  const [module, ...others] = findModules(entries);
  assert.ok(module !== undefined && others.length === 0, `${others.length} further modules`);
  return module;
}

/** What names and shapes tell; batch_first and nonlinearity are not among it. */
function known(config: RecurrentConfig): RecurrentConfig {
  return { ...config, batchFirst: false, nonlinearity: "tanh" };
}

const rnn = { weight_ih_l0: [4, 3], weight_hh_l0: [4, 4], bias_ih_l0: [4], bias_hh_l0: [4] };

describe("findModules on what PyTorch saves", () => {
  for (const item of cases) {
    it(`recognises ${constructorLine(configOf(item))}`, () => {
      const module = only(item.parameters.map(([name, shape]) => entryOf(name, shape)));
      assert.deepEqual(module.config, known(configOf(item)));
      assert.equal(module.prefix, "");
      assert.deepEqual(
        [...module.entries.keys()],
        item.parameters.map(([name]) => name),
      );
    });
  }
});

describe("findModules", () => {
  it("keeps the prefix and leaves other tensors alone", () => {
    const entries = [
      entryOf("fc.weight", [5, 4]),
      ...entriesOf(rnn, "model.backbone.rnn."),
      entryOf("fc.bias", [5]),
    ];
    const module = only(entries);
    assert.equal(module.prefix, "model.backbone.rnn.");
    assert.deepEqual([...module.entries.keys()], Object.keys(rnn));
  });

  it("finds several modules in the order of their first tensor, whatever lies between", () => {
    const encoder = entriesOf(rnn, "encoder.");
    const decoder = entriesOf({ weight_ih_l0: [12, 4], weight_hh_l0: [12, 4] }, "decoder.");
    const mixed = [decoder[0], encoder[0], decoder[1], ...encoder.slice(1)].filter(
      (entry) => entry !== undefined,
    );
    assert.deepEqual(
      findModules(mixed).map(({ prefix, config }) => `${prefix} ${constructorLine(config)}`),
      ["decoder. nn.GRU(4, 4, bias=False)", "encoder. nn.RNN(3, 4)"],
    );
  });

  it("finds each cell of a module list", () => {
    const cell = { weight_ih: [4, 3], weight_hh: [4, 4], bias_ih: [4], bias_hh: [4] };
    const entries = [...entriesOf(cell, "cells.0."), ...entriesOf(cell, "cells.1.")];
    assert.deepEqual(
      findModules(entries).map(({ prefix, config }) => [prefix, config.isCellClass]),
      [
        ["cells.0.", true],
        ["cells.1.", true],
      ],
    );
  });

  it("tells a GRU from an LSTM and an RNN when all could share the first weight", () => {
    const kinds = [12, 3, 4].map((hidden) => {
      const shapes = { weight_ih_l0: [12, 5], weight_hh_l0: [12, hidden] };
      return constructorLine(only(entriesOf(shapes)).config);
    });
    assert.deepEqual(kinds, [
      "nn.RNN(5, 12, bias=False)",
      "nn.LSTM(5, 3, bias=False)",
      "nn.GRU(5, 4, bias=False)",
    ]);
  });

  it("finds nothing in an archive without recurrent names", () => {
    assert.deepEqual(findModules([]), []);
    const others = ["weight", "conv.weight_ih", "weight_ih_l", "weight_ih_l0.scale", "h0"];
    assert.deepEqual(findModules(others.map((name) => entryOf(name, [2, 2]))), []);
  });

  it("does not take a cell with only one of its weights for a module", () => {
    assert.deepEqual(findModules([entryOf("attention.weight_ih", [4, 4])]), []);
  });
});

describe("findModules with what the file says", () => {
  const bare = only(entriesOf(rnn));

  it("prefers it to names and shapes, and lists what stays unknown", () => {
    assert.deepEqual(unknownArguments(bare), ["nonlinearity", "batch_first"]);
    const said: ModuleFacts = { ...noFacts, batchFirst: true, nonlinearity: "relu" };
    const [module] = findModules(entriesOf(rnn, "a."), new Map([["a.", said]]));
    assert.ok(module);
    assert.equal(module.config.batchFirst, true);
    assert.equal(module.config.nonlinearity, "relu");
    assert.deepEqual(unknownArguments(module), []);
  });

  it("names dropout only where it could act, never for a cell class", () => {
    const [two] = findModules(
      entriesOf({ ...rnn, weight_ih_l1: [4, 4], weight_hh_l1: [4, 4] }),
      new Map([["", { ...noFacts, batchFirst: false, dropout: 0.3 }]]),
    );
    assert.ok(two);
    assert.deepEqual(unknownArguments(two), ["nonlinearity"]);
    assert.equal(
      constructorLine(two.config, two.facts.dropout),
      "nn.RNN(3, 4, num_layers=2, dropout=0.3)",
    );
    const cell = only(entriesOf({ weight_ih: [12, 3], weight_hh: [12, 4] }));
    assert.deepEqual(unknownArguments(cell), []);
  });

  it("says what is missing, and takes no list of numbers for a matrix", () => {
    const [half] = findModules([entryOf("weight_ih_l0", [4, 3]), entryOf("bias_ih_l0", [4])]);
    assert.ok(half);
    const [sentence] = incompleteness(half);
    assert.ok(sentence);
    assert.equal(renderText(sentence), "incomplete: weight_hh_l0 and 1 more are missing");
    assert.deepEqual(incompleteness(bare), []);
    assert.deepEqual(findModules([entryOf("weight_ih_l0", [12])]), []);
  });

  it("keeps a variant, and a direction that goes backwards alone", () => {
    const said = { ...noFacts, variant: { resetAfter: false }, reverseOnly: true };
    const shapes = { weight_ih_l0: [12, 3], weight_hh_l0: [12, 4] };
    const [module] = findModules(entriesOf(shapes), new Map([["", said]]));
    assert.equal(module?.config.variant.resetAfter, false);
    assert.deepEqual(directionsOf(module.config), ["reverse"]);
  });
});

describe("findModules with one tensor that does not fit", () => {
  const misfits: Readonly<Record<string, Record<string, Shape | undefined>>> = {
    "weight_ih is transposed": { weight_ih_l0: [3, 4] },
    "weight_hh is too large": { weight_hh_l0: [5, 5] },
    "a bias is too short": { bias_ih_l0: [3] },
    "a bias is a scalar": { bias_hh_l0: [] },
    "a bias is empty": { bias_hh_l0: [0] },
    "weight_hh is missing": { weight_hh_l0: undefined },
    "weight_hh is 3-D": { weight_hh_l0: [4, 4, 1] },
  };
  for (const [what, change] of Object.entries(misfits)) {
    it(`still finds nn.RNN(3, 4) when ${what}`, () => {
      const shapes: Record<string, Shape | undefined> = { ...rnn, ...change };
      const entries = Object.entries(shapes).flatMap(([name, shape]) =>
        shape === undefined ? [] : [entryOf(name, shape)],
      );
      const { config } = only(entries);
      assert.equal(constructorLine(config), "nn.RNN(3, 4)");
    });
  }

  it("counts layers up to the highest index, so that a missing one is noticed", () => {
    const upper = { weight_ih_l2: [4, 4], weight_hh_l2: [4, 4], bias_ih_l2: [4], bias_hh_l2: [4] };
    assert.equal(only(entriesOf({ ...rnn, ...upper })).config.numLayers, 3);
  });

  it("takes the module as bidirectional when any layer has a reverse weight", () => {
    const both = { ...rnn, weight_ih_l0_reverse: [4, 3] };
    assert.equal(only(entriesOf(both)).config.bidirectional, true);
  });
});

describe("findModules on hostile names", () => {
  it("does not accept names that claim a billion layers", () => {
    const { config, entries } = only(entriesOf({ ...rnn, weight_ih_l999999999: [4, 4] }));
    assert.equal(config.numLayers, 1);
    assert.equal(entries.has("weight_ih_l999999999"), false);
  });

  it("accepts as many layers as there are tensors", () => {
    const entries = Array.from({ length: 3000 }, (_, layer) => [
      entryOf(`weight_ih_l${layer}`, [4, 4]),
      entryOf(`weight_hh_l${layer}`, [4, 4]),
    ]).flat();
    const module = only(entries);
    assert.equal(module.config.numLayers, 3000);
    assert.deepEqual(incompleteness(module), []);
  });

  it("takes time for the tensors that are there, not for the layers that each module claims", () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => [
      entryOf(`m${index}.weight_ih_l0`, [4, 3]),
      entryOf(`m${index}.weight_hh_l0`, [4, 4]),
      entryOf(`m${index}.weight_hh_l1023`, [4, 4]),
    ]).flat();
    const modules = findModules(entries);
    assert.equal(modules.length, 20_000);
    const said = new Set(modules.flatMap(incompleteness).map((each) => renderText(each)));
    // 1024 layers of two weights, of which three are there.
    assert.deepEqual([...said], ["incomplete: weight_ih_l1 and 2044 more are missing"]);
  });

  it("gives no parameter to a name with a zero before its layer", () => {
    const module = only([
      ...entriesOf({ weight_ih_l0: [4, 3], weight_hh_l0: [4, 4] }),
      ...entriesOf({ weight_ih_l01: [4, 4], weight_hh_l1: [4, 4] }),
    ]);
    assert.equal(module.config.numLayers, 2);
    assert.deepEqual(
      incompleteness(module).map((each) => renderText(each)),
      ["incomplete: weight_ih_l1 is missing"],
    );
  });

  it("treats names of built-in properties as prefixes like any other", () => {
    const module = only(entriesOf(rnn, "__proto__."));
    assert.equal(module.prefix, "__proto__.");
    assert.equal(only(entriesOf(rnn, "constructor\n.")).prefix, "constructor\n.");
  });

  it("ends soon on a name of a hundred thousand characters", () => {
    assert.deepEqual(findModules([entryOf("weight_ih_l".repeat(10_000), [2, 2])]), []);
    assert.deepEqual(findModules([entryOf(`weight_ih_l${"1".repeat(100_000)}`, [2, 2])]), []);
  });

  it("gives a module without a size when its tensors have none", () => {
    const { config } = only(entriesOf({ weight_ih_l0: [], weight_hh_l0: [0, 0] }));
    assert.deepEqual([config.cell, config.inputSize, config.hiddenSize], ["RNN", 0, 0]);
  });
});
